#!/usr/bin/env bash
# Measures side by side, writes bench/RESULTS.md and what the README repeats of it. What
# is measured is what is handed on: the profile `dist`.
#
#   scripts/bench.sh          all of it
#   scripts/bench.sh quick    the contenders at the doors alone, at 32 connections, in three
#                             minutes: printed, and written nowhere
#
#   QUICK=1   one short round of everything, to see that it works, into
#             target/bench/QUICK.md and nowhere else
#   ONLY=passkeys,store
#             these parts alone, short or not, into target/bench/ONLY.md and nowhere else;
#             a part that there is not has the others named
#   OAUTH2_PROXY=/path CADDY=/path
#             programs that no package brings here, or not in a version worth comparing:
#             those that are named take part, of the others the table says that they are
#             not here
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-all} in
all | quick) ;;
*)
    echo "No such part: $1 (quick)" >&2
    exit 2
    ;;
esac

scripts/test-tools.sh bench
# Ten thousand connections are kept at once, at both ends.
ulimit -n "$(ulimit -H -n)"
echo "Building all optimised (long, the first time) …" >&2
if [ "${1:-all}" = quick ]; then
    scripts/build.sh components
    cargo build --quiet --profile dist -p gatelet -p gatelet-bench
    TEST_GATELET=target/dist/gatelet timeout --foreground 3m target/dist/bench --quick
    exit
fi
scripts/bundle.sh dist
cargo build --quiet --profile dist -p gatelet-bench
# It takes three quarters of an hour; whatever hangs ends all the same, with all that it started.
TEST_GATELET=target/dist/gatelet TEST_BUNDLED=target/dist/gatelet-bundled \
    timeout --foreground 60m target/dist/bench ${ONLY:+--only "$ONLY"}

#!/usr/bin/env bash
# Measures side by side, writes bench/RESULTS.md and what the README repeats of it. What
# is measured is what is handed on: the profile `dist`.
#
#   QUICK=1   one short round of everything, to see that it works, into
#             target/bench/QUICK.md and nowhere else
#   ONLY=passkeys,store
#             these parts alone, short or not, into target/bench/ONLY.md and nowhere else;
#             a part that there is not has the others named
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-tools.sh bench
echo "Building all optimised (long, the first time) …" >&2
scripts/bundle.sh dist
cargo build --quiet --profile dist -p gatelet-bench
# It takes a quarter of an hour; whatever hangs ends all the same, with all that it started.
TEST_GATELET=target/dist/gatelet TEST_BUNDLED=target/dist/gatelet-bundled \
    timeout --foreground 30m target/dist/bench ${ONLY:+--only "$ONLY"}

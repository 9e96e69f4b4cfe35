#!/usr/bin/env bash
# Front-door cases through a host that is not ours: `spin up`. Which ones, and which
# of them a host without our extras cannot have, is written in tests/spin.txt.
#
#   SPIN=/path/to/spin     Spin 4.1 or later    default: a stand-in that serves by
#                          `gatelet up --door handler`, as `make test` has it
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${SPIN:-}" ]; then
    spin=$(command -v "$SPIN") || {
        echo "SPIN: $SPIN cannot be run" >&2
        exit 1
    }
    echo "Through $("$spin" --version)" >&2
else
    spin=$PWD/tests/spin-stand-in.sh
    echo "Through gatelet up --door handler, in Spin's place (SPIN names a real one)" >&2
fi

scripts/test-tools.sh
"$spin" build

only=()
skipped=()
while read -r verb name reason; do
    case $verb in
    only) only+=("$name") ;;
    skip) skipped+=("$name") && [ -z "${SPIN:-}" ] || echo "Skipped: $name ($reason)" >&2 ;;
    '' | '#') ;;
    *) echo "tests/spin.txt: what is $verb?" >&2 && exit 1 ;;
    esac
done <tests/spin.txt

run() { cargo test --quiet -p gatelet-tests --test front_door -- "$@"; }

# A name that means nothing any more would be a case that nobody runs, or skips.
there=$(run --list | sed -n 's/: test$//p')
for name in "${only[@]}" "${skipped[@]}"; do
    grep -qF -- "$name" <<<"$there" || {
        echo "tests/spin.txt: there is no test of the name $name" >&2
        exit 1
    }
done

skips=()
# Through the stand-in, they would be what the front-door tests have done already.
[ -n "${SPIN:-}" ] || skips+=(--skip through_the_handler)
for name in "${skipped[@]}"; do skips+=(--skip "$name"); done
TEST_SPIN=$spin run "${only[@]}" "${skips[@]}"

#!/usr/bin/env bash
# Everything CI runs. At the end it says how long each part took.
#
#   scripts/test.sh            all of it
#   scripts/test.sh build      the components and the host, and what the tests need
#   scripts/test.sh check      format, lints, documents, licences: what `make check` does
#   scripts/test.sh core       the core's tables, properties, vectors, fuzz seeds
#   scripts/test.sh host       the embedded host and the store's contract
#   scripts/test.sh front      the front door: Postgres, provider, browser
#   scripts/test.sh spin       the same on a host that is not ours, or on a stand-in
#   scripts/test.sh fuzz       every fuzz target for five seconds
set -euo pipefail
cd "$(dirname "$0")/.."

# Nobody edits between the parts: what is kept for the next build is half of the disk.
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0

# Twice as many cases as processors at a time: most wait for something, most of the time.
crowd=$((2 * $(nproc)))

build() {
    local log tools failed=0
    log=$(mktemp)
    # Downloads leave the processors to the compiler.
    { scripts/test-tools.sh && scripts/test-tools.sh check; } >"$log" 2>&1 &
    tools=$!
    scripts/build.sh
    wait "$tools" || failed=$?
    cat "$log" >&2
    rm "$log"
    return "$failed"
}

check() { scripts/check.sh; }

core() {
    # The core by itself: what others turn on in its dependencies, it does not ship with.
    cargo test --quiet -p gatelet-core
    cargo test --quiet -p gatelet-forms -p gatelet-settings -p gatelet-sign-in -p gatelet-origins -p gatelet-webauthn \
        -p gatelet-mail -p gatelet-letters -p gatelet-import -p gatelet-secrets -p gatelet-mcp
    cargo test --quiet -p gatelet-hashing -p gatelet-verifying -p gatelet-web -p gatelet-auth -p gatelet-console -p gatelet-store -p gatelet-inventory
}

host() {
    scripts/test-tools.sh postgres
    RUST_TEST_THREADS=$crowd cargo test --quiet --profile quick -p gatelet-front -p gatelet-runtime -p gatelet
}

front() {
    scripts/test-tools.sh
    scripts/bundle.sh quick
    RUST_TEST_THREADS=$crowd cargo test --quiet -p gatelet-tests
}

spin() { SPIN= RUST_TEST_THREADS=$crowd scripts/test-spin.sh; }

fuzz() { SEED=1 scripts/fuzz.sh 5; }

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(build check core host front spin fuzz)

took=
for part in "${parts[@]}"; do
    case $part in
    build | check | core | host | front | spin | fuzz) ;;
    *)
        echo "No such part: $part (build, core, host, front, spin, check, fuzz)" >&2
        exit 2
        ;;
    esac
    echo "== ${part^}" >&2
    began=$SECONDS
    $part
    took+=", $part $((SECONDS - began)) s"
done
echo "Took${took#,}" >&2

#!/usr/bin/env bash
# Everything CI runs. `scripts/build.sh` has built the components and the host.
#
#   scripts/test.sh            all of it
#   scripts/test.sh core       the core's tables, properties, vectors, fuzz seeds
#   scripts/test.sh host       the embedded host and the store's contract
#   scripts/test.sh front      the front door: Postgres, provider, browser
#   scripts/test.sh spin       the same on a host that is not ours, or on a stand-in
set -euo pipefail
cd "$(dirname "$0")/.."

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(core host front spin)

for part in "${parts[@]}"; do
    case $part in
    core)
        echo "== Core" >&2
        cargo test --quiet -p gatelet-core -p gatelet-forms -p gatelet-settings -p gatelet-sign-in -p gatelet-origins
        cargo test --quiet -p gatelet-hashing -p gatelet-web -p gatelet-auth -p gatelet-store -p gatelet-inventory
        ;;
    host)
        echo "== Host" >&2
        scripts/test-tools.sh postgres
        cargo test --quiet --profile quick -p gatelet-front -p gatelet-runtime -p gatelet
        ;;
    front)
        echo "== Front door" >&2
        scripts/test-tools.sh
        scripts/bundle.sh quick
        CARGO_TARGET_DIR=target/tests cargo test --quiet -p gatelet-tests
        ;;
    spin)
        echo "== Front door, as on Spin" >&2
        SPIN= scripts/test-spin.sh
        ;;
    *)
        echo "No such part: $part (core, host, front, spin)" >&2
        exit 2
        ;;
    esac
done

#!/usr/bin/env bash
# Measures side by side and writes bench/RESULTS.md. `scripts/build.sh` has built
# the components and the host.
#
#   QUICK=1   one short round of everything, to see that it works
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-tools.sh bench
[ -e target/tests/release/bench ] || echo "Building the bench (about a minute, this once) …" >&2
CARGO_TARGET_DIR=target/tests cargo run --quiet --release -p gatelet-tests --bin bench

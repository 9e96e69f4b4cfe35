#!/usr/bin/env bash
# Measures side by side and writes bench/RESULTS.md. What is measured is what is handed
# on: the profile `dist`.
#
#   QUICK=1   one short round of everything, to see that it works
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-tools.sh bench
echo "Building all optimised (long, the first time) …" >&2
scripts/bundle.sh dist
CARGO_TARGET_DIR=target/tests cargo build --quiet --profile dist -p gatelet-tests --bin bench
TEST_GATELET=target/dist/gatelet TEST_BUNDLED=target/dist/gatelet-bundled target/tests/dist/bench

#!/usr/bin/env bash
# Unpacks a tarball that `make dist` made and tries what is in it, as somebody would
# who has nothing else.
#
#   scripts/dist-try.sh dist/gatelet-VERSION-TRIPLE.tar.gz
set -euo pipefail
cd "$(dirname "$0")/.."

archive=$(realpath "$1")
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
(cd "$(dirname "$archive")" && sha256sum --quiet -c "$archive.sha256")
tar -C "$unpacked" -xzf "$archive"
folder=$(echo "$unpacked"/*)
(cd "$folder" && sha256sum --quiet -c SHA256SUMS)

TEST_BUNDLED=$folder/gatelet CARGO_TARGET_DIR=target/tests \
    cargo test --quiet -p gatelet-tests --test front_door -- bundled::

#!/usr/bin/env bash
# Builds the components and the gatelet binary where they are out of date.
# Asking whether they are takes well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v cargo >/dev/null || {
    echo "Rust is missing. Install it from https://rustup.rs, then run this again." >&2
    exit 1
}
command -v cc >/dev/null || {
    echo "A C compiler is missing (SQLite is built from source). On Debian: apt-get install build-essential" >&2
    exit 1
}

stamp=target/components/.built
sources=(Cargo.toml Cargo.lock src crates wit migrations components scripts/components.sh)
if [ ! -e "$stamp" ] || [ -n "$(find "${sources[@]}" -type f -newer "$stamp" -print -quit)" ]; then
    echo "Building the components …" >&2
    mkdir -p target/components
    touch "$stamp.new"
    scripts/components.sh
    mv "$stamp.new" "$stamp"
fi

[ -e target/release/gatelet ] || echo "Building the host (a few minutes, this once) …" >&2
cargo build --release --quiet -p gatelet

#!/usr/bin/env bash
# Format, lints, docs without warnings, licences and advisories.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== Format" >&2
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check

# One call of each for the whole workspace: what they stand on is looked at once.
echo "== Lints" >&2
cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings
scripts/fuzz.sh lint

echo "== Unused dependencies, documents" >&2
cargo test --quiet -p gatelet-tests --test checks -- dependencies documents figures

echo "== Docs" >&2
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --all-features \
    -p gatelet-core -p gatelet-forms -p gatelet-settings -p gatelet-sign-in -p gatelet-origins \
    -p gatelet-handler -p gatelet-hashing -p gatelet-ports -p gatelet-texts -p gatelet-theme \
    -p gatelet-mcp -p gatelet-secrets -p gatelet-verifying -p gatelet-wasi -p gatelet-web

echo "== Licences, bans, sources" >&2
scripts/test-tools.sh check
PATH=$PWD/target/check/bin:$PATH
if ! cargo deny --version >/dev/null 2>&1; then
    echo "Skipped: cargo install cargo-deny" >&2
    exit
fi
cargo deny --workspace --all-features check licenses bans sources
echo "== Advisories" >&2
if cargo deny --workspace --all-features fetch db >/dev/null 2>&1; then
    cargo deny --workspace --all-features check advisories
else
    echo "Skipped: the database of advisories cannot be had." >&2
fi

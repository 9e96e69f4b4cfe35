#!/usr/bin/env bash
# Format, lints, docs without warnings, licences and advisories.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== Format" >&2
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check

echo "== Lints" >&2
cargo clippy --quiet -p gatelet-core -p gatelet-forms -p gatelet-settings -p gatelet-sign-in -p gatelet-origins \
    --all-targets --all-features -- -D warnings
cargo clippy --quiet -p gatelet-gateway -p gatelet-auth -p gatelet-store -p gatelet-passwords -p gatelet-demo \
    -p gatelet-middleware -p gatelet-handler -p gatelet-ports -p gatelet-wasi -p gatelet-web -p gatelet-hello -- -D warnings
cargo clippy --quiet --profile quick -p gatelet-front -p gatelet-runtime -p gatelet -p gatelet-bundled --all-targets -- -D warnings
cargo clippy --quiet -p gatelet-inventory --all-targets -- -D warnings
CARGO_TARGET_DIR=target/tests cargo clippy --quiet -p gatelet-tests --all-targets -- -D warnings
scripts/fuzz.sh lint

echo "== Unused dependencies, documents" >&2
CARGO_TARGET_DIR=target/tests cargo test --quiet -p gatelet-tests --test checks -- dependencies documents figures

echo "== Docs" >&2
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps -p gatelet-core -p gatelet-forms -p gatelet-settings -p gatelet-sign-in -p gatelet-origins --all-features
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps -p gatelet-handler -p gatelet-ports -p gatelet-wasi -p gatelet-web

if cargo deny --version >/dev/null 2>&1; then
    echo "== Licences, bans, sources" >&2
    cargo deny --workspace --all-features check licenses bans sources
    echo "== Advisories" >&2
    cargo deny --workspace --all-features check advisories ||
        { [ "${CI:-}" = true ] && exit 1; echo "The advisory database could not be checked." >&2; }
else
    echo "== Skipped: licences and advisories (cargo install cargo-deny)" >&2
fi

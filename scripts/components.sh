#!/usr/bin/env bash
# Builds the WebAssembly components into target/components/*.wasm.
#
# Three ways to the wasm32-wasip2 target, tried in this order: it is installed;
# rustup can add it; Debian has the library's sources (rust-web-src), and the
# standard library is built from them. The last keeps its own target directory,
# so that the ways never invalidate each other.
#
#   scripts/components.sh [COMPONENT ...]     default: all of them
#
# All are compiled in one go, whichever are asked for: alone, one would be given crates
# with other features, so other bytes, and each its own build of what they share.
set -euo pipefail
cd "$(dirname "$0")/.."

all=()
packages=()
for manifest in components/*/Cargo.toml examples/*/Cargo.toml bench/floor/Cargo.toml; do
    component=$(basename "$(dirname "$manifest")")
    all+=("$component")
    packages+=(-p "gatelet-$component")
done
components=("${@:-${all[@]}}")
for component in "${components[@]}"; do
    [[ " ${all[*]} " == *" $component "* ]] || {
        echo "There is no component $component: ${all[*]}" >&2
        exit 2
    }
done

# Every host runs SIMD; a head is judged a fifth faster with it. Cargo forgets the
# profile's `strip` for a package with an override of its own.
features="-C target-feature=+simd128 -C strip=symbols"

say() { printf '%s\n' "$*" >&2; }

# Where crates lie on this machine is nobody's business, and a panic that names
# its line would carry it: forty paths are three KiB.
cargo fetch --quiet --locked
remap=
for sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do remap+=" --remap-path-prefix=$sources="; done

# Drops a component's `component-name` section, which `strip` leaves: names of
# what it imports, for debuggers, ten KiB of them.
strip_names() {
    perl -0777 -e '
        sub leb { my ($at) = @_; my ($value, $shift) = (0, 0);
            while (1) { my $byte = ord substr $_, $at++, 1; $value |= ($byte & 127) << $shift; $shift += 7;
                return ($value, $at) if $byte < 128 } }
        binmode STDIN; binmode STDOUT; $_ = <STDIN>; print substr $_, 0, 8;
        for (my $at = 8; $at < length;) {
            my ($size, $body) = leb($at + 1); my $end = $body + $size;
            my ($length, $name) = leb($body);
            print substr $_, $at, $end - $at
                unless ord(substr $_, $at, 1) == 0 && substr($_, $name, $length) eq "component-name";
            $at = $end }' <"$1"
}

target_installed() { [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-wasip2/lib" ]; }

if target_installed || { command -v rustup >/dev/null && [ ! -e target/.no-wasm-target ] &&
    rustup target add wasm32-wasip2 >/dev/null 2>&1 && target_installed; }; then
    out=target/wasm
    CARGO_TARGET_DIR=$out CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS="$features$remap" \
        cargo build --profile component --target wasm32-wasip2 "${packages[@]}"
else
    # Remember that the download is refused: asking takes seconds each time.
    mkdir -p target && touch target/.no-wasm-target
    if [ ! -d /usr/lib/wasm32-wasi ] || [ ! -d /usr/lib/rustlib/src ] && [ ! -d /usr/src/rustc-web-src ] &&
        ! dpkg -s rust-web-src >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "Installing Debian's Rust library sources for wasm32-wasip2 (about 20 s) …"
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                rustc-web cargo-web rust-web-src wasi-libc >/dev/null
        else
            say "The wasm32-wasip2 target is missing. Run: rustup target add wasm32-wasip2"
            say "or, on Debian: apt-get install rustc-web cargo-web rust-web-src wasi-libc"
            exit 1
        fi
    fi
    linkers="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin"
    out=target/wasm-debian
    # RUSTUP_TOOLCHAIN and RUSTC are rustup's; this build is Debian's alone.
    env -u RUSTUP_TOOLCHAIN -u RUSTC PATH="/usr/bin:$PATH" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$out \
        CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS="$features -C linker=$linkers/wasm-component-ld -C link-self-contained=no -L /usr/lib/wasm32-wasi -C link-arg=--wasm-ld-path=$linkers/gcc-ld/wasm-ld$remap" \
        /usr/bin/cargo build --profile component -Zbuild-std=std,panic_abort -Zbuild-std-features= --target wasm32-wasip2 "${packages[@]}"
fi

mkdir -p target/components
for component in "${components[@]}"; do
    built=$out/wasm32-wasip2/component/gatelet_$component.wasm
    # Copied only when it changed, so that the host's compilation cache stays warm.
    stripped=target/components/.$component.stripped
    strip_names "$built" >"$stripped"
    cmp -s "$stripped" "target/components/$component.wasm" || cp "$stripped" "target/components/$component.wasm"
    rm "$stripped"
done

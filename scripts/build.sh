#!/usr/bin/env bash
# Builds the components and the gatelet binary where they are out of date, side by
# side. Asking whether they are takes well under a second.
#
#   scripts/build.sh                both
#   scripts/build.sh components     the components alone
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
sources=(Cargo.toml Cargo.lock src crates wit migrations components examples bench/floor scripts/components.sh)
components_stale() {
    [ ! -e "$stamp" ] || [ -n "$(find "${sources[@]}" -type f -newer "$stamp" -print -quit 2>/dev/null)" ]
}
components() {
    mkdir -p target/components
    touch "$stamp.new"
    scripts/components.sh
    mv "$stamp.new" "$stamp"
}
host() { cargo build --profile quick -p gatelet; }

case ${1:-all} in
components)
    ! components_stale || { echo "Building the components …" >&2 && components; }
    exit
    ;;
all) ;;
*)
    echo "No such part: $1 (components)" >&2
    exit 2
    ;;
esac
if ! components_stale; then
    [ -e target/quick/gatelet ] || echo "Building the host (a few minutes, this once) …" >&2
    # With nothing to do it says nothing.
    exec cargo build --quiet --profile quick -p gatelet
fi

echo "Building the components and the host (a few minutes the first time) …" >&2
# Toolchain and crates first: two at once would get in each other's way.
cargo fetch --quiet --locked

logs=$(mktemp -d)
jobs=()
trap 'kill "${jobs[@]}" 2>/dev/null || true; rm -rf "$logs"' EXIT
# Cargo tells how far it is when it is asked to, terminal or not.
export CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100
# The host takes longer, crate after crate: it goes first.
(nice -n 5 bash -c "$(declare -f components); set -euo pipefail; stamp=$stamp; components") >/dev/null 2>"$logs/components" &
jobs+=($!)
host >/dev/null 2>"$logs/host" &
jobs+=($!)

# Crates done and to do, out of the last line that cargo wrote.
done_of() { tr '\r' '\n' <"$logs/$1" | grep -o '[0-9]\+/[0-9]\+:' | tail -n 1 | tr -d : || true; }
said=
while [ -n "$(jobs -rp)" ]; do
    sleep 1
    line="crates done: components $(done_of components), host $(done_of host)"
    if [ -t 2 ]; then
        printf '\r\033[K%s' "$line" >&2
    elif [ "$said" != "$line" ] && [ $((SECONDS % 15)) -eq 0 ]; then
        printf '%s\n' "$line" >&2
    fi
    said=$line
done
[ ! -t 2 ] || printf '\r\033[K' >&2

failed=
for part in components host; do
    wait "${jobs[0]}" || failed+=" $part"
    jobs=("${jobs[@]:1}")
done
for part in $failed; do
    tr '\r' '\n' <"$logs/$part" | grep -v '^ *Building \[\|^$' >&2
    echo "The $part could not be built." >&2
done
[ -z "$failed" ]

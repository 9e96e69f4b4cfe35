#!/usr/bin/env bash
# Runs the doors of fuzz/ against libFuzzer, two side by side on two cores.
#
#   scripts/fuzz.sh [SECONDS] [DOOR…]     so long each (60); all doors unless some are named
#   scripts/fuzz.sh keep [DOOR…]          adds what earlier runs found to fuzz/corpus
#   scripts/fuzz.sh lint                  clippy, with the same build
#
# SEED=7 has every run make the same inputs in the same order: CI must not fail for what
# it finds by chance.
#
# A run begins with what is kept in fuzz/corpus and writes into target/fuzz alone. It
# fails where an assertion does, and prints the input as a line for fuzz/corpus/DOOR.rs,
# where the library's own tests replay it; and where a door lets nothing in, or
# everything, because then nothing is tried.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
# Coverage as `cargo fuzz --sanitizer none` has it counted, on a stable compiler. With a
# target named, build scripts and macros are built without.
export CARGO_TARGET_DIR=$PWD/target/fuzz
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
if [ "${1:-}" = lint ]; then
    exec cargo clippy --quiet --locked --manifest-path fuzz/Cargo.toml --target "$host" -- -D warnings
fi
cargo build --quiet --locked --manifest-path fuzz/Cargo.toml --target "$host"
program=$CARGO_TARGET_DIR/$host/debug/gatelet-fuzz
folders=$CARGO_TARGET_DIR/doors

seconds=60
[ $# -eq 0 ] || { seconds=$1; shift; }
doors=("$@")
[ ${#doors[@]} -gt 0 ] || mapfile -t doors < <("$program" list)

if [ "$seconds" = keep ]; then
    for door in "${doors[@]}"; do
        mkdir -p "$folders/$door/found"
        "$program" keep "$door" "$folders/$door" 2>"$folders/$door/log" || { tail -5 "$folders/$door/log" >&2; exit 1; }
        "$program" pack "$door" "$folders/$door"
    done
    exit
fi

# One door, and a line about it.
run() {
    local door=$1 folder=$folders/$1 status=0
    mkdir -p "$folder"
    rm -f "$folder"/crash-* "$folder"/oom-* "$folder"/timeout-*
    "$program" run "$door" "$folder" -max_total_time="$seconds" ${SEED:+-seed="$SEED"} -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -verbosity=1 2>"$folder/log" || status=$?
    if [ $status -ne 0 ]; then
        echo "$door: FAILED" >&2
        grep -a -A3 'panicked at\|ERROR: libFuzzer' "$folder/log" | head -8 >&2
        for input in "$folder"/crash-* "$folder"/oom-* "$folder"/timeout-*; do
            [ ! -e "$input" ] || { echo "fuzz/corpus/$door.rs:" && "$program" show "$input"; } >&2
        done
        return 1
    fi
    local last told
    last=$(grep -aE '^#[0-9]+.*DONE' "$folder/log")
    told=$(sed -n 's/^doors: //p' "$folder/log")
    printf '%-18s %9s runs, %4s edges, corpus %s, %s\n' "$door" \
        "$(sed -E 's/^#([0-9]+).*/\1/' <<<"$last")" "$(sed -E 's/.*cov: ([0-9]+).*/\1/' <<<"$last")" \
        "$(sed -E 's/.*corp: ([0-9]+).*/\1/' <<<"$last")" "$told"
    case $told in
    "0 let in"* | *" 0 refused")
        echo "$door: nothing is tried at a door that lets nothing in, or everything" >&2
        return 1
        ;;
    esac
}
export -f run
export program folders seconds
printf '%s\n' "${doors[@]}" | xargs -P 2 -I{} bash -c 'set -euo pipefail; run {}'

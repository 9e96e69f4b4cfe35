#!/usr/bin/env bash
# Changes the pure crates in one place at a time, and runs the crate's tests: what no
# test notices must stand in tests/mutants.txt, with its reason.
#
#   scripts/mutants.sh                        all of it: an hour and a half on two cores
#   FILES=src/cookie.rs scripts/mutants.sh    some files, by glob
#   JOBS=4 scripts/mutants.sh                 in so many parts at a time: two are standard
set -euo pipefail
# `comm` and `sort` have to agree.
export LC_ALL=C
cd "$(dirname "$0")/.."

version=27.1.0
crates=(gatelet-core gatelet-settings gatelet-forms gatelet-sign-in gatelet-origins gatelet-hashing gatelet-verifying gatelet-secrets gatelet-mcp)
list=tests/mutants.txt
out=target/mutants

tools=$PWD/target/tools
if ! [ "$("$tools/bin/cargo-mutants" mutants --version 2>/dev/null)" = "cargo-mutants $version" ]; then
    echo "Installing cargo-mutants $version (some minutes, this once) …" >&2
    cargo install --quiet cargo-mutants --locked --version "$version" --root "$tools"
fi

chosen=()
for crate in "${crates[@]}"; do chosen+=(--package "$crate"); done
for file in ${FILES:-}; do chosen+=(--file "$file"); done

# A part each, with a build directory of its own that the next run finds warm. Fewer
# cases than `make test` runs: every property is tried thousands of times.
jobs=${JOBS:-2}
mkdir -p "$out"
part() {
    # A loop without an end that gathers what it sees must not take all the memory.
    ulimit -v $((6 * 1024 * 1024))
    CARGO_TARGET_DIR=$PWD/$out/build-$1 PROPTEST_CASES=${PROPTEST_CASES:-64} \
        "$tools/bin/cargo-mutants" mutants "${chosen[@]}" --shard "$1/$jobs" \
        --sharding round-robin --output "$out/part-$1"
}
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
rm -rf "$out"/part-*
for ((n = 0; n < jobs; n++)); do
    mkdir "$out/part-$n"
    part "$n" &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    status=0
    wait "$pid" || status=$?
    # 2: something survived; 3: something ran into the time limit, which notices it.
    case $status in
    0 | 2 | 3) ;;
    *) exit "$status" ;;
    esac
done

# `src/a.rs:12:3: replace f -> bool with true` without its place, which moves.
placeless() { sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' | sort; }
cat "$out"/part-*/mutants.out/missed.txt | placeless >"$out/survived.txt"
cat "$out"/part-*/mutants.out/{missed,caught,timeout,unviable}.txt | placeless >"$out/looked-at.txt"
# A line of the list is a mutant; the lines below it, further in, say why.
sed -n '/^[^#[:space:]]/p' "$list" | sort >"$out/listed.txt"

comm -23 "$out/survived.txt" "$out/listed.txt" >"$out/unlisted.txt"
comm -23 "$out/listed.txt" "$out/survived.txt" >"$out/gone.txt"
failed=0
# shellcheck disable=SC2016
if ! awk '/^#/ || !NF { next } /^[^ ]/ { if (bare) exit 1; bare = 1; next } { bare = 0 } END { exit bare }' "$list"; then
    echo "A line of $list has no reason below it." >&2
    failed=1
fi
if [ -s "$out/unlisted.txt" ]; then
    echo "No test notices these, and $list does not say why:" >&2
    sed 's/^/    /' "$out/unlisted.txt" >&2
    failed=1
fi
# Of some files, only what was looked at can have gone.
stale=$(comm -12 "$out/gone.txt" "$out/looked-at.txt")
[ -n "${FILES:-}" ] || stale=$(cat "$out/gone.txt")
if [ -n "$stale" ]; then
    echo "These do not survive, or are no more; take them off $list:" >&2
    sed 's/^/    /' <<<"$stale" >&2
    failed=1
fi
exit "$failed"

#!/usr/bin/env bash
# Builds the program that carries its components: target/PROFILE/gatelet-bundled, out
# of target/bundle/, which holds what goes into it:
#
#   spin.toml  components/*.wasm  compiled/*.cwasm
#
#   scripts/bundle.sh PROFILE [TRIPLE]     quick or dist
set -euo pipefail
cd "$(dirname "$0")/.."

profile=$1
target=(${2:+--target "$2"})
out=target${2:+/$2}/$profile
bundle=target/bundle

scripts/build.sh components
cargo build --quiet --profile "$profile" "${target[@]}" -p gatelet

# Machine code is made anew only where something went into it.
if [ -n "$(find spin.toml target/components "$out/gatelet" -newer "$bundle/spin.toml" -print -quit 2>&1)" ]; then
    rm -rf "$bundle"
    mkdir -p "$bundle/components"
    # Sources lie beside the manifest, and nothing is built there.
    sed -e '/^\[component\..*\.build\]$/,/^$/d' -e 's#"target/components/#"components/#' spin.toml >"$bundle/.spin.toml"
    mv "$bundle/.spin.toml" "$bundle/spin.toml"
    for component in $(sed -n 's#^source = "components/\(.*\)"$#\1#p' "$bundle/spin.toml"); do
        cp "target/components/$component" "$bundle/components/"
    done
    # Code depends on no key, and none is kept.
    SPIN_VARIABLE_SESSION_KEYS=$("$out/gatelet" keys new) \
        "$out/gatelet" precompile --from "$bundle/spin.toml" "$bundle/compiled"
    touch "$bundle/spin.toml"
fi

GATELET_BUNDLE=$PWD/$bundle cargo build --quiet --profile "$profile" "${target[@]}" -p gatelet-bundled

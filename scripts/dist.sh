#!/usr/bin/env bash
# Makes dist/gatelet-VERSION-TRIPLE.tar.gz: what is handed on, for machines with
# nothing else installed. The program in it carries manifest, components and their
# machine code; they lie beside it for Spin, and for whoever wants to change them.
#
# Static where the toolchain has the musl target and musl-gcc; else with the C library
# of a machine that is not older than this one, and nothing more.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
musl=${host/-gnu/-musl}
target=()
triple=$host
if [ "$musl" != "$host" ] && command -v musl-gcc >/dev/null &&
    [ -d "$(rustc --print sysroot)/lib/rustlib/$musl/lib" ]; then
    target=("$musl")
    triple=$musl
fi

echo "Building for $triple, all optimised (long, the first time) …" >&2
scripts/bundle.sh dist "${target[@]}"
built=target${target:+/${target[0]}}/dist/gatelet-bundled

# What it needs of a machine is known, or this is not handed on.
if [ "$(uname)" = Linux ]; then
    needs=$( (ldd "$built" 2>/dev/null || true) | awk '{print $1}' |
        grep -v '^linux-vdso\|ld-linux\|^statically\|^not$' | sort | tr '\n' ' ')
    for library in $needs; do
        case $library in
        libc.so.6 | libm.so.6 | libgcc_s.so.1) ;;
        *) echo "The program needs $library, which not every machine has." >&2 && exit 1 ;;
        esac
    done
    echo "Shared libraries it needs: ${needs:-none}" >&2
fi

name=gatelet-$version-$triple
folder=dist/$name
rm -rf "$folder" "$folder.tar.gz" "$folder.tar.gz.sha256"
mkdir -p "$folder"
cp -r target/bundle/spin.toml target/bundle/components target/bundle/compiled "$folder/"
cp "$built" "$folder/gatelet"
cp README.md CHANGELOG.md SECURITY.md LICENSE deploy/Containerfile "$folder/"
mkdir -p "$folder/docs/design" && cp docs/*.md "$folder/docs/" && cp docs/design/*.md "$folder/docs/design/"
mkdir "$folder/examples" && cp -r examples/ci "$folder/examples/"

# What shells and `man` know of the commands.
mkdir -p "$folder/share/completions" "$folder/share/man/man1"
for shell in bash elvish fish powershell zsh; do
    "$folder/gatelet" completions "$shell" >"$folder/share/completions/gatelet.$shell"
done
"$folder/gatelet" man --to "$folder/share/man/man1"

# Middleware for apps that are Spin components, and the template to begin one.
cp target/components/middleware.wasm "$folder/components/"
cp -r templates "$folder/"
mkdir "$folder/templates/gatelet-hello/content/gatelet"
for component in middleware auth store passwords signatures smtp; do
    cp "$folder/components/$component.wasm" "$folder/templates/gatelet-hello/content/gatelet/"
done

cargo run --quiet -p gatelet-inventory -- "$folder" "$triple"
(cd "$folder" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's#^\./##' | xargs -d '\n' sha256sum >SHA256SUMS)

# The same commit gives the same archive.
when=$(git log -1 --format=%ct 2>/dev/null || date +%s)
tar --sort=name --mode='u=rwX,go=rX' --owner=0 --group=0 --numeric-owner --mtime="@$when" -C dist -cf - "$name" | gzip -9n >"$folder.tar.gz"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")

scripts/dist-try.sh "$folder.tar.gz"
echo "Made $folder.tar.gz ($(du -h "$folder.tar.gz" | cut -f 1))" >&2

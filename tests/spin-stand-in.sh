#!/usr/bin/env bash
# Stands in for Spin where there is none: takes `spin build` and `spin up` as Spin
# does, and serves by `gatelet up` through the door that Spin would use. What Spin
# does not understand it refuses, so that nothing relies on our own host unseen.
#
#   spin-stand-in.sh build [-f FILE] [--up [ARGUMENT …]]
#   spin-stand-in.sh up [--build] [-f FILE] [--listen ADDRESS] [--tls-cert FILE --tls-key FILE]
set -euo pipefail
gatelet=$(cd "$(dirname "$0")/.." && pwd)/target/quick/gatelet

refuse() {
    echo "spin-stand-in: $*" >&2
    exit 2
}

# Runs the build commands in the manifest's folder, in the file's order.
build() {
    local manifest=$1 folder command commands
    folder=$(dirname "$manifest")
    commands=$(sed -n '/^\[component\..*\.build\]$/,/^$/s/^command = "\(.*\)"$/\1/p' "$manifest")
    [ -n "$commands" ] || refuse "None of the components have a build command."
    while read -r command; do
        echo "Building with \`$command\`" >&2
        (cd "$folder" && sh -c "$command" </dev/null)
    done <<<"$commands"
}

verb=${1:-}
shift || true
manifest=spin.toml
build_first=
arguments=()
case $verb in
build)
    up=
    while [ $# -gt 0 ] && [ -z "$up" ]; do
        case $1 in
        -f | --from) manifest=$2 && shift 2 ;;
        -u | --up) up=1 && shift ;;
        *) refuse "build: no such argument: $1" ;;
        esac
    done
    build "$manifest"
    [ -n "$up" ] || exit 0
    ;;
up) ;;
*) refuse "no such command: $verb" ;;
esac
while [ $# -gt 0 ]; do
    case $1 in
    -f | --from) manifest=$2 && shift 2 ;;
    --build) build_first=1 && shift ;;
    --listen | --tls-cert | --tls-key) arguments+=("$1" "$2") && shift 2 ;;
    *) refuse "up: no such argument: $1" ;;
    esac
done
[ -z "$build_first" ] || build "$manifest"
exec "$gatelet" up --door handler --from "$manifest" "${arguments[@]}"

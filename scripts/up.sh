#!/usr/bin/env bash
# Serves Gatelet with the demo app, or the app at $UPSTREAM, behind it.
#
#   UPSTREAM=http://localhost:8080   the app to protect       default: the demo app
#   DATABASE_URL=postgres://…        where users are kept     default: SQLite in .spin/
#   BASE_URL=https://app.example     as visitors see it       default: http://localhost:3000
#   LISTEN=127.0.0.1:3000            where to listen          default: the port of BASE_URL
#
# They are kept in .gatelet/env (or the profile that GATELET_PROFILE names), where every
# other command finds them; set to nothing, they are forgotten: `make up UPSTREAM=`.
# Everything else: `target/quick/gatelet set NAME VALUE`.
set -euo pipefail
cd "$(dirname "$0")/.."

gatelet=target/quick/gatelet

# By standard input, not by argument: it may hold a password. What is said counts only
# where it is refused.
keep() {
    local said
    if [ -n "$2" ]; then
        said=$(printf '%s' "$2" | "$gatelet" set "$1" - 2>&1)
    else
        said=$("$gatelet" set "$1" --unset 2>&1)
    fi || { printf '%s\n' "$said" >&2 && exit 1; }
}

if [ -n "${DATABASE_URL+set}" ]; then
    # What the components may reach follows from it: one of before is forgotten.
    keep database_host ""
    keep database_url "$DATABASE_URL"
fi
[ -z "${UPSTREAM+set}" ] || keep upstream "$UPSTREAM"
[ -z "${BASE_URL+set}" ] || keep base_url "$BASE_URL"
arguments=(--init)
if [ -n "${LISTEN:-}" ]; then
    arguments+=(--listen "$LISTEN")
    # As visitors on this machine type it, unless something else was said.
    case ${BASE_URL:-$("$gatelet" config | sed -n 's/^base_url = \([^ ]*\) .*/\1/p')} in
    http://localhost:*) keep base_url "http://localhost:${LISTEN##*:}" ;;
    esac
fi
exec "$gatelet" up "${arguments[@]}" "$@"

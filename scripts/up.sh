#!/usr/bin/env bash
# Serves Gatelet with the demo app, or the app at $UPSTREAM, behind it.
#
#   UPSTREAM=http://localhost:8080   the app to protect       default: the demo app
#   DATABASE_URL=postgres://…        where users are kept     default: SQLite in .spin/
#   BASE_URL=https://app.example     as visitors see it       default: http://localhost:3000
#   LISTEN=127.0.0.1:3000            where to listen          default: 127.0.0.1:3000
#
# Everything else: `target/quick/gatelet up --help` and `gatelet config`.
set -euo pipefail
cd "$(dirname "$0")/.."

gatelet=target/quick/gatelet

listen=${LISTEN:-127.0.0.1:3000}
# Its session key is made once and kept in .gatelet/env.
arguments=(--init --listen "$listen")
arguments+=(--variable "base_url=${BASE_URL:-http://localhost:${listen##*:}}")
[ -z "${UPSTREAM:-}" ] || arguments+=(--variable "upstream=$UPSTREAM")
if [ -n "${DATABASE_URL:-}" ]; then
    # What the components may reach: the database's host and port alone.
    authority=${DATABASE_URL#*://}
    authority=${authority##*@}
    authority=${authority%%[/?]*}
    case $authority in *:*) ;; *) authority=$authority:5432 ;; esac
    arguments+=(--variable "database_host=postgres://$authority")
    # By environment, not by argument: it holds a password.
    export SPIN_VARIABLE_DATABASE_URL=$DATABASE_URL
fi
exec "$gatelet" up "${arguments[@]}" "$@"

#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: PostgreSQL's server
# programs, Chromium, nginx, Node and two Node packages. Without the right to
# install it says what is missing and how to get it.
#
#   scripts/test-tools.sh             all of it
#   scripts/test-tools.sh postgres    the database server alone
#   scripts/test-tools.sh bench       nginx and wrk
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_node() { have node && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; }

packages=()
want_postgres() { have_postgres || [ -n "${TEST_DATABASE_URL:-}" ] || packages+=(postgresql); }

case ${1:-all} in
postgres) want_postgres ;;
bench)
    have nginx || [ -x /usr/sbin/nginx ] || packages+=(nginx-light)
    have wrk || packages+=(wrk)
    ;;
all)
    want_postgres
    have chromium || have chromium-browser || have google-chrome || packages+=(chromium)
    have_node || packages+=(nodejs)
    have npm || packages+=(npm)
    have openssl || packages+=(openssl)
    ;;
*)
    echo "No such part: $1 (all, postgres, bench)" >&2
    exit 2
    ;;
esac

if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && have apt-get; then
        echo "Installing ${packages[*]} (a minute or so, this once) …" >&2
        # Debian starts the servers it installs; the tests start their own.
        printf '#!/bin/sh\nexit 101\n' >/tmp/gatelet-policy.$$ && chmod +x /tmp/gatelet-policy.$$
        [ -e /usr/sbin/policy-rc.d ] || { cp /tmp/gatelet-policy.$$ /usr/sbin/policy-rc.d; placed=1; }
        rm -f /tmp/gatelet-policy.$$
        trap '[ -z "${placed:-}" ] || rm -f /usr/sbin/policy-rc.d' EXIT
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    else
        echo "The tests need: ${packages[*]}" >&2
        echo "On Debian or Ubuntu: sudo apt-get install ${packages[*]}" >&2
        exit 1
    fi
fi

[ "${1:-all}" = all ] || exit 0
have_node || {
    echo "The tests need Node 20 or newer; here is $(node --version 2>/dev/null || echo none)." >&2
    exit 1
}

# npm writes this file last: newer than the lock file means all is in place.
installed=tests/node/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ tests/node/package-lock.json -nt "$installed" ]; then
    echo "Installing the identity provider and the browser driver from npm …" >&2
    (cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
fi
mkdir -p target/screenshots

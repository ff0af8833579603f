#!/usr/bin/env bash
# Installs the Debian packages that a purpose needs and that are missing, and nothing else.
#
#   scripts/setup.sh [build] [test] [bench] [drill] [lint]        (default: build test)
#
# With nothing missing it asks dpkg once and says nothing. It starts no service, enables none at boot and creates no
# database cluster: the tests and benchmarks run servers of their own on private ports.
set -euo pipefail

# Daemons live in sbin, which is not on an ordinary user's path.
PATH="$PATH:/usr/sbin:/sbin"

readonly policy=/usr/sbin/policy-rc.d
readonly clusters=/etc/postgresql-common/createcluster.d/zz-no-main-cluster.conf

# purpose | package | command or file that does as well as the package | services it would enable | what for
package_table() {
    cat <<'TABLE'
build|libhiredis-dev|||reads and writes the Redis protocol
build|libcurl4-openssl-dev|||fetches from chains and gateways
build|libssl-dev|||TLS, digests, random numbers
build|libpq-dev|||the PostgreSQL archive
build|libsqlite3-dev|||the embedded archive
build|zlib1g-dev|||gzip variants of answers
build|libbrotli-dev|||brotli variants of answers
build|libsecp256k1-dev|||signatures of wallets
build|pkg-config|pkg-config||tells the compiler where the libraries are
build|ca-certificates|/etc/ssl/certs/ca-certificates.crt||the certificate authorities upstreams are checked against
test|redis-server|redis-server|redis-server|the Redis the tests start for themselves
test|postgresql|/usr/lib/postgresql/*/bin/initdb|postgresql|the PostgreSQL the tests start for themselves
test|pgbouncer|pgbouncer|pgbouncer|the pooler the tests put before PostgreSQL
test|sqlite3|sqlite3||copies the embedded archive as its documentation tells
test|openssl|openssl||certificates for the TLS tests
test|chromium|/usr/bin/chromium||the browser that pages are tried in
test|chromium-driver|/usr/bin/chromedriver||drives it
test|python3-selenium|/usr/lib/python3/dist-packages/selenium/__init__.py||tells the driver what to do
test|nodejs|node||runs the tests of the TypeScript client
test|node-typescript|tsc||compiles it
test|python3-venv|/usr/lib/python3.*/ensurepip/__init__.py||a place for what is tried with packages from PyPI
bench|nginx|nginx|nginx|a peer to measure against
bench|libnginx-mod-http-lua|/usr/lib/nginx/modules/ngx_http_lua_module.so||nginx as a peer in front of Redis
bench|lua-nginx-redis|/usr/share/lua/5.1/nginx/redis.lua||the same
bench|redis-server|redis-server|redis-server|the Redis behind both
bench|varnish|varnishd|varnish varnishncsa|a peer to measure against
bench|postgresql|/usr/lib/postgresql/*/bin/initdb|postgresql|takes rows
bench|wrk|wrk||the load generator
bench|gcc|gcc||compiles the responder and the counters
bench|libc6-dev|/usr/include/stdio.h||headers for the responder and the counters
bench|strace|strace||counts system calls
bench|python3|python3||runs the benchmarks
bench|curl|curl||the script that the batch route is measured against
bench|xxd|xxd||the same
bench|findutils|xargs||the same
drill|debootstrap|debootstrap||makes the root that the image is rehearsed in
drill|iproute2|ip||gives it a loopback of its own
lint|shellcheck|shellcheck||checks the shell scripts
lint|yamllint|yamllint||checks the YAML files
lint|python3|python3||reads JSON and Python files
lint|python3-venv|/usr/lib/python3.*/ensurepip/__init__.py||a place for the linters of PyPI
lint|python3-yaml|/usr/lib/python3/dist-packages/yaml/__init__.py||reads workflows
lint|binutils|nm||looks into binaries
lint|systemd|systemd-analyze||checks the unit file
lint|prometheus|promtool|prometheus|checks the metrics, the alerts and their tests
TABLE
}

say() { printf 'setup: %s\n' "$*" >&2; }

# Succeeds when a command of that name, or a file matching that pattern, is there.
is_present() {
    case "$1" in
        '') return 1 ;;
        /*) compgen -G "$1" >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

wants() {
    local purpose
    for purpose in "${purposes[@]}"; do
        [[ "$1" == "$purpose" ]] && return 0
        [[ "$1" == build && "$purpose" =~ ^(test|bench)$ ]] && return 0
    done
    return 1
}

# Fills `missing`, `reasons` and `services` for the purposes asked.
find_missing() {
    missing=() reasons=() services=()
    local -A reason_of=() services_of=()
    local -a candidates=()
    local purpose package stand_in its_services reason installed
    while IFS='|' read -r purpose package stand_in its_services reason; do
        wants "$purpose" || continue
        is_present "$stand_in" && continue
        [[ -v reason_of[$package] ]] && continue
        candidates+=("$package")
        reason_of[$package]=$reason services_of[$package]=$its_services
    done < <(package_table)
    ((${#candidates[@]})) || return 0
    installed=" "
    if command -v dpkg-query >/dev/null; then
        installed+=$(dpkg-query -W -f='${db:Status-Status}:${Package} ' "${candidates[@]}" 2>/dev/null || true)
    fi
    for package in "${candidates[@]}"; do
        [[ "$installed" == *" installed:$package "* ]] && continue
        missing+=("$package")
        reasons+=("${reason_of[$package]}")
        services+=("${services_of[$package]}")
    done
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

explain_by_hand() {
    say "$1"
    say "install these by hand (Debian's names), then run the command again:"
    printf '  %s\n' "${missing[*]}" >&2
    exit 1
}

check_system() {
    if ! { command -v apt-get && command -v dpkg-query; } >/dev/null; then
        explain_by_hand "this is not a Debian system, so packages cannot be installed from here."
    fi
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        explain_by_hand "not root, and there is no sudo."
    fi
}

undo_guards() {
    local file
    for file in "${guards[@]}"; do as_root rm -f "$file"; done
    guards=()
}

# While packages install: no service may start, and PostgreSQL makes no cluster of its own.
set_guards() {
    guards=()
    trap undo_guards EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [[ ! -e "$policy" ]]; then
        guards+=("$policy")
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    if [[ " ${missing[*]} " == *" postgresql "* && ! -e "$clusters" ]]; then
        guards+=("$clusters")
        as_root mkdir -p "${clusters%/*}"
        printf 'create_main_cluster = false\n' | as_root tee "$clusters" >/dev/null
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >&2
}

# The package index is fetched only when it knows a missing package not at all, or knows a version that is gone.
install_missing() {
    local package
    for package in "${missing[@]}"; do
        if ! LC_ALL=C apt-cache policy "$package" | grep -q '^ *Candidate: [^(]'; then
            apt_get update
            break
        fi
    done
    apt_get install -y --no-install-recommends "${missing[@]}" && return 0
    say "trying once more with a fresh package index"
    apt_get update
    apt_get install -y --no-install-recommends "${missing[@]}"
}

# Packages enable their services for the next boot; ours were asked for their programs only.
disable_services() {
    local service
    local -a all
    read -ra all <<<"${services[*]}"
    for service in "${all[@]}"; do
        if command -v deb-systemd-helper >/dev/null; then
            as_root deb-systemd-helper disable "$service.service" >/dev/null 2>&1 || true
        fi
        if [[ -e "/etc/init.d/$service" ]] && command -v update-rc.d >/dev/null; then
            as_root update-rc.d "$service" disable >/dev/null 2>&1 || true
        fi
    done
}

main() {
    purposes=("$@")
    ((${#purposes[@]})) || purposes=(build test)
    local purpose index
    for purpose in "${purposes[@]}"; do
        if [[ ! "$purpose" =~ ^(build|test|bench|drill|lint)$ ]]; then
            say "unknown purpose '$purpose' (known: build, test, bench, drill, lint)"
            exit 2
        fi
    done
    if ! command -v swift >/dev/null; then
        say "no Swift toolchain: 'swift' is not on the PATH. Install Swift 6.3 or later (https://www.swift.org/install/linux/)."
        exit 1
    fi

    find_missing
    ((${#missing[@]})) || return 0
    check_system

    # One set-up at a time: the second finds everything in place.
    exec 9<"${BASH_SOURCE[0]}"
    flock 9
    find_missing
    ((${#missing[@]})) || return 0

    say "for ${purposes[*]}, these packages are missing and will be installed:"
    for index in "${!missing[@]}"; do
        printf '  %-22s %s\n' "${missing[index]}" "${reasons[index]}" >&2
    done
    set_guards
    install_missing
    disable_services
    undo_guards

    find_missing
    ((${#missing[@]} == 0)) || explain_by_hand "apt-get ended well, yet some packages are still missing."
    say "done; no service was started or enabled."
}

main "$@"

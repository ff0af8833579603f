#!/usr/bin/env bash
# The arrows between targets point down only: every import of one of our modules must be in the table below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# target : modules of this package that its files may import
arrows() {
    cat <<'TABLE'
Tokens:
HTTPCaching:
EventLoops: CLinux COpenSSL
HTTPServing: EventLoops CLinux
Caching: Tokens HTTPCaching CZlib CBrotli
Sessions: Tokens Caching CSecp256k1
RedisStore: EventLoops Caching HTTPCaching Sessions Tokens CHiredis
PostgresArchive: EventLoops Caching Sessions Tokens CPostgres
SQLiteArchive: Caching Sessions Tokens CSQLite
UpstreamFetching: EventLoops HTTPCaching CCurl
Mintcache: Tokens HTTPCaching EventLoops HTTPServing Caching Sessions RedisStore PostgresArchive SQLiteArchive UpstreamFetching CDashboard
SampleUpstream: EventLoops HTTPServing Tokens
mintcache-cli: Mintcache SampleUpstream EventLoops Tokens
sample-upstream: SampleUpstream EventLoops
MintcacheTesting: EventLoops Caching Tokens CSecp256k1
TABLE
}

# Neither the pure cores nor anything a memory hit passes through may wait for, or link, Foundation.
readonly without_foundation=(Tokens HTTPCaching EventLoops HTTPServing Caching Sessions)

status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

# imports FOLDER: lines of file:line:module, one for each import declaration.
imports() {
    grep -rnoE --include='*.swift' '^ *(@[A-Za-z_]+ +)*((public|package|internal|fileprivate|private) +)?import +(struct |class |enum |protocol |func |var |let |typealias )?[A-Za-z_][A-Za-z0-9_]*' "$1" |
        sed -E 's/^([^:]*:[0-9]+):.* ([A-Za-z_][A-Za-z0-9_]*)$/\1:\2/' || true
}

# Our modules are the folders in Sources, with the names Swift gives them.
ours=" "
for folder in Sources/*/; do
    name=$(basename "$folder")
    ours+="${name//-/_} "
done

declare -A importers=()
known=" "
while IFS=: read -r target allowed; do
    known+="$target "
    if [[ ! -d "Sources/$target" ]]; then
        complain "Sources/$target is gone: take it out of the table in scripts/check-imports.sh"
        continue
    fi
    while IFS=: read -r file line module; do
        [[ "$ours" == *" $module "* ]] || continue
        # Wallets that sign are needed in tests only.
        [[ "$target:$module" != MintcacheTesting:CSecp256k1 ]] || continue
        if [[ "$module" == C[A-Z]* && " ${importers[$module]:-} " != *" $target "* ]]; then
            importers[$module]+="$target "
        fi
        [[ " $allowed " == *" $module "* ]] || complain "$file:$line: $target must not import $module"
    done < <(imports "Sources/$target")
done < <(arrows)

for folder in Sources/*/; do
    target=$(basename "$folder")
    if [[ -n "$(find "$folder" -name '*.swift' -print -quit)" && "$known" != *" $target "* ]]; then
        complain "Sources/$target is not in the table in scripts/check-imports.sh"
    fi
done

# CLinux is ours, a handful of wrappers; every foreign library has exactly one Swift target that knows it.
for module in "${!importers[@]}"; do
    read -ra who <<<"${importers[$module]}"
    if [[ "$module" != CLinux ]] && ((${#who[@]} > 1)); then
        complain "$module is imported by ${who[*]}: a C library belongs to one target"
    fi
done

# A C type in an API would spread the library through the package; a plain import stays inside the target.
if grep -rnE --include='*.swift' '^ *(@[A-Za-z_]+ +)*(public|package) +import +C[A-Z]' Sources; then
    complain "the C modules above must not be imported publicly"
fi

for target in "${without_foundation[@]}"; do
    while IFS=: read -r file line module; do
        case "$module" in
            Foundation | FoundationEssentials | FoundationNetworking | FoundationInternationalization)
                complain "$file:$line: $target must not import $module" ;;
        esac
    done < <(imports "Sources/$target")
done
exit "$status"

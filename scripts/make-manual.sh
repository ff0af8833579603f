#!/usr/bin/env bash
# Writes docs/man/mintcache.1, the manual page of all commands, from what the debug build says of itself.
#
#   scripts/make-manual.sh            writes it, after the build
#   scripts/make-manual.sh --check    tells whether it is what would be written; builds nothing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly page=docs/man/mintcache.1 program=.build/debug/mintcache generator=.build/debug/generate-manual-tool

# The page's date is that of the last change to the commands.
generate() {
    "$generator" "$program" --date "$(git log -1 --format=%cs -- Sources/mintcache-cli)" --output-directory -
}

undated() { grep -v '^\.Dd ' "$1"; }

if [[ "${1-}" == --check ]]; then
    if [[ ! -x "$program" || ! -x "$generator" ]]; then
        echo "skipped: no debug build, or no generator (scripts/make-manual.sh)"
        exit 0
    fi
    if ! diff <(undated "$page") <(generate | undated -) >/dev/null; then
        echo "$page is not what the debug build says of itself: run scripts/make-manual.sh"
        exit 1
    fi
    exit 0
fi

swift build --product mintcache
# The plugin builds the generator; all but its help would build everything else, too.
[[ -x "$generator" ]] || swift package generate-manual --help >/dev/null
mkdir -p "$(dirname "$page")"
written=$(generate)
printf '%s\n' "$written" >"$page"

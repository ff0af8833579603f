#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version: scripts/release-notes.sh 0.1.0. Fails when it says nothing, or when the
# program calls itself otherwise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly version=${1:?usage: scripts/release-notes.sh VERSION}
if ! grep -qF "number = \"$version\"" Sources/Mintcache/Lifecycle/Version.swift; then
    echo "Sources/Mintcache/Lifecycle/Version.swift does not say $version" >&2
    exit 1
fi
notes=$(awk -v title="## $version" '
    /^## / { inside = (index($0 " ", title " ") == 1); next }
    inside { print }
' CHANGELOG.md)
if [[ -z "${notes//[$'\n' ]/}" ]]; then
    echo "CHANGELOG.md has nothing under '## $version'" >&2
    exit 1
fi
printf '%s\n' "$notes"

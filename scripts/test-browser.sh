#!/usr/bin/env bash
# Drives pages in a real browser without a window, against the debug build. Starts and ends everything it needs.
#
#   scripts/test-browser.sh [NAME...]                 all tests, or those whose names contain one of these
#   scripts/test-browser.sh --screenshots FOLDER      pictures of the dashboard instead, after five minutes of traffic
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Debian's Python, which is the one that has Debian's Selenium.
readonly python=/usr/bin/python3
readonly requirements=Tests/Browser/requirements.txt
readonly environment=.build/browser

if ! cmp -s "$requirements" "$environment/requirements.txt"; then
    "$python" -m venv --clear --system-site-packages "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$requirements"
    cp "$requirements" "$environment/requirements.txt"
fi

export PYTHONDONTWRITEBYTECODE=1
if [[ "${1:-}" == --screenshots ]]; then
    exec "$environment/bin/python" Tests/Browser/screenshots.py "${@:2}"
fi

patterns=()
for name in "$@"; do patterns+=(-k "$name"); done
exec "$environment/bin/python" -m unittest discover --start-directory Tests/Browser --verbose "${patterns[@]}"

#!/usr/bin/env bash
# Starts the example gallery: a server of its files, and the release build with the bundled sample upstream before it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/build-gallery.sh
export PORT=${PORT:-8080} GALLERY_PORT=${GALLERY_PORT:-8081}
python3 -m http.server "$GALLERY_PORT" --bind 127.0.0.1 --directory examples/gallery >/dev/null 2>&1 &
readonly files=$!
trap 'kill "$files"' EXIT
printf 'the gallery: http://127.0.0.1:%s/gallery/\n' "$PORT"
.build/release/mintcache serve --config examples/gallery/mintcache.yaml --demo

#!/usr/bin/env bash
# Puts the compiled TypeScript client beside the example gallery, and has the compiler read the gallery's own scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rm -rf examples/gallery/client
tsc --project clients/typescript --outDir "$PWD/examples/gallery/client" --sourceMap false
tsc --project examples/gallery

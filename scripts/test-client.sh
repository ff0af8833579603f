#!/usr/bin/env bash
# Builds the TypeScript client, has the compiler read its declarations as a user's would, and runs its tests against the
# debug build. Options go to Node's test runner: scripts/test-client.sh --test-name-pattern batch
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../clients/typescript"

rm -rf dist
tsc --project tsconfig.json
tsc --project test/tsconfig.json
exec node --test "$@" test/*.test.mjs

#!/usr/bin/env bash
# Has the tools of requirements.txt in .build/lint/bin, as they are pinned there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly requirements=scripts/lint/requirements.txt environment=.build/lint
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
        -r "$requirements"
    cp "$requirements" "$environment/requirements.txt"
fi

#!/usr/bin/env bash
# Whether docs/openapi.yaml is valid, complete and true.
#
#   scripts/check-openapi.sh                   all of it
#   scripts/check-openapi.sh static            the file beside the sources; nothing is started
#   scripts/check-openapi.sh [public] [admin]  requests made up from the file, against the debug build
#
#   OPENAPI_SECONDS   time for the requests to each API (default: 100)
#   OPENAPI_SEED      another seed makes up other requests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly requirements=Tests/OpenAPI/requirements.txt
readonly environment=.build/openapi

if ! cmp -s "$requirements" "$environment/requirements.txt"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
        -r "$requirements"
    cp "$requirements" "$environment/requirements.txt"
fi

export PYTHONDONTWRITEBYTECODE=1
apis=("$@")
((${#apis[@]})) || apis=(static public admin)
status=0
for api in "${apis[@]}"; do
    case "$api" in
        static) "$environment/bin/python" Tests/OpenAPI/compare.py || status=1 ;;
        public | admin) "$environment/bin/python" Tests/OpenAPI/fuzz.py "$api" || status=1 ;;
        *)
            printf "check-openapi: unknown part '%s' (known: static, public, admin)\n" "$api" >&2
            exit 2
            ;;
    esac
done
exit "$status"

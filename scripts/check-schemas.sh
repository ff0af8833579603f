#!/usr/bin/env bash
# Files that others read, against their schemas: those that come with check-jsonschema, and those in scripts/lint/schemas
# for platforms whose own schemas cannot be read without the network. The latter know only the keys that are used here,
# so that a misspelt one is noticed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0
against() {
    local output
    output=$(.build/lint/bin/check-jsonschema "$@" 2>&1) || { printf '%s\n' "$output"; status=1; }
}

against --builtin-schema vendor.github-workflows .github/workflows/*.yml
against --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
against --builtin-schema vendor.github-actions .github/actions/*/action.yml
against --builtin-schema vendor.dependabot .github/dependabot.yml
against --builtin-schema vendor.compose-spec docker-compose.yml
against --schemafile scripts/lint/schemas/railway.json railway.json
against --schemafile scripts/lint/schemas/vercel.json examples/vercel/vercel.json
against --check-metaschema scripts/lint/schemas/*.json
exit "$status"

#!/usr/bin/env bash
# Runs every check that needs no running server, tells the result of each, and fails when one of them failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

failed=()

# check TITLE COMMAND...: its output is shown when it fails, or when it has a remark to make.
check() {
    local title=$1 output status
    shift
    output=$("$@" 2>&1)
    status=$?
    if ((status == 0)); then
        printf 'ok      %s\n' "$title"
    else
        printf 'FAILED  %s\n' "$title"
        failed+=("$title")
    fi
    [[ -z "$output" ]] || printf '        %s\n' "${output//$'\n'/$'\n'        }"
}

tracked() {
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
        if [[ -f "$file" ]]; then printf '%s\n' "$file"; fi
    done
}

shell_scripts() {
    tracked | while IFS= read -r file; do
        if head -n 1 "$file" 2>/dev/null | tr -d '\0' | grep -qE '^#!.*\b(bash|sh)$'; then printf '%s\n' "$file"; fi
    done
}

check_swift_format() { swift format lint --strict --parallel --recursive Package.swift Sources Tests; }

check_shell() { shell_scripts | xargs -r -d '\n' shellcheck; }

check_yaml() { tracked '*.yaml' '*.yml' | xargs -r -d '\n' yamllint --strict; }

check_json() {
    local file status=0
    while IFS= read -r file; do
        python3 -m json.tool "$file" >/dev/null || { printf '%s: not valid JSON\n' "$file"; status=1; }
    done < <(tracked '*.json' .swift-format)
    return "$status"
}

check_python() {
    local file status=0
    while IFS= read -r file; do
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" || status=1
    done < <(tracked 'Benchmarks/run' '*.py')
    return "$status"
}

# Text that ends lines with blanks or the file without a line end shows up as noise in every later change.
check_whitespace() {
    local file status=0
    while IFS= read -r file; do
        grep -Iq . "$file" || continue
        if [[ -n "$(tail -c 1 "$file")" ]]; then
            printf '%s: no line end at the end\n' "$file"
            status=1
        fi
        case "$file" in
            LICENSE | *.md | Tests/*) continue ;;
            *) if grep -nHE '[ 	]+$' "$file"; then status=1; fi ;;
        esac
    done < <(tracked)
    return "$status"
}

check_delivery() {
    local output
    output=$(python3 -B -m unittest discover --start-directory Tests/Delivery 2>&1) || {
        printf '%s\n' "$output"
        return 1
    }
}

check_configuration() {
    local binary
    for binary in .build/release/mintcache .build/debug/mintcache; do
        if [[ -x "$binary" ]]; then
            "$binary" check config/mintcache.yaml >/dev/null
            return
        fi
    done
    echo "skipped: mintcache is not built"
}

check "Swift formatting" check_swift_format
check "sizes of files and functions" scripts/check-sizes.sh
check "imports between targets" scripts/check-imports.sh
check "tests named for the cases of tokens" scripts/check-cases.sh
check "linkage of the release binary" scripts/check-linkage.sh
check "shell scripts" check_shell
check "Python files" check_python
check "YAML files" check_yaml
check "JSON files" check_json
check "line ends" check_whitespace
check "shipped configuration" check_configuration
check "linters from PyPI" scripts/lint/setup.sh
check "files with schemas" scripts/check-schemas.sh
check "workflows" scripts/check-workflows.sh
check "scripts of delivery" check_delivery
check "container files" scripts/check-containers.sh
check "deployment files" scripts/check-deployment.sh
check "metrics, alerts and dashboard" scripts/check-monitoring.sh
check "description of the APIs" scripts/check-openapi.sh static
check "manual page" scripts/make-manual.sh --check

if ((${#failed[@]})); then
    printf '\n%d failed: %s\n' "${#failed[@]}" "$(IFS=,; printf '%s' "${failed[*]}" | sed 's/,/, /g')"
    exit 1
fi
printf '\nall checks passed\n'

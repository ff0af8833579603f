#!/usr/bin/env bash
# Every case in docs/cases.md has a test named for it in each file that its row names, and every number in a test has a
# row.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly table=docs/cases.md
status=0

complain() {
    printf '%s\n' "$1"
    status=1
}

while IFS='|' read -r _ case _ _ _ files _; do
    case=${case// /}
    for name in ${files//,/ }; do
        file=$(find Tests -name "$name.swift")
        if [[ -z "$file" ]]; then
            complain "$table: $case names $name.swift, which is not below Tests"
        elif ! grep -qE "\\b$case\\b" "$file"; then
            complain "$file: no test is named for $case, as $table says"
        fi
    done
    [[ -n "${files// /}" ]] || complain "$table: $case has no test"
done < <(grep -E '^\| E-[0-9]+ \|' "$table")

while IFS= read -r case; do
    grep -q "^| $case |" "$table" || complain "$table: no row for $case, which a test is named for"
done < <(grep -rhoE '\bE-[0-9]+\b' --include='*.swift' Tests | sort -u)

exit "$status"

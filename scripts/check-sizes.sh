#!/usr/bin/env bash
# Files above 400 lines and Swift functions above 70 fail; files above 300 lines are remarked on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly file_limit=400 file_wish=300 function_limit=70
status=0

while IFS= read -r -d '' file; do
    lines=$(wc -l <"$file")
    if ((lines > file_limit)); then
        printf '%s: %d lines, more than %d\n' "$file" "$lines" "$file_limit"
        status=1
    elif ((lines > file_wish)); then
        printf '%s: %d lines (remark: wanted are at most %d)\n' "$file" "$lines" "$file_wish"
    fi
done < <(find Package.swift Sources Tests Benchmarks scripts -name .build -prune -o -type f \
    \( -name '*.swift' -o -name '*.c' -o -name '*.h' -o -name '*.py' -o -name '*.sh' -o -name '*.lua' -o -name '*.js' -o -name '*.css' \) -print0)

# The formatter closes a body at the indentation its declaration began with, so lines tell where functions end.
# shellcheck disable=SC2016
awk_program='
    FNR == 1 { depth = 0 }
    {
        match($0, /^ */)
        indent = RLENGTH
        while (depth > 0 && (indent < column[depth] && NF > 0)) depth--
        if (depth > 0 && indent == column[depth] && substr($0, indent + 1, 1) == "}") {
            size = FNR - first[depth] + 1
            if (size > limit) { printf "%s:%d: a function of %d lines, more than %d\n", FILENAME, first[depth], size, limit; bad = 1 }
            depth--
        }
        if ($0 ~ declaration && $0 !~ /\}$/) {
            if (depth > 0 && indent == column[depth]) depth--
            depth++
            first[depth] = FNR
            column[depth] = indent
        }
    }
    END { exit bad }'
readonly declaration='^ *([@A-Za-z_()]+ )*(func [^ ]+|init[?(<]|deinit |subscript[(<])'
find Sources Tests -name '*.swift' -print0 |
    xargs -0 awk -v limit="$function_limit" -v declaration="$declaration" "$awk_program" || status=1
exit "$status"

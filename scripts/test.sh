#!/usr/bin/env bash
# Runs the test suite, one test after another: some measure deadlines, and the machine may have two cores. What failed
# is told again at the end, where it is not lost among the thousands of lines before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly log=.build/test.log
if swift test --skip-build --no-parallel "$@" 2>&1 | tee "$log"; then exit 0; fi

printf '\nWhat failed:\n'
grep -aE '^✘|recorded an issue' "$log" || printf 'No test did: the run itself broke off. See %s.\n' "$log"
exit 1

#!/usr/bin/env bash
# Runs the test suite: without arguments in two lanes side by side, the scenarios and everything else, because most of its
# time is waiting; with arguments what `swift test` makes of them. Within a lane one test comes after another: some
# measure deadlines, and the machine may have two cores. What failed is told again at the end, where it is not lost among
# the thousands of lines before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly log=.build/test.log
readonly scenarios='^ScenarioTests\.'

# One lane, in the words of `swift test`, which lets only one of itself run.
lane() {
    "$(swift build --show-bin-path)/mintcachePackageTests.xctest" --testing-library swift-testing --no-parallel "$@" 2>&1
}

run() {
    if (($# > 0)); then
        swift test --skip-build --no-parallel "$@" 2>&1 | tee "$log"
        return
    fi
    local status=0 rest
    lane --skip "$scenarios" >"$log.rest" &
    rest=$!
    lane --filter "$scenarios" | tee "$log" || status=1
    wait "$rest" || status=1
    cat "$log.rest"
    cat "$log.rest" >>"$log"
    rm -f "$log.rest"
    return "$status"
}

if run "$@"; then exit 0; fi

printf '\nWhat failed:\n'
sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -aE '^✘|recorded an issue' ||
    printf 'No test did: the run itself broke off. See %s.\n' "$log"
exit 1

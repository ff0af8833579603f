#!/usr/bin/env bash
# Runs the test suite: without arguments in two lanes side by side, the scenarios and everything else, because most of its
# time is waiting; with arguments what `swift test` makes of them. Within a lane one test comes after another: some
# measure deadlines, and the machine may have two cores. What failed is told again at the end, where it is not lost among
# the thousands of lines before.
#
# One to three tests that failed beside everything else are given a second attempt with the machine to themselves, which is
# told of, too: those that pass it depend on how busy the machine is, a defect of theirs to be mended, but nothing that the
# change under test must wait for. TEST_ATTEMPTS=1 switches this off.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly log=.build/test.log events=.build/test-events
readonly scenarios='^ScenarioTests\.'
readonly most_repeated=3

# One lane, in the words of `swift test`, which lets only one of itself run.
lane() {
    local name=$1
    shift
    "$(swift build --show-bin-path)/mintcachePackageTests.xctest" --testing-library swift-testing --no-parallel \
        --event-stream-output-path "$events/$name" "$@" 2>&1
}

run() {
    if (($# > 0)); then
        swift test --skip-build --no-parallel "$@" 2>&1 | tee "$log"
        return
    fi
    local status=0 rest
    rm -rf "$events"
    mkdir -p "$events"
    lane rest --skip "$scenarios" >"$log.rest" &
    rest=$!
    lane scenarios --filter "$scenarios" | tee "$log" || status=1
    wait "$rest" || status=1
    cat "$log.rest"
    cat "$log.rest" >>"$log"
    rm -f "$log.rest"
    return "$status"
}

failures() {
    sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -aE '^✘|recorded an issue'
}

# Whether both lanes came to their end, a few tests failed, and these pass alone.
passes_alone() {
    local -a tests filters=()
    local test
    [[ ${TEST_ATTEMPTS:-2} != 1 ]] || return 1
    [[ $(cat "$events"/{rest,scenarios} | grep -ac '"kind":"runEnded"') == 2 ]] || return 1
    mapfile -t tests < <(scripts/failed-tests.py "$events"/{rest,scenarios})
    ((${#tests[@]} >= 1 && ${#tests[@]} <= most_repeated)) || return 1
    for test in "${tests[@]}"; do filters+=(--filter "$test"); done
    printf '\nA second attempt, alone:\n'
    lane again "${filters[@]}" | tee "$log.again" || return 1
    ! grep -aq 'with 0 tests' "$log.again"
}

if run "$@"; then exit 0; fi

printf '\nWhat failed:\n'
if ! failures; then
    printf 'No test did: the run itself broke off. See %s.\n' "$log"
    exit 1
fi
if (($# > 0)) || ! passes_alone; then exit 1; fi
printf '\nPassed at the second attempt, but failed beside the others, which is a defect of the test:\n'
failures

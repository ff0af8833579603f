#!/usr/bin/env bash
# The long checks, one after another; each runs even when one before it failed, and the end tells which did.
#
#   DRILL_PARTS     which to run (default: "suite tests openapi thread address fuzz image")
#   FUZZ_SECONDS    time for all fuzz targets together (default: 600)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

parts=${DRILL_PARTS:-suite tests openapi thread address fuzz image}
fuzz_seconds=${FUZZ_SECONDS:-600}
failed=()

for part in $parts; do
    if [[ ! "$part" =~ ^(suite|tests|openapi|thread|address|fuzz|image)$ ]]; then
        printf "drill: unknown part '%s' (known: suite, tests, openapi, thread, address, fuzz, image)\n" "$part" >&2
        exit 2
    fi
done
if [[ ! "$fuzz_seconds" =~ ^[1-9][0-9]*$ ]]; then
    printf "drill: FUZZ_SECONDS must be a number of seconds, not '%s'\n" "$fuzz_seconds" >&2
    exit 2
fi

# The suite as `make test` runs it, but with no second attempt for anybody.
drill_suite() { swift build --build-tests && TEST_ATTEMPTS=1 scripts/test.sh; }

# The fault matrix at length, rounds of kill -9, the soak: tests that sleep until this variable wakes them. One after
# another, because they measure how long answers take.
drill_tests() {
    local log status=0
    swift build --build-tests || return 1
    log=$(mktemp)
    MINTCACHE_DRILL=1 swift test --skip-build --no-parallel --filter Drill 2>&1 | tee "$log" || status=1
    if ((status == 0)) && ! grep -qE 'Test run with [1-9][0-9]* tests?' "$log"; then
        echo "drill: no test has Drill in its name" >&2
        status=1
    fi
    rm -f "$log"
    return "$status"
}

# Requests made up from the description of the APIs.
drill_openapi() { swift build --product mintcache && scripts/check-openapi.sh; }

# The scenarios drive the ordinary binary from outside, where a sanitizer would see nothing.
drill_thread() { swift test --sanitize=thread --scratch-path .build-tsan --skip ScenarioTests --skip Drill; }

drill_address() {
    # What lives as long as the process (loops, resolver threads) is not a leak.
    ASAN_OPTIONS=detect_leaks=0 \
        swift test --sanitize=address --scratch-path .build-asan --skip ScenarioTests --skip Drill
}

# Every executable of the package in Fuzz is a target that takes libFuzzer's options.
drill_fuzz() {
    local target directory share status=0
    local -a targets
    mapfile -t targets < <(find Fuzz/Sources -mindepth 1 -maxdepth 1 -type d -name '*Fuzz*' -printf '%f\n' 2>/dev/null | sort)
    if ((${#targets[@]} == 0)); then
        echo "drill: no fuzz targets in Fuzz/Sources" >&2
        return 1
    fi
    swift build --package-path Fuzz -c release || return 1
    directory=$(swift build --package-path Fuzz -c release --show-bin-path) || return 1
    share=$((fuzz_seconds / ${#targets[@]}))
    ((share > 0)) || share=1
    for target in "${targets[@]}"; do
        printf '== fuzzing %s for %d s\n' "$target" "$share"
        mkdir -p "Fuzz/findings/$target"
        "$directory/$target" -max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
            -artifact_prefix="Fuzz/findings/$target/" || status=1
    done
    return "$status"
}

# The image without Docker: needs root.
drill_image() { scripts/rehearse-image.py; }

for part in $parts; do
    printf '\n==== drill: %s\n' "$part"
    "drill_$part" || failed+=("$part")
done

if ((${#failed[@]})); then
    printf '\ndrill: failed: %s\n' "${failed[*]}" >&2
    exit 1
fi
printf '\ndrill: all passed (%s)\n' "$parts"

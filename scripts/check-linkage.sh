#!/usr/bin/env bash
# What the release binary is made of: it loads only libraries we mean to ship with, all of them are found, it carries
# no test code, and the code a memory hit passes through refers to nothing of Foundation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly build=.build/release
readonly binary=$build/mintcache
# Swift's own libraries are there in a dynamic build and absent with --static-swift-stdlib.
readonly allowed='^(libhiredis|libcurl|libssl|libcrypto|libpq|libsecp256k1|libsqlite3|libz|libbrotlienc|libbrotlicommon|libbrotlidec|libstdc\+\+|libgcc_s|libm|libc|ld-linux[-a-z0-9_]*|libswift[A-Za-z_]*|lib_?Foundation[A-Za-z_]*|libdispatch|libBlocksRuntime)\.so'
readonly request_path=(Tokens HTTPCaching EventLoops HTTPServing Caching)

if [[ ! -x "$binary" ]]; then
    echo "skipped: no release build (swift build -c release)"
    exit 0
fi

status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

loaded=$(LC_ALL=C objdump -p "$binary" | awk '$1 == "NEEDED" { print $2 }')
[[ -n "$loaded" ]] || complain "$binary: no list of libraries found"
while IFS= read -r library; do
    [[ "$library" =~ $allowed ]] || complain "$binary loads $library, which is not on the list in scripts/check-linkage.sh"
    case "$library" in
        libXCTest* | libTesting* | libswiftXCTest*) complain "$binary loads test code: $library" ;;
    esac
done <<<"$loaded"

if missing=$(ldd "$binary" | grep 'not found'); then
    complain "$binary cannot be loaded:" "$missing"
fi

for target in "${request_path[@]}"; do
    objects=("$build/$target.build"/*.o)
    [[ -e "${objects[0]}" ]] || { complain "$build/$target.build has no object files: build again"; continue; }
    # Mangled names begin with the module's, its length before it.
    # shellcheck disable=SC2016
    if found=$(nm --undefined-only "${objects[@]}" 2>/dev/null | grep -m 3 -E '\$s(10Foundation|20FoundationEssentials)'); then
        complain "$target refers to Foundation:" "$found"
    fi
done
exit "$status"

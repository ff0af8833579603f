#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop (LLVM, "Using libFuzzer as a library"): SwiftPM gives executables a main of their own, so libFuzzer's
/// cannot be the one.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

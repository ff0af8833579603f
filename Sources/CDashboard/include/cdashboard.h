#pragma once

// The dashboard's files, which the compiler puts into the program: a C compiler does so at once (C23 section 6.10.4), where
// Swift would have to read them as an array literal.

#include <stddef.h>
#include <stdint.h>

/// A file of the dashboard. Everything lives as long as the program.
struct cdashboard_file {
    /// Where it is served, with the slash at the beginning.
    const char *path;
    /// The value of Content-Type.
    const char *type;
    const uint8_t *bytes;
    size_t count;
};

/// The file with this number; NULL past the last.
const struct cdashboard_file *cdashboard_file(size_t number);

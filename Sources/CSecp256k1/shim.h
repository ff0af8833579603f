#pragma once
#include <secp256k1.h>
#include <secp256k1_recovery.h>

/* The context for everything that needs no secret: constant, made at compile time. The library declares the pointer to
 * it as one that could change, which Swift takes for shared mutable state. */
static inline const secp256k1_context *csecp256k1_context(void) { return secp256k1_context_static; }

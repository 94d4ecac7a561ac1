/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzz target includes. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The target: called with one input after the other; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property of the code under test; unlike assert, never compiled out. */
#define CHECK(property) ((property) ? (void)0 : abort())

#endif

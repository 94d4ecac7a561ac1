/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash-1-3 (Aumasson, Bernstein): a keyed hash for tables whose keys a
 * peer may choose.  Not a MAC.
 */
#ifndef DROVER_BASE_SIPHASH_H
#define DROVER_BASE_SIPHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

/* nocase: as if every ASCII capital were a small letter. */
uint64_t siphash13(
    const struct siphash_key *, const void *data, size_t len, bool nocase);

#endif

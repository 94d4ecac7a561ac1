/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash that costs a few instructions for eight bytes, and that whoever wants
 * to can make collide: for caches with one place for each value, where a
 * collision costs no more than the look-up that the cache saves.  What must
 * hold against strangers is table_hash's.
 */
#ifndef DROVER_BASE_MIX_H
#define DROVER_BASE_MIX_H

#include <stdint.h>
#include <string.h>

#include "base/span.h"

static inline uint64_t
mix_words_(uint64_t hash, struct span s, uint64_t set)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t word = 0;

	hash = (hash ^ s.len) * odd;
	for (; s.len >= sizeof(word); s = span_skip(s, sizeof(word))) {
		memcpy(&word, s.ptr, sizeof(word));
		hash = (hash ^ (word | set)) * odd;
	}
	word = 0;
	if (s.len > 0)
		memcpy(&word, s.ptr, s.len);
	hash ^= word | set;
	hash = (hash ^ hash >> 32) * odd;
	return hash ^ hash >> 32;
}

/* Goes on from hash, 0 at first. */
static inline uint64_t
mix_span(uint64_t hash, struct span s)
{
	return mix_words_(hash, s, 0);
}

/* The same for "a" and "A": their bit is set in every byte. */
static inline uint64_t
mix_span_nocase(uint64_t hash, struct span s)
{
	return mix_words_(hash, s, 0x2020202020202020);
}

#endif

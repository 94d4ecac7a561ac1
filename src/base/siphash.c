/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash with one round for each word and three at the end, as in the paper
 * "SipHash: a fast short-input PRF" with c = 1, d = 3.  Words are taken in
 * little-endian order on every machine.
 */
#include "config.h"

#include "base/siphash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
round_once(struct state *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 = rotate(s->v2, 32);
}

/* The eight bytes of a word with ASCII capitals made small, all at once. */
static uint64_t
fold_word(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = word & 0x7f * ones;
	uint64_t from_a = low + (0x80 - 'A') * ones;
	uint64_t above_z = low + (0x80 - 'Z' - 1) * ones;
	uint64_t capital = (from_a ^ above_z) & ~word & 0x80 * ones;

	return word | capital >> 2;
}

/* Up to eight bytes as a word, the missing ones 0. */
static uint64_t
read_word(const unsigned char *from, size_t len, bool nocase)
{
	uint64_t word = 0;

	if (len > 0)
		memcpy(&word, from, len);
	word = le64toh(word);
	return nocase ? fold_word(word) : word;
}

static void
mix(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	round_once(s);
	s->v0 ^= word;
}

uint64_t
siphash13(
    const struct siphash_key *key, const void *data, size_t len, bool nocase)
{
	struct state s = {
		.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k1 ^ UINT64_C(0x7465646279746573),
	};
	const unsigned char *at = data;
	size_t left;

	for (left = len; left >= 8; left -= 8, at += 8)
		mix(&s, read_word(at, 8, nocase));
	mix(&s, read_word(at, left, nocase) | (uint64_t)len << 56);
	s.v2 ^= 0xff;
	round_once(&s);
	round_once(&s);
	round_once(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Chunks: whole and byte by byte end at the same place with the same data. */
#include "config.h"

#include "fuzz.h"
#include "wire/h1_chunk.h"

/* Decodes pieces of at most step bytes; a sum of the data into *sum_r. */
static long
decode(const char *data, size_t size, size_t step, uint32_t *sum_r)
{
	struct h1_chunk chunk;
	struct span payload;
	size_t at = 0;

	for (h1_chunk_init(&chunk); at < size && !h1_chunk_ended(&chunk);) {
		size_t len = size - at < step ? size - at : step;
		long n = h1_chunk_decode(&chunk, data + at, len, &payload);

		if (n < 0)
			return -1;
		CHECK(n > 0 && (size_t)n <= len && payload.len <= (size_t)n);
		for (size_t i = 0; i < payload.len; i++)
			*sum_r = *sum_r * 31 + (uint8_t)payload.ptr[i];
		at += (size_t)n;
	}
	return (long)at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t whole = 1, bytes = 1;
	long used = decode((const char *)data, size, size, &whole);

	CHECK(used == decode((const char *)data, size, 1, &bytes));
	CHECK(used < 0 || whole == bytes);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Rings whose producer wrote anything at all: records lie within the ring. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "ipc/log_ring.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char memory[2 * LOG_RING_SIZE] __attribute__((aligned(8)));
	static struct log_ring_header header;
	struct log_ring ring = { .header = &header, .data = memory };
	struct log_record record;
	uint64_t words[3] = { 0 }, position, records = 0;

	memset(memory, 0, sizeof(memory));
	memcpy(words, data, size < sizeof(words) ? size : sizeof(words));
	header.head = words[0];
	header.staged = words[1];
	ring.position = position = words[2];
	size = size < sizeof(words) ? 0 : size - sizeof(words);
	if (size > LOG_RING_SIZE)
		size = LOG_RING_SIZE;
	/* As it is mapped: twice in a row, and as the first bytes read. */
	for (size_t i = 0; i < size; i++) {
		size_t at = (position + i) & (LOG_RING_SIZE - 1);

		memory[at] = memory[at + LOG_RING_SIZE] =
		    (char)data[sizeof(words) + i];
	}
	while (log_ring_next(&ring, size % 2, &position, &record) ==
	       LOG_RING_RECORD) {
		CHECK(record.len <= LOG_LINE_MAX && record.line >= memory);
		CHECK(record.line + record.len <= memory + sizeof(memory));
		CHECK(record.dest >= 0 && record.dest <= UINT16_MAX);
		CHECK(position - ring.position <= LOG_RING_SIZE);
		CHECK(++records <= LOG_RING_SIZE / 8);
	}
	return 0;
}

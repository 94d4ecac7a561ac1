/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads: whole and byte by byte give the same, and offsets lie inside. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "wire/h1_parse.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct h1_limits limits = { 100, 4, 60, 400 };
	static struct h1_field fields[2][4];
	struct h1_parser whole, bytes;
	long used, n = 0;

	h1_parser_init(&whole, &limits, fields[0]);
	h1_parser_init(&bytes, &limits, fields[1]);
	used = h1_parse_request(&whole, (const char *)data, size);
	for (size_t i = 0; i <= size && n == 0; i++)
		n = h1_parse_request(&bytes, (const char *)data, i);
	CHECK(n == used && n <= (long)size && whole.status == bytes.status);
	CHECK(whole.field_count == bytes.field_count);
	for (uint32_t i = 0; i < whole.field_count; i++) {
		const struct h1_field *a = &fields[0][i], *b = &fields[1][i];

		CHECK(a->name == b->name && a->name_len == b->name_len &&
		      a->value == b->value && a->value_len == b->value_len);
		CHECK(a->value + a->value_len <= size && a->name_len > 0 &&
		      a->name + a->name_len < a->value);
	}
	return 0;
}

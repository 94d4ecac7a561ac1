/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads of responses: whole and byte by byte give the same, all inside. */
#include "config.h"

#include "fuzz.h"
#include "wire/h1_response.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct h1_limits limits = { 100, 4, 60, 400 };
	static struct h1_field fields[2][4];
	struct h1_response whole, bytes;
	long used, n = 0;

	h1_response_init(&whole, &limits, fields[0]);
	h1_response_init(&bytes, &limits, fields[1]);
	used = h1_parse_response(&whole, (const char *)data, size);
	for (size_t i = 0; i <= size && n == 0; i++)
		n = h1_parse_response(&bytes, (const char *)data, i);
	CHECK(n == used && n <= (long)size && whole.why == bytes.why);
	CHECK(whole.head.field_count == bytes.head.field_count);
	CHECK((used < 0) == (whole.why != NULL));
	if (used <= 0)
		return 0;
	CHECK(whole.status == bytes.status && whole.minor == bytes.minor);
	CHECK(whole.status >= 100 && whole.status <= 999);
	CHECK(whole.reason == bytes.reason &&
	      whole.reason_len == bytes.reason_len);
	CHECK(whole.reason + whole.reason_len < (size_t)used);
	for (uint32_t i = 0; i < whole.head.field_count; i++) {
		const struct h1_field *a = &fields[0][i], *b = &fields[1][i];

		CHECK(a->name == b->name && a->name_len == b->name_len &&
		      a->value == b->value && a->value_len == b->value_len);
		CHECK(a->value + a->value_len < (size_t)used &&
		      a->name_len > 0 && a->name + a->name_len < a->value);
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms: whole and byte by byte give the same pairs, within their bounds. */
#include "config.h"

#include "fuzz.h"
#include "http/form.h"

enum {
	PAIRS = 5,
	TEXT = 40,
	PART = 9
};

static void
parse(struct form *form, struct form_pair *pairs, char *text, struct span data,
    size_t step)
{
	form_init(form, pairs, PAIRS, text, TEXT, PART);
	for (; data.len > 0; data = span_skip(data, step))
		form_add(
		    form, span_of(data.ptr, data.len < step ? data.len : step));
	form_end(form);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span whole = span_of((const char *)data, size);
	struct form_pair pairs[2][PAIRS];
	struct form forms[2];
	char texts[2][TEXT];
	size_t sum = 0;

	parse(&forms[0], pairs[0], texts[0], whole, size + 1);
	parse(&forms[1], pairs[1], texts[1], whole, 1);
	CHECK(forms[0].count == forms[1].count);
	CHECK(forms[0].seen == forms[1].seen && forms[0].seen <= size);
	CHECK(forms[0].count <= PAIRS && forms[0].count <= forms[0].seen);
	for (size_t i = 0; i < forms[0].count; i++) {
		const struct form_pair *a = &pairs[0][i], *b = &pairs[1][i];

		CHECK(span_equal(a->name, b->name) && a->cut == b->cut);
		CHECK(span_equal(a->value, b->value));
		CHECK(a->name.len <= PART && a->value.len <= PART);
		sum += a->name.len + a->value.len;
	}
	CHECK(sum <= TEXT && sum <= size);
	return 0;
}

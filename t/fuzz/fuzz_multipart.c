/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms with files: a Content-Type in the first line, a body behind it.  Whole
 * and byte by byte give the same parts, within their bounds.
 */
#include "config.h"

#include "fuzz.h"
#include "http/multipart.h"

enum {
	PARTS = 5,
	TEXT = 40,
	PART = 9
};

static void
parse(struct multipart *m, struct multipart_part *parts, char *text,
    struct span boundary, struct span data, size_t step)
{
	multipart_init(m, boundary, parts, PARTS, text, TEXT, PART);
	for (; data.len > 0; data = span_skip(data, step))
		multipart_add(
		    m, span_of(data.ptr, data.len < step ? data.len : step));
	multipart_end(m);
}

static void
compare(const struct multipart_part *a, const struct multipart_part *b)
{
	CHECK(span_equal(a->name, b->name) && a->cut == b->cut);
	CHECK(span_equal(a->file_name, b->file_name));
	CHECK(span_equal(a->type, b->type) && span_equal(a->value, b->value));
	CHECK(a->is_file == b->is_file && a->size == b->size);
	CHECK(a->name.len <= PART && a->value.len <= PART);
	CHECK(!a->is_file || a->value.len == 0);
	CHECK(a->is_file || a->cut || a->size == a->value.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = span_of((const char *)data, size), boundary, type;
	struct multipart_part parts[2][PARTS];
	static struct multipart m[2];
	char texts[2][TEXT];
	uint64_t sum = 0;

	type = span_of(body.ptr, span_find(body, '\n'));
	body = span_skip(body, type.len + 1);
	if (!multipart_boundary(type, &boundary))
		return 0;
	CHECK(boundary.len > 0 && boundary.len <= MULTIPART_BOUNDARY_MAX);
	parse(&m[0], parts[0], texts[0], boundary, body, size + 1);
	parse(&m[1], parts[1], texts[1], boundary, body, 1);
	CHECK(m[0].count == m[1].count && m[0].seen == m[1].seen);
	CHECK(m[0].complete == m[1].complete);
	CHECK(m[0].malformed == m[1].malformed);
	CHECK(!m[0].complete || !m[0].malformed);
	CHECK(m[0].count <= PARTS && m[0].count <= m[0].seen);
	for (size_t i = 0; i < m[0].count; i++) {
		compare(&parts[0][i], &parts[1][i]);
		sum += parts[0][i].size;
	}
	CHECK(sum <= size);
	return 0;
}

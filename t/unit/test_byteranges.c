/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * multipart/byteranges of a body in memory and of a file: the bytes are the
 * same, whoever pulls them, in whatever pieces.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/byteranges.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct range ranges[] = { { 0, 0 }, { 5, 19 }, { 3, 4 },
	{ 29, 29 } };
static const char text[] = "0123456789abcdefghijklmnopqrst";
/* In the file it does not begin at the first byte. */
enum {
	LENGTH = sizeof(text) - 1,
	START = 7
};

static int closed, file = -1;

static enum body_result
read_next(struct body *body, size_t max, struct span *data_r)
{
	static char data[4];
	size_t n = max < sizeof(data) ? max : sizeof(data);

	if (n > body->file.left)
		n = (size_t)body->file.left;
	if (pread(body->file.fd, data, n, body->file.offset) != (ssize_t)n)
		return BODY_ERROR;
	body->file.offset += (off_t)n;
	body->file.left -= n;
	body->length -= (int64_t)n;
	*data_r = span_of(data, n);
	return BODY_DATA;
}

static void
count_close(struct body *body)
{
	(void)body;
	closed++;
}

static const struct body_ops file_ops = { read_next, count_close };

static int
setup(void **state)
{
	(void)state;
	closed = 0;
	file = memfd_create("body", MFD_CLOEXEC);
	return file == -1 ||
	       pwrite(file, text, LENGTH, START) != (ssize_t)LENGTH;
}

static int
teardown(void **state)
{
	(void)state;
	return close(file);
}

static void
file_body(struct body *body)
{
	body_none(body);
	body->ops = &file_ops;
	body->length = LENGTH;
	body->file = (struct body_file){ file, START, LENGTH };
}

static struct span
make(struct body *body, struct arena *arena, const char *type)
{
	struct byteranges what = { span_str(type), ranges, COUNT(ranges) };
	struct span content_type;

	assert_true(byteranges_body(body, arena, &what, &content_type));
	return content_type;
}

/* What it has to be, with the boundary that it has. */
static void
print_expected(struct buf *b, struct span content_type, const char *type)
{
	struct span boundary =
	    span_skip(content_type, strlen("multipart/byteranges; boundary="));

	for (size_t i = 0; i < COUNT(ranges); i++)
		buf_printf(b,
		    "%s--%.*s\r\n%s%s%sContent-Range: bytes %d-%d/%d\r\n\r\n"
		    "%.*s",
		    i == 0 ? "" : "\r\n", SPAN_ARG(boundary),
		    type[0] == '\0' ? "" : "Content-Type: ", type,
		    type[0] == '\0' ? "" : "\r\n", (int)ranges[i].first,
		    (int)ranges[i].last, LENGTH,
		    (int)(ranges[i].last - ranges[i].first + 1),
		    text + ranges[i].first);
	buf_printf(b, "\r\n--%.*s--\r\n", SPAN_ARG(boundary));
}

/* As who sends `whole` bytes of each range himself: -1, all of it. */
static void
pull_all(struct body *body, size_t max, size_t whole, struct buf *to)
{
	struct span data;

	for (;;) {
		enum body_result result = body->ops->next(body, max, &data);
		size_t n =
		    body->file.left < whole ? (size_t)body->file.left : whole;

		if (result == BODY_END)
			break;
		assert_true(result == BODY_DATA || result == BODY_FILE);
		assert_in_range(data.len, 0, max);
		buf_add_span(to, data);
		if (result == BODY_DATA)
			continue;
		assert_in_range(body->file.left, 1, LENGTH);
		assert_int_equal(n, pread(body->file.fd, buf_reserve(to, n), n,
					body->file.offset));
		buf_commit(to, n);
		body->file.offset += (off_t)n;
		body->file.left -= n;
		body->length -= (int64_t)n;
	}
	assert_int_equal(body->length, 0);
	assert_int_equal(body->ops->next(body, max, &data), BODY_END);
}

static void
check(bool in_memory, const char *type, size_t max, size_t whole)
{
	struct buf expected, pulled;
	struct arena arena;
	struct body body;
	struct span content_type;

	print_message("# %s, %zu at most, %zu from the file\n",
	    in_memory ? "memory" : "file", max, whole);
	arena_init(&arena, NULL, 0, 0);
	buf_init(&expected, 4096);
	buf_init(&pulled, 4096);
	if (in_memory)
		body_memory(&body, span_of(text, LENGTH));
	else
		file_body(&body);
	content_type = make(&body, &arena, type);
	print_expected(&expected, content_type, type);
	assert_int_equal(body.length, expected.len);
	assert_int_equal(body.memory.ptr != NULL, in_memory);
	pull_all(&body, max, whole, &pulled);
	assert_string_equal(buf_str(&pulled), buf_str(&expected));
	body_close(&body);
	assert_int_equal(closed, !in_memory);
	closed = 0;
	buf_release(&pulled);
	buf_release(&expected);
	arena_release(&arena);
}

static void
test_bytes(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 64, 65536 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		check(true, "text/plain", sizes[i], 0);
		check(true, "", sizes[i], 0);
		for (size_t whole = 0; whole < LENGTH; whole++)
			check(false, "text/plain", sizes[i], whole);
		check(false, "", sizes[i], SIZE_MAX);
	}
}

static void
test_closed_half_way(void **state)
{
	struct arena arena;
	struct body body;
	struct span data;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	file_body(&body);
	make(&body, &arena, "a/b");
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_FILE);
	body_close(&body);
	assert_int_equal(closed, 1);
	arena_release(&arena);
}

static void
test_file_that_shrank(void **state)
{
	struct arena arena;
	struct body body;
	struct span data;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	file_body(&body);
	make(&body, &arena, "a/b");
	assert_int_equal(ftruncate(file, START), 0);
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_FILE);
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_ERROR);
	body_close(&body);
	arena_release(&arena);
}

/* Without memory the body is as it was. */
static void
test_no_memory(void **state)
{
	struct byteranges what = { SPAN("a/b"), ranges, COUNT(ranges) };
	struct span content_type;

	(void)state;
	for (size_t size = 0; size < 4000; size += 16) {
		char *storage = malloc(size + 1);
		struct arena arena;
		struct body body;
		bool made;

		/* Of the block alone: one byte more is too much. */
		arena_init(&arena, storage, size, 1);
		file_body(&body);
		made = byteranges_body(&body, &arena, &what, &content_type);
		assert_int_equal(body.ops == &file_ops, !made);
		assert_true(made || body.file.left == LENGTH);
		body_close(&body);
		assert_int_equal(closed, 1);
		closed = 0;
		arena_release(&arena);
		free(storage);
		assert_true(size > 0 || !made);
		assert_true(size < 3900 || made);
	}
}

static void
test_boundaries_differ(void **state)
{
	struct span types[3];
	struct arena arena;
	struct body body;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	for (size_t i = 0; i < COUNT(types); i++) {
		file_body(&body);
		types[i] = make(&body, &arena, "");
		body_close(&body);
		for (size_t j = 0; j < i; j++)
			assert_false(span_equal(types[i], types[j]));
	}
	arena_release(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bytes),
		TEST(test_closed_half_way),
		TEST(test_file_that_shrank),
		TEST(test_no_memory),
		TEST(test_boundaries_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

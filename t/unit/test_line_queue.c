/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of lines against a model that is one string: whatever is added,
 * taken, rewound and dropped, in whatever pieces.
 */
#include "config.h"

#include "logger/line_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
add(struct line_queue *q, const char *line)
{
	assert_true(line_queue_add(q, span_str(line)));
}

static void
expect(struct span got, const char *text)
{
	assert_int_equal(got.len, strlen(text));
	if (got.len > 0)
		assert_memory_equal(got.ptr, text, got.len);
}

static void
test_take(void **state)
{
	struct line_queue q;

	(void)state;
	line_queue_init(&q);
	expect(line_queue_bytes(&q), "");
	assert_int_equal(line_queue_drop(&q), 0);
	add(&q, "one");
	add(&q, "");
	add(&q, "three");
	assert_int_equal(line_queue_count(&q), 3);
	expect(line_queue_bytes(&q), "one\n\nthree\n");
	expect(line_queue_first(&q), "one");
	assert_int_equal(line_queue_take(&q, 2), 0);
	expect(line_queue_bytes(&q), "e\n\nthree\n");
	line_queue_rewind(&q);
	expect(line_queue_bytes(&q), "one\n\nthree\n");
	assert_int_equal(line_queue_take(&q, 6), 2);
	expect(line_queue_bytes(&q), "hree\n");
	expect(line_queue_first(&q), "three");
	assert_int_equal(line_queue_take(&q, 5), 1);
	assert_int_equal(line_queue_count(&q), 0);
	assert_int_equal(line_queue_len(&q), 0);
	line_queue_release(&q);
}

static void
test_drop_keeps_what_is_begun(void **state)
{
	struct line_queue q;

	(void)state;
	line_queue_init(&q);
	add(&q, "one");
	add(&q, "two");
	assert_int_equal(line_queue_take(&q, 5), 1);
	add(&q, "three");
	add(&q, "four");
	assert_int_equal(line_queue_drop(&q), 2);
	expect(line_queue_bytes(&q), "wo\n");
	add(&q, "five");
	expect(line_queue_bytes(&q), "wo\nfive\n");
	line_queue_rewind(&q);
	assert_int_equal(line_queue_drop(&q), 2);
	expect(line_queue_bytes(&q), "");
	line_queue_release(&q);
}

static void
test_whole_lines(void **state)
{
	struct line_queue q;

	(void)state;
	line_queue_init(&q);
	expect(line_queue_whole(&q, 10), "");
	add(&q, "123");
	add(&q, "12345");
	add(&q, "1");
	expect(line_queue_whole(&q, 3), "123");
	expect(line_queue_whole(&q, 4), "123\n");
	expect(line_queue_whole(&q, 9), "123\n");
	expect(line_queue_whole(&q, 10), "123\n12345\n");
	expect(line_queue_whole(&q, 12), "123\n12345\n1\n");
	(void)line_queue_take(&q, 2);
	expect(line_queue_whole(&q, 2), "3\n");
	expect(line_queue_whole(&q, 7), "3\n");
	expect(line_queue_whole(&q, 8), "3\n12345\n");
	line_queue_release(&q);
}

/* The queue as one text, and its state in numbers. */
struct model {
	char text[1 << 16];
	size_t len, begun;
};

static size_t
model_take(struct model *m, size_t n)
{
	size_t lines = 0;
	char *end;

	m->begun += n;
	while ((end = memchr(m->text, '\n', m->len)) != NULL &&
	       (size_t)(end - m->text) < m->begun) {
		size_t len = (size_t)(end - m->text) + 1;

		memmove(m->text, end + 1, m->len - len);
		m->len -= len;
		m->begun -= len;
		lines++;
	}
	return lines;
}

static void
one_step(struct line_queue *q, struct model *m)
{
	char line[600];
	size_t len = (size_t)random() % sizeof(line), n;

	switch (random() % 4) {
	case 0:
	case 1:
		if (m->len + len + 1 > sizeof(m->text))
			return;
		memset(line, 'a' + (int)(random() % 26), len);
		assert_true(line_queue_add(q, span_of(line, len)));
		memcpy(m->text + m->len, line, len);
		m->text[m->len + len] = '\n';
		m->len += len + 1;
		return;
	case 2:
		n = m->len == m->begun
			? 0
			: (size_t)random() % (m->len - m->begun + 1);
		assert_int_equal(line_queue_take(q, n), model_take(m, n));
		return;
	default:
		if (random() % 8 != 0)
			return;
		line_queue_rewind(q);
		m->begun = 0;
	}
}

static void
test_against_model(void **state)
{
	static struct model m;
	struct line_queue q;
	struct span bytes;
	int i;

	(void)state;
	srandom(99);
	line_queue_init(&q);
	for (i = 0; i < 30000; i++) {
		one_step(&q, &m);
		bytes = line_queue_bytes(&q);
		assert_int_equal(bytes.len, m.len - m.begun);
		if (bytes.len > 0)
			assert_memory_equal(
			    bytes.ptr, m.text + m.begun, bytes.len);
	}
	line_queue_release(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_drop_keeps_what_is_begun),
		cmocka_unit_test(test_whole_lines),
		cmocka_unit_test(test_against_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

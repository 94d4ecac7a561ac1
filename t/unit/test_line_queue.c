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

static char memory[1024 * 1024];
static _Atomic uint64_t word;

/* One with no lines. */
static void
init(struct line_queue *q)
{
	atomic_store(&word, 0);
	assert_true(line_queue_init(q, memory, sizeof(memory), &word));
}

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
	init(&q);
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
	expect(line_queue_rest(&q), "e\n");
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
	init(&q);
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
	init(&q);
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
		line_queue_publish(q);
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

/* Another process would have the same. */
static void
check_left(struct line_queue *q)
{
	struct span here = line_queue_bytes(q), there;
	struct line_queue next;

	line_queue_publish(q);
	assert_true(line_queue_init(&next, memory, sizeof(memory), &word));
	there = line_queue_bytes(&next);
	assert_int_equal(here.len, there.len);
	if (here.len > 0)
		assert_memory_equal(here.ptr, there.ptr, here.len);
	assert_int_equal(line_queue_count(&next), line_queue_count(q));
	line_queue_release(&next);
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
	init(&q);
	for (i = 0; i < 30000; i++) {
		one_step(&q, &m);
		if (i % 500 == 0)
			check_left(&q);
		bytes = line_queue_bytes(&q);
		assert_int_equal(bytes.len, m.len - m.begun);
		if (bytes.len > 0)
			assert_memory_equal(
			    bytes.ptr, m.text + m.begun, bytes.len);
	}
	line_queue_release(&q);
}

/* What is left to the next process is what was published and not taken. */
static void
test_left_to_another(void **state)
{
	struct line_queue q, next;

	(void)state;
	init(&q);
	add(&q, "one");
	add(&q, "two");
	line_queue_publish(&q);
	add(&q, "three");
	assert_int_equal(line_queue_take(&q, 5), 1);
	assert_true(line_queue_init(&next, memory, sizeof(memory), &word));
	expect(line_queue_bytes(&next), "wo\n");
	assert_int_equal(line_queue_count(&next), 1);
	line_queue_rewind(&next);
	expect(line_queue_bytes(&next), "two\n");
	line_queue_release(&next);
	line_queue_publish(&q);
	assert_true(line_queue_init(&next, memory, sizeof(memory), &word));
	expect(line_queue_bytes(&next), "wo\nthree\n");
	assert_int_equal(line_queue_take(&next, 9), 2);
	line_queue_release(&next);
	assert_true(line_queue_init(&next, memory, sizeof(memory), &word));
	assert_int_equal(line_queue_count(&next), 0);
	line_queue_release(&next);
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
		cmocka_unit_test(test_left_to_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

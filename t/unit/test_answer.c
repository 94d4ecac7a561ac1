/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers as they come: every row whole, byte by byte, and split in two at
 * every point, before a guard page; all must agree.  RFC 9112, 6.3.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/answer.h"
#include "guard.h"

/* What happened: "1xx " and "200 " for heads, then the body, then "." for the
 * end or "!" for bad. */
struct story {
	char text[256];
	size_t len, used; /* used: bytes that were the answer's */
	enum answer_event last;
	enum outcome closed; /* what it means if nothing follows */
	bool keep_alive;
	char location[64];
};

static void
tell(struct story *story, const char *data, size_t len)
{
	assert_true(story->len + len < sizeof(story->text));
	memcpy(story->text + story->len, data, len);
	story->len += len;
	story->text[story->len] = '\0';
}

static void
tell_event(struct story *story, const struct answer *a, enum answer_event event,
    struct span bytes)
{
	char status[16];

	switch (event) {
	case ANSWER_INTERIM:
	case ANSWER_HEAD:
		snprintf(status, sizeof(status), "%d ", a->status);
		tell(story, status, 4);
		break;
	case ANSWER_BODY:
		tell(story, bytes.ptr, bytes.len);
		break;
	case ANSWER_END:
		tell(story, ".", 1);
		break;
	case ANSWER_BAD:
		tell(story, "!", 1);
		break;
	case ANSWER_MORE:
		break;
	}
}

/* Hands in the bytes up to end, those not used before first. */
static void
feed(struct story *story, struct answer *a, const char *data, size_t end)
{
	do {
		size_t len = end - story->used, used;
		char *copy = guard_copy(data + story->used, len);
		struct span bytes;

		story->last = answer_next(a, span_of(copy, len), &used, &bytes);
		assert_true(used <= len);
		tell_event(story, a, story->last, bytes);
		guard_free(copy, len);
		story->used += used;
	} while (story->last == ANSWER_INTERIM || story->last == ANSWER_HEAD ||
		 story->last == ANSWER_BODY);
}

static bool
is_over(const struct story *story)
{
	return story->last == ANSWER_END || story->last == ANSWER_BAD;
}

/* In pieces that end at first, first + step and so on, then the whole. */
static struct story
read_pieces(const char *data, size_t len, bool head, size_t first, size_t step)
{
	struct answer *a = malloc(sizeof(*a));
	struct story story = { .last = ANSWER_MORE };
	struct err err;

	assert_non_null(a);
	answer_init(a, head);
	for (size_t at = first; at < len && !is_over(&story); at += step)
		feed(&story, a, data, at);
	if (!is_over(&story))
		feed(&story, a, data, len);
	story.closed = story.last == ANSWER_BAD ? answer_failure(a, &err)
						: answer_closed(a, &err);
	story.keep_alive = a->keep_alive;
	span_copy(
	    buf_span(&a->location), story.location, sizeof(story.location));
	answer_release(a);
	free(a);
	return story;
}

static struct story
read_answer(const char *data, bool head)
{
	size_t len = strlen(data);
	struct story bytes = read_pieces(data, len, head, 0, 1);

	for (size_t at = 0; at <= len; at++) {
		struct story split = read_pieces(data, len, head, at, len);

		assert_string_equal(split.text, bytes.text);
		if (bytes.last != ANSWER_BAD)
			assert_int_equal(split.used, bytes.used);
		assert_int_equal(split.closed, bytes.closed);
		assert_int_equal(split.keep_alive, bytes.keep_alive);
		assert_string_equal(split.location, bytes.location);
	}
	return bytes;
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct row {
	const char *data, *text;
	const char *behind; /* what is not the answer's */
	enum outcome closed;
	bool keep_alive, head;
} rows[] = {
	/* a length */
	{ OK "Content-Length: 2\r\n\r\nabc", "200 ab.", "c", OUTCOME_OK, true,
	    false },
	{ OK "Content-Length: 0\r\n\r\nx", "200 .", "x", OUTCOME_OK, true,
	    false },
	{ OK "Content-Length: 2, 2\r\nContent-Length: 2\r\n\r\nab", "200 ab.",
	    "", OUTCOME_OK, true, false },
	{ OK "Content-Length: 5\r\n\r\nab", "200 ab", "", OUTCOME_PARTIAL, true,
	    false },
	{ OK "Content-Length: 5\r\nConnection: x, Close\r\n\r\nabcde",
	    "200 abcde.", "", OUTCOME_OK, false, false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "200 a.", "",
	    OUTCOME_OK, false, false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n"
	  "Connection: Keep-Alive\r\n\r\na",
	    "200 a.", "", OUTCOME_OK, true, false },
	/* chunks */
	{ OK "Transfer-Encoding: chunked\r\n\r\n"
	     "2\r\nab\r\n1;x=y\r\nc\r\n0\r\nA: b\r\n\r\nd",
	    "200 abc.", "d", OUTCOME_OK, true, false },
	{ OK "Transfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n\r\n"
	     "2\r\nab\r\n0\r\n\r\n",
	    "200 ab.", "", OUTCOME_OK, false, false },
	{ "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n"
	  "Connection: keep-alive\r\n\r\n0\r\n\r\n",
	    "200 .", "", OUTCOME_OK, false, false },
	{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "200 ab", "",
	    OUTCOME_PARTIAL, true, false },
	{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", "200 ab", "",
	    OUTCOME_PARTIAL, true, false },
	/* until the end */
	{ OK "\r\nabc", "200 abc", "", OUTCOME_OK, false, false },
	{ OK "\r\n", "200 ", "", OUTCOME_OK, false, false },
	/* none */
	{ OK "Content-Length: 2\r\n\r\nab", "200 .", "ab", OUTCOME_OK, true,
	    true },
	{ OK "Transfer-Encoding: chunked\r\n\r\n", "200 .", "", OUTCOME_OK,
	    true, true },
	{ OK "\r\n", "200 .", "", OUTCOME_OK, true, true },
	{ "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nab", "204 .", "ab",
	    OUTCOME_OK, true, false },
	{ "HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", "304 .", "",
	    OUTCOME_OK, true, false },
	/* interim ones */
	{ "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 \r\nLink: x\r\n\r\n" OK
	  "Content-Length: 1\r\n\r\na",
	    "100 103 200 a.", "", OUTCOME_OK, true, false },
	{ "HTTP/1.1 100 Go on\r\nContent-Length: 3\r\n\r\n", "100 ", "",
	    OUTCOME_RECEIVE, false, false },
	{ "HTTP/1.1 101 Other\r\nUpgrade: x\r\n\r\n\x80\x81", "101 .",
	    "\x80\x81", OUTCOME_OK, false, false },
	/* no whole head */
	{ "", "", "", OUTCOME_EMPTY, false, false },
	{ "H", "", "H", OUTCOME_RECEIVE, false, false },
	/* bad ones */
	{ "SSH-2.0-x\r\n", "!", "SSH-2.0-x\r\n", OUTCOME_WEIRD, false, false },
	{ "HTTP/1.1 100 \r\n\r\nwhat", "100 !", "what", OUTCOME_WEIRD, false,
	    false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct story story = read_answer(row->data, row->head);

		print_message("# row %zu\n", i);
		assert_string_equal(story.text, row->text);
		assert_string_equal(row->data + story.used, row->behind);
		assert_int_equal(story.closed, row->closed);
		assert_int_equal(story.keep_alive, row->keep_alive);
	}
}

/* Fields that leave open where the body ends; the head is the last seen. */
static void
test_bad_framing(void **state)
{
	static const char *const fields[] = {
		"Content-Length: 1, 2",
		"Content-Length: 1\r\nContent-Length: 2",
		"Content-Length: -1",
		"Content-Length: +1",
		"Content-Length: 1x",
		"Content-Length:",
		"Content-Length: 9223372036854775808",
		"Content-Length: 99999999999999999999",
		"Transfer-Encoding: gzip",
		"Transfer-Encoding: gzip, chunked",
		"Transfer-Encoding: chunked, gzip",
		"Transfer-Encoding: chunked, chunked",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
		"Transfer-Encoding: identity",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char data[200];
		struct story story;

		snprintf(
		    data, sizeof(data), OK "%s\r\n\r\n1\r\nx\r\n", fields[i]);
		print_message("# row %zu\n", i);
		story = read_answer(data, false);
		assert_string_equal(story.text, "!");
		assert_int_equal(story.closed, OUTCOME_WEIRD);
	}
}

static void
test_bad_chunks(void **state)
{
	static const char *const bodies[] = { "x\r\n", "-1\r\n", "1\nx\n",
		"1\r\nxy\r\n", "ffffffffffffffff1\r\n", "1\r\nx\r\n0\r\n A" };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char data[200];
		struct story story;

		snprintf(data, sizeof(data),
		    OK "Transfer-Encoding: chunked\r\n\r\n%s", bodies[i]);
		print_message("# row %zu\n", i);
		story = read_answer(data, false);
		assert_int_equal(story.last, ANSWER_BAD);
		assert_int_equal(story.closed, OUTCOME_RECEIVE);
	}
}

static void
test_location(void **state)
{
	(void)state;
	assert_string_equal(
	    read_answer("HTTP/1.1 302 \r\nLocation: /a?b\r\n"
			"LOCATION: /c\r\nContent-Length: 0\r\n\r\n",
		false)
		.location,
	    "/a?b");
	assert_string_equal(
	    read_answer("HTTP/1.1 103 \r\nLocation: /a\r\n\r\n", false)
		.location,
	    "");
}

/* Heads without end have one: each is counted, interim ones too. */
static void
test_endless_heads(void **state)
{
	static const char interim[] = "HTTP/1.1 100 \r\nA: 0123456789\r\n\r\n";
	const size_t len = sizeof(interim) - 1;
	struct answer *a = malloc(sizeof(*a));
	struct err err;
	struct span bytes;
	size_t count = 0, used;

	(void)state;
	assert_non_null(a);
	answer_init(a, false);
	while (answer_next(a, span_of(interim, len), &used, &bytes) ==
	       ANSWER_INTERIM)
		assert_true(++count * len <= ANSWER_HEADS_MAX);
	assert_true(count >= ANSWER_HEADS_MAX / len);
	assert_int_equal(answer_failure(a, &err), OUTCOME_WEIRD);
	answer_release(a);
	free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bad_framing),
		cmocka_unit_test(test_bad_chunks),
		cmocka_unit_test(test_location),
		cmocka_unit_test(test_endless_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

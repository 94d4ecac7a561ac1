/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loopback framing: handlers of a few lines stand for those it is to test.
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

#include "framing/loopback.h"
#include "h1_site.h"

static struct server_conf *conf;

static int
setup(void **state)
{
	(void)state;
	conf = h1_site_conf("");
	return conf == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	conf_destroy(&conf);
	return 0;
}

static void
test_requests(void **state)
{
	static const struct {
		const char *text, *path;
		int status;
	} rows[] = {
		{ "GET /%61?b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", 0 },
		{ "GET / HTTP/1.0\r\n\r\n", "/", 0 },
		{ "GET / HTTP/1.1\r\n\r\n", "/", 400 },
		{ "GET / HTTP/1.1\r\nHost: x\r\n", "", 400 },
		{ "GET /%2F HTTP/1.1\r\nHost: x\r\n\r\n", NULL, 404 },
		{ "GET / HTTP/2.1\r\n\r\n", "", 505 },
	};
	struct loopback l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    loopback_request(&l, conf, span_str(rows[i].text)),
		    rows[i].status == 0);
		assert_int_equal(l.exchange.response.status, rows[i].status);
		if (rows[i].path != NULL)
			assert_true(
			    span_is(l.exchange.request.uri.path, rows[i].path));
		loopback_release(&l);
	}
}

static enum body_result
next_byte(struct body *body, size_t max, struct span *data_r)
{
	(void)max;
	if (body->source == body->buffer)
		return BODY_END;
	*data_r = span_of(body->source, 1);
	body->source = (char *)body->source + 1;
	return BODY_DATA;
}

static enum body_result
next_fails(struct body *body, size_t max, struct span *data_r)
{
	(void)body;
	(void)max;
	(void)data_r;
	return BODY_ERROR;
}

static void
close_body(struct body *body)
{
	(void)body;
}

static const struct body_ops bytes_ops = { next_byte, close_body };
static const struct body_ops fails_ops = { next_fails, close_body };

static void
give_memory(struct body *body)
{
	body_memory(body, span_str("hello"));
}

static void
give_bytes(struct body *body)
{
	static char text[] = "hello";

	*body = (struct body){ .ops = &bytes_ops,
		.length = -1,
		.file.fd = -1,
		.source = text,
		.buffer = text + 5 };
}

static void
give_too_few(struct body *body)
{
	give_bytes(body);
	body->length = 6;
}

static void
give_error(struct body *body)
{
	give_bytes(body);
	body->ops = &fails_ops;
}

static void
give_file(struct body *body)
{
	static int fd = -1;

	if (fd == -1) {
		fd = memfd_create("body", MFD_CLOEXEC);
		assert_int_equal(write(fd, "..hello..", 9), 9);
	}
	give_bytes(body);
	body->length = 5;
	body->file = (struct body_file){ fd, 2, 5 };
}

static void
give_short_file(struct body *body)
{
	give_file(body);
	body->length = 50;
	body->file.left = 50;
}

static void
test_answers(void **state)
{
	static const struct {
		const char *method;
		void (*give)(struct body *);
		const char *body; /* NULL: fails */
	} rows[] = {
		{ "GET", give_memory, "hello" },
		{ "HEAD", give_memory, "" },
		{ "GET", body_none, "" },
		{ "GET", give_bytes, "hello" },
		{ "GET", give_too_few, NULL },
		{ "GET", give_error, NULL },
		{ "GET", give_file, "hello" },
		{ "GET", give_short_file, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct loopback l;
		struct buf body;
		char text[64];
		bool whole;

		snprintf(text, sizeof(text), "%s / HTTP/1.0\r\n\r\n",
		    rows[i].method);
		assert_true(loopback_request(&l, conf, span_str(text)));
		buf_init(&body, 4096);
		l.exchange.response.status = 200;
		rows[i].give(&l.exchange.response.body);
		whole = loopback_answer(&l, &body);
		assert_int_equal(whole, rows[i].body != NULL);
		if (whole)
			assert_string_equal(buf_str(&body), rows[i].body);
		buf_release(&body);
		loopback_release(&l);
	}
}

/* A sink that takes two bytes a call, and nothing at every second. */
static size_t taken;
static unsigned calls, ends;

static ssize_t
take_two(struct body_sink *sink, struct span data)
{
	(void)sink;
	if (calls++ % 2 == 1)
		return 0;
	taken += data.len < 2 ? data.len : 2;
	return data.len < 2 ? (ssize_t)data.len : 2;
}

static ssize_t
take_none(struct body_sink *sink, struct span data)
{
	(void)sink;
	(void)data;
	return -1;
}

static void
count_end(struct body_sink *sink)
{
	(void)sink;
	ends++;
}

static void
test_uploads(void **state)
{
	static const struct span text =
	    SPAN("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
	struct body_sink slow = { take_two, count_end };
	struct body_sink unwilling = { take_none, count_end };
	struct loopback l;

	(void)state;
	assert_true(loopback_request(&l, conf, text));
	assert_true(l.exchange.request.has_body);
	l.exchange.sink = &slow;
	for (unsigned i = 0; i < 10 && ends == 0; i++)
		assert_true(loopback_upload(&l));
	assert_int_equal(taken, 5);
	assert_int_equal(ends, 1);
	assert_int_equal(l.exchange.body_bytes_in, 5);
	loopback_release(&l);
	assert_true(loopback_request(&l, conf, text));
	l.exchange.sink = &unwilling;
	assert_false(loopback_upload(&l));
	assert_int_equal(ends, 1);
	loopback_release(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_uploads),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

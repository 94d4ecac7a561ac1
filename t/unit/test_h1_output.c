/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers: their heads, every kind of body, pipelines and batches, writes
 * that come to nothing or half way, and connections that end too early.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h1_rows.h"
#include "h1_site.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD(path) "HEAD " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_1_0(path) "GET " path " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
#define SENT(path, status, bytes) \
	"GET " path " " status " " bytes " keep sent\n"
#define HELLO                          \
	"Content-Type: text/plain\r\n" \
	"Content-Length: 6\r\n"

static const struct h1_row kinds[] = {
	{ HEAD("/"), "HEAD / 200 0 keep sent\n", "idle",
	    "HTTP/1.1 200 OK\r\n" HELLO "\r\n" },
	{ GET("/empty"), SENT("/empty", "200", "0"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
	{ GET("/204"), SENT("/204", "204", "0"), "idle",
	    "HTTP/1.1 204 No Content\r\n"
	    "Content-Type: text/plain\r\n\r\n" },
	{ GET("/304"), SENT("/304", "304", "0"), "idle", NULL },
	{ GET("/dated"), SENT("/dated", "200", "6"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "ETag: \"e\"\r\n"
	    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	    "Content-Length: 6\r\n\r\nhello\n" },
	{ GET("/block"), SENT("/block", "200", "6"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nETag: \"1\"\r\n"
	    "Content-Length: 6\r\n\r\nhello\n" },
	{ HEAD("/block"), "HEAD /block 200 0 keep sent\n", "idle",
	    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nETag: \"1\"\r\n"
	    "Content-Length: 6\r\n\r\n" },
	/* What a handler may not say is not said. */
	{ GET("/fields"), SENT("/fields", "200", "6"), "idle",
	    "HTTP/1.1 200 OK\r\n" HELLO "X-First: 1\r\n"
	    "Vary: Accept\r\n\r\nhello\n" },
	{ GET("/known"), SENT("/known", "200", "11"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"
	    "hello world" },
	{ HEAD("/known"), "HEAD /known 200 0 keep sent\n", "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" },
	{ GET("/pieces"), SENT("/pieces", "200", "11"), "idle",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n" },
	{ GET("/pauses"), SENT("/pauses", "200", "11"), "idle",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n" },
	{ HEAD("/pieces"), "HEAD /pieces 200 0 keep sent\n", "idle",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" },
	/* 1.0 has no chunks: the end of the connection is the end. */
	{ GET_1_0("/pieces") GET("/"), "GET /pieces 200 11 close sent\n",
	    "lingers",
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	    "onetwothree" },
	{ GET_1_0("/known"), SENT("/known", "200", "11"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n"
	    "Connection: keep-alive\r\n\r\nhello world" },
	{ GET("/file"), SENT("/file", "200", "3000"), "idle", NULL },
	{ HEAD("/file"), "HEAD /file 200 0 keep sent\n", "idle", NULL },
	/* Memory and ranges of a file by turns. */
	{ GET("/parts") GET("/"),
	    SENT("/parts", "200", "14") SENT("/", "200", "6"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n"
	    "ababcdecdabcef"
	    "HTTP/1.1 200 OK\r\n" HELLO "\r\nhello\n" },
	{ GET_1_0("/parts"), SENT("/parts", "200", "14"), "idle",
	    "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n"
	    "Connection: keep-alive\r\n\r\nababcdecdabcef" },
	/* Chunks are pulled whatever they are of. */
	{ GET("/chunked-parts"), SENT("/chunked-parts", "200", "14"), "idle",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nab\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n1\r\ne\r\n"
	    "2\r\ncd\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n2\r\nef\r\n0\r\n\r\n" },
	{ GET("/") GET("/short-parts"),
	    SENT("/", "200", "6") "GET /short-parts 200 0 keep aborted\n",
	    "cut", NULL },
	/* An answer that cannot be completed is cut, never padded. */
	{ GET("/") GET("/fails") GET("/"),
	    SENT("/", "200", "6") "GET /fails 200 3 keep aborted\n", "cut",
	    NULL },
	{ GET("/") GET("/short"),
	    SENT("/", "200", "6") "GET /short 200 4 keep aborted\n", "cut",
	    NULL },
};

static void
test_kinds_of_answers(void **state)
{
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	h1_rows_check(conf, kinds, COUNT(kinds), false);
	conf_destroy(&conf);
}

static void
test_pipelines(void **state)
{
	static const struct h1_row rows[] = {
		{ GET("/") GET("/pieces") GET("/file") GET("/") HEAD("/")
			GET("/pauses") GET("/known"),
		    SENT("/", "200", "6") SENT("/pieces", "200", "11") SENT(
			"/file", "200", "3000")
			SENT("/", "200", "6") "HEAD / 200 0 keep sent\n" SENT(
			    "/pauses", "200", "11") SENT("/known", "200", "11"),
		    "idle", NULL },
		/* Nothing behind an answer that closes. */
		{ GET("/") GET("/close") GET("/"),
		    SENT("/", "200", "6") "GET /close 200 6 close sent\n",
		    "lingers", NULL },
		/* Nor behind what is not understood. */
		{ GET("/") "GET / HTTP/1.1\r\nHost a\r\n\r\n" GET("/"),
		    SENT("/", "200", "6") "GET / 400 page close sent\n",
		    "lingers", NULL },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	h1_rows_check(conf, rows, COUNT(rows), false);
	conf_destroy(&conf);
}

static unsigned
count_lines(const char *text, const char *line)
{
	unsigned count = 0;

	for (; (text = strstr(text, line)) != NULL; text += strlen(line))
		count++;
	return count;
}

/* A thousand requests in one connection, their answers in order and many of
 * them in one write. */
static void
test_a_thousand_in_a_row(void **state)
{
	static const size_t splits[] = { 0, 1, 1460, 16384 };
	struct server_conf *conf = h1_site_conf("MaxKeepAliveRequests 0\n");
	struct buf input;

	(void)state;
	buf_init(&input, 1024 * 1024);
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&input, "GET /%s?%u HTTP/1.1\r\nHost: a\r\n\r\n",
		    i % 7 == 0 ? "known" : "", i);
	for (size_t i = 0; i < COUNT(splits); i++) {
		struct site_run run = { .conf = conf };
		char line[64];

		run.script.input = buf_span(&input);
		run.script.read_max = splits[i];
		h1_site_run(&run);
		assert_string_equal(run.end, "idle");
		assert_int_equal(count_lines(buf_str(&run.log), "\n"), 1000);
		assert_int_equal(
		    count_lines(buf_str(&run.text), "HTTP/1.1 200"), 1000);
		for (unsigned j = 0; j < 1000; j++) {
			snprintf(line, sizeof(line), "?%u 200 ", j);
			assert_int_equal(
			    count_lines(buf_str(&run.log), line), 1);
		}
		h1_site_run_release(&run);
	}
	buf_release(&input);
	conf_destroy(&conf);
}

/* Small answers that are ready together go together. */
static void
test_batches(void **state)
{
	static const struct {
		const char *input;
		unsigned batches;
	} rows[] = {
		{ GET("/"), 1 },
		{ GET("/") GET("/") GET("/"), 1 },
		{ GET("/") HEAD("/") GET("/empty") GET("/nowhere"), 1 },
		/* The file ends its batch; what is behind it comes later. */
		{ GET("/") GET("/file"), 1 },
		{ GET("/file") GET("/"), 2 },
		/* One for each range, with what is in front of it. */
		{ GET("/") GET("/parts"), 3 },
		/* Three chunks and the last. */
		{ GET("/") GET("/pieces"), 4 },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct site_run run = { .conf = conf };

		run.script.input = span_str(rows[i].input);
		h1_site_run(&run);
		assert_string_equal(run.end, "idle");
		if (run.batches != rows[i].batches)
			fail_msg("row %zu: %u batches", i, run.batches);
		h1_site_run_release(&run);
	}
	conf_destroy(&conf);
}

/* The connection breaks after each possible number of bytes: what was not
 * sent whole is logged as aborted, with what went of it, and nothing twice. */
static void
test_broken_connections(void **state)
{
	static const char input[] =
	    GET("/") GET("/pieces") GET("/known") GET("/parts") GET("/file");
	struct server_conf *conf = h1_site_conf("");
	struct site_run whole = { .conf = conf };
	size_t len;

	(void)state;
	whole.script.input = span_of(input, sizeof(input) - 1);
	h1_site_run(&whole);
	/* Server and Date are in the bytes but not in the text. */
	len = whole.text.len +
	      5 * strlen("Server: Drover\r\n"
			 "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
	for (size_t at = 0; at <= len; at++) {
		struct site_run run = { .conf = conf };
		unsigned sent;

		run.script = whole.script;
		run.script.write_fails = at < len;
		run.script.write_fail_at = at;
		run.script.write_max = 100;
		h1_site_run(&run);
		sent = count_lines(buf_str(&run.log), " sent\n");
		assert_string_equal(run.end, at < len ? "gone" : "idle");
		assert_int_equal(sent == 5, at == len);
		assert_true(
		    count_lines(buf_str(&run.log), " aborted\n") <= 5 - sent);
		h1_site_run_release(&run);
	}
	h1_site_run_release(&whole);
	conf_destroy(&conf);
}

/* A reader that fails leaves nothing behind; half a request is not logged. */
static void
test_broken_input(void **state)
{
	static const char input[] = GET("/") "POST /upload HTTP/1.1\r\n"
					     "Host: a\r\nContent-Length: 9\r\n"
					     "\r\n123456789";
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t at = 0; at < sizeof(input) - 1; at++) {
		struct site_run run = { .conf = conf };

		run.script.input = span_of(input, sizeof(input) - 1);
		run.script.read_fails = true;
		run.script.read_fail_at = at;
		h1_site_run(&run);
		assert_string_equal(run.end, "gone");
		h1_site_run_release(&run);
	}
	conf_destroy(&conf);
}

/* Answers end with Connection: close from the time that draining begins. */
static void
test_drain(void **state)
{
	struct server_conf *conf = h1_site_conf("");
	struct memory_script script = { .input = SPAN(GET("/") GET("/")) };
	struct memory_transport memory;
	struct driver driver;

	(void)state;
	memory_transport_init(&memory, &script, 65536);
	driver_init(&driver, &memory, conf, h1_site);
	memory.script.input.len /= 2;
	driver_run(&driver);
	assert_string_equal(driver.end, "idle");
	driver.framed.ops->drain(&driver.framed);
	driver_run(&driver);
	assert_string_equal(driver.end, "idle");
	memory.script.input.len *= 2;
	driver_run(&driver);
	assert_string_equal(driver.end, "closed");
	assert_string_equal(buf_str(&driver.log),
	    SENT("/", "200", "6") "GET / 200 6 close sent\n");
	driver_release(&driver);
	memory_transport_release(&memory);
	conf_destroy(&conf);
}

/* Who had sent more by then is answered to the end. */
static void
test_drain_of_a_pipeline(void **state)
{
	struct server_conf *conf = h1_site_conf("");
	struct memory_script script = { .input =
					    SPAN(GET("/") GET("/") GET("/")) };
	struct memory_transport memory;
	struct driver driver;

	(void)state;
	memory_transport_init(&memory, &script, 65536);
	driver_init(&driver, &memory, conf, h1_site);
	driver.framed.ops->drain(&driver.framed);
	driver_run(&driver);
	assert_string_equal(driver.end, "closed");
	assert_string_equal(buf_str(&driver.log),
	    SENT("/", "200", "6")
		SENT("/", "200", "6") "GET / 200 6 close sent\n");
	driver_release(&driver);
	memory_transport_release(&memory);
	conf_destroy(&conf);
}

/* 103 goes out at once, with the fields known so far, and only to 1.1. */
static void
send_hints(struct driver *d, struct exchange *x)
{
	if (field_add_named(&x->response.fields, &x->arena,
		(struct span)SPAN("Link"), (struct span)SPAN("</s>")) != 0)
		abort();
	d->framed.ops->interim(&d->framed, x, 103);
	d->framed.ops->interim(&d->framed, x, 103);
	x->response.status = 204;
}

static void
test_interim(void **state)
{
	static const struct {
		const char *input, *starts;
	} rows[] = {
		{ GET("/"), "HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"
			    "HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"
			    "HTTP/1.1 204 No Content\r\n" },
		{ GET_1_0("/"), "HTTP/1.1 204 No Content\r\n" },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct memory_script script = {
			.input = span_str(rows[i].input),
			.write_max = 5,
		};
		struct memory_transport memory;
		struct driver driver;

		memory_transport_init(&memory, &script, 65536);
		driver_init(&driver, &memory, conf, send_hints);
		driver_run(&driver);
		assert_true(
		    span_starts(buf_span(&memory.output), rows[i].starts));
		assert_int_equal(driver.counted, memory.output.len);
		driver_release(&driver);
		memory_transport_release(&memory);
	}
	conf_destroy(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_of_answers),
		cmocka_unit_test(test_pipelines),
		cmocka_unit_test(test_a_thousand_in_a_row),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_broken_connections),
		cmocka_unit_test(test_broken_input),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_drain_of_a_pipeline),
		cmocka_unit_test(test_interim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

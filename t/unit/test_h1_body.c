/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Request bodies: where they end, who gets them, and that what is behind them
 * is found where it is and nowhere else.  Sections are RFC 9112's unless a row
 * says 9110.
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
#define POST(path) "POST " path " HTTP/1.1\r\nHost: a\r\n"
#define NEXT "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define NEXT_LOG "GET / 200 6 keep sent\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static void
check(const struct h1_row *rows, size_t count, bool ends)
{
	struct server_conf *conf = h1_site_conf("");

	h1_rows_check(conf, rows, count, ends);
	conf_destroy(&conf);
}

static void
test_bodies_that_are_taken(void **state)
{
	static const struct h1_row rows[] = {
		{ POST("/upload") "Content-Length: 5\r\n\r\nhello" NEXT,
		    "body of 5 bytes\nPOST /upload 200 5 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") CHUNKED "\r\n"
					  "3\r\nabc\r\n0a\r\n0123456789\r\n"
					  "0\r\n\r\n" NEXT,
		    "body of 13 bytes\nPOST /upload 200 13 keep "
		    "sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") CHUNKED "\r\n"
					  "5;name=\"a\\\"b\"\r\nhello\r\n"
					  "0\r\nTrailer: yes\r\n\r\n" NEXT,
		    "body of 5 bytes and 16\nPOST /upload 200 5 keep "
		    "sent\n" NEXT_LOG,
		    "idle", NULL },
		/* An empty body is a body where it is chunked. */
		{ POST("/upload") CHUNKED "\r\n0\r\n\r\n" NEXT,
		    "body of 0 bytes\nPOST /upload 200 0 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") "Content-Length: 0\r\n\r\n" NEXT,
		    "POST /upload 411 0 keep sent\n" NEXT_LOG, "idle", NULL },
		{ POST("/slow") "Content-Length: 11\r\n\r\nhello world" NEXT,
		    "body of 11 bytes\nPOST /slow 200 11 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/slow") CHUNKED "\r\n"
					"7\r\nchunked\r\n4\r\nbody\r\n"
					"0\r\n\r\n" NEXT,
		    "body of 11 bytes\nPOST /slow 200 11 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		/* 1.0 knows Content-Length. */
		{ "POST /upload HTTP/1.0\r\nContent-Length: 2\r\n\r\nab",
		    "body of 2 bytes\nPOST /upload 200 2 close sent\n",
		    "closed", NULL },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void
test_bodies_that_nobody_takes(void **state)
{
	static const struct h1_row rows[] = {
		{ POST("/") "Content-Length: 5\r\n\r\nGET /" NEXT,
		    "POST / 200 6 keep sent\n" NEXT_LOG, "idle", NULL },
		{ POST("/") CHUNKED "\r\n5\r\nGET /\r\n0\r\n\r\n" NEXT,
		    "POST / 200 6 keep sent\n" NEXT_LOG, "idle", NULL },
		/* An old client's CRLF behind the body (2.2). */
		{ POST("/") "Content-Length: 2\r\n\r\nab\r\n" NEXT,
		    "POST / 200 6 keep sent\n" NEXT_LOG, "idle", NULL },
		{ POST("/nowhere") "Content-Length: 3\r\n\r\nabc" NEXT,
		    "POST /nowhere 404 page keep sent\n" NEXT_LOG, "idle",
		    NULL },
		{ POST("/refuse") "Content-Length: 9\r\n\r\nGET / HTT" NEXT,
		    "POST /refuse 413 page keep sent\n" NEXT_LOG, "idle",
		    NULL },
		{ POST("/refuse") CHUNKED
		    "\r\n9\r\nGET / HTT\r\n0\r\n\r\n" NEXT,
		    "POST /refuse 413 page keep sent\n" NEXT_LOG, "idle",
		    NULL },
		/* More than is read for the sake of keep-alive. */
		{ POST("/") "Content-Length: 65537\r\n\r\nabc",
		    "POST / 200 6 close sent\n", "lingers", NULL },
		{ POST("/") "Content-Length: 65536\r\n\r\nabc",
		    "POST / 200 6 keep sent\n", "waits", NULL },
		{ POST("/close") "Content-Length: 3\r\n\r\nabc" NEXT,
		    "POST /close 200 6 close sent\n", "lingers", NULL },
		/* Nobody has asked for it yet: nothing is used. */
		{ POST("/stuck") "Content-Length: 3\r\n\r\nabc" NEXT,
		    "POST /stuck 0 0 close aborted\n", "waits", "" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

#define REFUSED(status) "POST / " status " page close sent\n", "lingers", NULL

/*
 * What two readers could understand differently.  Each has a second request
 * where the careless would find one; it must never be answered.
 */
static const struct h1_row smuggling[] = {
	/* 6.3: Content-Length. */
	{ POST("/") "Content-Length: 4, 5\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 4\r\nContent-Length: "
		    "5\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ POST("/") "Content-Length: +4\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: -1\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 0x4\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 4 4\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 4.\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length:\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 4,\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: ,4\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: \"4\"\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 9223372036854775808\r\n\r\n" NEXT,
	    REFUSED("413") },
	{ POST("/") "Content-Length: 18446744073709551620\r\n\r\n" NEXT,
	    REFUSED("413") },
	{ POST("/") "Content-Length : 4\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Content-Length: 4\r\n 0\r\n\r\n" NEXT, REFUSED("400") },
	/* 6.1: Transfer-Encoding. */
	{ POST("/") "Transfer-Encoding: xchunked\r\n\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: gzip, chunked\r\n\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: gzip\r\n" CHUNKED "\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: identity\r\n\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: \"chunked\"\r\n\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: chunked;q=1\r\n\r\n" NEXT,
	    REFUSED("501") },
	{ POST("/") "Transfer-Encoding: chunked, gzip\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ POST("/") "Transfer-Encoding: chunked, chunked\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ POST("/") CHUNKED CHUNKED "\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Transfer-Encoding:\r\n\r\n" NEXT, REFUSED("400") },
	{ POST("/") "Transfer-Encoding : chunked\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ POST("/") "Transfer-Encoding: \vchunked\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ POST("/") "Transfer-Encoding:\r\n chunked\r\n\r\n" NEXT,
	    REFUSED("400") },
	{ "POST / HTTP/1.0\r\n" CHUNKED "\r\n" NEXT, REFUSED("400") },
	/* Both: chunked holds, and nothing behind it is believed. */
	{ POST("/upload") "Content-Length: 4\r\n" CHUNKED "\r\n"
			  "2\r\nab\r\n0\r\n\r\n" NEXT,
	    "body of 2 bytes\nPOST /upload 200 2 close sent\n", "lingers",
	    NULL },
	{ POST("/") CHUNKED "Content-Length: 46\r\n\r\n"
			    "0\r\n\r\n" NEXT,
	    "POST / 200 6 close sent\n", "lingers", NULL },
	/* Bad chunks end what can be understood. */
	{ POST("/") CHUNKED "\r\nx\r\n" NEXT, REFUSED("400") },
	{ "GET /file HTTP/1.1\r\nHost: a\r\n" CHUNKED "\r\n1\r\nab" NEXT,
	    "GET /file 400 page close sent\n", "lingers", NULL },
	{ "GET /pauses HTTP/1.1\r\nHost: a\r\n" CHUNKED "\r\n0\r\n:\r\n" NEXT,
	    "GET /pauses 400 page close sent\n", "lingers", NULL },
	{ POST("/refuse") CHUNKED "\r\n5\r\nabcde\r\n2\r\nabc\r\n" NEXT,
	    "POST /refuse 400 page close sent\n", "lingers", NULL },
	{ POST("/upload") CHUNKED "\r\n-1\r\n" NEXT,
	    "POST /upload 400 page close sent\n", "lingers", NULL },
	{ POST("/upload") CHUNKED "\r\n2\r\nabc\r\n0\r\n\r\n" NEXT,
	    "POST /upload 400 page close sent\n", "lingers", NULL },
	{ POST("/upload") CHUNKED "\r\n2\nab\r\n0\r\n\r\n" NEXT,
	    "POST /upload 400 page close sent\n", "lingers", NULL },
	{ POST("/upload") CHUNKED "\r\n0x2\r\nab\r\n0\r\n\r\n" NEXT,
	    "POST /upload 400 page close sent\n", "lingers", NULL },
	{ POST("/upload") CHUNKED
	    "\r\n10000000000000002\r\nab\r\n0\r\n\r\n" NEXT,
	    "POST /upload 400 page close sent\n", "lingers", NULL },
};

static void
test_smuggling(void **state)
{
	(void)state;
	check(smuggling, COUNT(smuggling), false);
}

static void
test_lists_of_one_length(void **state)
{
	static const struct h1_row rows[] = {
		/* 9110, 8.6 allows it, and there is one reading only. */
		{ POST("/upload") "Content-Length: 2, 2\r\n\r\nab" NEXT,
		    "body of 2 bytes\nPOST /upload 200 2 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") "Content-Length: 2\r\nContent-Length: "
				  "2\r\n\r\nab" NEXT,
		    "body of 2 bytes\nPOST /upload 200 2 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") "Transfer-Encoding: Chunked\r\n\r\n"
				  "2\r\nab\r\n0\r\n\r\n" NEXT,
		    "body of 2 bytes\nPOST /upload 200 2 keep sent\n" NEXT_LOG,
		    "idle", NULL },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

/* 8: a body that ends too early is not a body. */
static void
test_bodies_cut_short(void **state)
{
	static const struct h1_row rows[] = {
		{ POST("/upload") "Content-Length: 5\r\n\r\nhell",
		    "POST /upload 400 page close sent\n", "lingers", NULL },
		{ POST("/upload") CHUNKED "\r\n4\r\nhell",
		    "POST /upload 400 page close sent\n", "lingers", NULL },
		{ POST("/slow") "Content-Length: 9\r\n\r\nhell",
		    "POST /slow 400 page close sent\n", "lingers", NULL },
		{ POST("/") "Content-Length: 5\r\n\r\nhell",
		    "POST / 200 6 keep sent\n", "lingers", NULL },
		{ POST("/") CHUNKED "\r\n5\r\nhell",
		    "POST / 400 page close sent\n", "lingers", NULL },
		{ POST("/stuck") "Content-Length: 5\r\n\r\nhell",
		    "POST /stuck 0 0 close aborted\n", "waits", "" },
	};

	(void)state;
	check(rows, COUNT(rows), true);
}

/* The answer comes before the body: the sink gets the rest all the same. */
static void
test_an_early_answer(void **state)
{
	static const char input[] = POST("/early") "Content-Length: 6\r\n\r\n"
						   "abcdef" NEXT;
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t max = 0; max < sizeof(input); max++) {
		struct site_run run = { .conf = conf };
		const char *log;

		run.script.input = span_of(input, sizeof(input) - 1);
		run.script.read_max = max;
		h1_site_run(&run);
		log = buf_str(&run.log);
		/* It may have ended before its body did. */
		if (strstr(log, "body of") != NULL)
			assert_non_null(strstr(log, "body of 6 bytes"));
		assert_non_null(
		    strstr(log, "POST /early 200 0 keep sent\n" NEXT_LOG));
		assert_string_equal(run.end, "idle");
		h1_site_run_release(&run);
	}
	conf_destroy(&conf);
}

/* LimitRequestBody, for what was not announced: the router refuses the rest. */
static void
test_large_bodies(void **state)
{
	static const struct h1_row rows[] = {
		{ POST("/upload") CHUNKED "\r\n"
					  "3\r\nabc\r\n1\r\nd\r\n"
					  "0\r\n\r\n" NEXT,
		    "body of 4 bytes\nPOST /upload 200 4 keep sent\n" NEXT_LOG,
		    "idle", NULL },
		{ POST("/upload") CHUNKED "\r\n"
					  "3\r\nabc\r\n2\r\nde\r\n"
					  "0\r\n\r\n" NEXT,
		    "POST /upload 413 page close sent\n", "lingers", NULL },
		/* What nobody takes has a bound of its own. */
		{ POST("/") CHUNKED "\r\n5\r\nabcde\r\n0\r\n\r\n" NEXT,
		    "POST / 200 6 keep sent\n" NEXT_LOG, "idle", NULL },
	};
	struct server_conf *conf = h1_site_conf("LimitRequestBody 4");

	(void)state;
	h1_rows_check(conf, rows, COUNT(rows), false);
	conf_destroy(&conf);
}

/* Bodies larger than the input memory, and than what is drained; what a request
 * in front of theirs becomes has nothing to do with them. */
static const struct long_row {
	const char *path;
	size_t len;
	bool chunked;
	const char *log, *end;
} long_rows[] = {
	{ "/upload", 300000, false,
	    "body of 300000 bytes\n"
	    "POST /upload 200 4096 keep sent\n" NEXT_LOG,
	    "idle" },
	{ "/upload", 300000, true,
	    "body of 300000 bytes\n"
	    "POST /upload 200 4096 keep sent\n" NEXT_LOG,
	    "idle" },
	{ "/", 65000, true, "POST / 200 6 keep sent\n" NEXT_LOG, "idle" },
	{ "/", 200000, true, "POST / 200 6 close sent\n", "lingers" },
	{ "/", 200000, false, "POST / 200 6 close sent\n", "lingers" },
	/* Near the bound: what is announced is what is done. */
	{ "/refuse", 65536, false, "POST /refuse 413 page keep sent\n" NEXT_LOG,
	    "idle" },
	{ "/refuse", 65537, false, "POST /refuse 413 page close sent\n",
	    "lingers" },
	{ "/refuse", 67000, false, "POST /refuse 413 page close sent\n",
	    "lingers" },
};

static void
add_long(struct buf *input, const struct long_row *row)
{
	buf_printf(input, "POST %s HTTP/1.1\r\nHost: a\r\n", row->path);
	if (row->chunked)
		buf_printf(input, CHUNKED "\r\n%zx\r\n", row->len);
	else
		buf_printf(input, "Content-Length: %zu\r\n\r\n", row->len);
	for (size_t n = 0; n < row->len; n++)
		buf_add_char(input, 'b');
	if (row->chunked)
		buf_add_str(input, "\r\n0\r\n\r\n");
	buf_add_str(input, NEXT);
}

static void
test_long_bodies(void **state)
{
	struct server_conf *conf = h1_site_conf("");
	struct buf input, log;

	(void)state;
	buf_init(&input, 1024 * 1024);
	buf_init(&log, 65536);
	for (size_t i = 0; i < 2 * COUNT(long_rows); i++) {
		struct site_run run = { .conf = conf };
		const struct long_row *row = &long_rows[i / 2];

		buf_clear(&input);
		buf_clear(&log);
		if (i % 2 == 1) {
			buf_add_str(&input, NEXT);
			buf_add_str(&log, NEXT_LOG);
		}
		add_long(&input, row);
		buf_add_str(&log, row->log);
		run.script.input = buf_span(&input);
		run.script.read_max = 1460;
		h1_site_run(&run);
		assert_string_equal(buf_str(&run.log), buf_str(&log));
		assert_string_equal(run.end, row->end);
		h1_site_run_release(&run);
	}
	buf_release(&input);
	buf_release(&log);
	conf_destroy(&conf);
}

/* Chunks of a byte each behind long sizes: what is read for keep-alive's sake
 * is bounded by what came, not by what it meant. */
static void
test_more_frame_than_body(void **state)
{
	struct server_conf *conf = h1_site_conf("");
	struct buf input;

	(void)state;
	buf_init(&input, 1024 * 1024);
	for (int chunks = 3000; chunks <= 4000; chunks += 1000) {
		struct site_run run = { .conf = conf };

		buf_clear(&input);
		buf_add_str(&input, POST("/") CHUNKED "\r\n");
		for (int i = 0; i < chunks; i++)
			buf_printf(&input, "%016x\r\nb\r\n", 1);
		buf_add_str(&input, "0\r\n\r\n" NEXT);
		run.script.input = buf_span(&input);
		run.script.read_max = 1460;
		h1_site_run(&run);
		assert_string_equal(buf_str(&run.log),
		    chunks == 3000 ? "POST / 200 6 keep sent\n" NEXT_LOG
				   : "POST / 200 6 close sent\n");
		assert_string_equal(
		    run.end, chunks == 3000 ? "idle" : "lingers");
		h1_site_run_release(&run);
	}
	buf_release(&input);
	conf_destroy(&conf);
}

/* 9110, 10.1.1: the client holds its body back until it is told to go on. */
static const struct expecting_row {
	const char *head, *body, *first, *log, *end;
} expecting[] = {
	{ POST("/upload") "Expect: 100-Continue\r\n"
			  "Content-Length: 2\r\n\r\n",
	    "ab", "HTTP/1.1 100 Continue\r\n\r\n",
	    "body of 2 bytes\nPOST /upload 200 2 keep sent\n", "idle" },
	{ POST("/upload") "Expect: 100-continue\r\n" CHUNKED "\r\n",
	    "1\r\na\r\n0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
	    "body of 1 bytes\nPOST /upload 200 1 keep sent\n", "idle" },
	/* Part of the body has come: nothing to say. */
	{ POST("/upload") "Expect: 100-continue\r\n"
			  "Content-Length: 2\r\n\r\na",
	    "b", "", "body of 2 bytes\nPOST /upload 200 2 keep sent\n",
	    "idle" },
	/* Not wanted: whether the body follows is not known. */
	{ POST("/") "Expect: 100-continue\r\n"
		    "Content-Length: 2\r\n\r\n",
	    "", "HTTP/1.1 200 OK\r\n", "POST / 200 6 close sent\n", "lingers" },
	{ POST("/a%2Fb") "Expect: 100-continue\r\n"
			 "Content-Length: 2\r\n\r\n",
	    "", "HTTP/1.1 404 Not Found\r\n",
	    "POST /a%2Fb 404 page close sent\n", "lingers" },
	/* Answered before it was asked for: the same. */
	{ POST("/early") "Expect: 100-continue\r\n"
			 "Content-Length: 61\r\n\r\n",
	    NEXT NEXT, "HTTP/1.1 200 OK\r\n", "POST /early 200 0 close sent\n",
	    "lingers" },
	/* No body: nothing to hold back. */
	{ POST("/") "Expect: 100-continue\r\n\r\n", NEXT, "HTTP/1.1 200 OK\r\n",
	    "POST / 200 6 keep sent\n" NEXT_LOG, "idle" },
	{ "POST /upload HTTP/1.0\r\nExpect: 100-continue\r\n"
	  "Content-Length: 2\r\n\r\n",
	    "ab", "", "body of 2 bytes\nPOST /upload 200 2 close sent\n",
	    "closed" },
	{ POST("/upload") "Expect: a-miracle\r\n"
			  "Content-Length: 2\r\n\r\n",
	    "", "HTTP/1.1 417 Expectation Failed\r\n",
	    "POST /upload 417 page close sent\n", "lingers" },
	{ POST("/upload") "Expect: 100-continue\r\nExpect: a-miracle\r\n"
			  "Content-Length: 2\r\n\r\n",
	    "", "HTTP/1.1 417 Expectation Failed\r\n",
	    "POST /upload 417 page close sent\n", "lingers" },
	{ POST("/upload") "Expect: 100-continue, 100-continue\r\n"
			  "Content-Length: 2\r\n\r\n",
	    "ab", "HTTP/1.1 100 Continue\r\n\r\n",
	    "body of 2 bytes\nPOST /upload 200 2 keep sent\n", "idle" },
};

static void
check_expecting(const struct server_conf *conf, const struct expecting_row *row)
{
	struct memory_script script = {
		.input = span_str(row->head),
	};
	struct memory_transport memory;
	struct driver driver;
	char all[512];

	memory_transport_init(&memory, &script, 65536);
	driver_init(&driver, &memory, conf, h1_site);
	driver_run(&driver);
	assert_true(span_starts(buf_span(&memory.output), row->first));
	if (row->first[0] == '\0')
		assert_int_equal(memory.output.len, 0);
	snprintf(all, sizeof(all), "%s%s", row->head, row->body);
	memory.script.input = span_str(all);
	driver_run(&driver);
	assert_string_equal(buf_str(&driver.log), row->log);
	assert_string_equal(driver.end, row->end);
	driver_release(&driver);
	memory_transport_release(&memory);
}

static void
test_expect_continue(void **state)
{
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t i = 0; i < COUNT(expecting); i++)
		check_expecting(conf, &expecting[i]);
	conf_destroy(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies_that_are_taken),
		cmocka_unit_test(test_bodies_that_nobody_takes),
		cmocka_unit_test(test_smuggling),
		cmocka_unit_test(test_lists_of_one_length),
		cmocka_unit_test(test_bodies_cut_short),
		cmocka_unit_test(test_an_early_answer),
		cmocka_unit_test(test_large_bodies),
		cmocka_unit_test(test_long_bodies),
		cmocka_unit_test(test_more_frame_than_body),
		cmocka_unit_test(test_expect_continue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Heads: versions, hosts, targets, keep-alive, limits, and what is refused.
 * Sections are RFC 9112's unless a row says 9110.
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

#define HOST "Host: a\r\n"
#define HELLO                          \
	"Content-Type: text/plain\r\n" \
	"Content-Length: 6\r\n"

static void
check(const char *conf_text, const struct h1_row *rows, size_t count)
{
	struct server_conf *conf = h1_site_conf(conf_text);

	h1_rows_check(conf, rows, count, false);
	conf_destroy(&conf);
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
test_versions_and_keep_alive(void **state)
{
	static const struct h1_row rows[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", "GET / 200 6 keep sent\n",
		    "idle",
		    "HTTP/1.1 200 OK\r\n" HELLO "\r\n"
		    "hello\n" },
		/* 9.3: 1.1 goes on unless told otherwise, 1.0 ends. */
		{ "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
		    "GET / 200 6 close sent\n", "closed",
		    "HTTP/1.1 200 OK\r\n" HELLO "Connection: close\r\n\r\n"
		    "hello\n" },
		{ "GET / HTTP/1.0\r\n\r\n", "GET / 200 6 close sent\n",
		    "closed",
		    "HTTP/1.1 200 OK\r\n" HELLO "Connection: close\r\n\r\n"
		    "hello\n" },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
		    "GET / 200 6 keep sent\n", "idle",
		    "HTTP/1.1 200 OK\r\n" HELLO "Connection: keep-alive\r\n\r\n"
		    "hello\n" },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive, CLOSE\r\n\r\n",
		    "GET / 200 6 close sent\n", "closed", NULL },
		{ "GET / HTTP/1.1\r\n" HOST
		  "Connection: te\r\nConnection: x, Close\r\n\r\n",
		    "GET / 200 6 close sent\n", "closed", NULL },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n",
		    "GET / 200 6 keep sent\n", "idle", NULL },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n",
		    "GET / 200 6 keep sent\n", "idle", NULL },
		/* A later minor version is spoken to as 1.1 (9110, 2.5). */
		{ "GET / HTTP/1.7\r\n" HOST "\r\n", "GET / 200 6 keep sent\n",
		    "idle", NULL },
		{ "GET /close HTTP/1.1\r\n" HOST "\r\n",
		    "GET /close 200 6 close sent\n", "closed", NULL },
		{ "GET / HTTP/2.0\r\n" HOST "\r\n",
		    "GET / 505 page close sent\n", "lingers", NULL },
		{ "GET /\r\n\r\n", "GET  400 page close sent\n", "lingers",
		    NULL },
	};

	(void)state;
	check("", rows, COUNT(rows));
}

static void
test_keep_alive_settings(void **state)
{
	static const struct h1_row off[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", "GET / 200 6 close sent\n",
		    "closed", NULL },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		    "GET / 200 6 close sent\n", "closed", NULL },
	};
	static const struct h1_row two[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n"
		  "GET /empty HTTP/1.1\r\n" HOST "\r\n",
		    "GET / 200 6 keep sent\nGET /empty 200 0 close sent\n",
		    "closed", NULL },
	};
	static const struct h1_row any[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n"
		  "GET /empty HTTP/1.1\r\n" HOST "\r\n",
		    "GET / 200 6 keep sent\nGET /empty 200 0 keep sent\n",
		    "idle", NULL },
	};

	(void)state;
	check("KeepAlive Off\n", off, COUNT(off));
	check("MaxKeepAliveRequests 2\n", two, COUNT(two));
	check("MaxKeepAliveRequests 0\n", any, COUNT(any));
}

#define REFUSED(target) "GET " target " 400 page close sent\n", "lingers", NULL
#define FINE(target) "GET " target " 200 6 keep sent\n", "idle", NULL

static void
test_host_rules(void **state)
{
	static const struct h1_row rows[] = {
		/* 3.2: one, valid, in every 1.1 request. */
		{ "GET / HTTP/1.1\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\n" HOST HOST "\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: b\r\n\r\n",
		    REFUSED("/") },
		{ "GET / HTTP/1.0\r\n" HOST HOST "\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: a:port\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", REFUSED("/") },
		{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", FINE("/") },
		{ "GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n", FINE("/") },
		{ "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", FINE("/") },
		/* 3.2.2: also where the target has an authority. */
		{ "GET http://b/ HTTP/1.1\r\n\r\n", REFUSED("http://b/") },
		{ "GET http://b/ HTTP/1.1\r\nHost: a b\r\n\r\n",
		    REFUSED("http://b/") },
		{ "GET http://b/ HTTP/1.1\r\n" HOST "\r\n", FINE("http://b/") },
	};

	(void)state;
	check("", rows, COUNT(rows));
}

/* The answer is made of what the request was understood to mean. */
static void
show_request(struct driver *d, struct exchange *x)
{
	struct request *r = &x->request;

	(void)d;
	x->response.status = 200;
	body_memory(&x->response.body,
	    span_str(arena_printf(&x->arena, "%.*s:%u|%.*s|%.*s|%.*s|%u\n",
		SPAN_ARG(r->uri.host), r->uri.port, SPAN_ARG(r->uri.path),
		SPAN_ARG(r->uri.query), SPAN_ARG(r->line), r->field_count)));
}

static void
test_what_a_request_means(void **state)
{
	static const struct {
		const char *input, *shown;
	} rows[] = {
		{ "GET /a%62c?q=%20 HTTP/1.1\r\nHost: x:81\r\n\r\n",
		    "x:81|/abc|q=%20|GET /a%62c?q=%20 HTTP/1.1|1\n" },
		{ "GET http://y:82/z HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n",
		    "y:82|/z||GET http://y:82/z HTTP/1.1|2\n" },
		{ "\r\nGET / HTTP/1.0\r\n\r\n", ":0|/||GET / HTTP/1.0|0\n" },
		{ "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		    "x:0|||OPTIONS * HTTP/1.1|1\n" },
		/* With a body, the head has to leave the input (5). */
		{ "POST http://y/p?q HTTP/1.1\r\nHost: x\r\n"
		  "Content-Length: 3\r\n\r\nabc",
		    "y:0|/p|q|POST http://y/p?q HTTP/1.1|2\n" },
		/* 6.3: a Content-Length that means nothing is not shown. */
		{ "POST / HTTP/1.1\r\nContent-Length: 3\r\nHost: x\r\n"
		  "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
		  "0\r\n\r\n",
		    "x:0|/||POST / HTTP/1.1|2\n" },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct memory_script script = {
			.input = span_str(rows[i].input),
		};
		struct memory_transport memory;
		struct driver driver;
		const char *shown;

		memory_transport_init(&memory, &script, 65536);
		driver_init(&driver, &memory, conf, show_request);
		driver_run(&driver);
		shown = strstr(buf_str(&memory.output), "\r\n\r\n");
		assert_non_null(shown);
		assert_string_equal(shown + 4, rows[i].shown);
		driver_release(&driver);
		memory_transport_release(&memory);
	}
	conf_destroy(&conf);
}

static void
test_targets(void **state)
{
	static const struct h1_row rows[] = {
		{ "GET /%zz HTTP/1.1\r\n" HOST "\r\n", REFUSED("/%zz") },
		{ "GET /%00 HTTP/1.1\r\n" HOST "\r\n", REFUSED("/%00") },
		{ "GET /../x HTTP/1.1\r\n" HOST "\r\n", REFUSED("/../x") },
		{ "GET x HTTP/1.1\r\n" HOST "\r\n", REFUSED("x") },
		{ "GET * HTTP/1.1\r\n" HOST "\r\n", REFUSED("*") },
		/* As in Apache, no more than a page that is not there. */
		{ "GET /a%2Fb HTTP/1.1\r\n" HOST "\r\n"
		  "GET / HTTP/1.1\r\n" HOST "\r\n",
		    "GET /a%2Fb 404 page keep sent\nGET / 200 6 keep sent\n",
		    "idle", NULL },
		{ "BREW / HTTP/1.1\r\n" HOST "\r\n",
		    "BREW / 501 page keep sent\n", "idle", NULL },
	};

	(void)state;
	check("", rows, COUNT(rows));
}

static void
test_empty_lines(void **state)
{
	static const struct h1_row rows[] = {
		/* 2.2: one in front of a request. */
		{ "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", FINE("/") },
		{ "\r\n", "", "idle", "" },
		{ "", "", "idle", "" },
		{ "GET / HTTP/1.1\r\n" HOST "\r\n\r\n", FINE("/") },
		{ "GET / HTTP/1.1\r\n" HOST "\r\n\r\n"
		  "GET / HTTP/1.1\r\n" HOST "\r\n",
		    "GET / 200 6 keep sent\nGET / 200 6 keep sent\n", "idle",
		    NULL },
		{ "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
		    "  400 page close sent\n", "lingers", NULL },
		{ "\nGET / HTTP/1.1\r\n" HOST "\r\n", "  400 page close sent\n",
		    "lingers", NULL },
		{ "\r\n\nGET / HTTP/1.1\r\n" HOST "\r\n",
		    "  400 page close sent\n", "lingers", NULL },
		{ "\rGET / HTTP/1.1\r\n" HOST "\r\n", "  400 page close sent\n",
		    "lingers", NULL },
	};

	(void)state;
	check("", rows, COUNT(rows));
}

static void
test_limits(void **state)
{
	static const char conf[] = "LimitRequestLine 20\n"
				   "LimitRequestFields 2\n"
				   "LimitRequestFieldSize 10\n";
	static const struct h1_row rows[] = {
		{ "GET /?456789 HTTP/1.1\r\n" HOST "\r\n",
		    "GET /?456789 414 page close sent\n", "lingers", NULL },
		{ "GET /?4567 HTTP/1.1\r\nA: 4567890\r\nB: b\r\n\r\n",
		    "GET /?4567 400 page close sent\n", "lingers", NULL },
		{ "GET / HTTP/1.0\r\nA: 4567890\r\nB: b\r\n\r\n",
		    "GET / 200 6 close sent\n", "closed", NULL },
		{ "GET / HTTP/1.0\r\nA: 45678901\r\n\r\n",
		    "GET / 431 page close sent\n", "lingers", NULL },
		{ "GET / HTTP/1.0\r\nA: a\r\nB: b\r\nC: c\r\n\r\n",
		    "GET / 431 page close sent\n", "lingers", NULL },
		{ "HEAD / HTTP/1.0\r\nA: 45678901\r\n\r\n",
		    "HEAD / 431 0 close sent\n", "lingers", NULL },
	};

	(void)state;
	check(conf, rows, COUNT(rows));
}

/* A request with a line of line_len bytes and that many fields of 1000. */
static void
build_request(struct buf *to, size_t line_len, unsigned fields)
{
	buf_init(to, 1024 * 1024);
	buf_add_str(to, "GET /?");
	while (to->len < line_len - strlen(" HTTP/1.0"))
		buf_add_char(to, 'q');
	buf_add_str(to, " HTTP/1.0\r\n");
	for (unsigned i = 0; i < fields; i++) {
		buf_add_str(to, "X-Long: ");
		for (unsigned j = 8; j < 1000; j++)
			buf_add_char(to, 'v');
		buf_add_str(to, "\r\n");
	}
	buf_add_str(to, "\r\n");
}

/* The input memory grows for long heads, but not without end. */
static void
test_long_heads(void **state)
{
	static const struct {
		const char *conf;
		size_t line;
		unsigned fields;
		const char *answer;
	} rows[] = {
		{ "", 8190, 0, "HTTP/1.1 200" },
		{ "", 8191, 0, "HTTP/1.1 414" },
		{ "", 8190, 100, "HTTP/1.1 200" },
		{ "", 8190, 101, "HTTP/1.1 431" },
		{ "LimitRequestFields 0\n", 20, 130, "HTTP/1.1 200" },
		{ "LimitRequestFields 0\n", 20, 131, "HTTP/1.1 431" },
		{ "LimitRequestFields 200\n", 20, 120, "HTTP/1.1 200" },
		{ "LimitRequestLine 65536\n", 65536, 0, "HTTP/1.1 200" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server_conf *conf = h1_site_conf(rows[i].conf);
		struct buf input;

		build_request(&input, rows[i].line, rows[i].fields);
		for (size_t max = 0; max <= 5000; max += 2500) {
			struct site_run run = { .conf = conf };

			run.script.input = buf_span(&input);
			run.script.read_max = max;
			h1_site_run(&run);
			if (strncmp(buf_str(&run.text), rows[i].answer, 12) !=
			    0)
				fail_msg(
				    "row %zu: %.12s", i, buf_str(&run.text));
			h1_site_run_release(&run);
		}
		buf_release(&input);
		conf_destroy(&conf);
	}
}

static void
test_end_of_input(void **state)
{
	static const struct h1_row rows[] = {
		{ "", "", "closed", "" },
		{ "\r\n", "", "closed", "" },
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", "GET / 200 6 keep sent\n",
		    "closed", NULL },
		{ "GET /pieces HTTP/1.1\r\n" HOST "\r\n"
		  "GET /pauses HTTP/1.1\r\n" HOST "\r\n",
		    "GET /pieces 200 11 keep sent\n"
		    "GET /pauses 200 11 keep sent\n",
		    "closed", NULL },
		/* What is begun and never ends is nobody's request (8). */
		{ "GET / HTTP/1.1\r\nHo", "", "closed", "" },
		{ "GET / HTTP/1.1\r\n" HOST "\r\nGET / HTT",
		    "GET / 200 6 keep sent\n", "closed", NULL },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	h1_rows_check(conf, rows, COUNT(rows), true);
	conf_destroy(&conf);
}

/* An idle connection has no memory of its own but struct framed. */
static void
test_idle_holds_nothing(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\n" HOST "\r\n";
	struct server_conf *conf = h1_site_conf("");
	struct memory_script script = {
		.input = { request, sizeof(request) - 1 },
		.read_max = 1,
	};
	struct memory_transport memory;
	struct driver driver;

	(void)state;
	for (size_t given = 0; given <= script.input.len; given++) {
		struct memory_script part = script;

		part.input.len = given;
		memory_transport_init(&memory, &part, 65536);
		driver_init(&driver, &memory, conf, h1_site);
		driver_run(&driver);
		assert_int_equal(framed_idle(&driver.framed),
		    given == 0 || given == script.input.len);
		assert_int_equal(driver.framed.input == NULL,
		    given == 0 || given == script.input.len);
		assert_int_equal(framed_input_left(&driver.framed),
		    given == script.input.len ? 0 : given);
		driver_release(&driver);
		memory_transport_release(&memory);
	}
	assert_true(sizeof(struct framed) <= 160);
	conf_destroy(&conf);
}

/* More connections at once than the pools keep memory for. */
static void
test_many_connections(void **state)
{
	enum {
		MANY = 400
	};
	static struct memory_transport memory[MANY];
	static struct driver driver[MANY];
	struct memory_script script = {
		.input = SPAN("POST /stuck HTTP/1.1\r\n" HOST
			      "Content-Length: 1\r\n\r\n"),
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			memory_transport_init(&memory[i], &script, 4096);
			driver_init(&driver[i], &memory[i], conf, h1_site);
			driver_run(&driver[i]);
			assert_int_equal(driver[i].handled, 1);
		}
		for (int i = 0; i < MANY; i++) {
			driver_release(&driver[i]);
			memory_transport_release(&memory[i]);
		}
	}
	conf_destroy(&conf);
}

/* The head did not come in time: 408 if there is a part of it. */
static void
test_expire(void **state)
{
	static const struct {
		const char *input, *log, *end;
	} rows[] = {
		{ "", "", "closed" },
		{ "\r\n", "", "closed" },
		{ "GET / HTT", "GET / 408 page close sent\n", "lingers" },
		{ "GET / HTTP/1.1\r\n" HOST "\r\nG",
		    "GET / 200 6 keep sent\n  408 page close sent\n",
		    "lingers" },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na",
		    "POST / 200 6 keep sent\n", "lingers" },
		{ "POST /upload HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na",
		    "POST /upload 408 page close sent\n", "lingers" },
	};
	struct server_conf *conf = h1_site_conf("");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct memory_script script = {
			.input = span_str(rows[i].input),
		};
		struct memory_transport memory;
		struct driver driver;

		memory_transport_init(&memory, &script, 65536);
		driver_init(&driver, &memory, conf, h1_site);
		driver_run(&driver);
		driver.framed.ops->expire(&driver.framed);
		driver_run(&driver);
		assert_string_equal(buf_str(&driver.log), rows[i].log);
		assert_string_equal(driver.end, rows[i].end);
		driver_release(&driver);
		memory_transport_release(&memory);
	}
	conf_destroy(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions_and_keep_alive),
		cmocka_unit_test(test_keep_alive_settings),
		cmocka_unit_test(test_host_rules),
		cmocka_unit_test(test_what_a_request_means),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_empty_lines),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_heads),
		cmocka_unit_test(test_end_of_input),
		cmocka_unit_test(test_idle_holds_nothing),
		cmocka_unit_test(test_many_connections),
		cmocka_unit_test(test_expire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The echo handler without a connection: what it shows, what it escapes, what
 * it keeps of a body.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "conf_text.h"
#include "framing/loopback.h"
#include "handlers/echo.h"
#include "http/http_conf.h"
#include "http/module.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define POST "POST /echo HTTP/1.1\r\nHost: a\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

extern const struct module echo_module;

static struct server_conf *conf;
static unsigned woken;

static int
setup(void **state)
{
	static const struct conf_section *const sections[] = { &http_section,
		NULL };

	(void)state;
	conf = conf_text_load(sections, "Listen 192.0.2.1:80\n", NULL);
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
wake(struct exchange *x)
{
	(void)x;
	woken++;
}

/* Answers the text; its body is given in pieces of at most step bytes. */
static void
echo(struct loopback *l, struct span text, size_t step, struct buf *body)
{
	enum hook_result result;
	struct span rest;

	buf_clear(body);
	woken = 0;
	assert_true(loopback_request(l, conf, text));
	l->exchange.wake = wake;
	result = echo_module.handle(&l->exchange);
	if (l->exchange.request.has_body) {
		rest = l->body;
		assert_int_equal(result, HOOK_WAIT);
		while (rest.len > step) {
			l->body = span_of(rest.ptr, step);
			l->exchange.sink->take(l->exchange.sink, l->body);
			rest = span_skip(rest, step);
			assert_int_equal(
			    echo_module.handle(&l->exchange), HOOK_WAIT);
		}
		l->body = rest;
		assert_true(loopback_upload(l));
		assert_int_equal(woken, 1);
		result = echo_module.handle(&l->exchange);
	}
	assert_int_equal(result, HOOK_DONE);
	assert_true(loopback_answer(l, body));
	loopback_release(l);
}

static void
expect(struct span text, const char *there, bool is_there)
{
	struct loopback l;
	struct buf body;

	buf_init(&body, 8 * 1024 * 1024);
	for (size_t step = 1; step < 10000; step *= 9999) {
		echo(&l, text, step, &body);
		if ((strstr(buf_str(&body), there) != NULL) != is_there)
			fail_msg("\"%s\" is %s: %s", there,
			    is_there ? "not there" : "there", buf_str(&body));
	}
	buf_release(&body);
}

#define ROW(name, value) \
	"<tr><th scope=\"row\">" name "</th><td>" value "</td></tr>\n"

static void
test_what_is_shown(void **state)
{
	static const struct {
		struct span text;
		const char *there;
	} rows[] = {
		{ SPAN("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
		    ROW("Method", "GET") },
		{ SPAN("GET /a%20%3Cb%FF/../c?d HTTP/1.1\r\nHost: a\r\n\r\n"),
		    ROW("Target", "/a%20%3Cb%FF/../c?d") },
		{ SPAN("GET /a%20%3Cb%FF HTTP/1.1\r\nHost: a\r\n\r\n"),
		    ROW("Path", "/a &lt;b\\xff") },
		{ SPAN("GET / HTTP/1.0\r\n\r\n"),
		    ROW("Protocol", "HTTP/1.0")
			ROW("Client", "192.0.2.2:1024") },
		{ SPAN("GET /?a=%3Cb%3E&c+d=%41 HTTP/1.0\r\n\r\n"),
		    ROW("a", "&lt;b&gt;") ROW("c d", "A") },
		{ SPAN("GET / HTTP/1.0\r\nb: 1\r\nA: <\r\nb: 2\"\r\n\r\n"),
		    ROW("b", "1") ROW("A", "&lt;") ROW("b", "2&quot;") },
		{ SPAN("GET / HTTP/1.0\r\nX: \xff\xc3\xa4\r\n\r\n"),
		    ROW("X", "\\xff\xc3\xa4") },
		{ SPAN("GET / HTTP/1.0\r\n\r\n"), "<p>None.</p>" },
		{ SPAN(POST "Content-Length: 0\r\n\r\n"), "<p>None.</p>" },
		{ SPAN(POST FORM "Content-Length: 18\r\n\r\n"
				 "a=%3c&b%3d=%00+&c="),
		    ROW("a", "&lt;") ROW("b=", "\\x00 ") ROW("c", "") },
		{ SPAN(POST "content-type: Application/X-WWW-Form-urlencoded ; "
			    "charset=utf-8\r\nContent-Length: 3\r\n\r\na=b"),
		    ROW("a", "b") },
		{ SPAN(POST "Content-Length: 3\r\n\r\na=b"),
		    "<p>3 bytes:</p>\n<pre tabindex=\"0\">\na=b</pre>" },
		{ SPAN(POST "Content-Length: 1\r\n\r\n<"),
		    "<p>1 byte:</p>\n<pre tabindex=\"0\">\n&lt;</pre>" },
		{ SPAN(POST "Content-Length: 10\r\n\r\n\n</pre>\r\nb"),
		    "<pre tabindex=\"0\">\n\n&lt;/pre&gt;\r\nb</pre>" },
		{ SPAN(POST "Content-Length: 3\r\n\r\n<\0\xff"),
		    "<pre tabindex=\"0\">0000  3c 00 ff                        "
		    "          "
		    "       &lt;..\n</pre>" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].text, rows[i].there, true);
}

/* Whoever sent it, wherever it stands: no tag but those of the page. */
static void
test_nothing_is_markup(void **state)
{
	static const char evil[] = "'\"></td><script>alert(1)</script>";
	char all[2048], encoded[512] = "";

	(void)state;
	for (const char *c = evil; *c != '\0'; c++)
		sprintf(encoded + strlen(encoded), "%%%02X",
		    (unsigned char)*c == '/' ? '\\' : (unsigned char)*c);
	snprintf(all, sizeof(all),
	    "GET /%s?%s=%s&'\"><script>=b HTTP/1.1\r\nHost: a\r\n"
	    "Evil: %s\r\n\r\n",
	    encoded, encoded, encoded, evil);
	expect(span_str(all), "<script", false);
	expect(span_str(all), "'\">", false);
	snprintf(all, sizeof(all), POST FORM "Content-Length: %zu\r\n\r\n%s=%s",
	    2 * strlen(encoded) + 1, encoded, encoded);
	expect(span_str(all), "<script", false);
	snprintf(all, sizeof(all), POST "Content-Length: %zu\r\n\r\n%s",
	    strlen(evil), evil);
	expect(span_str(all), "<script", false);
	snprintf(all, sizeof(all), POST "Content-Length: %zu\r\n\r\n%s\xff",
	    strlen(evil) + 1, evil);
	expect(span_str(all), "<script", false);
}

/* A body of len times the text behind a head with more fields. */
static struct span
long_request(
    struct buf *request, const char *fields, const char *text, size_t times)
{
	buf_clear(request);
	buf_printf(request, POST "%sContent-Length: %zu\r\n\r\n", fields,
	    times * strlen(text));
	for (size_t i = 0; i < times; i++)
		buf_add_str(request, text);
	assert_false(buf_failed(request));
	return buf_span(request);
}

/* Counted whole, shown up to a bound. */
static void
test_bounds(void **state)
{
	struct buf request;

	(void)state;
	buf_init(&request, 1024 * 1024);
	expect(long_request(&request, "", "a", ECHO_VIEW_MAX),
	    "<p>65536 bytes:</p>", true);
	expect(long_request(&request, "", "a", ECHO_VIEW_MAX + 1),
	    "<p>65537 bytes, the first 65536 of them:</p>", true);
	/* No character is cut, which would make it no text. */
	expect(long_request(&request, "", "\xe2\x82\xac", 30000),
	    "<p>90000 bytes, the first 65535 of them:</p>", true);
	expect(long_request(&request, "", "\xff", 90000),
	    "<p>90000 bytes, the first 512 of them:</p>", true);
	expect(long_request(&request, FORM, "a&", 1000),
	    "<p>… and 800 more</p>\n<p>2000 bytes</p>", true);
	expect(long_request(&request, FORM, "a", 90000),
	    "</th><td><em> … cut</em></td></tr>", true);
	/* All of it needs escaping. */
	expect(long_request(&request, "", "\"", ECHO_VIEW_MAX), "&quot;&quot;",
	    true);
	buf_release(&request);
}

static void
test_methods(void **state)
{
	static const struct {
		const char *method;
		int status;
	} rows[] = { { "GET", 200 }, { "HEAD", 200 }, { "OPTIONS", 200 },
		{ "PUT", 405 }, { "DELETE", 405 }, { "PATCH", 405 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct loopback l;
		struct buf body;
		char text[128];

		snprintf(text, sizeof(text), "%s / HTTP/1.1\r\nHost: a\r\n\r\n",
		    rows[i].method);
		buf_init(&body, 65536);
		assert_true(loopback_request(&l, conf, span_str(text)));
		assert_int_equal(echo_module.handle(&l.exchange), HOOK_DONE);
		assert_true(loopback_answer(&l, &body));
		assert_int_equal(l.exchange.response.status, rows[i].status);
		assert_int_equal(
		    field_get(&l.exchange.response.fields, FIELD_ALLOW) != NULL,
		    i >= 2);
		if (i < 2)
			assert_string_equal(
			    field_get(&l.exchange.response.fields,
				FIELD_CACHE_CONTROL)
				->value.ptr,
			    "no-store");
		loopback_release(&l);
		buf_release(&body);
	}
}

/* One that never comes to its end leaves nothing behind. */
static void
test_broken_off(void **state)
{
	static const struct span text =
	    SPAN(POST FORM "Content-Length: 9\r\n\r\na=");
	struct loopback l;

	(void)state;
	assert_true(loopback_request(&l, conf, text));
	assert_int_equal(echo_module.handle(&l.exchange), HOOK_WAIT);
	l.exchange.sink->take(l.exchange.sink, l.body);
	response_error(&l.exchange, 400);
	loopback_release(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_nothing_is_markup),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_broken_off),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

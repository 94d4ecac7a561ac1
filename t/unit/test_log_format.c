/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats: what each letter prints, which formats make no sense, and that
 * what is long is cut.
 */
#include "config.h"

#include "log/log_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/exchange_env.h"
#include "http/module.h"
#include "http/uri.h"
#include "log/log_out.h"

#define ROOM 32768

static struct arena arena;
static struct exchange x;
static struct exchange_peer peer;
static struct field fields[8];
static struct host host = { .name = "www.example.org", .port = 8443 };
static struct server_conf conf = { .hosts = &host, .host_count = 1 };
static const struct conf_section section = { .name = "static" };
static const struct module module = { .conf = &section, .handler = "echo" };
static char line[ROOM + 1];

static void
set_field(unsigned i, const char *name, const char *value)
{
	fields[i] =
	    (struct field){ span_str(name), span_str(value), FIELD_OTHER };
}

static void
set_target(const char *method, const char *target)
{
	static char text[512];

	x.request.method_text = span_str(method);
	x.request.target = span_str(target);
	snprintf(text, sizeof(text), "%s %s HTTP/1.1", method, target);
	x.request.line = span_str(text);
	assert_int_equal(
	    uri_parse_target(&x.request.uri, x.request.target, false, false),
	    0);
	assert_int_equal(uri_normalise(&x.request.uri, &x.arena,
			     &(struct uri_rules){ .merge_slashes = true }),
	    0);
}

static void
set_variable(const char *name, const char *value)
{
	assert_int_equal(
	    exchange_env_set(&x, span_str(name), span_str(value)), 0);
}

static int
set_up(void **state)
{
	struct addr addr;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	arena_init(&arena, NULL, 0, 0);
	assert_true(
	    addr_parse((struct span)SPAN("192.0.2.17"), 51000, &peer.remote));
	assert_true(addr_parse((struct span)SPAN("::1"), 8080, &addr));
	peer.local = addr;
	exchange_init(&x, &peer, NULL, NULL, 0);
	x.requests_before = 2;
	x.conf = &conf;
	x.route.host = &host;
	set_target("GET", "/a%20b/index.html?q=1&r");
	x.request.major = x.request.minor = 1;
	set_field(0, "Host", "www.example.org");
	set_field(1, "Referer", "http://example.org/\"x\"");
	set_field(2, "X-Many", "one");
	set_field(3, "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) \\o/");
	set_field(4, "x-many", "two");
	set_field(5, "Cookie", "a=1; session=\"abc\"; b = 2 ;c=4=5;d; d=");
	request_index(&x.request, fields, 6);
	x.response.status = 404;
	x.status_original = 200;
	x.start_us = 1795163187123456; /* 20 Nov 2026, 08:26:27 UTC */
	x.start_mono_us = clock_exact_us() - 2500000;
	x.head_bytes_in = 300;
	x.body_bytes_in = 50;
	x.body_sent = 1234;
	x.bytes_sent = 1500;
	x.keep_alive = true;
	x.file_path = (struct span)SPAN("/srv/www/a b/index.html");
	x.route.handled_by = &module;
	x.state = EXCHANGE_SENDING;
	set_variable("SET", "on");
	set_variable("EMPTY", "");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	exchange_release(&x);
	arena_release(&arena);
	return 0;
}

static const char *
print(const char *text)
{
	const struct log_format *format;
	struct err err = { "" };
	size_t offset, len;

	format = log_format_compile(&arena, text, false, &err, &offset);
	assert_string_equal(err.text, "");
	assert_non_null(format);
	len = log_format_print(format, &x, line, ROOM);
	assert_true(len <= ROOM);
	line[len] = '\0';
	return line;
}

static const char *
print_builtin(const char *name)
{
	const struct log_format *format = log_format_builtin(&arena, name);
	size_t len;

	assert_non_null(format);
	len = log_format_print(format, &x, line, ROOM);
	line[len] = '\0';
	return line;
}

/* Each with what it prints for the exchange of set_up. */
static const struct {
	const char *format, *expected;
} letter_lines[] = {
	{ "", "" },
	{ "no letters", "no letters" },
	{ "%h", "192.0.2.17" },
	{ "%a", "192.0.2.17" },
	{ "%{c}a %{c}h", "192.0.2.17 192.0.2.17" },
	{ "%A", "::1" },
	{ "%l %u", "- -" },
	{ "%t", "[20/Nov/2026:08:26:27 +0000]" },
	{ "%{%Y-%m-%dT%H:%M:%S}t", "2026-11-20T08:26:27" },
	{ "%{begin:%H}t", "08" },
	{ "%{sec}t", "1795163187" },
	{ "%{msec}t", "1795163187123" },
	{ "%{usec}t", "1795163187123456" },
	{ "%{msec_frac}t", "123" },
	{ "%{usec_frac}t", "123456" },
	{ "%{end:sec}t", "1795163189" },
	{ "%{}t %{begin}t", "[20/Nov/2026:08:26:27 +0000] "
			    "[20/Nov/2026:08:26:27 +0000]" },
	{ "%{end}t", "[20/Nov/2026:08:26:29 +0000]" },
	{ "%{end:}t", "[20/Nov/2026:08:26:29 +0000]" },
	{ "%{iso8601}t", "2026-11-20T08:26:27.123+00:00" },
	{ "%{ending}t %{sec }t", "ending sec " },
	{ "%r", "GET /a%20b/index.html?q=1&r HTTP/1.1" },
	{ "%m", "GET" },
	{ "%U", "/a b/index.html" },
	{ "%q", "?q=1&r" },
	{ "%H", "HTTP/1.1" },
	{ "%s %>s %<s", "200 404 200" },
	{ "%b %B", "1234 1234" },
	{ "%T %{s}T %{S}T %{}T", "2 2 2 2" },
	{ "%{Referer}i", "http://example.org/\\\"x\\\"" },
	{ "%{user-agent}i", "Mozilla/5.0 (X11; Linux x86_64) \\\\o/" },
	{ "%{X-Many}i", "one, two" },
	{ "%{X-None}i %{Range}i", "- -" },
	{ "%{session}C %{B}C %{c}C %{d}C", "\\\"abc\\\" 2 4=5 -" },
	{ "%{SET}e|%{set}e|%{EMPTY}e|%{NONE}e", "on|on||-" },
	{ "%{note}n %{X}^ti %{X}^to %h", "- - - 192.0.2.17" },
	{ "%v %V", "www.example.org www.example.org" },
	{ "%p %{canonical}p %{local}p %{remote}p", "8443 8443 8080 51000" },
	{ "%f", "/srv/www/a b/index.html" },
	{ "%R %>R", "echo echo" },
	{ "%k", "2" },
	{ "%X", "+" },
	{ "%I %O %S", "350 1500 1850" },
	{ "%L %{c}L", "- -" },
	{ "%% 100%%", "% 100%" },
	{ "a\\tb\\nc\\d\\", "a\tb\nc\\d\\" },
	{ "\\\\n\\\\", "\\n\\" },
	/* modifiers */
	{ "%404s %200s", "200 -" },
	{ "%!404s %!200s", "- 200" },
	{ "%200,304,404{Referer}i", "http://example.org/\\\"x\\\"" },
	{ "%!200,404{Referer}i", "-" },
	{ "%>404s %404>s", "404 404" },
	{ "%200>404s %!200>404s", "404 -" },
	{ "%{Referer}>i", "http://example.org/\\\"x\\\"" },
};

static void
test_letters(void **state)
{
	char pid[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(letter_lines) / sizeof(letter_lines[0]); i++)
		assert_string_equal(
		    print(letter_lines[i].format), letter_lines[i].expected);
	snprintf(pid, sizeof(pid), "%d %d %x", (int)getpid(), (int)getpid(),
	    (unsigned)getpid());
	assert_string_equal(print("%P %{tid}P %{hextid}P"), pid);
	assert_in_range(strtoll(print("%D"), NULL, 10), 2500000, 9000000);
	assert_in_range(strtoll(print("%{us}T"), NULL, 10), 2500000, 9000000);
	assert_in_range(strtoll(print("%{ms}T"), NULL, 10), 2500, 9000);
}

static void
test_combined(void **state)
{
	(void)state;
	assert_string_equal(print_builtin("combined"),
	    "192.0.2.17 - - [20/Nov/2026:08:26:27 +0000] "
	    "\"GET /a%20b/index.html?q=1&r HTTP/1.1\" 404 1234 "
	    "\"http://example.org/\\\"x\\\"\" "
	    "\"Mozilla/5.0 (X11; Linux x86_64) \\\\o/\"");
	/* The time is made once a second, and anew in the next. */
	x.start_us += 876543;
	assert_string_equal(print("%t"), "[20/Nov/2026:08:26:27 +0000]");
	x.start_us += 1;
	assert_string_equal(print("%t"), "[20/Nov/2026:08:26:28 +0000]");
	x.start_us -= 5000000;
	assert_string_equal(print("%t"), "[20/Nov/2026:08:26:23 +0000]");
	x.start_us = 0;
	assert_string_equal(print("%t"), "[01/Jan/1970:00:00:00 +0000]");
}

static void
test_time_zone(void **state)
{
	(void)state;
	x.start_us = 1795163188000000;
	setenv("TZ", "XYZ3:30", 1);
	tzset();
	assert_string_equal(print("%t"), "[20/Nov/2026:04:56:28 -0330]");
	setenv("TZ", "UTC", 1);
	tzset();
}

/* A request that could not be read, before anything of it was known. */
static void
test_nothing_known(void **state)
{
	(void)state;
	exchange_release(&x);
	memset(&peer, 0, sizeof(peer));
	exchange_init(&x, &peer, NULL, NULL, 0);
	assert_string_equal(
	    print("%h %A %r %m %U%q %H %s %>s %b %B %{A}i %{B}o %{c}C %f %R"),
	    "- - - - - - - - - 0 - - - - -");
	assert_string_equal(print("%v %V %k %X %I"), "- - 0 - 0");
	x.state = EXCHANGE_ABORTED;
	assert_string_equal(print("%X"), "X");
}

static void
test_http2_request_line(void **state)
{
	(void)state;
	x.request.line = span_of(NULL, 0);
	x.request.major = 2;
	x.request.minor = 0;
	assert_string_equal(
	    print("%r"), "GET /a%20b/index.html?q=1&r HTTP/2.0");
}

/* After an index file took its place that is logged, as in Apache. */
static void
test_path_of_index(void **state)
{
	(void)state;
	set_target("GET", "/d%C3%A4/");
	x.request.uri.path = (struct span)SPAN("/dä/index.html");
	x.route.again = 1;
	assert_string_equal(
	    print("%U %>U"), "/d\\xc3\\xa4/index.html /d\\xc3\\xa4/index.html");
}

/* What stands twice is a list, be it a field that the server knows. */
static void
test_repeated_fields(void **state)
{
	(void)state;
	set_field(2, "user-agent", "and another");
	request_index(&x.request, fields, 6);
	assert_string_equal(print("%{User-Agent}i|%{X-Many}i"),
	    "and another, Mozilla/5.0 (X11; Linux x86_64) \\\\o/|two");
}

/* What Apache logs of a request with a bad field, too. */
static void
test_target_not_looked_at(void **state)
{
	(void)state;
	memset(&x.request.uri, 0, sizeof(x.request.uri));
	assert_string_equal(print("%U|%q"), "/a%20b/index.html|?q=1&r");
	x.request.target = (struct span)SPAN("/\"");
	assert_string_equal(print("%U|%q"), "/\\\"|");
	x.request.target = (struct span)SPAN("http://h/");
	assert_string_equal(print("%U|%q"), "-|");
}

static void
test_ports(void **state)
{
	struct host plain = { .name = "a" };
	struct host secure = { .name = "a", .scheme = "https" };

	(void)state;
	x.route.host = &plain;
	assert_string_equal(print("%p %{local}p"), "80 8080");
	x.route.host = &secure;
	assert_string_equal(print("%p"), "443");
	x.route.host = NULL;
	peer.scheme = "https";
	assert_string_equal(print("%p"), "443");
	peer.scheme = NULL;
}

static void
test_log_id(void **state)
{
	(void)state;
	x.log_id = "aBc123";
	assert_string_equal(
	    print("%L %<L %>L %{c}L"), "aBc123 aBc123 aBc123 -");
}

/* Apache 2.4 hides it in the same way. */
static void
test_passwords_are_not_logged(void **state)
{
	static const struct {
		const char *target, *logged;
	} rows[] = {
		{ "http://u:secret@h/p", "http://u:XXXXXXXX@h/p" },
		{ "http://u:se:c@ret@h/", "http://u:XXXXXXXX@h/" },
		{ "http://u@h/", "http://u@h/" },
		{ "http://u:@h/", "http://u:@h/" },
		{ "http://h/a:b@c", "http://h/a:b@c" },
		{ "/a://b:c@d", "/a://b:c@d" },
		{ "*", "*" },
	};
	char sent[64], logged[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(sent, sizeof(sent), "GET %s HTTP/1.1", rows[i].target);
		snprintf(
		    logged, sizeof(logged), "GET %s HTTP/1.1", rows[i].logged);
		x.request.line = span_str(sent);
		x.request.target = span_str(rows[i].target);
		assert_string_equal(print("%r"), logged);
	}
}

static void
test_response_fields(void **state)
{
	static const char block[] = "Content-Type: text/html\r\n"
				    "ETag: \"1\"\r\n"
				    "X-Last: of block\r\n";

	(void)state;
	x.conf = NULL;
	x.response.announced_length = 77;
	x.response.validators.last_modified = 784111777;
	assert_string_equal(print("%{Content-Length}o %{Last-Modified}o"),
	    "77 Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(print("%{Content-Type}o %{ETag}o"), "- -");
	x.response.block = span_str(block);
	assert_string_equal(
	    print("%{content-type}o %{ETag}o %{x-last}o %{X-Firs}o"),
	    "text/html \\\"1\\\" of block -");
	x.response.block = span_of(NULL, 0);
	x.response.content_type = (struct span)SPAN("image/png");
	x.response.validators.etag = (struct span)SPAN("W/\"2\"");
	assert_string_equal(
	    print("%{Content-Type}o %{ETag}o"), "image/png W/\\\"2\\\"");
	assert_int_equal(field_add(&x.response.fields, &x.arena, FIELD_LOCATION,
			     (struct span)SPAN("/there")),
	    0);
	assert_int_equal(
	    field_add_named(&x.response.fields, &x.arena,
		(struct span)SPAN("X-Own"), (struct span)SPAN("yes")),
	    0);
	assert_string_equal(print("%{Location}o %{x-own}o"), "/there yes");
}

static void
test_bad_formats(void **state)
{
	static const struct {
		const char *format;
		size_t offset;
		const char *says;
	} bad[] = {
		{ "%", 1, "letter is missing" },
		{ "abc %", 5, "letter is missing" },
		{ "%h %Z", 4, "%Z" },
		{ "%{Referer}Z", 10, "%Z" },
		{ "%{x", 1, "no \"}\"" },
		{ "%{Referer}", 10, "letter is missing" },
		{ "%{}i", 2, "name" },
		{ "%i", 1, "name" },
		{ "%{x}H", 2, "takes no" },
		{ "%{x}h", 2, "{x}" },
		{ "%{here}p", 2, "here" },
		{ "%{h}T", 2, "ms, us or s" },
		{ "%{x}a", 2, "{x}" },
		{ "%{x}P", 2, "{x}" },
		{ "%!h", 1, "status codes" },
		{ "%!200!404s", 5, "%! is no letter" },
		{ "%99s", 1, "99" },
		{ "%1000s", 1, "1000" },
		{ "%200,s", 5, "no status code" },
		{ "%,s", 1, "no status code" },
		{ "%e", 1, "name" },
		{ "%^XX", 1, "%^XX" },
		{ "%^F", 1, "%^F" },
		{ "%^ti", 1, "name" },
	};
	struct err err;
	size_t i, offset;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(log_format_compile(
		    &arena, bad[i].format, false, &err, &offset));
		assert_int_equal(offset, bad[i].offset);
		assert_non_null(strstr(err.text, bad[i].says));
	}
}

static void
test_long_fields_are_cut(void **state)
{
	static char value[20000];
	size_t len;

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	set_field(1, "Referer", value);
	set_field(3, "User-Agent", value);
	request_index(&x.request, fields, 6);
	len = strlen(print("%{Referer}i|%{User-Agent}i|%s"));
	assert_int_equal(len, 2 * (LOG_FIELD_MAX + 4) + 5);
	assert_string_equal(line + len - 8, "\\...|200");
	value[LOG_FIELD_MAX] = '\0';
	set_field(1, "Referer", value);
	request_index(&x.request, fields, 6);
	assert_int_equal(strlen(print("%{Referer}i")), LOG_FIELD_MAX);
	/* A whole line has its end as well. */
	value[LOG_FIELD_MAX] = 'v';
	memset(value, 1, 8000);
	set_field(1, "Referer", value);
	request_index(&x.request, fields, 6);
	len = strlen(print("%{Referer}i%{Referer}i%{Referer}i%{Referer}i%s"));
	assert_true(len <= ROOM);
	assert_string_equal(line + len - 4, "\\...");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_letters),
		CASE(test_combined),
		CASE(test_time_zone),
		CASE(test_nothing_known),
		CASE(test_http2_request_line),
		CASE(test_path_of_index),
		CASE(test_repeated_fields),
		CASE(test_target_not_looked_at),
		CASE(test_ports),
		CASE(test_log_id),
		CASE(test_passwords_are_not_logged),
		CASE(test_response_fields),
		CASE(test_bad_formats),
		CASE(test_long_fields_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs of requests, and references against them (RFC 3986). */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/url.h"
#include "guard.h"

/* "userinfo|host|port|target"; a port that was not given stands in (). */
static void
describe(const struct url *url, char *to, size_t size)
{
	snprintf(to, size,
	    url->port_given ? "%.*s|%.*s|%d|%.*s" : "%.*s|%.*s|(%d)|%.*s",
	    SPAN_ARG(url->userinfo), SPAN_ARG(url->host), url->port,
	    SPAN_ARG(url->target));
}

static const struct good {
	const char *text, *parts;
} good[] = {
	{ "http://a/", "|a|(80)|/" },
	{ "http://a", "|a|(80)|/" },
	{ "HTTP://a/B", "|a|(80)|/B" },
	{ "a", "|a|(80)|/" },
	{ "localhost:8080/x", "|localhost|8080|/x" },
	{ "a:/x", "|a|(80)|/x" },
	{ "a/x?y=http://b/", "|a|(80)|/x?y=http://b/" },
	{ "http://a?q", "|a|(80)|/?q" },
	{ "http://a/x#y", "|a|(80)|/x" },
	{ "http://a#y", "|a|(80)|/" },
	{ "http://a/x?y#z?", "|a|(80)|/x?y" },
	{ "http://[::1]/", "|[::1]|(80)|/" },
	{ "[::1]:81/x", "|[::1]|81|/x" },
	{ "http://u:p@a:82/", "u:p|a|82|/" },
	{ "u@v@a/", "u@v|a|(80)|/" },
	{ "http://a/../b/./c//d", "|a|(80)|/../b/./c//d" },
	{ "http://a/b c?d\"e", "|a|(80)|/b%20c?d\"e" },
	{ "http://a/\xc3\xa4?\xff", "|a|(80)|/%C3%A4?%FF" },
	{ "http://a/%zz", "|a|(80)|/%zz" },
	{ "127.0.0.1:65535", "|127.0.0.1|65535|/" },
};

static const struct bad {
	const char *text;
	enum outcome outcome;
} bad[] = {
	{ "", OUTCOME_URL },
	{ "/", OUTCOME_URL },
	{ "http://", OUTCOME_URL },
	{ "http:///x", OUTCOME_URL },
	{ "http://:80/", OUTCOME_URL },
	{ "http://a:0/", OUTCOME_URL },
	{ "http://a:65536/", OUTCOME_URL },
	{ "http://a:8x/", OUTCOME_URL },
	{ "http://a b/", OUTCOME_URL },
	{ "http://u@/", OUTCOME_URL },
	{ "http://[::1/", OUTCOME_URL },
	{ "http://::1/", OUTCOME_URL },
	{ "http://\xc3\xa4/", OUTCOME_URL },
	{ "http://a\\b/", OUTCOME_URL },
	{ "http://a/\r\nX: y", OUTCOME_URL },
	{ "http://a/\x7f", OUTCOME_URL },
	{ "mailto:a", OUTCOME_URL },
	{ "https://a/", OUTCOME_PROTOCOL },
	{ "HTTPS://a/", OUTCOME_PROTOCOL },
	{ "ftp://a/", OUTCOME_PROTOCOL },
	{ "file:///etc/passwd", OUTCOME_PROTOCOL },
	{ "h2+x.y-z://a", OUTCOME_PROTOCOL },
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].text);
		char *copy = guard_copy(good[i].text, len), parts[256];
		struct url url;
		struct err err;

		print_message("# row %zu\n", i);
		assert_int_equal(
		    url_parse(&url, span_of(copy, len), &err), OUTCOME_OK);
		guard_free(copy, len);
		describe(&url, parts, sizeof(parts));
		assert_string_equal(parts, good[i].parts);
		url_release(&url);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i].text);
		char *copy = guard_copy(bad[i].text, len);
		struct url url;
		struct err err;

		print_message("# row %zu\n", i);
		assert_int_equal(
		    url_parse(&url, span_of(copy, len), &err), bad[i].outcome);
		guard_free(copy, len);
		assert_null(url.text);
		/* What is said of it is a line of plain text. */
		for (const char *c = err.text; *c != '\0'; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	}
}

static void
test_too_long(void **state)
{
	static char text[70000];
	struct url url;
	struct err err;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(
	    url_parse(&url, span_of(text, sizeof(text)), &err), OUTCOME_URL);
}

/* RFC 3986, 5.4, with its base but for ";p", and some more. */
static const struct reference {
	const char *text, *parts;
} references[] = {
	{ "http:g", NULL },
	{ "g", "|a|(80)|/b/c/g" },
	{ "./g", "|a|(80)|/b/c/g" },
	{ "g/", "|a|(80)|/b/c/g/" },
	{ "/g", "|a|(80)|/g" },
	{ "//g", "|g|(80)|/" },
	{ "//g:81/x", "|g|81|/x" },
	{ "?y", "|a|(80)|/b/c/d?y" },
	{ "g?y", "|a|(80)|/b/c/g?y" },
	{ "#s", "|a|(80)|/b/c/d?q" },
	{ "g#s", "|a|(80)|/b/c/g" },
	{ "g?y#s", "|a|(80)|/b/c/g?y" },
	{ "", "|a|(80)|/b/c/d?q" },
	{ ".", "|a|(80)|/b/c/" },
	{ "./", "|a|(80)|/b/c/" },
	{ "..", "|a|(80)|/b/" },
	{ "../", "|a|(80)|/b/" },
	{ "../g", "|a|(80)|/b/g" },
	{ "../..", "|a|(80)|/" },
	{ "../../g", "|a|(80)|/g" },
	{ "../../../g", "|a|(80)|/g" },
	{ "/./g", "|a|(80)|/g" },
	{ "/../g", "|a|(80)|/g" },
	{ "g.", "|a|(80)|/b/c/g." },
	{ "..g", "|a|(80)|/b/c/..g" },
	{ "./g/.", "|a|(80)|/b/c/g/" },
	{ "g/../h", "|a|(80)|/b/c/h" },
	{ "g?y/../x", "|a|(80)|/b/c/g?y/../x" },
	{ "http://u@g/../x", "u|g|(80)|/../x" },
	{ "HTTP://g", "|g|(80)|/" },
	{ "g:h", NULL },
	{ "https://a/", NULL },
	{ "/a:b", "|a|(80)|/a:b" },
	{ "?x://y", "|a|(80)|/b/c/d?x://y" },
	{ "/a b\xe4", "|a|(80)|/a%20b%E4" },
	{ "/a\x1b[31m", NULL },
};

static void
test_resolve(void **state)
{
	struct url base, url;
	struct err err;
	char parts[256];

	(void)state;
	assert_int_equal(
	    url_parse(&base, span_str("http://u:p@a/b/c/d?q"), &err),
	    OUTCOME_OK);
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]);
	     i++) {
		const struct reference *row = &references[i];
		size_t len = strlen(row->text);
		char *copy = guard_copy(row->text, len);
		enum outcome outcome =
		    url_resolve(&url, &base, span_of(copy, len), &err);

		print_message("# row %zu\n", i);
		guard_free(copy, len);
		assert_int_equal(outcome == OUTCOME_OK, row->parts != NULL);
		if (row->parts == NULL)
			continue;
		describe(&url, parts, sizeof(parts));
		assert_string_equal(parts, row->parts);
		url_release(&url);
	}
	url_release(&base);
}

static void
test_resolve_keeps_port(void **state)
{
	struct url base, url;
	struct err err;
	char parts[256];

	(void)state;
	url_parse(&base, span_str("http://[::1]:81/x?a/b"), &err);
	assert_int_equal(
	    url_resolve(&url, &base, span_str("y"), &err), OUTCOME_OK);
	describe(&url, parts, sizeof(parts));
	assert_string_equal(parts, "|[::1]|81|/y");
	assert_true(url_same_server(&base, &url));
	url_release(&url);
	url_resolve(&url, &base, span_str("//[::1]/"), &err);
	assert_false(url_same_server(&base, &url));
	url_release(&url);
	url_release(&base);
}

static void
test_file_name(void **state)
{
	static const char *const rows[][2] = {
		{ "a/b/c", "c" },
		{ "a/b/c?d/e", "c" },
		{ "a/b/", "" },
		{ "a", "" },
		{ "a/..", ".." },
		{ "a/b%2fc", "b%2fc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url;
		struct err err;

		url_parse(&url, span_str(rows[i][0]), &err);
		assert_true(span_is(url_file_name(&url), rows[i][1]));
		url_release(&url);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_resolve_keeps_port),
		cmocka_unit_test(test_file_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

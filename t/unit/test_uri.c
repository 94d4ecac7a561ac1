/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Targets and hosts.  Each row's input ends at a guard page; sections are RFC
 * 3986's unless a row says otherwise.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/uri.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static void
assert_span(struct span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.ptr, text, s.len);
}

/* What is decoded, into what; "" where the status is not 0. */
static const struct path_row {
	const char *section, *raw;
	int status;
	const char *path;
} path_rows[] = {
	{ "9112 3.2.1", "/", 0, "/" },
	{ "9112 3.2.1", "/a/b.html", 0, "/a/b.html" },
	{ "3.3", "/a;b=c,d:@!$&'()*+,=~-_", 0, "/a;b=c,d:@!$&'()*+,=~-_" },
	{ "3.3", "/\"<>\\^`{|}", 0, "/\"<>\\^`{|}" },
	{ "2.1", "/%41%62%7a", 0, "/Abz" },
	{ "2.1", "/%c3%A4", 0, "/\xc3\xa4" },
	{ "2.1", "/a%20b", 0, "/a b" },
	{ "2.1", "/%01%7f%0a%ff", 0, "/\x01\x7f\n\xff" },
	{ "2.4", "/%2541", 0, "/%41" }, /* once, not twice */
	{ "2.4", "/%252f", 0, "/%2f" },
	{ "2.4", "/%25%32%66", 0, "/%2f" },
	{ "2.1", "/%", 400, "" },
	{ "2.1", "/%4", 400, "" },
	{ "2.1", "/%4g", 400, "" },
	{ "2.1", "/%g4", 400, "" },
	{ "2.1", "/%%41", 400, "" },
	{ "2.1", "/%u0041", 400, "" },
	{ "2.1", "/% 41", 400, "" },
	{ "2.1", "/%00", 400, "" },
	{ "2.1", "/a%00.html", 400, "" },
	{ "2.2", "/a%2Fb", 404, "" },
	{ "2.2", "/a%2fb", 404, "" },
	{ "2.2", "/..%2f..%2fetc", 404, "" },
	{ "5.2.4", "/.", 0, "/" },
	{ "5.2.4", "/./", 0, "/" },
	{ "5.2.4", "/a/.", 0, "/a/" },
	{ "5.2.4", "/a/./b", 0, "/a/b" },
	{ "5.2.4", "/a/..", 0, "/" },
	{ "5.2.4", "/a/../", 0, "/" },
	{ "5.2.4", "/a/../b", 0, "/b" },
	{ "5.2.4", "/a/b/c/./../../g", 0, "/a/g" },
	{ "5.2.4", "/a/b/..", 0, "/a/" },
	{ "5.2.4", "/a/%2e%2E/b", 0, "/b" },
	{ "5.2.4", "/a/.%2e/b", 0, "/b" },
	{ "5.2.4", "/%2e/b", 0, "/b" },
	{ "5.2.4", "/..", 400, "" },
	{ "5.2.4", "/../a", 400, "" },
	{ "5.2.4", "/a/../..", 400, "" },
	{ "5.2.4", "/a/../../a", 400, "" },
	{ "5.2.4", "/%2e%2e/a", 400, "" },
	{ "5.2.4", "/.%2e", 400, "" },
	{ "5.2.4", "//..", 400, "" },
	{ "5.2.4", "/...", 0, "/..." },
	{ "5.2.4", "/..a/.b/c./d..", 0, "/..a/.b/c./d.." },
	{ "5.2.4", "/..\\a", 0, "/..\\a" },
	{ "3.3", "//", 0, "/" },
	{ "3.3", "///a//b//", 0, "/a/b/" },
	{ "3.3", "//host/a", 0, "/host/a" },
	{ "3.3", "/a//../b", 0, "/b" },
	{ "3.3", "/a/.//b", 0, "/a/b" },
	{ "3.5", "/a#b", 400, "" },
	{ "3.5", "/#", 400, "" },
	{ "2", "/a b", 400, "" },
	{ "2", "/\x01", 400, "" },
	{ "2", "/\x7f", 400, "" },
	{ "2", "/\xc3\xa4", 400, "" },
	{ "2", "/\t", 400, "" },
};

static const struct uri_rules usual = { ENCODED_SLASHES_REFUSED, true };

/* Both steps. */
static int
read_target(struct uri *uri, struct arena *arena, struct span target,
    const struct uri_rules *rules)
{
	int status = uri_parse_target(uri, target, false, false);

	return status != 0 ? status : uri_normalise(uri, arena, rules);
}

/* The path of a target that stands in front of a guard page. */
static void
check_path(const struct path_row *row, const struct uri_rules *rules,
    const char *before, const char *query)
{
	char target[256];
	size_t len;
	struct arena arena;
	struct uri uri;
	char *copy;

	len = (size_t)snprintf(
	    target, sizeof(target), "%s%s%s", before, row->raw, query);
	copy = guard_copy(target, len);
	arena_init(&arena, NULL, 0, 0);
	assert_int_equal(
	    read_target(&uri, &arena, span_of(copy, len), rules), row->status);
	if (row->status == 0) {
		assert_span(uri.raw_path, row->raw);
		assert_span(uri.path, row->path);
		assert_int_equal(uri.has_query, query[0] == '?');
		assert_span(uri.query, query[0] == '?' ? query + 1 : "");
		/* what is unchanged is not copied */
		assert_int_equal(uri.path.ptr == uri.raw_path.ptr,
		    strcmp(row->raw, row->path) == 0 &&
			strstr(row->raw, "/.") == NULL &&
			strstr(row->raw, "//") == NULL &&
			strchr(row->raw, '%') == NULL);
	}
	arena_release(&arena);
	guard_free(copy, len);
}

static void
check_paths(
    const struct path_row *rows, size_t count, const struct uri_rules *rules)
{
	for (size_t i = 0; i < count; i++) {
		print_message("# row %zu: %s\n", i, rows[i].section);
		check_path(&rows[i], rules, "", "");
		check_path(&rows[i], rules, "", "?");
		check_path(&rows[i], rules, "", "?a=/../%2f%zz?b");
		check_path(&rows[i], rules, "http://a:80", "");
		check_path(&rows[i], rules, "hTTps://[::1]", "?q");
	}
}

static void
test_path(void **state)
{
	(void)state;
	check_paths(path_rows, ROWS(path_rows), &usual);
}

/* AllowEncodedSlashes On: like any other slash, before all else. */
static const struct path_row decoded_rows[] = {
	{ "2.2", "/a%2Fb", 0, "/a/b" },
	{ "2.2", "/%2f%2Fa", 0, "/a" },
	{ "2.2", "/a/.%2e%2fb", 0, "/b" },
	{ "2.2", "/..%2f..%2fetc", 400, "" },
	{ "2.2", "/a%2f..%2f..%2fb", 400, "" },
	{ "2.4", "/a%252fb", 0, "/a%2fb" },
	{ "2.1", "/a%2f%00", 400, "" },
};

/* NoDecode: no separator. */
static const struct path_row kept_rows[] = {
	{ "2.2", "/a%2Fb", 0, "/a%2Fb" },
	{ "2.2", "/%2f%2Fa%41", 0, "/%2f%2FaA" },
	{ "2.2", "/..%2f..", 0, "/..%2f.." },
	{ "2.2", "/a%2f/../b", 0, "/b" },
	{ "2.4", "/a%252fb", 0, "/a%2fb" },
	{ "2.1", "/a%2f%", 400, "" },
};

/* MergeSlashes Off: an empty segment is a segment. */
static const struct path_row unmerged_rows[] = {
	{ "3.3", "//", 0, "//" },
	{ "3.3", "//a///b", 0, "//a///b" },
	{ "3.3", "/a//", 0, "/a//" },
	{ "5.2.4", "/a//../b", 0, "/a/b" },
	{ "5.2.4", "/a//..", 0, "/a/" },
	{ "5.2.4", "/a//.", 0, "/a//" },
	{ "5.2.4", "//..", 0, "/" },
	{ "5.2.4", "//../..", 400, "" },
	{ "5.2.4", "/a/./b/", 0, "/a/b/" },
};

static void
test_rules(void **state)
{
	static const struct uri_rules decoded = { ENCODED_SLASHES_DECODED,
		true };
	static const struct uri_rules kept = { ENCODED_SLASHES_KEPT, true };
	static const struct uri_rules unmerged = { ENCODED_SLASHES_REFUSED,
		false };

	(void)state;
	check_paths(decoded_rows, ROWS(decoded_rows), &decoded);
	check_paths(kept_rows, ROWS(kept_rows), &kept);
	check_paths(unmerged_rows, ROWS(unmerged_rows), &unmerged);
}

static const struct target_row {
	const char *section, *target;
	bool connect, options;
	int status;
	enum uri_form form;
	const char *host;
	unsigned port;
	const char *path;
} target_rows[] = {
	{ "9112 3.2.1", "/", false, true, 0, URI_ORIGIN, "", 0, "/" },
	{ "9112 3.2.2", "http://a", false, false, 0, URI_ABSOLUTE, "a", 0,
	    "/" },
	{ "9112 3.2.2", "http://a?b", false, false, 0, URI_ABSOLUTE, "a", 0,
	    "/" },
	{ "9112 3.2.2", "HTTP://A.b:8080/c", false, true, 0, URI_ABSOLUTE,
	    "A.b", 8080, "/c" },
	{ "9112 3.2.2", "https://[2001:db8::1]:1/", false, false, 0,
	    URI_ABSOLUTE, "[2001:db8::1]", 1, "/" },
	{ "9112 3.2.2", "http://a:/", false, false, 0, URI_ABSOLUTE, "a", 0,
	    "/" },
	{ "9110 4.2.1", "http://", false, false, 400, 0, "", 0, "" },
	{ "9110 4.2.1", "http:///a", false, false, 400, 0, "", 0, "" },
	{ "9110 4.2.1", "http://:80/a", false, false, 400, 0, "", 0, "" },
	{ "9110 4.2.1", "http://?a", false, false, 400, 0, "", 0, "" },
	{ "9110 4.2.4", "http://u@a/", false, false, 400, 0, "", 0, "" },
	{ "9110 4.2.4", "http://u:p@a/", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.2", "http:/a", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.2", "ftp://a/", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.2", "httpx://a/", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.2", "http://a\\b/", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2", "a", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2", "a/b", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2", "?a", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2", "", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2", "", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "a:443", true, false, 0, URI_AUTHORITY, "a", 443, "" },
	{ "9112 3.2.3", "[::1]:443", true, false, 0, URI_AUTHORITY, "[::1]",
	    443, "" },
	{ "9112 3.2.3", "a", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "a:", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "a:0", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", ":443", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "u@a:443", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "/", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "*", true, false, 400, 0, "", 0, "" },
	{ "9112 3.2.3", "a:443", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.4", "*", false, true, 0, URI_ASTERISK, "", 0, "" },
	{ "9112 3.2.4", "*", false, false, 400, 0, "", 0, "" },
	{ "9112 3.2.4", "**", false, true, 400, 0, "", 0, "" },
	{ "9112 3.2.4", "*?a", false, true, 400, 0, "", 0, "" },
};

static void
test_target(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(target_rows); i++) {
		const struct target_row *row = &target_rows[i];
		struct uri uri;

		print_message("# row %zu: %s\n", i, row->section);
		assert_int_equal(uri_parse_target(&uri, span_str(row->target),
				     row->connect, row->options),
		    row->status);
		if (row->status != 0)
			continue;
		assert_true(uri_is_normal(&uri));
		assert_int_equal(uri.form, row->form);
		assert_span(uri.host, row->host);
		assert_int_equal(uri.port, row->port);
		assert_span(uri.path, row->path);
		assert_int_equal(
		    uri.secure, strncmp(row->target, "https:", 6) == 0);
	}
}

static void
test_nul(void **state)
{
	struct uri uri;

	(void)state;
	assert_int_equal(
	    400, uri_parse_target(&uri, span_of("/a\0b", 4), false, false));
	assert_int_equal(
	    400, uri_parse_target(&uri, span_of("/a?\0", 4), false, false));
}

static void
test_no_memory(void **state)
{
	struct arena arena;
	struct uri uri;

	(void)state;
	arena_init(&arena, NULL, 0, 1);
	assert_int_equal(
	    read_target(&uri, &arena, span_str("/plain"), &usual), 0);
	assert_int_equal(
	    read_target(&uri, &arena, span_str("/%41"), &usual), 500);
	arena_release(&arena);
}

static const struct host_row {
	const char *section, *value;
	bool good;
	const char *host;
	unsigned port;
} host_rows[] = {
	{ "9110 7.2", "", true, "", 0 },
	{ "3.2.2", "example.org", true, "example.org", 0 },
	{ "3.2.2", "Example.ORG.", true, "Example.ORG.", 0 },
	{ "3.2.2", "a_b-c~d!$&'()*+,;=", true, "a_b-c~d!$&'()*+,;=", 0 },
	{ "3.2.2", "%41%ff", true, "%41%ff", 0 },
	{ "3.2.2", "127.0.0.1", true, "127.0.0.1", 0 },
	{ "3.2.2", "999.0.0.1", true, "999.0.0.1", 0 },
	{ "3.2.3", "a:80", true, "a", 80 },
	{ "3.2.3", "a:", true, "a", 0 },
	{ "3.2.3", "a:00080", true, "a", 80 },
	{ "3.2.3", "a:65535", true, "a", 65535 },
	{ "3.2.3", "a:65536", false, "", 0 },
	{ "3.2.3", "a:99999999999999999999", false, "", 0 },
	{ "3.2.3", "a:x", false, "", 0 },
	{ "3.2.3", "a:80x", false, "", 0 },
	{ "3.2.3", "a:-1", false, "", 0 },
	{ "3.2.3", "a: 80", false, "", 0 },
	{ "3.2.3", "a:80:80", false, "", 0 },
	{ "3.2.3", ":80", false, "", 0 },
	{ "3.2.3", ":", false, "", 0 },
	{ "3.2.2", "a b", false, "", 0 },
	{ "3.2.2", " a", false, "", 0 },
	{ "3.2.2", "a ", false, "", 0 },
	{ "3.2.2", "a/b", false, "", 0 },
	{ "3.2.2", "a\\b", false, "", 0 },
	{ "3.2.2", "a@b", false, "", 0 },
	{ "3.2.2", "a?b", false, "", 0 },
	{ "3.2.2", "a#b", false, "", 0 },
	{ "3.2.2", "a\"b", false, "", 0 },
	{ "3.2.2", "a<b>", false, "", 0 },
	{ "3.2.2", "a%4", false, "", 0 },
	{ "3.2.2", "a%", false, "", 0 },
	{ "3.2.2", "a%4g", false, "", 0 },
	{ "3.2.2", "\xc3\xa4", false, "", 0 },
	{ "3.2.2", "a\x01", false, "", 0 },
	{ "3.2.2", "::1", false, "", 0 },
	{ "3.2.2", "[::1]", true, "[::1]", 0 },
	{ "3.2.2", "[::]:80", true, "[::]", 80 },
	{ "3.2.2", "[2001:DB8:0:0:0:0:0:1]:", true, "[2001:DB8:0:0:0:0:0:1]",
	    0 },
	{ "3.2.2", "[1:2:3:4:5:6:7:8]", true, "[1:2:3:4:5:6:7:8]", 0 },
	{ "3.2.2", "[1:2:3:4:5:6:7::]", true, "[1:2:3:4:5:6:7::]", 0 },
	{ "3.2.2", "[::ffff:127.0.0.1]", true, "[::ffff:127.0.0.1]", 0 },
	{ "3.2.2", "[1:2:3:4:5:6:127.0.0.1]", true, "[1:2:3:4:5:6:127.0.0.1]",
	    0 },
	{ "3.2.2", "[]", false, "", 0 },
	{ "3.2.2", "[", false, "", 0 },
	{ "3.2.2", "[::1", false, "", 0 },
	{ "3.2.2", "::1]", false, "", 0 },
	{ "3.2.2", "[::1]a", false, "", 0 },
	{ "3.2.2", "[::1]]", false, "", 0 },
	{ "3.2.2", "[[::1]]", false, "", 0 },
	{ "3.2.2", "a[::1]", false, "", 0 },
	{ "3.2.2", "[:1]", false, "", 0 },
	{ "3.2.2", "[1::2::3]", false, "", 0 },
	{ "3.2.2", "[1:2:3:4:5:6:7:8:9]", false, "", 0 },
	{ "3.2.2", "[1:2:3:4:5:6:7]", false, "", 0 },
	{ "3.2.2", "[12345::]", false, "", 0 },
	{ "3.2.2", "[g::]", false, "", 0 },
	{ "3.2.2", "[::127.0.0.256]", false, "", 0 },
	{ "3.2.2", "[::127.0.0.01]", false, "", 0 },
	{ "3.2.2", "[127.0.0.1]", false, "", 0 },
	{ "6874", "[fe80::1%25eth0]", false, "", 0 },
	{ "6874", "[fe80::1%eth0]", false, "", 0 },
	{ "3.2.2", "[v1.a]", true, "[v1.a]", 0 },
	{ "3.2.2", "[VF0.a:b!]:80", true, "[VF0.a:b!]", 80 },
	{ "3.2.2", "[v.a]", false, "", 0 },
	{ "3.2.2", "[v1.]", false, "", 0 },
	{ "3.2.2", "[v1]", false, "", 0 },
	{ "3.2.2", "[vg.a]", false, "", 0 },
	{ "3.2.2", "[v1.a/b]", false, "", 0 },
};

static void
test_host(void **state)
{
	struct span host;
	uint16_t port;

	(void)state;
	for (size_t i = 0; i < ROWS(host_rows); i++) {
		const struct host_row *row = &host_rows[i];
		size_t len = strlen(row->value);
		char *copy = guard_copy(row->value, len);

		print_message("# row %zu: %s\n", i, row->section);
		assert_int_equal(
		    uri_parse_host(span_of(copy, len), &host, &port),
		    row->good);
		if (row->good) {
			assert_span(host, row->host);
			assert_int_equal(port, row->port);
		}
		guard_free(copy, len);
	}
	assert_false(uri_parse_host(span_of("a\0b", 3), &host, &port));
	assert_false(uri_parse_host(span_of("[::1\0]", 6), &host, &port));
	assert_false(uri_parse_host(span_of("a:8\0", 4), &host, &port));
}

static void
test_decode(void **state)
{
	char to[16];

	(void)state;
	assert_int_equal(uri_decode(span_str(""), to), 0);
	assert_int_equal(uri_decode(span_str("a%2fb%20+"), to), 5);
	assert_memory_equal(to, "a/b +", 5);
	assert_int_equal(uri_decode(span_str("%0"), to), -1);
	assert_int_equal(uri_decode(span_str("%00"), to), -1);
	assert_int_equal(uri_decode(span_str("%0x"), to), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

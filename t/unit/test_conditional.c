/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditional requests; sections are RFC 9110's. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/conditional.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#define OLDER "Sun, 06 Nov 1994 08:49:36 GMT"
#define SAME "Sun, 06 Nov 1994 08:49:37 GMT"
#define NEWER "Sun, 06 Nov 1994 08:49:38 GMT"
#define NOW_TEXT "Sun, 06 Nov 1994 09:06:17 GMT"
#define FUTURE "Sun, 06 Nov 1994 09:06:18 GMT"
enum {
	CHANGED = 784111777,
	NOW = CHANGED + 1000
};

#define PASS CONDITIONAL_PASS
#define KNOWN CONDITIONAL_NOT_MODIFIED
#define FAILED CONDITIONAL_FAILED

/* Up to three "Name: value" fields against a file with these validators. */
static const struct row {
	const char *section, *fields[3], *etag;
	time_t changed;
	enum conditional_result get, put;
} rows[] = {
	{ "13", { NULL }, "\"a\"", CHANGED, PASS, PASS },

	{ "13.1.1", { "If-Match: \"a\"" }, "\"a\"", CHANGED, PASS, PASS },
	{ "13.1.1", { "If-Match: \"b\"" }, "\"a\"", CHANGED, FAILED, FAILED },
	{ "13.1.1", { "If-Match: \"b\", \"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "13.1.1", { "If-Match: \"b\"", "If-Match: \"a\"" }, "\"a\"", -1, PASS,
	    PASS },
	{ "13.1.1", { "If-Match: *" }, "\"a\"", -1, PASS, PASS },
	{ "13.1.1", { "If-Match: *" }, "", -1, PASS, PASS },
	{ "13.1.1", { "If-Match: \"a\"" }, "", CHANGED, FAILED, FAILED },
	{ "13.1.1", { "If-Match:" }, "\"a\"", CHANGED, FAILED, FAILED },
	{ "13.1.1", { "If-Match: a" }, "\"a\"", CHANGED, FAILED, FAILED },
	/* the strong comparison (8.8.3.2) */
	{ "13.1.1", { "If-Match: W/\"a\"" }, "\"a\"", -1, FAILED, FAILED },
	{ "13.1.1", { "If-Match: \"a\"" }, "W/\"a\"", -1, FAILED, FAILED },
	{ "13.1.1", { "If-Match: W/\"a\"" }, "W/\"a\"", -1, FAILED, FAILED },

	{ "13.1.2", { "If-None-Match: \"a\"" }, "\"a\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: \"b\"" }, "\"a\"", -1, PASS, PASS },
	{ "13.1.2", { "If-None-Match: *" }, "\"a\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match:  * " }, "", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: \"a\"" }, "", CHANGED, PASS, PASS },
	{ "13.1.2", { "If-None-Match: \"\"" }, "", CHANGED, PASS, PASS },
	{ "13.1.2", { "If-None-Match: \"\"" }, "\"\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match:" }, "\"a\"", -1, PASS, PASS },
	{ "13.1.2", { "If-None-Match: \"b\" ,,\t\"a\"," }, "\"a\"", -1, KNOWN,
	    FAILED },
	{ "13.1.2", { "If-None-Match: , \"a\"" }, "\"a\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: \"b\"", "If-None-Match: \"a\"" }, "\"a\"",
	    -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: \"b\"", "X: \"a\"" }, "\"a\"", -1, PASS,
	    PASS },
	/* the weak comparison (8.8.3.2) */
	{ "13.1.2", { "If-None-Match: W/\"a\"" }, "\"a\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: \"a\"" }, "W/\"a\"", -1, KNOWN, FAILED },
	{ "13.1.2", { "If-None-Match: W/\"b\", W/\"a\"" }, "W/\"a\"", -1, KNOWN,
	    FAILED },
	{ "8.8.3", { "If-None-Match: w/\"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: W/ \"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"A\"" }, "\"a\"", -1, PASS, PASS },
	/* a tag is no quoted string: commas and backslashes are its own */
	{ "8.8.3", { "If-None-Match: \"b,\\\", \"a\"" }, "\"a\"", -1, KNOWN,
	    FAILED },
	{ "8.8.3", { "If-None-Match: \"b, a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"\\\"" }, "\"\\\"", -1, KNOWN, FAILED },
	/* behind a bad tag nothing is found */
	{ "8.8.3", { "If-None-Match: b, \"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: *, \"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"b\" \"a\"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"a" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"a\"x" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: \"" }, "\"a\"", -1, PASS, PASS },
	{ "8.8.3", { "If-None-Match: W/" }, "\"a\"", -1, PASS, PASS },

	{ "13.1.3", { "If-Modified-Since: " SAME }, "\"a\"", CHANGED, KNOWN,
	    PASS },
	{ "13.1.3", { "If-Modified-Since: " NEWER }, "\"a\"", CHANGED, KNOWN,
	    PASS },
	{ "13.1.3", { "If-Modified-Since: " OLDER }, "\"a\"", CHANGED, PASS,
	    PASS },
	{ "13.1.3", { "If-Modified-Since: " NEWER }, "\"a\"", -1, PASS, PASS },
	{ "13.1.3", { "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT" }, "",
	    CHANGED, KNOWN, PASS },
	{ "13.1.3", { "If-Modified-Since: yesterday" }, "", CHANGED, PASS,
	    PASS },
	{ "13.1.3", { "If-Modified-Since: " NOW_TEXT }, "", CHANGED, KNOWN,
	    PASS },
	/* a clock that is wrong */
	{ "13.1.3", { "If-Modified-Since: " FUTURE }, "", CHANGED, PASS, PASS },
	{ "13.1.3", { "If-Modified-Since: Sun Nov  6 08:49:37 1994" }, "",
	    CHANGED, KNOWN, PASS },
	{ "13.1.3",
	    { "If-Modified-Since: " NEWER, "If-Modified-Since: " NEWER }, "",
	    CHANGED, PASS, PASS },
	{ "13.1.3", { "If-None-Match: \"b\"", "If-Modified-Since: " NEWER },
	    "\"a\"", CHANGED, PASS, PASS },
	{ "13.1.3", { "If-None-Match: \"a\"", "If-Modified-Since: " OLDER },
	    "\"a\"", CHANGED, KNOWN, FAILED },

	{ "13.1.4", { "If-Unmodified-Since: " SAME }, "", CHANGED, PASS, PASS },
	{ "13.1.4", { "If-Unmodified-Since: " NEWER }, "", CHANGED, PASS,
	    PASS },
	{ "13.1.4", { "If-Unmodified-Since: " OLDER }, "", CHANGED, FAILED,
	    FAILED },
	{ "13.1.4", { "If-Unmodified-Since: " OLDER }, "", -1, PASS, PASS },
	{ "13.1.4", { "If-Unmodified-Since: " FUTURE }, "", CHANGED, PASS,
	    PASS },
	{ "13.1.4",
	    { "If-Unmodified-Since: " OLDER, "If-Unmodified-Since: " OLDER },
	    "", CHANGED, PASS, PASS },
	{ "13.1.4", { "If-Unmodified-Since: never" }, "", CHANGED, PASS, PASS },
	{ "13.1.4", { "If-Match: \"a\"", "If-Unmodified-Since: " OLDER },
	    "\"a\"", CHANGED, PASS, PASS },

	/* step 2 goes before step 3, and step 1 before both */
	{ "13.2.2", { "If-Unmodified-Since: " OLDER, "If-None-Match: \"a\"" },
	    "\"a\"", CHANGED, FAILED, FAILED },
	{ "13.2.2", { "If-Match: \"a\"", "If-None-Match: \"a\"" }, "\"a\"",
	    CHANGED, KNOWN, FAILED },
	{ "13.2.2", { "If-Match: \"b\"", "If-None-Match: \"a\"" }, "\"a\"",
	    CHANGED, FAILED, FAILED },
};

static void
make_request(
    struct request *request, struct field *fields, const char *const *lines)
{
	unsigned count = 0;

	for (; count < 3 && lines[count] != NULL; count++) {
		struct span line = span_str(lines[count]);
		size_t colon = span_find(line, ':');

		fields[count].name = span_of(line.ptr, colon);
		fields[count].value = span_trim(span_skip(line, colon + 1));
	}
	memset(request, 0, sizeof(*request));
	request_index(request, fields, count);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct row *row = &rows[i];
		struct validators validators = { span_str(row->etag),
			row->changed };
		struct field fields[3];
		struct request request;

		print_message("# row %zu: %s\n", i, row->section);
		make_request(&request, fields, row->fields);
		request.method = METHOD_GET;
		assert_int_equal(
		    row->get, conditional_check(&request, &validators, NOW));
		request.method = METHOD_HEAD;
		assert_int_equal(
		    row->get, conditional_check(&request, &validators, NOW));
		request.method = METHOD_PUT;
		assert_int_equal(
		    row->put, conditional_check(&request, &validators, NOW));
		/* 13.2.1 */
		request.method = METHOD_OPTIONS;
		assert_int_equal(
		    PASS, conditional_check(&request, &validators, NOW));
	}
}

static void
test_listed(void **state)
{
	static const char *const lines[3] = { "If-Range: \"a\"",
		"If-Match: \"b\"", NULL };
	struct field fields[3];
	struct request request;
	struct span a = SPAN("\"a\""), b = SPAN("\"b\"");

	(void)state;
	make_request(&request, fields, lines);
	assert_true(
	    conditional_etag_listed(&request, FIELD_IF_MATCH, b, false));
	assert_false(
	    conditional_etag_listed(&request, FIELD_IF_MATCH, a, true));
	assert_false(
	    conditional_etag_listed(&request, FIELD_IF_NONE_MATCH, b, true));
}

/* 13.1.5, and 8.8.2.2 for dates. */
static void
test_range(void **state)
{
	static const struct {
		const char *fields[3], *etag;
		time_t changed, now;
		bool obeyed;
	} ranges[] = {
		{ { NULL }, "", -1, NOW, true },
		{ { "If-Match: \"b\"" }, "\"a\"", CHANGED, NOW, true },
		{ { "If-Range: \"a\"" }, "\"a\"", CHANGED, NOW, true },
		{ { "If-Range: \"b\"" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range: W/\"a\"" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range: W/\"a\"" }, "W/\"a\"", CHANGED, NOW, false },
		{ { "If-Range: \"a\"" }, "W/\"a\"", CHANGED, NOW, false },
		{ { "If-Range: \"a\"" }, "", CHANGED, NOW, false },
		{ { "If-Range: \"\"" }, "", CHANGED, NOW, false },
		{ { "If-Range: \"a\", \"b\"" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range: *" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range:" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range:" }, "", -1, NOW, false },
		{ { "If-Range: a" }, "\"a\"", CHANGED, NOW, false },
		{ { "If-Range: \"a\"", "If-Range: \"a\"" }, "\"a\"", CHANGED,
		    NOW, false },
		{ { "If-Range: " SAME }, "\"a\"", CHANGED, NOW, true },
		{ { "If-Range: " SAME }, "", CHANGED, NOW, true },
		{ { "If-Range: Sunday, 06-Nov-94 08:49:37 GMT" }, "", CHANGED,
		    NOW, true },
		{ { "If-Range: Sun Nov  6 08:49:37 1994" }, "", CHANGED, NOW,
		    true },
		{ { "If-Range: " OLDER }, "", CHANGED, NOW, false },
		{ { "If-Range: " NEWER }, "", CHANGED, NOW, false },
		{ { "If-Range: " SAME }, "", -1, NOW, false },
		/* it may have changed since, within its second */
		{ { "If-Range: " SAME }, "W/\"a\"", CHANGED, NOW, false },
		{ { "If-Range: " SAME }, "\"a\"", CHANGED, CHANGED, false },
		{ { "If-Range: " SAME }, "\"a\"", CHANGED, CHANGED + 1, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(ranges); i++) {
		struct validators validators = { span_str(ranges[i].etag),
			ranges[i].changed };
		struct field fields[3];
		struct request request;

		print_message("# row %zu\n", i);
		make_request(&request, fields, ranges[i].fields);
		assert_int_equal(
		    conditional_range(&request, &validators, ranges[i].now),
		    ranges[i].obeyed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

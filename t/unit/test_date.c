/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP dates (RFC 9110, 5.6.7), against the C library where it can help. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/date.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

enum {
	NOW = 784111777
}; /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct print_row {
	int64_t time;
	const char *text;
} print_rows[] = {
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
	{ NOW, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ 951782399, "Mon, 28 Feb 2000 23:59:59 GMT" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ 951868800, "Wed, 01 Mar 2000 00:00:00 GMT" },
	{ 2147483648, "Tue, 19 Jan 2038 03:14:08 GMT" },
	{ 4107542399, "Sun, 28 Feb 2100 23:59:59 GMT" },
	{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT" },
	{ 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ -62167219200, "Sat, 01 Jan 0000 00:00:00 GMT" },
	{ -62167219201, "Sat, 01 Jan 0000 00:00:00 GMT" },
	{ INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT" },
};

static void
test_print(void **state)
{
	char text[DATE_SIZE];

	(void)state;
	for (size_t i = 0; i < ROWS(print_rows); i++) {
		date_print((time_t)print_rows[i].time, text);
		assert_string_equal(text, print_rows[i].text);
	}
}

/* Every day of ten thousand years prints and parses back; the days of the
 * week follow each other, and some are as gmtime has them. */
static void
test_every_day(void **state)
{
	static const char week[] = "ThuFriSatSunMonTueWed";
	char text[DATE_SIZE];
	time_t parsed;

	(void)state;
	for (int64_t day = -719528; day < 2932897; day++) {
		time_t time = (time_t)(day * 86400 + (day & 0xffff));

		date_print(time, text);
		assert_memory_equal(text, week + 3 * ((day + 719530) % 7), 3);
		assert_true(date_parse(span_of(text, 29), NOW, &parsed));
		assert_int_equal(parsed, time);
	}
}

static void
test_as_gmtime(void **state)
{
	char text[DATE_SIZE], other[64];

	(void)state;
	for (time_t time = 0; time < 253402300000; time += 86400007) {
		struct tm tm;

		gmtime_r(&time, &tm);
		strftime(
		    other, sizeof(other), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		date_print(time, text);
		assert_string_equal(text, other);
	}
}

/* Each is NOW, or the time given. */
static const struct parse_row {
	const char *text;
	int64_t time;
} parse_rows[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT", NOW },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", NOW },
	{ "Sun Nov  6 08:49:37 1994", NOW },
	{ "Sun Nov 06 08:49:37 1994", NOW },
	{ "Sun Nov 16 08:49:37 1994", NOW + 10 * 86400 },
	/* the day of the week is not compared */
	{ "Mon, 06 Nov 1994 08:49:37 GMT", NOW },
	{ "Wednesday, 06-Nov-94 08:49:37 GMT", NOW },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "Tue, 29 Feb 2000 00:00:00 GMT", 951782400 },
	/* a leap second is the second behind */
	{ "Sun, 06 Nov 1994 08:49:60 GMT", NOW + 23 },
	{ "Sat, 01 Jan 0000 00:00:00 GMT", -62167219200 },
	{ "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
	/* two digits: at most 50 years ahead of 1994-11-06 */
	{ "Sunday, 06-Nov-44 08:49:37 GMT", 2362034977 },
	{ "Tuesday, 08-Nov-44 08:49:37 GMT", -793552223 },
	{ "Saturday, 01-Jan-00 00:00:00 GMT", 946684800 },
	{ "Tuesday, 29-Feb-00 00:00:00 GMT", 951782400 },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(parse_rows); i++) {
		size_t len = strlen(parse_rows[i].text);
		char *copy = guard_copy(parse_rows[i].text, len);
		time_t time = -2;

		print_message("# %s\n", parse_rows[i].text);
		assert_true(date_parse(span_of(copy, len), NOW, &time));
		assert_int_equal(time, parse_rows[i].time);
		guard_free(copy, len);
	}
}

static const char *const bad[] = {
	"",
	"0",
	"784111777",
	"Sun",
	"sun, 06 nov 1994 08:49:37 gmt",
	"Sun, 06 Nov 1994 08:49:37 UTC",
	"Sun, 06 Nov 1994 08:49:37 +0000",
	"Sun, 06 Nov 1994 08:49:37",
	"Sun, 06 Nov 1994 08:49:37 GMT ",
	" Sun, 06 Nov 1994 08:49:37 GMT",
	"Sun, 06 Nov 1994 08:49:37 GMT; length=1",
	"Sun,06 Nov 1994 08:49:37 GMT",
	"Sun, 6 Nov 1994 08:49:37 GMT",
	"Sun,  6 Nov 1994 08:49:37 GMT",
	"Sun, 006 Nov 1994 08:49:37 GMT",
	"Sun, 06 Nov 94 08:49:37 GMT",
	"Sun, 06 Nov 1994 8:49:37 GMT",
	"Sun, 06 Nov 1994 24:00:00 GMT",
	"Sun, 06 Nov 1994 08:60:37 GMT",
	"Sun, 06 Nov 1994 08:49:61 GMT",
	"Sun, 06 Nov 1994 08.49.37 GMT",
	"Sun, 06 Nov 1994 -8:49:37 GMT",
	"Sun, 06 Nov -994 08:49:37 GMT",
	"Sun, 00 Nov 1994 08:49:37 GMT",
	"Sun, 31 Nov 1994 08:49:37 GMT",
	"Sun, 32 Dec 1994 08:49:37 GMT",
	"Sun, 29 Feb 1994 08:49:37 GMT",
	"Sun, 29 Feb 1900 08:49:37 GMT",
	"Sun, 06 Nox 1994 08:49:37 GMT",
	"Xun, 06 Nov 1994 08:49:37 GMT",
	"Sunday, 06 Nov 1994 08:49:37 GMT",
	"Sunday, 06-Nov-1994 08:49:37 GMT",
	"Sun, 06-Nov-94 08:49:37 GMT",
	"Sunday, 06-Nov-94 08:49:37",
	"Sunday, 31-Nov-94 08:49:37 GMT",
	"Sun Nov 6 08:49:37 1994",
	"Sun Nov  16 08:49:37 1994",
	"Sun Nov  6 08:49:37 94",
	"Sun Nov  6 08:49:37 1994 GMT",
	"Sun Nov  0 08:49:37 1994",
};

static void
test_bad(void **state)
{
	time_t time = -2;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		size_t len = strlen(bad[i]);
		char *copy = guard_copy(bad[i], len);

		print_message("# %s\n", bad[i]);
		assert_false(date_parse(span_of(copy, len), NOW, &time));
		guard_free(copy, len);
	}
	assert_int_equal(time, -2);
}

/* The front of a date is no date, wherever it ends. */
static void
test_truncated(void **state)
{
	time_t time;

	(void)state;
	for (size_t i = 0; i < ROWS(parse_rows); i++) {
		size_t len = strlen(parse_rows[i].text);

		for (size_t cut = 0; cut < len; cut++) {
			char *copy = guard_copy(parse_rows[i].text, cut);

			assert_false(
			    date_parse(span_of(copy, cut), NOW, &time));
			guard_free(copy, cut);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_as_gmtime),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_truncated),
	};

	/* Nothing here may depend on the zone. */
	setenv("TZ", "America/New_York", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Status codes: reasons, sentences, and which have a body. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/status.h"

static void
assert_reason(int status, const char *reason)
{
	assert_true(span_is(status_reason(status), reason));
}

static void
test_reason(void **state)
{
	(void)state;
	assert_reason(100, "Continue");
	assert_reason(200, "OK");
	assert_reason(301, "Moved Permanently");
	assert_reason(404, "Not Found");
	assert_reason(413, "Content Too Large"); /* RFC 9110, 15.5.14 */
	assert_reason(431, "Request Header Fields Too Large");
	assert_reason(511, "Network Authentication Required");
}

static void
test_not_registered(void **state)
{
	static const int rows[] = { -1, 0, 99, 199, 299, 306, 418, 499, 512,
		599, 600, 999, 1000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_reason(rows[i], "");
}

/* Any status gets a sentence that can stand in a page as it is. */
static void
test_sentence(void **state)
{
	(void)state;
	for (int status = -1; status < 1000; status++) {
		const char *sentence = status_sentence(status);

		assert_non_null(sentence);
		assert_null(strpbrk(sentence, "<>&\"'"));
		assert_int_equal(sentence[strlen(sentence) - 1], '.');
	}
	assert_string_not_equal(status_sentence(404), status_sentence(499));
}

/* RFC 9110, 6.4.1 */
static void
test_has_body(void **state)
{
	static const struct {
		int status;
		bool body;
	} rows[] = {
		{ 100, false },
		{ 101, false },
		{ 103, false },
		{ 199, false },
		{ 200, true },
		{ 204, false },
		{ 205, true },
		{ 206, true },
		{ 301, true },
		{ 304, false },
		{ 404, true },
		{ 500, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(status_has_body(rows[i].status), rows[i].body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_not_registered),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_has_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

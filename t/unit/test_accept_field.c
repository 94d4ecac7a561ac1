/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of two types a client would rather have. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/accept.h"

static bool
prefers_json(unsigned count, const char *const *values)
{
	struct field fields[3];
	struct request request = { 0 };
	bool result;

	for (unsigned i = 0; i < count; i++) {
		size_t len = strlen(values[i]);

		fields[i] = (struct field){ SPAN("Accept"),
			{ guard_copy(values[i], len), len }, FIELD_OTHER };
	}
	request_index(&request, fields, count);
	result = accept_prefers(&request, "application/json", "text/html");
	for (unsigned i = 0; i < count; i++)
		guard_free((char *)fields[i].value.ptr, fields[i].value.len);
	return result;
}

static void
test_json(void **state)
{
	static const char *const values[] = {
		"application/json",
		"APPLICATION/Json",
		"application/*",
		"application/json, */*",
		"application/json, text/plain, */*",
		"*/*, application/json",
		"text/html;q=0.9, application/json",
		"text/html;q=0.899, application/json;q=0.9",
		"text/html ; q=0 , */*",
		"text/*;q=0.5, */*;q=0.6",
		"application/json;q=0.001",
		"application/json;charset=utf-8",
		"application/json; charset=\"utf-8\"; q=1.000",
		"text/html;level=1, application/json;q=0.1",
		/* The most exact one counts, wherever it stands. */
		"application/*;q=0.1, text/html;q=0.5, application/json",
		", ,application/json,",
		"text/html;q=2, application/json;q=0.1",
		"text/html;q=0.1;x=\",\", application/json;q=0.2",
		NULL,
	};

	(void)state;
	for (size_t i = 0; values[i] != NULL; i++)
		if (!prefers_json(1, &values[i]))
			fail_msg("no JSON for \"%s\"", values[i]);
}

static void
test_html(void **state)
{
	static const char *const values[] = {
		"",
		"*/*",
		"text/html",
		"text/html, application/json",
		"application/json, text/html",
		"text/html,application/xhtml+xml,application/xml;q=0.9,"
		"image/avif,image/webp,*/*;q=0.8",
		"application/json;q=0",
		"application/json;q=0.5, text/html;q=0.501",
		"application/json;q=0.5, */*",
		"application/json;q=0.5, text/*;q=0.6",
		"application/*;q=0.7, text/*;q=0.7",
		"application/json;odata=verbose",
		"application/jsonx",
		"application/jso",
		"application",
		"application/",
		"application/json;q=1.001",
		"application/json;q=0.1234",
		"application/json;q=",
		"application/json;q=-1",
		"application/json;q=1x",
		"application/json;q=0x1",
		"text/plain",
		"\"application/json\"",
		"x;y=\"application/json",
		"x;y=\"\\",
		NULL,
	};

	(void)state;
	for (size_t i = 0; values[i] != NULL; i++)
		if (prefers_json(1, &values[i]))
			fail_msg("JSON for \"%s\"", values[i]);
	assert_false(prefers_json(0, NULL));
}

/* Several lines are one list (RFC 9110, 5.3). */
static void
test_lines(void **state)
{
	static const char *const lines[] = { "text/html;q=0.4",
		"image/png, application/json;q=0.5", "*/*;q=0.1" };

	(void)state;
	assert_true(prefers_json(3, lines));
	assert_false(prefers_json(1, lines));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

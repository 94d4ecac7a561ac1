/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines for syslog: priority, time, tag; what makes no sense gets defaults. */
#include "config.h"

#include "logger/syslog_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char to[SYSLOG_LINE_MAX + 1];

static const char *
print(const char *target, struct span line)
{
	struct syslog_form form;
	size_t len;

	syslog_form_init(&form, target);
	len = syslog_line_print(&form, line, 784111777, to);
	assert_true(len <= SYSLOG_LINE_MAX);
	to[len] = '\0';
	return to;
}

static void
test_lines(void **state)
{
	static const struct {
		const char *target, *line, *before, *after;
	} lines[] = {
		{ "", "hello", "<189>Nov  6 08:49:37 drover[", "hello" },
		{ "local7", "x", "<189>Nov  6 08:49:37 drover[", "x" },
		{ "daemon:web", "<0>down", "<24>Nov  6 08:49:37 web[", "down" },
		{ "USER", "<7>low", "<15>Nov  6 08:49:37 drover[", "low" },
		{ ":tag", "<4>", "<188>Nov  6 08:49:37 tag[", "" },
		{ "nobody", "<8>x", "<189>Nov  6 08:49:37 drover[", "<8>x" },
		{ "mail:", "<1x", "<21>Nov  6 08:49:37 drover[", "<1x" },
	};
	char expected[200];
	size_t i;

	(void)state;
	setenv("TZ", "UTC", 1);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(expected, sizeof(expected), "%s%d]: %s",
		    lines[i].before, (int)getpid(), lines[i].after);
		assert_string_equal(
		    print(lines[i].target, span_str(lines[i].line)), expected);
	}
}

static void
test_too_long(void **state)
{
	static char line[2 * SYSLOG_LINE_MAX], tag[500];

	(void)state;
	memset(line, 'x', sizeof(line));
	memset(tag, 't', sizeof(tag) - 1);
	tag[0] = ':';
	print(tag, span_of(line, sizeof(line)));
	assert_int_equal(strlen(to), SYSLOG_LINE_MAX);
	assert_int_equal(strspn(strchr(to, 't'), "t"), 63);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

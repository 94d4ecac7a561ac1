/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of drover-request, and -H taken apart. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/header.h"
#include "client/options.h"

enum {
	ARGUMENTS_MAX = 16
};

/* Parses arguments that stand in one text, with blanks between them. */
static enum outcome
parse(struct options *o, char *text, struct err *err)
{
	char *argv[ARGUMENTS_MAX + 1] = { "drover-request" };
	int argc = 1;

	for (char *word = strtok(text, " "); word != NULL;
	     word = strtok(NULL, " ")) {
		assert_true(argc < ARGUMENTS_MAX);
		argv[argc++] = word;
	}
	return options_parse(o, argc, argv, err);
}

static void
test_methods(void **state)
{
	static const char *const rows[][2] = {
		{ "u", "GET" },
		{ "-I u", "HEAD" },
		{ "-d x u", "POST" },
		{ "--data-raw x u", "POST" },
		{ "-F a=b u", "POST" },
		{ "-T f u", "PUT" },
		{ "-X DELETE u", "DELETE" },
		{ "u -X PATCH -d x", "PATCH" },
		{ "--request=QUERY -d x u", "QUERY" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];
		struct options o;
		struct err err;

		snprintf(text, sizeof(text), "%s", rows[i][0]);
		assert_int_equal(parse(&o, text, &err), OUTCOME_OK);
		assert_string_equal(o.method, rows[i][1]);
		assert_int_equal(o.urls.count, 1);
		assert_string_equal(o.urls.items[0], "u");
		options_release(&o);
	}
}

static void
test_all(void **state)
{
	char text[] = "-svvSLfi0 -o f -O -m 1.5 --connect-timeout .25 "
		      "--max-redirs 3 -A b u -- -v";
	struct options o;
	struct err err;

	(void)state;
	assert_int_equal(parse(&o, text, &err), OUTCOME_OK);
	assert_true(o.silent && o.show_error && o.follow && o.fail &&
		    o.include && o.http10 && !o.head);
	assert_int_equal(o.verbose, 2);
	assert_int_equal(o.outputs.count, 2);
	assert_string_equal(o.outputs.items[0], "f");
	assert_null(o.outputs.items[1]);
	assert_int_equal(o.max_time_ms, 1500);
	assert_int_equal(o.connect_timeout_ms, 250);
	assert_int_equal(o.max_redirects, 3);
	assert_string_equal(o.user_agent, "b");
	assert_int_equal(o.urls.count, 2);
	assert_string_equal(o.urls.items[1], "-v");
	options_release(&o);
}

/* More of them than there are arguments. */
static void
test_joined(void **state)
{
	char text[] = "-OOOOOOOO u";
	struct options o;
	struct err err;

	(void)state;
	assert_int_equal(parse(&o, text, &err), OUTCOME_OK);
	assert_int_equal(o.outputs.count, 8);
	options_release(&o);
}

static void
test_refused(void **state)
{
	/* and what is said of it */
	static const char *const rows[][2] = {
		{ "", "no URL" },
		{ "-s", "no URL" },
		{ "-y u", "-y is no option" },
		{ "--wonders u", "--wonders is no option" },
		{ "--data- u", "--data- is no option, or short for several" },
		{ "u -X", "-X needs an argument" },
		{ "u --header", "--header needs an argument" },
		{ "-X G/T u", "no method" },
		{ "-d a -F b=c u", "only one of" },
		{ "-d a -T b u", "only one of" },
		{ "-I -d a u", "only one of" },
		{ "-F a u", "no name" },
		{ "-F =a u", "no name" },
		{ "-H a u", "no field" },
		{ "-H a;b u", "no field" },
		{ "-m 0 u", "no number of seconds" },
		{ "-m 0.0001 u", "no number of seconds" },
		{ "-m . u", "no number of seconds" },
		{ "-m -1 u", "no number of seconds" },
		{ "-m 1s u", "no number of seconds" },
		{ "-m 99999999999 u", "no number of seconds" },
		{ "--max-redirs -1 u", "no number" },
		{ "--resolve a:80 u", "HOST:PORT:ADDRESS" },
		{ "--request-target \x01 u", "no request target" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];
		struct options o;
		struct err err;

		print_message("# row %zu\n", i);
		snprintf(text, sizeof(text), "%s", rows[i][0]);
		assert_int_equal(parse(&o, text, &err), OUTCOME_USAGE);
		assert_non_null(strstr(err.text, rows[i][1]));
		options_release(&o);
	}
}

/* One option a line: what completion is made from. */
static void
test_help(void **state)
{
	char *text = NULL, *line;
	size_t size, options = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	options_help(out);
	fclose(out);
	for (line = strtok(text, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		assert_true(strlen(line) < 80);
		if (strncmp(line, "  ", 2) != 0)
			continue;
		options++;
		assert_memory_equal(
		    line + 4, line[2] == '-' ? ", --" : "  --", 4);
	}
	assert_true(options > 20);
	free(text);
}

static void
test_header(void **state)
{
	static const struct {
		const char *text, *name, *value;
		bool removes;
	} rows[] = {
		{ "A: b", "A", "b", false },
		{ "A:b", "A", "b", false },
		{ "A: \t b c \t", "A", "b c", false },
		{ "A: b: c", "A", "b: c", false },
		{ "A:", "A", "", true },
		{ "A:  ", "A", "", true },
		{ "A;", "A", "", false },
		{ "!#$%&'*+-.^_`|~: \xff", "!#$%&'*+-.^_`|~", "\xff", false },
		{ "A", NULL, NULL, false },
		{ "", NULL, NULL, false },
		{ ": b", NULL, NULL, false },
		{ "A : b", NULL, NULL, false },
		{ "A;b", NULL, NULL, false },
		{ "A: b\r\nC: d", NULL, NULL, false },
		{ "A: b\nC: d", NULL, NULL, false },
		{ "A: \x01", NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span name, value;
		bool removes;
		bool fine = header_parse(rows[i].text, &name, &value, &removes);

		assert_int_equal(fine, rows[i].name != NULL);
		if (!fine)
			continue;
		assert_true(span_is(name, rows[i].name));
		assert_true(span_is(value, rows[i].value));
		assert_int_equal(removes, rows[i].removes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/directive: what each type of row takes, and what it says otherwise. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "conf_fixture.h"

/* Loads one line; its message without the place and the excerpt, or "". */
static struct server_conf *
load_line(struct conf_fixture *f, const char *line, char *message)
{
	struct server_conf *conf;
	char text[256];
	int column = 0;

	snprintf(text, sizeof(text), "Listen 80\n%s\n", line);
	conf = conf_fixture_try(f, text);
	*message = '\0';
	if (*f->text)
		assert_int_equal(sscanf(f->text,
				     "t.conf:2:%d: error: %255[^\n]", &column,
				     message), 2);
	return conf;
}

static const struct {
	const char *line;
	int64_t value;
	const char *message;
} numbers[] = {
	{ "Number 1", 1, NULL },
	{ "Number 100", 100, NULL },
	{ "Number 007", 7, NULL },
	{ "Number 0", 0, "Number: 0 is out of range: from 1 to 100" },
	{ "Number 101", 0, "Number: 101 is out of range: from 1 to 100" },
	{ "Number -1", 0, "Number: -1 is out of range: from 1 to 100" },
	{ "Number 4294967297", 0,
	    "Number: 4294967297 is out of range: from 1 to 100" },
	{ "Number 99999999999999999999999", 0,
	    "Number: 99999999999999999999999 is out of range: from 1 to 100" },
	{ "Number +1", 0, "Number: \"+1\" is not a whole number" },
	{ "Number 1x", 0, "Number: \"1x\" is not a whole number" },
	{ "Number 0x1", 0, "Number: \"0x1\" is not a whole number" },
	{ "Number 1.5", 0, "Number: \"1.5\" is not a whole number" },
	{ "Number \"\"", 0, "an argument is empty: Number number" },
	{ "Number \" 1\"", 0, "Number: \" 1\" is not a whole number" },
	{ "Number four", 0, "Number: \"four\" is not a whole number" },
	{ "Number", 0, "an argument is missing: Number number" },
	{ "Number 1 2", 0, "more arguments than it takes: Number number" },
	{ "Number 1 # two", 0,
	    "a comment needs a line of its own: Number number" },
};

static const struct {
	const char *line;
	int64_t value;
	const char *message;
} sizes[] = {
	{ "Size 0", 0, NULL },
	{ "Size 65536", 65536, NULL },
	{ "Size 65537", 0, "Size: 65537 is out of range: from 0 to 65536 bytes" },
	{ "Size 5k", 0, "Size: \"5k\" is not a number of bytes; write 5120" },
	{ "Size 5M", 0,
	    "Size: \"5M\" is not a number of bytes; write 5242880" },
	{ "Size 1g", 0,
	    "Size: \"1g\" is not a number of bytes; write 1073741824" },
	{ "Size k", 0, "Size: \"k\" is not a number of bytes" },
	{ "Size 5kb", 0, "Size: \"5kb\" is not a number of bytes" },
	{ "Size 5000000000", 0,
	    "Size: 5000000000 is out of range: from 0 to 65536 bytes" },
};

static const struct {
	const char *line;
	int64_t value;
	const char *message;
} times[] = {
	{ "Time 1", 1000, NULL },
	{ "Time 3600", 3600000, NULL },
	{ "Time 5s", 5000, NULL },
	{ "Time 5S", 5000, NULL },
	{ "Time 1500ms", 1500, NULL },
	{ "Time 2mi", 120000, NULL },
	{ "Time 2min", 120000, NULL },
	{ "Time 1h", 3600000, NULL },
	{ "Time 0", 0, "Time: 0 is out of range: from 1 to 3600 seconds" },
	{ "Time 999ms", 0,
	    "Time: 999ms is out of range: from 1 to 3600 seconds" },
	{ "Time 2h", 0, "Time: 2h is out of range: from 1 to 3600 seconds" },
	{ "Time 9223372036854775807", 0, "Time: 9223372036854775807 is out of "
	    "range: from 1 to 3600 seconds" },
	{ "Time 99999999999999999999h", 0, "Time: 99999999999999999999h is "
	    "out of range: from 1 to 3600 seconds" },
	{ "Time 10x", 0, "Time: \"10x\" is not a duration such as 5, 500ms, "
	    "5s or 2min" },
	{ "Time -1", 0, "Time: \"-1\" is not a duration such as 5, 500ms, 5s "
	    "or 2min" },
	{ "Time s", 0, "Time: \"s\" is not a duration such as 5, 500ms, 5s or "
	    "2min" },
	{ "Time \"5 s\"", 0, "Time: \"5 s\" is not a duration such as 5, "
	    "500ms, 5s or 2min" },
};

/* Runs a table whose values stand in the member of that type. */
#define CHECK_TABLE(table, member) do { \
	struct conf_fixture f; \
	conf_fixture_init(&f); \
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) { \
		char message[256]; \
		struct server_conf *conf = load_line(&f, table[i].line, \
		    message); \
		assert_string_equal(message, table[i].message ? \
		    table[i].message : ""); \
		if (conf) \
			assert_int_equal(((const struct sample_conf *) \
			    conf_get(conf, &sample_section))->member, \
			    table[i].value); \
		assert_int_equal(conf == NULL, table[i].message != NULL); \
		conf_destroy(&conf); \
	} \
	conf_fixture_release(&f); \
} while (0)

static void
test_number(void **state)
{
	(void)state;
	CHECK_TABLE(numbers, number);
}

static void
test_size(void **state)
{
	(void)state;
	CHECK_TABLE(sizes, size);
}

static void
test_time(void **state)
{
	(void)state;
	CHECK_TABLE(times, time);
}

static const struct {
	const char *line;
	bool value;
	const char *message;
} flags[] = {
	{ "Flag On", true, NULL },
	{ "Flag oFF", false, NULL },
	{ "Flag yes", false, "Flag: \"yes\" is neither On nor Off" },
	{ "Flag 1", false, "Flag: \"1\" is neither On nor Off" },
	{ "Flag \"\"", false, "an argument is empty: Flag On|Off" },
};

static const struct {
	const char *line;
	int value;
	const char *message;
} keywords[] = {
	{ "Word red", 1, NULL },
	{ "Word GREEN", 2, NULL },
	{ "Word blue", 0, "Word: \"blue\" is none of red, green" },
	{ "Word re", 0, "Word: \"re\" is none of red, green" },
};

static void
test_words(void **state)
{
	(void)state;
	CHECK_TABLE(flags, flag);
	CHECK_TABLE(keywords, word);
}

static void
test_path(void **state)
{
	static const struct {
		const char *line, *path;	/* below the folder */
	} cases[] = {
		{ "", "/htdocs" },
		{ "Path a", "/a" },
		{ "Path ./a//b/./c/", "/a/b/c" },
		{ "Path a/../b", "/b" },
		{ "Path .", "" },
		{ "Path \"a b\"", "/a b" },
	};
	struct conf_fixture f;
	char message[256], want[128];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct server_conf *conf = load_line(&f, cases[i].line,
		    message);

		assert_non_null(conf);
		snprintf(want, sizeof(want), "%s%s", f.folder, cases[i].path);
		assert_string_equal(((const struct sample_conf *)conf_get(conf,
					&sample_section))->path, want);
		conf_destroy(&conf);
	}
	assert_null(load_line(&f, "Path \"\"", message));
	assert_string_equal(message, "an argument is empty: Path path");
	conf_fixture_release(&f);
}

static const struct {
	const char *path, *want;
} absolute[] = {
	{ "Path /", "/" },
	{ "Path //", "/" },
	{ "Path /..", "/" },
	{ "Path /../../a", "/a" },
	{ "Path /a/..", "/" },
	{ "Path /a/../../b/..", "/" },
	{ "Path /a/...", "/a/..." },
	{ "Path /.a/..b", "/.a/..b" },
	{ "Path /a/.", "/a" },
};

static void
test_absolute_path(void **state)
{
	struct conf_fixture f;
	char message[256];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(absolute) / sizeof(*absolute); i++) {
		struct server_conf *conf = load_line(&f, absolute[i].path,
		    message);

		assert_non_null(conf);
		assert_string_equal(((const struct sample_conf *)conf_get(conf,
					&sample_section))->path,
		    absolute[i].want);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* A parser of its own names the argument that it means. */
static void
test_custom(void **state)
{
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	assert_null(conf_fixture_try(&f, "Listen 80\nItem good 'bad'\n"));
	assert_string_equal(f.text, "t.conf:2:11: error: Item: \"bad\" is "
	    "refused\n    Item good 'bad'\n              ^\n");
	assert_null(conf_fixture_try(&f, "Listen 80\nItem a b c d\n"));
	assert_string_equal(f.text, "t.conf:2:12: error: more arguments than "
	    "it takes: Item text ...\n    Item a b c d\n               ^\n");
	conf_fixture_release(&f);
}

/* And the byte in it, if that stands in the line as it came. */
static void
test_inside_argument(void **state)
{
	static const struct {
		const char *line;
		int column;
	} rows[] = {
		{ "Item !", 6 },
		{ "Item a!", 7 },
		{ "Item one ab!", 12 },
		{ "Item 'ab!' c", 9 },
		{ "Item \"a\\\"b!\"", 11 },
		{ "Item \"a\\\\b!\"", 11 },
		{ "Item \"a\\nb!\"", 11 },
		{ "Item a\\\\b!", 10 },
		{ "Item '\xc3\xa4!'", 9 },
		/* Nobody knows how long it was. */
		{ "Define V v\nItem '${V}!'", 6 },
	};
	struct conf_fixture f;
	char text[256], expected[64];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%s\n", rows[i].line);
		assert_null(conf_fixture_try(&f, text));
		snprintf(expected, sizeof(expected), ":%d: error: Item: an",
		    rows[i].column);
		assert_non_null(strstr(f.text, expected));
	}
	assert_null(conf_fixture_try(&f, "Listen 80\nItem \\\n  'a!'\n"));
	assert_string_equal(f.text, "t.conf:3:5: error: Item: an exclamation\n"
	    "      'a!'\n        ^\n");
	conf_fixture_release(&f);
}

static void
test_defaults(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct sample_conf *c;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n");
	assert_non_null(conf);
	c = conf_get(conf, &sample_section);
	assert_true(c->flag);
	assert_int_equal(c->number, 7);
	assert_int_equal(c->size, 8190);
	assert_int_equal(c->time, 60000);
	assert_string_equal(c->text, "a default");
	assert_int_equal(c->word, 1);
	assert_null(c->list);
	assert_string_equal(c->pair, "Left:zero");
	assert_int_equal(c->finished, 1);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_absolute_path),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_inside_argument),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* RequestReadTimeout: what its arguments mean, and what they must not be. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf_text.h"
#include "worker/read_bound.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define PRESET "header=20-40,MinRate=500 body=20,MinRate=500"

struct test_conf {
	struct read_bounds bounds;
};

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("RequestReadTimeout", IN_SERVER_HOST, test_conf,
	    bounds, struct read_bounds, PRESET, "", "",
	    .parse = read_bounds_parse, .merge = read_bounds_merge,
	    .min_args = 1, .max_args = 3, .repeats = true),
	{ .name = NULL },
};
static unsigned section_id;
static const struct conf_section section = {
	.name = "test",
	.rows = rows,
	.size = sizeof(struct test_conf),
	.id = &section_id,
};

static struct server_conf *
load(const char *text, struct conf_messages *messages)
{
	static const struct conf_section *const sections[] = { &section, NULL };
	char all[512];

	snprintf(all, sizeof(all), "Listen 8080\n%s\n", text);
	return conf_text_load(sections, all, messages);
}

/* "handshake header body", each first-most,rate. */
static void
describe(const struct settings *settings, char *to, size_t size)
{
	const struct test_conf *c = settings_get(settings, &section);
	const struct read_bound *stages[] = { &c->bounds.handshake,
		&c->bounds.header, &c->bounds.body };

	to[0] = '\0';
	for (size_t i = 0; i < COUNT(stages); i++) {
		size_t len = strlen(to);

		snprintf(to + len, size - len, "%s%lld-%lld,%llu",
		    i > 0 ? " " : "", (long long)stages[i]->first_ms / 1000,
		    (long long)stages[i]->most_ms / 1000,
		    (unsigned long long)stages[i]->rate);
	}
}

static void
test_arguments(void **state)
{
	static const struct {
		const char *text, *means;
	} good[] = {
		{ "", "0-0,0 20-40,500 20-0,500" },
		{ "RequestReadTimeout header=10", "0-0,0 10-0,0 20-0,500" },
		{ "RequestReadTimeout body=0", "0-0,0 20-40,500 0-0,0" },
		{ "RequestReadTimeout header=5-6,MinRate=7 body=8,minrate=9",
		    "0-0,0 5-6,7 8-0,9" },
		{ "RequestReadTimeout BODY=30-60,MINRATE=1 handshake=5",
		    "5-0,0 20-40,500 30-60,1" },
		{ "RequestReadTimeout header=1\nRequestReadTimeout body=2",
		    "0-0,0 1-0,0 2-0,0" },
		{ "RequestReadTimeout header=0 body=0\n"
		  "RequestReadTimeout header=3",
		    "0-0,0 3-0,0 0-0,0" },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct server_conf *conf = load(good[i].text, NULL);

		assert_non_null(conf);
		describe(conf->hosts[0].settings, text, sizeof(text));
		assert_string_equal(text, good[i].means);
		conf_destroy(&conf);
	}
}

static void
test_hosts_inherit(void **state)
{
	struct server_conf *conf =
	    load("RequestReadTimeout header=1 body=2\n"
		 "<VirtualHost *:*>\nServerName a\n"
		 "RequestReadTimeout body=3\n</VirtualHost>",
		NULL);
	char text[128];

	(void)state;
	assert_non_null(conf);
	assert_int_equal(conf->host_count, 2);
	describe(conf->hosts[1].settings, text, sizeof(text));
	assert_string_equal(text, "0-0,0 1-0,0 3-0,0");
	conf_destroy(&conf);
}

static void
test_bad_arguments(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "an argument is missing" },
		{ "20", "\"20\" is none of handshake=, header=, body=" },
		{ "head=20", "\"head\" is none of" },
		{ "header", "\"header\" is none of" },
		{ "header=", "\"\" is not a whole number" },
		{ "header=x", "\"x\" is not a whole number" },
		{ "header=-1", "\"\" is not a whole number" },
		{ "header=5s", "\"5s\" is not a whole number" },
		{ "header=86401", "\"86401\" is too much" },
		{ "header=20-40", "\"40\" needs a MinRate behind it" },
		{ "header=20-,MinRate=5", "\"\" is not a whole number" },
		{ "header=20-20,MinRate=5", "\"20\" is not more than" },
		{ "header=20-10,MinRate=5", "\"10\" is not more than" },
		{ "body=20,MinRate=0", "\"0\" must be more than 0" },
		{ "body=20,MinRate=", "\"\" is not a whole number" },
		{ "body=20,Rate=5", "\"Rate=5\" is not MinRate=bytes" },
		{ "body=20 head=1", "\"head\" is none of" },
		{ "body=20,MinRate=4294967296", "is too much" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct conf_messages messages;
		char text[128];

		snprintf(
		    text, sizeof(text), "RequestReadTimeout %s", bad[i].text);
		assert_null(load(text, &messages));
		if (strstr(buf_str(&messages.text), bad[i].says) == NULL)
			fail_msg("%s: %s", text, buf_str(&messages.text));
		buf_release(&messages.text);
	}
}

static void
test_meaning(void **state)
{
	static const struct {
		struct read_bound bound;
		uint64_t bytes;
		int64_t ms;
	} table[] = {
		{ { 0, 0, 500, true }, 1000, READ_BOUND_NEVER },
		{ { 20000, 0, 0, true }, 1000000, 20000 },
		{ { 20000, 40000, 500, true }, 0, 20000 },
		{ { 20000, 40000, 500, true }, 1, 20002 },
		{ { 20000, 40000, 500, true }, 250, 20500 },
		{ { 20000, 40000, 500, true }, 9999, 39998 },
		{ { 20000, 40000, 500, true }, 10001, 40000 },
		{ { 20000, 0, 500, true }, 500000, 1020000 },
		{ { 1000, 0, 3, true }, 1, 1333 },
		{ { 1000, 2000, 1, true }, UINT64_MAX, 2000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_true(read_bound_ms(&table[i].bound, table[i].bytes) ==
			    table[i].ms);
	/* Nothing that may come wraps. */
	assert_true(read_bound_ms(&(struct read_bound){ 1, 0, 1, true },
			UINT64_MAX) > INT64_C(1) << 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_hosts_inherit),
		cmocka_unit_test(test_bad_arguments),
		cmocka_unit_test(test_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

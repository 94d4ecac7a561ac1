/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/lookup's memory: what is matched and merged once, what makes room for
 * what, and that settings in use stay.  Counted, not timed.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "conf/lookup.h"
#include "conf_fixture.h"

/* So that each set of them is a number's bits. */
#define BITS 12
#define SETS (1 << BITS)

struct site {
	struct conf_fixture fixture;
	struct server_conf *conf;
	struct lookup_cache *cache;
};

static void
site_open(struct site *s, const char *text, size_t max)
{
	conf_fixture_init(&s->fixture);
	s->conf = conf_fixture_try(&s->fixture, text);
	assert_non_null(s->conf);
	s->cache = lookup_cache_create(s->conf, max);
	assert_non_null(s->cache);
}

static void
site_close(struct site *s)
{
	lookup_cache_destroy(&s->cache);
	conf_destroy(&s->conf);
	conf_fixture_release(&s->fixture);
}

static void
site_open_bits(struct site *s, size_t max)
{
	struct buf text;

	buf_init(&text, 65536);
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < BITS; i++)
		buf_printf(&text,
		    "<LocationMatch \"x%d/\">\nItem %d\n</LocationMatch>\n", i,
		    i);
	site_open(s, buf_str(&text), max);
	buf_release(&text);
}

static const char *
ask(struct site *s, const char *uri, struct lookup_holds *holds)
{
	const struct lookup_subject subject = {
		.host = s->conf->hosts,
		.uri_path = span_str(uri),
	};
	const struct settings *settings =
	    lookup_settings(s->cache, &subject, holds, NULL);

	assert_non_null(settings);
	return ((const struct sample_conf *)settings_get(
		    settings, &sample_section))
	    ->list;
}

/* The path that a set of sections matches, and what they come to. */
static void
describe(unsigned set, char *uri, char *items)
{
	strcpy(uri, "/");
	*items = '\0';
	for (int i = 0; i < BITS; i++) {
		if (!(set & 1U << i))
			continue;
		sprintf(strchr(uri, '\0'), "x%d/", i);
		sprintf(strchr(items, '\0'), "%s%d", *items ? " " : "", i);
	}
}

static const char *
ask_set(struct site *s, unsigned set, struct lookup_holds *holds)
{
	char uri[128], want[128];
	const char *items;

	describe(set, uri, want);
	items = ask(s, uri, holds);
	assert_string_equal(items ? items : "", want);
	return items;
}

/* A path is matched once, however many sections there are to be tried. */
static void
test_known_path(void **state)
{
	struct site s;
	char uri[512];

	(void)state;
	site_open_bits(&s, 100);
	for (int i = 0; i < 1000; i++)
		ask_set(&s, 5, NULL);
	assert_int_equal(lookup_cache_counts(s.cache).matches, 1);
	assert_int_equal(lookup_cache_counts(s.cache).merges, 1);
	/* Another path, the same set. */
	assert_string_equal(ask(&s, "/x0/x2/y", NULL), "0 2");
	assert_int_equal(lookup_cache_counts(s.cache).matches, 2);
	assert_int_equal(lookup_cache_counts(s.cache).merges, 1);
	/* None at all is a set, too. */
	for (int i = 0; i < 10; i++)
		assert_null(ask(&s, "/y", NULL));
	assert_int_equal(lookup_cache_counts(s.cache).matches, 3);
	/* What is too long to be known is matched each time. */
	memset(uri, 'a', sizeof(uri));
	uri[0] = '/';
	memcpy(uri + sizeof(uri) - 5, "x1/b", 5);
	assert_string_equal(ask(&s, uri, NULL), "1");
	assert_string_equal(ask(&s, uri, NULL), "1");
	assert_int_equal(lookup_cache_counts(s.cache).matches, 5);
	site_close(&s);
}

/* Where there are many hosts, more is known than of one. */
static void
test_many_hosts(void **state)
{
	enum { HOSTS = 4000 };
	struct site s;
	struct buf text;
	unsigned long first;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_str(&text, "Listen 80\n<Location /a>\nItem a\n</Location>\n");
	for (int i = 0; i < HOSTS; i++)
		buf_printf(&text,
		    "<VirtualHost *>\nServerName h%d\n</VirtualHost>\n", i);
	site_open(&s, buf_str(&text), 2 * HOSTS);
	for (int round = 0; round < 2; round++) {
		first = lookup_cache_counts(s.cache).matches;
		for (size_t i = 1; i <= HOSTS; i++) {
			const struct lookup_subject subject = {
				.host = &s.conf->hosts[i],
				.uri_path = span_str("/a"),
			};

			assert_non_null(
			    lookup_settings(s.cache, &subject, NULL, NULL));
		}
	}
	/* Some had to make room for others. */
	assert_true(lookup_cache_counts(s.cache).matches - first < HOSTS / 2);
	assert_int_equal(lookup_cache_counts(s.cache).merges, HOSTS);
	site_close(&s);
	buf_release(&text);
}

/* All that a look-up goes by tells paths apart. */
static void
test_told_apart(void **state)
{
	struct site s;
	struct lookup_subject subject;

	(void)state;
	site_open(&s, "Listen 80\n<Location /a>\nItem a\n</Location>\n"
	    "<DirectoryMatch /b>\nItem b\n</DirectoryMatch>\n"
	    "<VirtualHost *>\n<Location /a>\nItem host\n</Location>\n"
	    "</VirtualHost>\n", 10);
	for (unsigned i = 0; i < 64; i++) {
		const struct settings *settings;
		const struct sample_conf *c;
		char want[32];

		subject = (struct lookup_subject){
			.host = &s.conf->hosts[i & 1],
			.uri_path = span_str(i & 2 ? "/a" : "/"),
			.file_path = span_str(i & 4 ? "/b/c" : "a/b/c"),
			.no_regex = i & 8,
		};
		if (!(i & 4))
			subject.file_path = span_of(NULL, 0);
		settings = lookup_settings(s.cache, &subject, NULL, NULL);
		c = settings_get(settings, &sample_section);
		snprintf(want, sizeof(want), "%s%s%s",
		    (i & 12) == 4 ? "b " : "", i & 2 ? "a " : "",
		    (i & 3) == 3 ? "host " : "");
		want[strlen(want) - (*want ? 1 : 0)] = '\0';
		assert_string_equal(c->list ? c->list : "", want);
	}
	assert_int_equal(lookup_cache_counts(s.cache).matches, 16);
	site_close(&s);
}

static void
count(void *data, struct span variable, struct span value)
{
	(void)variable;
	(void)value;
	++*(int *)data;
}

/* A path with a named group in it is matched each time: it sets a variable. */
static void
test_captures(void **state)
{
	struct site s;
	struct lookup_subject subject;
	int captured = 0;

	(void)state;
	site_open(&s, "Listen 80\n<LocationMatch \"^/(?<name>[a-z]+)\">\n"
	    "Item a\n</LocationMatch>\n", 10);
	subject = (struct lookup_subject){ .host = s.conf->hosts,
		.uri_path = span_str("/abc") };
	lookup_settings(s.cache, &subject, NULL, NULL);
	subject.capture = count;
	subject.data = &captured;
	for (int i = 1; i <= 3; i++) {
		lookup_settings(s.cache, &subject, NULL, NULL);
		assert_int_equal(captured, i);
	}
	assert_int_equal(lookup_cache_counts(s.cache).merges, 1);
	site_close(&s);
}

/* Who asks for ever new sets does not make those go that others ask for. */
static void
test_hot_set_stays(void **state)
{
	struct site s;
	unsigned long merges;

	(void)state;
	site_open_bits(&s, 50);
	ask_set(&s, 7, NULL);
	for (unsigned set = 1; set < SETS; set++) {
		char uri[64];

		ask_set(&s, set, NULL);
		/* Not the path is known here, but the set. */
		snprintf(uri, sizeof(uri), "/x0/x1/x2/%u", set);
		merges = lookup_cache_counts(s.cache).merges;
		assert_string_equal(ask(&s, uri, NULL), "0 1 2");
		assert_int_equal(lookup_cache_counts(s.cache).merges, merges);
	}
	site_close(&s);
}

/* More sets than there is room for are merged again and again; those that are
 * kept stay in bounds, which the count of merges of a second round shows. */
static void
test_bounded(void **state)
{
	struct site s;
	unsigned long first;

	(void)state;
	site_open_bits(&s, 50);
	for (unsigned set = 1; set < SETS; set++)
		ask_set(&s, set, NULL);
	first = lookup_cache_counts(s.cache).merges;
	assert_int_equal(first, SETS - 1);
	assert_true(lookup_cache_counts(s.cache).bytes <=
	    51 * LOOKUP_SET_BYTES);
	for (unsigned set = 1; set < SETS; set++)
		ask_set(&s, set, NULL);
	assert_true(lookup_cache_counts(s.cache).merges - first > SETS / 2);
	assert_true(lookup_cache_counts(s.cache).bytes <=
	    51 * LOOKUP_SET_BYTES);
	site_close(&s);
}

/* What an exchange goes by outlives its place in the cache, and the cache. */
static void
test_held(void **state)
{
	char storage[8192];
	struct arena arena;
	struct lookup_holds holds = { .arena = &arena };
	const char *items[20];
	struct site s;

	(void)state;
	arena_init(&arena, storage, sizeof(storage), 0);
	site_open_bits(&s, 1);
	for (unsigned i = 0; i < 20; i++)
		items[i] = ask_set(&s, 0x800 + i, &holds);
	for (unsigned set = 1; set < SETS; set++)
		ask_set(&s, set, NULL);
	lookup_cache_destroy(&s.cache);
	for (unsigned i = 0; i < 20; i++) {
		char uri[128], want[128];

		describe(0x800 + i, uri, want);
		assert_string_equal(items[i], want);
	}
	lookup_holds_release(&holds);
	lookup_holds_release(&holds);
	arena_release(&arena);
	site_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_path),
		cmocka_unit_test(test_many_hosts),
		cmocka_unit_test(test_told_apart),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_hot_set_stays),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

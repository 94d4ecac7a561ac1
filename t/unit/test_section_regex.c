/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections with regular expressions: what is wrong with them, which are asked,
 * named groups, and what a pattern that takes too long comes to.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "conf/lookup.h"
#include "conf_fixture.h"

static const struct {
	const char *conf, *messages;
} diagnostics[] = {
	{ "<DirectoryMatch>\n</DirectoryMatch>\n",
	    "t.conf:2:1: error: an argument is missing: "
	    "<DirectoryMatch regex>\n    <DirectoryMatch>\n    ^\n" },
	{ "<FilesMatch a b>\n</FilesMatch>\n",
	    "t.conf:2:15: error: more arguments than it takes: <FilesMatch "
	    "regex>\n    <FilesMatch a b>\n                  ^\n" },
	{ "<Files ~>\n</Files>\n",
	    "t.conf:2:1: error: an argument is missing: <Files ~ regex>\n"
	    "    <Files ~>\n    ^\n" },
	{ "<Location ~ a b>\n</Location>\n",
	    "t.conf:2:15: error: more arguments than it takes: <Location ~ "
	    "regex>\n    <Location ~ a b>\n                  ^\n" },
	/* The caret stands where the pattern goes wrong. */
	{ "<LocationMatch \"^/a(b\">\n</LocationMatch>\n",
	    "t.conf:2:22: error: no regular expression: missing closing "
	    "parenthesis\n    <LocationMatch \"^/a(b\">\n"
	    "                         ^\n" },
	{ "<Directory ~ \"^/srv/**\">\n</Directory>\n",
	    "t.conf:2:22: error: no regular expression: quantifier does not "
	    "follow a repeatable item\n    <Directory ~ \"^/srv/**\">\n"
	    "                         ^\n" },
	{ "<FilesMatch (?<1>a)>\n</FilesMatch>\n",
	    "t.conf:2:16: error: no regular expression: subpattern name must "
	    "start with a non-digit\n    <FilesMatch (?<1>a)>\n"
	    "                   ^\n" },
	/* What stands in it is looked through all the same. */
	{ "<FilesMatch \"(\">\nNumber 1\n</FilesMatch>\n",
	    "t.conf:2:15: error: no regular expression: missing closing "
	    "parenthesis\n    <FilesMatch \"(\">\n                  ^\n"
	    "t.conf:3:1: error: Number may not stand inside <FilesMatch>, only "
	    "outside of all sections\n    Number 1\n    ^\n" },
	{ "<DirectoryMatch a>\n<LocationMatch a>\n</LocationMatch>\n"
	  "</DirectoryMatch>\n",
	    "t.conf:3:1: error: <LocationMatch> may not stand inside "
	    "<DirectoryMatch>, only outside of all sections or in "
	    "<VirtualHost>\n    <LocationMatch a>\n    ^\n" },
	{ "<FilesMatch a>\n<Files a>\n</Files>\n</FilesMatch>\n",
	    "t.conf:3:1: error: <Files> may not stand inside <FilesMatch>, "
	    "only outside of all sections, in <VirtualHost> or in "
	    "<Directory>\n"
	    "    <Files a>\n    ^\n" },
	{ "<LocationMatch a>\n<FilesMatch a>\n</FilesMatch>\n"
	  "</LocationMatch>\n",
	    "t.conf:3:1: error: <FilesMatch> may not stand inside "
	    "<LocationMatch>, only outside of all sections, in <VirtualHost> "
	    "or in <Directory>\n    <FilesMatch a>\n    ^\n" },
	{ "<DirectoryMach a>\n</DirectoryMach>\n",
	    "t.conf:2:1: error: unknown section <DirectoryMach>; did you mean "
	    "<DirectoryMatch>?\n    <DirectoryMach a>\n    ^\n" },
	/* As in Apache. */
	{ "<DirectoryMatch ~ a>\n<FilesMatch ~ b>\n</FilesMatch>\n"
	  "</DirectoryMatch>\n<LocationMatch \"(?<n>a)|(?<n>b)\">\n"
	  "</LocationMatch>\n",
	    "" },
};

static void
test_diagnostics(void **state)
{
	struct conf_fixture f;
	char text[300];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(diagnostics) / sizeof(*diagnostics);
	     i++) {
		struct server_conf *conf;

		snprintf(
		    text, sizeof(text), "Listen 80\n%s", diagnostics[i].conf);
		conf = conf_fixture_try(&f, text);
		assert_string_equal(f.text, diagnostics[i].messages);
		assert_int_equal(conf != NULL, *diagnostics[i].messages == 0);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* A configuration with a cache, and all groups that were told. */
struct site {
	struct conf_fixture fixture;
	struct server_conf *conf;
	struct lookup_cache *cache;
	struct buf groups;
};

static void
note_group(void *data, struct span variable, struct span value)
{
	struct buf *groups = data;

	assert_int_equal(variable.ptr[variable.len], '\0');
	buf_printf(groups, "%.*s=%.*s ", SPAN_ARG(variable), SPAN_ARG(value));
}

static void
open_site(struct site *site, const char *text)
{
	conf_fixture_init(&site->fixture);
	site->conf = conf_fixture_try(&site->fixture, text);
	assert_non_null(site->conf);
	site->cache = lookup_cache_create(site->conf, 10);
	buf_init(&site->groups, 4096);
}

static void
close_site(struct site *site)
{
	lookup_cache_destroy(&site->cache);
	conf_destroy(&site->conf);
	conf_fixture_release(&site->fixture);
	buf_release(&site->groups);
}

/* The items that hold; NULL: it cannot be told. */
static const char *
items(struct site *site, struct span uri, struct span file, bool no_regex)
{
	const struct lookup_subject subject = {
		.host = &site->conf->hosts[0],
		.uri_path = uri,
		.file_path = file,
		.no_regex = no_regex,
		.capture = note_group,
		.data = &site->groups,
	};
	const struct settings *s =
	    lookup_settings(site->cache, &subject, NULL, NULL);
	const struct sample_conf *c;

	if (s == NULL)
		return NULL;
	c = settings_get(s, &sample_section);
	return c->list == NULL ? "" : c->list;
}

static const char sections[] =
    "Listen 80\n"
    "<DirectoryMatch \"^/srv/(?<site>[^/]+)/(?<rest>.*)\">\nItem dm\n"
    "<FilesMatch \"(?<ext>[a-z]+)$\">\nItem fm-in-dm\n</FilesMatch>\n"
    "<Files *.c>\nItem f*-in-dm\n</Files>\n<Files x.c>\nItem f-in-dm\n"
    "</Files>\n</DirectoryMatch>\n"
    "<Directory /srv>\nItem d\n"
    "<FilesMatch c$>\nItem fm-in-d\n</FilesMatch>\n</Directory>\n"
    "<Directory /srv/a*>\nItem d*\n</Directory>\n"
    "<LocationMatch \"//(?<tail>.*)\">\nItem lm\n</LocationMatch>\n"
    "<Location /l>\nItem l\n</Location>\n";

static const struct {
	const char *uri, *file, *items, *groups, *plain;
} rows[] = {
	{ "/l", "/srv/a/x.c", "d d* dm fm-in-d fm-in-dm f*-in-dm f-in-dm l",
	    "MATCH_REST=x.c MATCH_SITE=a MATCH_EXT=c ", "d d* l" },
	{ "/l//x", "/srv/b/y.c", "d dm fm-in-d fm-in-dm f*-in-dm lm l",
	    "MATCH_REST=y.c MATCH_SITE=b MATCH_EXT=c MATCH_TAIL=x ", "d l" },
	/* What stands in a section that does not match is not asked. */
	{ "//", "/x.c", "lm", "MATCH_TAIL= ", "" },
	{ "/", "/srv/x.c", "d fm-in-d", "", "d" },
	{ "/", "", "", "", "" },
	{ "", "", "", "", "" },
};

static void
test_rows(void **state)
{
	struct site site;

	(void)state;
	open_site(&site, sections);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span uri = span_str(rows[i].uri);
		struct span file = span_str(rows[i].file);

		buf_clear(&site.groups);
		assert_string_equal(
		    items(&site, uri, file, false), rows[i].items);
		assert_string_equal(buf_str(&site.groups), rows[i].groups);
		buf_clear(&site.groups);
		assert_string_equal(
		    items(&site, uri, file, true), rows[i].plain);
		assert_string_equal(buf_str(&site.groups), "");
	}
	close_site(&site);
}

/* It opens nothing and closes nothing: the look-up fails, and the next one of
 * another path does not. */
static void
test_gave_up(void **state)
{
	static char slow[4000];
	const struct section *section;
	struct site site;
	struct span path = { slow, sizeof(slow) };

	(void)state;
	memset(slow, 'a', sizeof(slow));
	memcpy(slow, "/x/", 3);
	slow[sizeof(slow) - 1] = '!';
	open_site(&site, "Listen 80\n"
			 "<Location /y>\nItem y\n</Location>\n"
			 "<LocationMatch \"^/x/(a|aa)+$\">\nItem slow\n"
			 "</LocationMatch>\n"
			 "<DirectoryMatch \"^/d/\">\n"
			 "<FilesMatch \"^(a|aa)+$\">\nItem nested\n"
			 "</FilesMatch>\n</DirectoryMatch>\n");
	assert_null(items(&site, path, span_of(NULL, 0), false));
	section = lookup_gave_up(site.cache);
	assert_non_null(section);
	assert_int_equal(section->place.line, 5);
	assert_string_equal(
	    items(&site, span_str("/y"), span_of(NULL, 0), false), "y");
	assert_null(lookup_gave_up(site.cache));
	assert_string_equal(
	    items(&site, span_str("/x/aaa"), span_of(NULL, 0), false), "slow");
	assert_string_equal(items(&site, path, span_of(NULL, 0), true), "");
	/* Within a directory that does not match it is not tried. */
	memcpy(slow, "/e/", 3);
	assert_string_equal(items(&site, span_str("/y"), path, false), "y");
	memcpy(slow, "/d/", 3);
	assert_null(items(&site, span_str("/y"), path, false));
	assert_int_equal(lookup_gave_up(site.cache)->place.line, 9);
	close_site(&site);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diagnostics),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_gave_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

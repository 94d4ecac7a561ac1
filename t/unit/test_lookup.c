/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/lookup: which host, which sections, in which order.  What is expected
 * of Apache's rules was compared with Apache 2.4.71's answers to the same
 * configurations.
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

#include "conf/lookup.h"
#include "conf_fixture.h"
#include "guard.h"

static const char sections[] =
    "Listen 80\nItem server\n"
    "<Location />\nItem mLoc/\n</Location>\n"
    "<Files f.txt>\nItem mFiles\n</Files>\n"
    "<Directory /t/srv/*>\nItem mDirSrv*\n</Directory>\n"
    "<Directory /t/srv/www/a/b>\nItem mDirB\n</Directory>\n"
    "<Directory /t/srv/www/a>\nItem mDirA\n"
    "<Files *.txt>\nItem mFilesInA\n</Files>\n</Directory>\n"
    "<Directory />\nItem mDir/\n"
    "<Files f.txt>\nItem mFilesIn/\n</Files>\n</Directory>\n"
    "<Directory /t/srv/www/>\nItem mDirWww\n</Directory>\n"
    "<Location /a/>\nItem mLoc/a/\n</Location>\n"
    "<Location /a*>\nItem mLoc/a*\n</Location>\n"
    "<Location /*/b/*>\nItem mLoc/*/b/*\n</Location>\n"
    "<Location /a/b>\nItem mLoc/a/b\n</Location>\n"
    "<Location />\nItem mLoc/2\n</Location>\n"
    "<VirtualHost *>\nItem host\n"
    "<Location /a>\nItem hLoc/a\n</Location>\n"
    "<Files f.*>\nItem hFiles\n</Files>\n"
    "<Directory /t/srv>\nItem hDirSrv\n</Directory>\n"
    "<Directory /t/srv/www/a>\nItem hDirA\n"
    "<Files f*>\nItem hFilesInA\n</Files>\n</Directory>\n"
    "<Directory /t/srv/www/a/*>\nItem hDirA*\n</Directory>\n"
    "<Directory /t/srv/www/a/b/f.txt>\nItem hDirFile\n</Directory>\n"
    "<Directory />\nItem hDir/\n</Directory>\n"
    "</VirtualHost>\n"
    "<VirtualHost 127.0.0.9>\nItem plain\n</VirtualHost>\n";

static const struct {
	unsigned host;
	const char *uri, *file, *items;
} requests[] = {
	{ 1, "/f.txt", "/t/srv/www/f.txt",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mFiles hFiles "
	    "mFilesIn/ mLoc/ mLoc/2" },
	{ 1, "/a/f.txt", "/t/srv/www/a/f.txt",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mDirA hDirA "
	    "hDirA* mFiles hFiles mFilesIn/ mFilesInA hFilesInA mLoc/ mLoc/a/ "
	    "mLoc/2 hLoc/a" },
	{ 1, "/a/b/f.txt", "/t/srv/www/a/b/f.txt",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mDirA hDirA "
	    "mDirB hDirA* hDirFile mFiles hFiles mFilesIn/ mFilesInA "
	    "hFilesInA mLoc/ mLoc/a/ mLoc/*/b/* mLoc/a/b mLoc/2 hLoc/a" },
	{ 0, "/a/f.txt", "/t/srv/www/a/f.txt",
	    "server mDir/ mDirSrv* mDirWww mDirA mFiles mFilesIn/ mFilesInA "
	    "mLoc/ mLoc/a/ mLoc/2" },
	{ 2, "/a/f.txt", "/t/srv/www/a/f.txt",
	    "server plain mDir/ mDirSrv* mDirWww mDirA mFiles mFilesIn/ "
	    "mFilesInA mLoc/ mLoc/a/ mLoc/2" },
	{ 1, "/a", "/t/srv/www/a",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mDirA hDirA "
	    "mLoc/ mLoc/a* mLoc/2 hLoc/a" },
	{ 1, "/a/", "/t/srv/www/a/",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mDirA hDirA "
	    "mLoc/ mLoc/a/ mLoc/2 hLoc/a" },
	/* A directory that is asked for without "/" has a name. */
	{ 1, "/f.txt", "/t/srv/www/f.txt/",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mFiles hFiles "
	    "mFilesIn/ mLoc/ mLoc/2" },
	{ 1, "/ab", "/t/srv/www/ab",
	    "server host mDir/ hDir/ hDirSrv mDirSrv* mDirWww mLoc/ mLoc/a* "
	    "mLoc/2" },
	{ 1, "/", "/", "server host mDir/ hDir/ mLoc/ mLoc/2" },
	{ 1, "/a", "", "server host mLoc/ mLoc/a* mLoc/2 hLoc/a" },
	{ 1, "//a", "", "server host mLoc/ mLoc/a* mLoc/2 hLoc/a" },
	{ 0, "/a//f.txt", "/t/srv/www/a/f.txt",
	    "server mDir/ mDirSrv* mDirWww mDirA mFiles mFilesIn/ mFilesInA "
	    "mLoc/ mLoc/a/ mLoc/2" },
	{ 1, "///a//b////f.txt", "",
	    "server host mLoc/ mLoc/a/ mLoc/*/b/* mLoc/a/b mLoc/2 hLoc/a" },
	{ 1, "", "", "server host" },
	{ 1, "*", "", "server host" },
	{ 0, "*", "", "server" },
};

static const struct settings *
look_up(struct lookup_cache *cache, const struct host *host, const char *uri,
    const char *file, struct lookup_holds *holds, struct lookup_match *match)
{
	char *guarded_uri = guard_copy(uri, strlen(uri));
	char *guarded_file = *file ? guard_copy(file, strlen(file)) : NULL;
	struct lookup_subject subject = {
		.host = host,
		.uri_path = span_of(guarded_uri, strlen(uri)),
		.file_path = span_of(guarded_file, strlen(file)),
		.slash_added = *file && file[strlen(file) - 1] == '/' &&
		    uri[strlen(uri) - 1] != '/',
	};
	const struct settings *s = lookup_settings(cache, &subject, holds,
	    match);

	guard_free(guarded_uri, strlen(uri));
	guard_free(guarded_file, strlen(file));
	return s;
}

static void
check_requests(struct server_conf *conf, struct lookup_cache *cache,
    struct lookup_holds *holds)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		struct lookup_match match;
		const struct settings *s = look_up(cache,
		    &conf->hosts[requests[i].host], requests[i].uri,
		    requests[i].file, holds, &match);
		const struct sample_conf *c;
		size_t words = 0;

		assert_non_null(s);
		c = settings_get(s, &sample_section);
		assert_string_equal(c->list, requests[i].items);
		for (const char *p = c->list; *p; p++)
			words += *p == ' ';
		assert_int_equal(match.count,
		    words - (requests[i].host > 0));
	}
}

static void
test_merge_order(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct lookup_cache *cache;
	unsigned long merges;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, sections);
	assert_non_null(conf);
	cache = lookup_cache_create(conf, 100);
	check_requests(conf, cache, NULL);
	merges = lookup_cache_counts(cache).merges;
	check_requests(conf, cache, NULL);
	assert_int_equal(lookup_cache_counts(cache).merges, merges);
	lookup_cache_destroy(&cache);
	assert_null(cache);
	/* With hardly any room the answers are the same. */
	cache = lookup_cache_create(conf, 2);
	check_requests(conf, cache, NULL);
	check_requests(conf, cache, NULL);
	assert_true(lookup_cache_counts(cache).merges > merges);
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* The same set is merged once; no set is the host's own settings. */
static void
test_remembered(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct lookup_cache *cache;
	const struct settings *a, *b;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\nText outer\n"
	    "<Directory /x>\nText inner\nFlag Off\n</Directory>\n");
	assert_null(conf);
	conf = conf_fixture_try(&f, "Listen 80\nText outer\n"
	    "<Directory /x>\nText inner\n</Directory>\n");
	cache = lookup_cache_create(conf, 10);
	a = look_up(cache, conf->hosts, "/1", "/x/1", NULL, NULL);
	b = look_up(cache, conf->hosts, "/2", "/x/y/2", NULL, NULL);
	assert_ptr_equal(a, b);
	assert_string_equal(((const struct sample_conf *)settings_get(a,
				&sample_section))->text, "inner");
	/* What finish computed is inherited. */
	assert_int_equal(((const struct sample_conf *)settings_get(a,
			     &sample_section))->finished, 1);
	b = look_up(cache, conf->hosts, "/2", "/y/2", NULL, NULL);
	assert_ptr_equal(b, conf->hosts[0].settings);
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* More sections than a word has bits, and than a match notes. */
static void
test_many_sections(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct lookup_cache *cache;
	struct lookup_match match;
	const struct sample_conf *c;
	struct buf text;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 1024 * 1024);
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < 300; i++)
		buf_printf(&text, "<Location /%d>\nText %d\n</Location>\n"
		    "<Location />\nItem %d\n</Location>\n", i, i, i);
	conf = conf_fixture_try(&f, buf_str(&text));
	assert_non_null(conf);
	cache = lookup_cache_create(conf, 10);
	for (int i = 0; i < 300; i++) {
		char uri[32], want[32];

		snprintf(uri, sizeof(uri), "/%d/x", i);
		snprintf(want, sizeof(want), "%d", i);
		c = settings_get(look_up(cache, conf->hosts, uri, "",
		    NULL, &match), &sample_section);
		assert_string_equal(c->text, want);
		assert_int_equal(match.count, 301);
		assert_non_null(match.sections[63]);
		assert_non_null(strstr(c->list, "0 1 2 3 4"));
	}
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
	buf_release(&text);
	conf_fixture_release(&f);
}

static const char hosts[] =
    "Listen 80\nServerName main\n"
    "<VirtualHost *:81>\nServerName any1\n</VirtualHost>\n"
    "<VirtualHost *:81>\nServerName any2\n"
    "ServerAlias *.example.org www.first.net\n</VirtualHost>\n"
    "<VirtualHost *:81>\nServerName www.example.org\n"
    "ServerAlias w?ld.*.net *.Wide w*.b.Tail head.* *mid*\n</VirtualHost>\n"
    "<VirtualHost 127.0.0.1:81 [::1]:81>\nServerName exact\n"
    "</VirtualHost>\n"
    "<VirtualHost 127.0.0.1:*>\nServerName anyport\n</VirtualHost>\n"
    "<VirtualHost 127.0.0.1>\nServerName anyport2:81\n</VirtualHost>\n"
    "<VirtualHost _default_:*>\nServerName star\n</VirtualHost>\n"
    "<VirtualHost _default_:82>\n</VirtualHost>\n";

static const struct {
	const char *ip;
	uint16_t port;
	const char *name;
	unsigned host;
} lookups[] = {
	{ "127.0.0.2", 81, "any1", 1 },
	{ "127.0.0.2", 81, "any2", 2 },
	{ "127.0.0.2", 81, "www.example.org", 2 },
	{ "127.0.0.2", 81, "WWW.Example.org.", 2 },
	{ "127.0.0.2", 81, "a.b.example.org", 2 },
	{ "127.0.0.2", 81, "example.org", 1 },
	{ "127.0.0.2", 81, "www.first.net", 2 },
	{ "127.0.0.2", 81, "wild.a.b.net", 3 },
	{ "127.0.0.2", 81, "wild.net", 1 },
	{ "127.0.0.2", 81, "x.wide", 3 },
	{ "127.0.0.2", 81, "wide", 1 },
	{ "127.0.0.2", 81, "W1.x.B.tail", 3 },
	{ "127.0.0.2", 81, "x.b.tail", 1 },
	{ "127.0.0.2", 81, "b.tail", 1 },
	{ "127.0.0.2", 81, "Head.any.where", 3 },
	{ "127.0.0.2", 81, "head.", 1 },
	{ "127.0.0.2", 81, "amidst", 3 },
	{ "127.0.0.2", 81, "mid.example.org", 2 },
	{ "127.0.0.2", 81, "head.example.org", 2 },
	{ "127.0.0.2", 81, "zzz", 1 },
	{ "127.0.0.2", 81, "", 1 },
	{ "127.0.0.2", 81, ".", 1 },
	{ "127.0.0.2", 81, "anyport", 1 },
	{ "::2", 81, "any2", 2 },
	{ "127.0.0.1", 81, "exact", 4 },
	{ "127.0.0.1", 81, "any2", 4 },
	{ "127.0.0.1", 81, "anyport2", 4 },
	{ "::1", 81, "any2", 4 },
	{ "::1", 83, "any2", 7 },
	{ "127.0.0.1", 83, "any2", 5 },
	{ "127.0.0.1", 83, "anyport2", 6 },
	{ "127.0.0.3", 83, "x", 7 },
	{ "127.0.0.3", 83, "main", 7 },
	{ "127.0.0.3", 82, "star", 8 },
};

static void
test_hosts(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, hosts);
	assert_non_null(conf);
	for (size_t i = 0; i < sizeof(lookups) / sizeof(*lookups); i++) {
		size_t len = strlen(lookups[i].name);
		char *name = guard_copy(lookups[i].name, len);
		struct addr local;

		assert_true(addr_parse(span_str(lookups[i].ip),
		    lookups[i].port, &local));
		assert_int_equal(lookup_host(conf, &local,
				     span_of(name, len))->index,
		    lookups[i].host);
		guard_free(name, len);
	}
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* Where no <VirtualHost> has the address, the main server answers. */
static void
test_main_server(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct addr local;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n<VirtualHost 10.0.0.1:80>\n"
				    "ServerName a\n</VirtualHost>\n");
	assert_non_null(conf);
	addr_parse(span_str("10.0.0.2"), 80, &local);
	assert_int_equal(lookup_host(conf, &local, span_str("a"))->index, 0);
	addr_parse(span_str("10.0.0.1"), 81, &local);
	assert_int_equal(lookup_host(conf, &local, span_str("a"))->index, 0);
	addr_parse(span_str("10.0.0.1"), 80, &local);
	assert_int_equal(lookup_host(conf, &local, span_str("b"))->index, 1);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static void
test_many_hosts(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct addr local;
	struct buf text;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 4 * 1024 * 1024);
	buf_add_str(&text, "Listen 80\n<Location /x>\nText x\n</Location>\n");
	for (int i = 1; i <= 5000; i++)
		buf_printf(&text, "<VirtualHost *:80>\nServerName h%d.x\n"
		    "ServerAlias *.h%d.x\n</VirtualHost>\n", i, i);
	conf = conf_fixture_try(&f, buf_str(&text));
	assert_non_null(conf);
	addr_parse(span_str("10.0.0.1"), 80, &local);
	for (int i = 1; i <= 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "h%d.x", i);
		assert_int_equal(lookup_host(conf, &local,
				     span_str(name))->index, i);
		snprintf(name, sizeof(name), "www.h%d.x", i);
		assert_int_equal(lookup_host(conf, &local,
				     span_str(name))->index, i);
	}
	conf_destroy(&conf);
	buf_release(&text);
	conf_fixture_release(&f);
}

static void
test_shared_names(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n"
	    "<VirtualHost *>\nServerName a\nServerAlias a\n</VirtualHost>\n"
	    "<VirtualHost *>\nServerName b\nServerAlias A\n</VirtualHost>\n"
	    "<VirtualHost *:80>\nServerName a\n</VirtualHost>\n");
	assert_non_null(conf);
	assert_string_equal(f.text, "t.conf:6:1: warning: a is also a name "
	    "of the <VirtualHost> of t.conf:2, which comes first and gets "
	    "its requests\n    <VirtualHost *>\n    ^\n");
	conf_destroy(&conf);
	conf_fixture_release(&f);

	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n"
	    "<VirtualHost *>\nServerName a\nServerAlias *.c\n</VirtualHost>\n"
	    "<VirtualHost *>\nServerName b\nServerAlias *.c\n</VirtualHost>\n");
	assert_non_null(conf);
	assert_non_null(strstr(f.text, "warning: *.c is also a name of "));
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* Addresses that nothing listens on, each with its host's place. */
static void
test_never_asked(void **state)
{
	static const struct {
		const char *listen, *address;
		bool asked;
	} rows[] = {
		{ "80", "*:80", true },
		{ "80", "*", true },
		{ "80", "*:81", false },
		{ "80", "10.0.0.1", true },
		{ "80", "10.0.0.1:80", true },
		{ "80", "[::1]:80", true },
		{ "80", "[::1]:81", false },
		{ "10.0.0.1:80", "*:80", true },
		{ "10.0.0.1:80", "10.0.0.1:*", true },
		{ "10.0.0.1:80", "10.0.0.2", false },
		{ "10.0.0.1:80", "[::1]:80", false },
		{ "0.0.0.0:80", "[::1]:80", false },
	};
	char text[200], said[200];
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text),
		    "Listen %s\n<VirtualHost %s>\n</VirtualHost>\n",
		    rows[i].listen, rows[i].address);
		snprintf(said, sizeof(said),
		    "t.conf:2:1: warning: <VirtualHost %s> is never asked: no "
		    "Listen has that address\n    <VirtualHost %s>\n    ^\n",
		    rows[i].address, rows[i].address);
		conf = conf_fixture_try(&f, text);
		assert_non_null(conf);
		assert_string_equal(f.text, rows[i].asked ? "" : said);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_order),
		cmocka_unit_test(test_remembered),
		cmocka_unit_test(test_many_sections),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_main_server),
		cmocka_unit_test(test_many_hosts),
		cmocka_unit_test(test_shared_names),
		cmocka_unit_test(test_never_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

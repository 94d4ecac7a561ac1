/* SPDX-License-Identifier: BSD-2-Clause */
/* Content types by file name, from configurations that are really read. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf/lookup.h"
#include "http/mime.h"
#include "tree.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static struct conf_schema schema;

static int
setup(void **state)
{
	(void)state;
	conf_schema_add(&schema, &mime_section);
	tree_make();
	tree_file("types",
	    "text/html html htm\napplication/gzip gz\ntext/plain txt\n");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tree_remove();
	return 0;
}

/* messages are the caller's to release. */
static struct server_conf *
load(const char *text, struct conf_messages *messages)
{
	struct conf_options options = { .file = tree_path("httpd.conf") };

	tree_file("httpd.conf", text);
	return conf_load(&schema, &options, messages);
}

static const char unknown[] = "application/octet-stream";

static struct server_conf *
load_good(const char *text)
{
	struct conf_messages messages;
	struct server_conf *conf = load(text, &messages);

	if (conf == NULL)
		fail_msg("%s", buf_str(&messages.text));
	assert_int_equal(messages.warnings, 0);
	buf_release(&messages.text);
	return conf;
}

/* The type without added charsets must go with the one that has them. */
static void
assert_type(const struct settings *settings, const char *path, const char *type)
{
	struct span found = mime_type(settings, span_str(path));
	struct mime_info info;
	struct arena arena;

	if (!span_is(found, type))
		fail_msg(
		    "%s: \"%.*s\", not \"%s\"", path, SPAN_ARG(found), type);
	arena_init(&arena, NULL, 0, 0);
	assert_int_equal(
	    mime_describe(settings, span_str(path), &arena, &info), 0);
	assert_true(span_equal(info.type, found));
	arena_release(&arena);
}

/* What is told of a path: type, coding, language. */
static void
assert_told(const struct settings *settings, const char *const row[4])
{
	struct mime_info info;
	struct arena arena;

	arena_init(&arena, NULL, 0, 0);
	assert_int_equal(
	    mime_describe(settings, span_str(row[0]), &arena, &info), 0);
	if (!span_is(info.type, row[1]) || !span_is(info.encoding, row[2]) ||
	    !span_is(info.language, row[3]))
		fail_msg("%s: \"%.*s\" \"%.*s\" \"%.*s\"", row[0],
		    SPAN_ARG(info.type), SPAN_ARG(info.encoding),
		    SPAN_ARG(info.language));
	arena_release(&arena);
}

static void
assert_all_told(const char *text, const char *path,
    const char *const (*rows)[4], size_t count)
{
	struct server_conf *conf = load_good(text);
	struct lookup_cache *cache = lookup_cache_create(conf, 10);
	struct lookup_subject subject = {
		.host = &conf->hosts[0],
		.uri_path = SPAN("/"),
		.file_path = span_str(path),
	};
	const struct settings *settings =
	    lookup_settings(cache, &subject, NULL, NULL);

	assert_non_null(settings);
	for (size_t i = 0; i < count; i++)
		assert_told(settings, rows[i]);
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
}

static void
test_by_extension(void **state)
{
	static const char *const rows[][2] = {
		{ "/a/b.html", "text/html" },
		{ "/a/b.HTM", "text/html" },
		{ "b.html", "text/html" },
		{ "/a.html/b", "" },
		{ "/a.html/", "" },
		{ "/a/b", "" },
		{ "/a/b.", "" },
		{ "/a/b.unknown", "" },
		{ "", "" },
		/* the last that is known */
		{ "/a.html.gz", "application/gzip" },
		{ "/a.html.bak", "text/html" },
		{ "/a.html.bak.orig", "text/html" },
		{ "/a.html.", "text/html" },
		{ "/a..html", "text/html" },
		/* what hides a file is no extension */
		{ "/.html", "" },
		{ "/..html", "" },
		{ "/.a.html", "text/html" },
		{ "/html", "" },
	};
	struct server_conf *conf =
	    load_good("Listen 80\nTypesConfig types\nDefaultType none\n");

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_type(conf->hosts[0].settings, rows[i][0], rows[i][1]);
	conf_destroy(&conf);
}

static void
test_default_type(void **state)
{
	struct server_conf *conf = load_good("Listen 80\nTypesConfig types\n");

	(void)state;
	assert_type(conf->hosts[0].settings, "/a", unknown);
	conf_destroy(&conf);
	conf = load_good("Listen 80\nTypesConfig types\n"
			 "DefaultType None\n"
			 "<VirtualHost *:80>\nServerName h\n"
			 "DefaultType \"text/plain; charset=utf-8\"\n"
			 "</VirtualHost>\n");
	assert_type(conf->hosts[0].settings, "/a", "");
	assert_type(conf->hosts[1].settings, "/a", "text/plain; charset=utf-8");
	assert_type(conf->hosts[1].settings, "/a.html", "text/html");
	conf_destroy(&conf);
}

static void
test_add_type(void **state)
{
	struct server_conf *conf =
	    load_good("Listen 80\n"
		      "TypesConfig types\n"
		      "AddType text/x-new .new\n"
		      "AddType text/x-one one .two\n"
		      "AddType text/x-three one\n"
		      "AddType \"text/html; charset=utf-8\" html\n");
	const struct settings *settings = conf->hosts[0].settings;

	(void)state;
	assert_type(settings, "/a.new", "text/x-new");
	assert_type(settings, "/a.NEW", "text/x-new");
	assert_type(settings, "/a.two", "text/x-one");
	assert_type(settings, "/a.one", "text/x-three");
	assert_type(settings, "/a.html", "text/html; charset=utf-8");
	assert_type(settings, "/a.htm", "text/html");
	conf_destroy(&conf);
}

static void
test_merge(void **state)
{
	struct server_conf *conf =
	    load_good("Listen 80\n"
		      "TypesConfig types\n"
		      "AddType a/server x y\n"
		      "<Directory /d>\nAddType a/directory x\n</Directory>\n"
		      "<VirtualHost *:80>\nServerName h\n"
		      "AddType a/host y z\n"
		      "</VirtualHost>\n");
	struct lookup_cache *cache = lookup_cache_create(conf, 10);
	struct lookup_subject subject = {
		.host = &conf->hosts[1],
		.uri_path = SPAN("/"),
		.file_path = SPAN("/d/f"),
	};
	const struct settings *merged;

	(void)state;
	assert_type(conf->hosts[0].settings, "/a.x", "a/server");
	assert_type(conf->hosts[0].settings, "/a.y", "a/server");
	assert_type(conf->hosts[0].settings, "/a.z", unknown);
	assert_type(conf->hosts[1].settings, "/a.x", "a/server");
	assert_type(conf->hosts[1].settings, "/a.y", "a/host");
	assert_type(conf->hosts[1].settings, "/a.txt", "text/plain");
	merged = lookup_settings(cache, &subject, NULL, NULL);
	assert_non_null(merged);
	assert_type(merged, "/a.x", "a/directory");
	assert_type(merged, "/a.y", "a/host");
	assert_type(merged, "/a.txt", "text/plain");
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
}

static void
test_no_types_file(void **state)
{
	struct server_conf *conf = load_good("Listen 80\nAddType a/b c\n");

	(void)state;
	assert_type(conf->hosts[0].settings, "/a.html", unknown);
	assert_type(conf->hosts[0].settings, "/a.c", "a/b");
	conf_destroy(&conf);
}

static const char all[] =
    "Listen 80\nTypesConfig types\nDefaultType none\n"
    "AddType TEXT/X-Tree;A=b .tree\n"
    "AddType \"text/x-q; charset=KOI8-R ; d=\\\"E\\\"\" .q\n"
    "AddCharset UTF-8 .utf8\nAddCharset iso-8859-1 .latin1\n"
    "AddEncoding X-Gzip gz\nAddEncoding compress .Z\n"
    "AddLanguage DE .de\nAddLanguage pt-BR .pt-br\n"
    "AddLanguage tree .tree\n"
    "<Directory /c>\nAddDefaultCharset UTF-8\n</Directory>\n"
    "<Directory /c/on>\nAddDefaultCharset On\n</Directory>\n"
    "<Directory /c/off>\nAddDefaultCharset Off\n</Directory>\n"
    "<Directory /f>\nForceType text/html\nDefaultLanguage nl-NL\n"
    "</Directory>\n"
    "<Directory /f/no>\nForceType none\n</Directory>\n"
    "<Directory /r>\nRemoveType html tree\nRemoveCharset .utf8\n"
    "RemoveEncoding gz\nRemoveLanguage de tree\n</Directory>\n"
    "<Directory /r/again>\nAddType a/again .html\nAddCharset again utf8\n"
    "AddEncoding again gz\nAddLanguage again de\n</Directory>\n"
    "<Directory /both>\n"
    "RemoveType .html\nRemoveLanguage .de\nRemoveEncoding .new\n"
    "AddType a/new .html .new\nAddLanguage new .de .new\n"
    "AddEncoding new .new .Z\nRemoveType .new\n</Directory>\n";

static void
test_all_extensions(void **state)
{
	static const char *const rows[][4] = {
		{ "/a.html.de", "text/html", "", "de" },
		{ "/a.de.html", "text/html", "", "de" },
		{ "/a.HTML.De.Pt-Br", "text/html", "", "de,pt-br" },
		{ "/a.de.de", "", "", "de,de" },
		{ "/de.html", "text/html", "", "" },
		{ "/.de.html", "text/html", "", "" },
		{ "/a.de/b.html", "text/html", "", "" },
		{ "/a.html.gz", "application/gzip", "x-gzip", "" },
		{ "/a.gz.x.html.Z", "text/html", "x-gzip, compress", "" },
		{ "/a.txt.tree", "text/x-tree; a=b", "", "tree" },
		{ "/a.tree.txt", "text/plain", "", "tree" },
		{ "/a.utf8", "", "", "" },
		{ "/a.html.utf8", "text/html; charset=utf-8", "", "" },
		{ "/a.utf8.html", "text/html; charset=utf-8", "", "" },
		{ "/a.utf8.latin1.html", "text/html; charset=iso-8859-1", "",
		    "" },
		{ "/a.tree.utf8", "text/x-tree; a=b; charset=utf-8", "",
		    "tree" },
		{ "/a.q", "text/x-q; charset=koi8-r; d=\"e\"", "", "" },
		{ "/a.q.utf8", "text/x-q; charset=utf-8; d=\"e\"", "", "" },
	};

	(void)state;
	assert_all_told(all, "/f.x", rows, ROWS(rows));
}

static void
test_charsets(void **state)
{
	static const char *const utf8[][4] = {
		{ "/a.html", "text/html; charset=UTF-8", "", "" },
		{ "/a.txt", "text/plain; charset=UTF-8", "", "" },
		{ "/a.gz", "application/gzip", "x-gzip", "" },
		{ "/a.tree", "text/x-tree; a=b", "", "tree" },
		{ "/a.latin1.txt", "text/plain; charset=iso-8859-1", "", "" },
		{ "/a", "", "", "" },
	};
	static const char *const on[][4] = {
		{ "/a.html", "text/html; charset=iso-8859-1", "", "" },
	};
	static const char *const off[][4] = {
		{ "/a.html", "text/html", "", "" },
	};

	(void)state;
	assert_all_told(all, "/c/f.x", utf8, ROWS(utf8));
	assert_all_told(all, "/c/on/f.x", on, ROWS(on));
	assert_all_told(all, "/c/off/f.x", off, ROWS(off));
	assert_all_told("Listen 80\nTypesConfig types\n"
			"AddType \"text/html; a=b\" .html\n"
			"AddDefaultCharset x\n",
	    "/f",
	    &(const char *const[4]){
		"/a.html", "text/html; a=b; charset=x", "", "" },
	    1);
}

static void
test_forced(void **state)
{
	static const char *const rows[][4] = {
		{ "/a", "text/html", "", "nl-NL" },
		{ "/a.txt.gz.de", "text/html", "x-gzip", "de" },
		{ "/a.txt.utf8", "text/html", "", "nl-NL" },
	};
	static const char *const none[][4] = {
		{ "/a", "", "", "nl-NL" },
		{ "/a.txt.utf8", "text/plain; charset=utf-8", "", "nl-NL" },
	};

	(void)state;
	assert_all_told(all, "/f/x", rows, ROWS(rows));
	assert_all_told(all, "/f/no/x", none, ROWS(none));
}

static void
test_removed(void **state)
{
	static const char *const rows[][4] = {
		{ "/a.html.utf8.gz.de", "application/gzip", "", "" },
		{ "/a.html.utf8.Z.pt-br", "", "compress", "pt-br" },
		{ "/a.txt.utf8", "text/plain", "", "" },
		{ "/a.tree", "", "", "" },
	};
	static const char *const again[][4] = {
		{ "/a.utf8.gz.de.html", "a/again; charset=again", "again",
		    "again" },
		{ "/a.tree", "", "", "" },
	};
	/* Of types the order counts, of the rest it does not. */
	static const char *const both[][4] = {
		{ "/a.html", "a/new", "", "" },
		{ "/a.new", "", "", "new" },
		{ "/a.de", "", "", "" },
		{ "/a.Z", "", "new", "" },
	};

	(void)state;
	assert_all_told(all, "/r/x", rows, ROWS(rows));
	assert_all_told(all, "/r/again/x", again, ROWS(again));
	assert_all_told(all, "/both/x", both, ROWS(both));
}

/* Too many for any list to be gone through. */
static void
test_many(void **state)
{
	struct buf text;
	struct server_conf *conf;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "AddLanguage l-%d .e%d\n", i, i);
	conf = load_good(buf_str(&text));
	for (int i = 0; i < 1000; i++) {
		char path[32], language[32];
		const char *row[4] = { path, unknown, "", language };

		snprintf(path, sizeof(path), "/a.E%d", i);
		snprintf(language, sizeof(language), "l-%d", i);
		assert_told(conf->hosts[0].settings, row);
	}
	buf_release(&text);
	conf_destroy(&conf);
}

static void
test_no_memory(void **state)
{
	static const char *const paths[] = { "/a.html.utf8", "/a.de.de",
		"/a.gz.gz" };
	struct server_conf *conf = load_good(all);
	char memory[1];

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct mime_info info;
		struct arena arena;

		arena_init(&arena, memory, sizeof(memory), 1);
		assert_int_equal(mime_describe(conf->hosts[0].settings,
				     span_str(paths[i]), &arena, &info),
		    -1);
		arena_release(&arena);
	}
	conf_destroy(&conf);
}

static void
test_errors(void **state)
{
	static const char *const rows[][2] = {
		{ "TypesConfig missing\n", "missing: No such file" },
		{ "TypesConfig .\n", "Invalid argument" },
		{ "TypesConfig httpd.conf\n", "httpd.conf:1: " },
		{ "AddType html .html\n", "\"html\" is no media type" },
		{ "DefaultType html\n", "\"html\" is no media type" },
		{ "AddType text/html .\n", "no file extension" },
		{ "AddType \"text/html; charset=\" .a\n", "no media type" },
		{ "AddType \"text/html charset=a\" .a\n", "no media type" },
		{ "ForceType html\n", "no media type" },
		{ "AddCharset \"a b\" .a\n", "\"a b\" is no charset" },
		{ "AddDefaultCharset \"a b\"\n", "\"a b\" is no charset" },
		{ "AddEncoding \"\" .a\n", "\"\" is no content coding" },
		{ "AddLanguage de_AT .a\n", "\"de_AT\" is no language" },
		{ "DefaultLanguage \"\"\n", "an argument is empty" },
		{ "RemoveType .a .\n", "no file extension" },
		{ "AddType text/html\n", "AddType" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct conf_messages messages;
		char text[128];

		snprintf(text, sizeof(text), "Listen 80\n%s", rows[i][0]);
		assert_null(load(text, &messages));
		assert_int_equal(messages.errors, 1);
		if (strstr(buf_str(&messages.text), rows[i][1]) == NULL)
			fail_msg("%s", buf_str(&messages.text));
		/* the place is told */
		assert_non_null(
		    strstr(buf_str(&messages.text), "httpd.conf:2:"));
		buf_release(&messages.text);
	}
}

static void
test_names_handler(void **state)
{
	(void)state;
	assert_true(mime_names_handler(span_str("application/x-httpd-php")));
	assert_true(
	    mime_names_handler(span_str("Application/X-HTTPD-PHP5; a=b")));
	assert_false(mime_names_handler(span_str("application/x-http")));
	assert_true(mime_names_handler(span_str("text/x-server-parsed-html3")));
	assert_true(mime_names_handler(span_str("application/x-type-map")));
	assert_true(mime_names_handler(span_str("httpd/send-as-is")));
	assert_false(mime_names_handler(span_str("application/x-type-maps")));
	assert_false(mime_names_handler(span_str("text/html")));
	assert_false(mime_names_handler(span_of(NULL, 0)));
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(
	    mime_is_same(span_str("Text/HTML; a=b"), span_str("text/html")));
	assert_true(mime_is_same(span_str("text/css"), span_str("text/*")));
	assert_false(mime_is_same(span_str("texts/css"), span_str("text/*")));
	assert_false(mime_is_same(span_str("text"), span_str("text/*")));
	assert_false(mime_is_same(span_str("text/css"), span_str("text/c")));
	assert_false(mime_is_same(span_str(""), span_str("text/*")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_extension),
		cmocka_unit_test(test_default_type),
		cmocka_unit_test(test_add_type),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_no_types_file),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_names_handler),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_all_extensions),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_forced),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

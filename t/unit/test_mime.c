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

static void
assert_type(const struct settings *settings, const char *path, const char *type)
{
	struct span found = mime_type(settings, span_str(path));

	if (!span_is(found, type))
		fail_msg(
		    "%s: \"%.*s\", not \"%s\"", path, SPAN_ARG(found), type);
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
	struct server_conf *conf = load_good(
	    "Listen 80\nTypesConfig types\nDefaultType none\n");

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
	assert_false(mime_names_handler(span_str("text/html")));
	assert_false(mime_names_handler(span_of(NULL, 0)));
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
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

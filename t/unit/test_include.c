/* SPDX-License-Identifier: BSD-2-Clause */
/* Include: which files, in which order, and what stops it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_fixture.h"

static void
write_item(struct conf_fixture *f, const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "Item %s\n", name);
	conf_fixture_text(f, name, text);
}

/* What Item collects is the order of the files. */
static void
test_order(void **state)
{
	static const struct {
		const char *include, *list;
	} cases[] = {
		{ "Include a.conf", "a.conf" },
		{ "Include ./x/../a.conf", "a.conf" },
		{ "Include dir", "dir/1 dir/2.conf dir/sub/3" },
		{ "Include dir/", "dir/1 dir/2.conf dir/sub/3" },
		{ "Include *.conf", "B.conf a.conf" },
		{ "Include [a-b].conf\nInclude [B].conf", "a.conf B.conf" },
		{ "IncludeOptional *.none", NULL },
		{ "IncludeOptional none/*.conf", NULL },
		{ "IncludeOptional none.conf", NULL },
		{ "Include s*/x.conf", "s/x.conf s-b/x.conf" },
		{ "Include s*/*", "s/x.conf s-b/x.conf" },
		{ "Include s*", "s/x.conf s-b/x.conf" },
		{ "Include d?r", "dir/1 dir/2.conf dir/sub/3" },
		{ "Include a.conf\nInclude a.conf", "a.conf a.conf" },
		{ "Define D dir\nInclude ${D}/1", "dir/1" },
	};
	struct conf_fixture f;
	char text[256];

	(void)state;
	conf_fixture_init(&f);
	write_item(&f, "a.conf");
	write_item(&f, "B.conf");
	write_item(&f, "dir/1");
	write_item(&f, "dir/2.conf");
	write_item(&f, "dir/sub/3");
	write_item(&f, "s/x.conf");
	write_item(&f, "s-b/x.conf");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct server_conf *conf;
		const struct sample_conf *c;
		const char *want = cases[i].list;

		/* The pattern *.conf must not find the main file. */
		snprintf(text, sizeof(text), "Listen 80\n%s\n",
		    cases[i].include);
		conf_fixture_text(&f, "main", text);
		conf = conf_fixture_load(&f, "main");
		assert_non_null(conf);
		c = conf_get(conf, &sample_section);
		if (want)
			assert_string_equal(c->list, want);
		else
			assert_null(c->list);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* An Include stands where its file's lines would stand. */
static void
test_inside_sections(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct sample_conf *c;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "in", "Text inside\nServerAlias x\n");
	conf = conf_fixture_try(&f, "Listen 80\n<VirtualHost *>\n"
				    "Include in\n</VirtualHost>\n");
	assert_non_null(conf);
	c = settings_get(conf->hosts[1].settings, &sample_section);
	assert_string_equal(c->text, "inside");
	conf_destroy(&conf);
	conf_fixture_text(&f, "in", "</VirtualHost>\n<Directory /x>\n");
	assert_null(conf_fixture_try(&f, "Listen 80\n<VirtualHost *>\n"
					 "Include in\n</VirtualHost>\n"));
	assert_string_equal(f.text,
	    "in:1:1: error: </VirtualHost> closes nothing: no <VirtualHost> "
	    "is open\n    </VirtualHost>\n    ^\n"
	    "    included from t.conf:3\n"
	    "in:2:1: error: <Directory> is not closed: </Directory> is "
	    "missing\n    <Directory /x>\n    ^\n");
	conf_fixture_release(&f);
}

/* Errors stand in the order in which lines were read. */
static void
test_order_of_errors(void **state)
{
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "z", "\nFlag z\n");
	conf_fixture_text(&f, "a", "Flag a\n");
	assert_null(conf_fixture_try(&f, "Listen 80\nFlag 1\nInclude z\n"
	    "Flag 2\nInclude a\nFlag \"3\n"));
	assert_string_equal(f.text,
	    "t.conf:2:6: error: Flag: \"1\" is neither On nor Off\n"
	    "    Flag 1\n         ^\n"
	    "z:2:1: warning: Flag is set again; its value of t.conf:2 no "
	    "longer holds\n    Flag z\n    ^\n"
	    "z:2:6: error: Flag: \"z\" is neither On nor Off\n"
	    "    Flag z\n         ^\n    included from t.conf:3\n"
	    "t.conf:4:1: warning: Flag is set again; its value of z:2 no "
	    "longer holds\n    Flag 2\n    ^\n"
	    "t.conf:4:6: error: Flag: \"2\" is neither On nor Off\n"
	    "    Flag 2\n         ^\n"
	    "a:1:1: warning: Flag is set again; its value of t.conf:4 no "
	    "longer holds\n    Flag a\n    ^\n"
	    "a:1:6: error: Flag: \"a\" is neither On nor Off\n"
	    "    Flag a\n         ^\n    included from t.conf:5\n"
	    "t.conf:6:6: error: unterminated quote: the closing \" is "
	    "missing\n    Flag \"3\n         ^\n");
	conf_fixture_release(&f);
}

static void
test_loops(void **state)
{
	struct conf_fixture f;
	char name[32], text[64];

	(void)state;
	conf_fixture_init(&f);
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude t.conf\n"));
	assert_string_equal(f.text, "t.conf:2:9: error: a file that "
	    "includes itself: t.conf\n    Include t.conf\n"
	    "            ^\n");
	conf_fixture_text(&f, "a", "Include b\n");
	conf_fixture_text(&f, "b", "Include a\n");
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude a\n"));
	assert_string_equal(f.text, "b:1:9: error: a file that includes "
	    "itself: a\n    Include a\n            ^\n"
	    "    included from a:1\n    included from t.conf:2\n");
	for (int i = 1; i <= 20; i++) {
		snprintf(name, sizeof(name), "%d", i);
		snprintf(text, sizeof(text), "Include %d\nInclude %d\n",
		    i + 1, i + 1);
		conf_fixture_text(&f, name, text);
	}
	conf_fixture_text(&f, "21", "Item x\n");
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude 1\n"));
	assert_non_null(strstr(f.text, "19:1:9: error: too many files that "
	    "include each other: 20\n    Include 20\n            ^\n"
	    "    included from 18:1\n    included from 17:1\n"));
	assert_non_null(strstr(f.text, "\n… and "));
	conf_fixture_release(&f);
}

static void
test_unreadable(void **state)
{
	struct conf_fixture f;
	char path[128];

	(void)state;
	conf_fixture_init(&f);
	snprintf(path, sizeof(path), "%s/pipe", f.folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude pipe\n"));
	assert_string_equal(f.text, "t.conf:2:9: error: pipe is not a "
	    "regular file\n    Include pipe\n            ^\n");
	snprintf(path, sizeof(path), "%s/link", f.folder);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude l*\n"));
	assert_string_equal(f.text, "t.conf:2:9: error: link: No such file "
	    "or directory\n    Include l*\n            ^\n");
	/* A directory that contains itself ends somewhere. */
	snprintf(path, sizeof(path), "%s/loop", f.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/loop/loop", f.folder);
	assert_int_equal(symlink(".", path), 0);
	assert_null(conf_fixture_try(&f, "Listen 80\nInclude loop\n"));
	assert_non_null(strstr(f.text, "t.conf:2:9: error: loop/loop"));
	if (geteuid() != 0) {
		snprintf(path, sizeof(path), "%s/closed", f.folder);
		assert_int_equal(mkdir(path, 0), 0);
		assert_null(conf_fixture_try(&f, "Listen 80\n"
		    "IncludeOptional closed/*.conf\n"));
		assert_non_null(strstr(f.text, "Permission denied"));
	}
	conf_fixture_release(&f);
}

/* A folder's name is no pattern, whatever it looks like. */
static void
test_root_like_a_pattern(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "[x]*/a.conf", "Item a\n");
	conf_fixture_text(&f, "[x]*/b.conf", "Item b\n");
	conf_fixture_text(&f, "x/c.conf", "Item c\n");
	conf = conf_fixture_try(&f, "Listen 80\nServerRoot [x]*\n"
	    "Include a.conf\nInclude *.conf\n<Directory d>\n</Directory>\n"
	    "<Directory d*>\n</Directory>\n");
	assert_non_null(conf);
	assert_string_equal(((const struct sample_conf *)conf_get(conf,
				&sample_section))->list, "a a b");
	assert_false(conf->hosts[0].sections[0]->wildcard);
	assert_non_null(strstr(conf->hosts[0].sections[0]->pattern,
	    "/[x]*/d"));
	assert_true(conf->hosts[0].sections[1]->wildcard);
	assert_non_null(strstr(conf->hosts[0].sections[1]->pattern,
	    "/\\[x\\]\\*/d*"));
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* ServerRoot moves the start of what follows. */
static void
test_server_root(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	char want[128];

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "sub/in", "Text sub\n");
	conf = conf_fixture_try(&f, "Listen 80\nPath first\nServerRoot sub\n"
				    "Include in\n");
	assert_non_null(conf);
	snprintf(want, sizeof(want), "%s/sub", f.folder);
	assert_string_equal(conf->server_root, want);
	/* As in Apache the last one holds for all paths but Include's. */
	strcat(want, "/first");
	assert_string_equal(((const struct sample_conf *)conf_get(conf,
				&sample_section))->path, want);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_inside_sections),
		cmocka_unit_test(test_order_of_errors),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_root_like_a_pattern),
		cmocka_unit_test(test_server_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

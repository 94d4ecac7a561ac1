/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/macro: <Macro>, Use, UndefMacro. */
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
#include "conf_fixture.h"

/* Loads the text behind a first line of its own. */
static struct server_conf *
try(struct conf_fixture *f, const char *text)
{
	struct server_conf *conf;
	struct buf buf;

	buf_init(&buf, 1000000);
	buf_printf(&buf, "Listen 80\n%s", text);
	conf = conf_fixture_try(f, buf_str(&buf));
	buf_release(&buf);
	return conf;
}

/* Each with what its Item directives add up to. */
static const struct {
	const char *text, *items;
} uses[] = {
	{ "<Macro A>\nItem x\n</Macro>\nUse A\nUse A\n", "x x" },
	{ "<Macro A $v>\nItem $v\n</Macro>\nUse A x\nUse A \"y z\"\n",
	    "x y z" },
	{ "<Macro A $v>\nItem \"$v\"\n</Macro>\nUse A \"y z\"\n", "y z" },
	/* Any case, as module and directive names. */
	{ "<macro A>\nItem x\n</MACRO>\nuse a\n", "x" },
	/* Within words, the longest first, what was put in stays. */
	{ "<Macro A $n $nn %n @n>\nItem a$n.$nn-%n@n$\n</Macro>\n"
	  "Use A $nn 2 3 $n\n",
	    "a$nn.2-3$n$" },
	{ "<Macro A $n>\n# $n\nItem x\\\n$n\n</Macro>\nUse A y\n", "xy" },
	{ "<Macro A $d $v>\n$d $v\n</Macro>\nUse A Item z\n", "z" },
	/* Variables are put in when it is used. */
	{ "<Macro A $v>\nItem ${W}$v\n</Macro>\nDefine W w\nUse A ${W}\n",
	    "ww" },
	/* A macro may use others, and define them. */
	{ "<Macro A $v>\nUse B $v$v\n</Macro>\n"
	  "<Macro B $v>\nItem $v\n</Macro>\nUse A x\n",
	    "xx" },
	{ "<Macro A $v>\n<Macro B$v>\nItem $v\n</Macro>\n</Macro>\n"
	  "Use A 1\nUse A 2\nUse B2\nUse B1\n",
	    "2 1" },
	/* Its text is not looked at before it is used. */
	{ "<Macro A>\nNonsense\n<VirtualHost>\n</Macro>\nItem x\n", "x" },
	{ "<IfDefine NOT>\n<Macro A>\nNonsense\n<Directory>\n</Macro>\n"
	  "Use A\n</IfDefine>\nItem x\n",
	    "x" },
	{ "<IfModule mod_macro.c>\nItem x\n</IfModule>\n"
	  "<IfSection Macro>\nItem y\n</IfSection>\n"
	  "<IfDirective Use>\nItem z\n</IfDirective>\n",
	    "x y z" },
	{ "LoadModule macro_module modules/mod_macro.so\nItem x\n", "x" },
	/* Undone, and defined anew. */
	{ "<Macro A $v>\nItem x$v\n</Macro>\nUndefMacro A\n"
	  "<Macro A>\nItem y\n</Macro>\nUse A\n",
	    "y" },
	{ "<Macro A $v>\n<Directory /$v>\nText $v\n</Directory>\n</Macro>\n"
	  "<VirtualHost *:80>\nUse A d\nUse A e\n</VirtualHost>\nItem x\n",
	    "x" },
};

static void
test_uses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(uses) / sizeof(*uses); i++) {
		struct conf_fixture f;
		struct server_conf *conf;
		const struct sample_conf *c;

		conf_fixture_init(&f);
		conf = try(&f, uses[i].text);
		if (!conf || f.messages.warnings > 0)
			print_message("%s\n%s\n", uses[i].text, f.text);
		assert_non_null(conf);
		assert_int_equal(f.messages.warnings, 0);
		c = conf_get(conf, &sample_section);
		assert_string_equal(c->list, uses[i].items);
		conf_destroy(&conf);
		conf_fixture_release(&f);
	}
}

static const struct {
	const char *text, *messages;
} faults[] = {
	{ "Use\n", "t.conf:2:1: error: an argument is missing: Use name [value "
		   "...]\n    Use\n    ^\n" },
	{ "<Macro Host>\n</Macro>\nUse Hots\n",
	    "t.conf:4:5: error: there is no macro Hots; did you mean Host?\n"
	    "    Use Hots\n        ^\n" },
	{ "UndefMacro Host\n", "t.conf:2:12: error: there is no macro Host\n"
			       "    UndefMacro Host\n               ^\n" },
	{ "<Macro>\n</Macro>\n",
	    "t.conf:2:1: error: an argument is missing: <Macro name "
	    "[$parameter ...]>\n    <Macro>\n    ^\n" },
	{ "<Macro A>\nItem x\n",
	    "t.conf:2:1: error: <Macro> is not closed: </Macro> is missing\n"
	    "    <Macro A>\n    ^\n" },
	{ "</Macro>\n",
	    "t.conf:2:1: error: </Macro> closes nothing: no <Macro> is open\n"
	    "    </Macro>\n    ^\n" },
	{ "<Macro A>\n</Macro> x\n",
	    "t.conf:3:9: error: nothing may follow </Macro>\n"
	    "    </Macro> x\n            ^\n" },
	{ "<Macro A $x>\nItem $x\n</Macro>\nUse A\nUse A b c\n",
	    "t.conf:5:5: error: macro A has 1 parameter, and here are 0 values "
	    "(t.conf:2)\n    Use A\n        ^\n"
	    "t.conf:6:5: error: macro A has 1 parameter, and here are 2 values "
	    "(t.conf:2)\n    Use A b c\n        ^\n" },
	{ "<Macro A $x $x>\n$x\n</Macro>\n",
	    "t.conf:2:13: error: $x is there twice\n"
	    "    <Macro A $x $x>\n                ^\n" },
	{ "<Macro A \"\">\n</Macro>\n",
	    "t.conf:2:10: error: a parameter has a name\n"
	    "    <Macro A \"\">\n             ^\n" },
	{ "<Macro A x $y>\nItem x\n</Macro>\n",
	    "t.conf:2:10: warning: each \"x\" in the text will be replaced; $x "
	    "would tell it from other words\n"
	    "    <Macro A x $y>\n             ^\n"
	    "t.conf:2:12: warning: $y is not used in the macro\n"
	    "    <Macro A x $y>\n               ^\n" },
	{ "<Macro A>\n</Macro>\n<Macro a>\n</Macro>\n",
	    "t.conf:4:8: warning: a macro A was defined at t.conf:2; this one "
	    "takes its place\n    <Macro a>\n           ^\n" },
	/* Lines of the macro's text, as it was put together. */
	{ "<Macro A $n>\n\n  Number $n\n</Macro>\nUse A 7x\n",
	    "macro A (used at t.conf:6):2:10: error: Number: \"7x\" is not a "
	    "whole number\n      Number 7x\n             ^\n" },
	{ "<Macro A>\nUse B\n</Macro>\n<Macro B>\n<Directory /x>\n</Macro>\n"
	  "Use A\n",
	    "macro B (used at macro A (used at t.conf:8):1):1:1: error: "
	    "<Directory> is not closed: </Directory> is missing\n"
	    "    <Directory /x>\n    ^\n" },
	{ "<Macro A>\nUse B\n</Macro>\n<Macro B>\nUse A\n</Macro>\nUse A\n",
	    "macro B (used at macro A (used at t.conf:8):1):1:5: error: macro "
	    "A uses itself\n    Use A\n        ^\n" },
};

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct conf_fixture f;
		struct server_conf *conf;

		conf_fixture_init(&f);
		conf = try(&f, faults[i].text);
		if (strcmp(f.text, faults[i].messages) != 0)
			print_message(
			    "of:\n%s\ngot:\n%s\n", faults[i].text, f.text);
		assert_string_equal(f.text, faults[i].messages);
		conf_destroy(&conf);
		conf_fixture_release(&f);
	}
}

/* Each of 100 macros uses the one before it. */
static void
test_deep(void **state)
{
	struct conf_fixture f;
	struct buf text;

	(void)state;
	buf_init(&text, 100000);
	buf_add_str(&text, "<Macro M0>\nItem x\n</Macro>\n");
	for (int i = 1; i < 100; i++)
		buf_printf(&text, "<Macro M%d>\nUse M%d\n</Macro>\n", i, i - 1);
	buf_add_str(&text, "Use M99\n");
	conf_fixture_init(&f);
	assert_null(try(&f, buf_str(&text)));
	assert_int_equal(f.messages.errors, 1);
	assert_non_null(
	    strstr(f.text, "more than 64 macros inside each other"));
	conf_fixture_release(&f);
	buf_release(&text);
}

/* Each uses the one before it ten times: a bound ends it. */
static void
test_growth(void **state)
{
	struct conf_fixture f;
	struct buf text;

	(void)state;
	buf_init(&text, 100000);
	buf_add_str(&text, "<Macro M0>\nItem x\n</Macro>\n");
	for (int i = 1; i < 20; i++) {
		buf_printf(&text, "<Macro M%d>\n", i);
		for (int j = 0; j < 10; j++)
			buf_printf(&text, "Use M%d\n", i - 1);
		buf_add_str(&text, "</Macro>\n");
	}
	buf_add_str(&text, "Use M19\n");
	conf_fixture_init(&f);
	assert_null(try(&f, buf_str(&text)));
	assert_int_equal(f.messages.errors, 1);
	assert_non_null(strstr(f.text, "the configuration is too large"));
	conf_fixture_release(&f);
	buf_release(&text);
}

/* In libconfig's syntax a macro can be used, not defined. */
static void
test_cfg(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct sample_conf *c;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "m.conf", "<Macro A $v>\nItem $v\n</Macro>\n");
	conf_fixture_text(&f, "t.cfg",
	    "Include = \"m.conf\";\nUse = (\"A\", \"x\");\n"
	    "Listen = \"80\";\n");
	conf = conf_fixture_load(&f, "t.cfg");
	assert_non_null(conf);
	c = conf_get(conf, &sample_section);
	assert_string_equal(c->list, "x");
	conf_destroy(&conf);
	conf_fixture_text(&f, "u.cfg",
	    "Listen = \"80\";\nMacro = { args = \"A\"; Item = \"x\"; };\n");
	assert_null(conf_fixture_load(&f, "u.cfg"));
	assert_string_equal(f.text,
	    "u.cfg:2: error: <Macro> stands in a file of Apache's syntax\n"
	    "    Macro = { args = \"A\"; Item = \"x\"; };\n");
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_cfg),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

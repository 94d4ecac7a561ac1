/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/dump and conf/cfg: libconfig's syntax, written and read. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_fixture.h"

/* Leaves the comments out, which name where something was written. */
static void
strip_comments(char *text)
{
	char *to = text;

	while (*text) {
		/* No value has a tab: it is written as \x09. */
		if (strncmp(text, "\t# ", 3) == 0 ||
		    strncmp(text, "# ", 2) == 0)
			text += strcspn(text, "\n");
		*to++ = *text++;
	}
	*to = '\0';
}

/* The dump of t.conf; then that it comes to the same when read back. */
static char *
dump_twice(struct conf_fixture *f, const char *name)
{
	char *first = conf_fixture_dump(f, name), *second;

	assert_string_equal(f->text, "");
	conf_fixture_text(f, "dump.cfg", first);
	f->after[0] = NULL;
	second = conf_fixture_dump(f, "dump.cfg");
	assert_string_equal(f->text, "");
	strip_comments(first);
	strip_comments(second);
	assert_string_equal(first, second);
	free(second);
	return first;
}

static void
test_dump(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	char *dump, want[1024];

	(void)state;
	conf_fixture_init(&f);
	f.defines[0] = "GIVEN";
	f.after[0] = "Number 9";
	conf_fixture_text(&f, "in", "Item \"from\\\\ a \\\"file\\\"\"\n");
	conf_fixture_text(&f, "t.conf", "Listen 80\nDefine A \"x y\"\n"
	    "Text ${A}\nInclude in\n<IfDefine GIVEN>\n"
	    "<VirtualHost *:80>\nServerName a\n<Directory /x>\n"
	    "Path \xc3\xa4\n</Directory>\n</VirtualHost>\n</IfDefine>\n"
	    "<IfDefine !GIVEN>\nText no\n</IfDefine>\nServerRoot sub\n"
	    "LoadModule sample_module x\n<Files y>\n</Files>\n");
	dump = conf_fixture_dump(&f, "t.conf");
	assert_non_null(strstr(dump, "\t# "));
	snprintf(want, sizeof(want), "%s/in:1\n", f.folder);
	assert_non_null(strstr(dump, want));
	free(dump);
	dump = dump_twice(&f, "t.conf");
	snprintf(want, sizeof(want), "\n\nexpanded = true;\n"
	    "ServerRoot = \"%s/sub\";\nbody = (\n"
	    "\t{ name = \"Listen\"; args = ( \"80\" ); },\n"
	    "\t{ name = \"Text\"; args = ( \"x y\" ); },\n"
	    "\t{ name = \"Item\"; args = ( \"from\\\\ a \\\"file\\\"\" ); },\n"
	    "\t{ name = \"VirtualHost\"; args = ( \"*:80\" ); body = (\n"
	    "\t\t{ name = \"ServerName\"; args = ( \"a\" ); },\n"
	    "\t\t{ name = \"Directory\"; args = ( \"/x\" ); body = (\n"
	    "\t\t\t{ name = \"Path\"; args = ( \"\xc3\xa4\" ); }\n"
	    "\t\t); }\n"
	    "\t); },\n"
	    "\t{ name = \"LoadModule\"; args = ( \"sample_module\", \"x\" ); "
	    "},\n"
	    "\t{ name = \"Files\"; args = ( \"y\" ); body = (\n\t); },\n"
	    "\t{ name = \"Number\"; args = ( \"9\" ); }\n"
	    ");\n", f.folder);
	assert_string_equal(dump, want);
	free(dump);
	conf = conf_fixture_load(&f, "dump.cfg");
	assert_non_null(conf);
	assert_int_equal(conf->host_count, 2);
	snprintf(want, sizeof(want), "%s/sub", f.folder);
	assert_string_equal(conf->server_root, want);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* No value is put in twice. */
static void
test_expanded(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "t.conf", "Listen 80\nDefine D $\n"
	    "Define CONF_TEST no\nText ${D}{CONF_TEST}\n"
	    "Item \"\\\\${D}{x\" \"#\" \"a\tb\"\n");
	setenv("CONF_TEST", "no", 1);
	free(dump_twice(&f, "t.conf"));
	conf = conf_fixture_load(&f, "dump.cfg");
	assert_non_null(conf);
	assert_string_equal(((const struct sample_conf *)conf_get(conf,
				&sample_section))->text, "${CONF_TEST}");
	assert_string_equal(((const struct sample_conf *)conf_get(conf,
				&sample_section))->list, "\\${x # a\tb");
	conf_destroy(&conf);
	unsetenv("CONF_TEST");
	conf_fixture_release(&f);
}

/* A broken configuration is not dumped; an empty one is. */
static void
test_dump_errors(void **state)
{
	struct conf_fixture f;
	char *dump;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "t.conf", "Listen 80\nNumber x\n");
	dump = conf_fixture_dump(&f, "t.conf");
	assert_string_equal(dump, "");
	assert_non_null(strstr(f.text, "t.conf:2:8: error: "));
	free(dump);
	conf_fixture_text(&f, "t.conf", "Listen 80\nServerRoot .\n");
	free(dump_twice(&f, "t.conf"));
	conf_fixture_release(&f);
}

/* The same in both syntaxes. */
static const struct {
	const char *cfg, *apache;
} same[] = {
	{ "Number = 5;", "Number 5" },
	{ "Number = 0x10;", "Number 16" },
	{ "Number = \"5\";", "Number 5" },
	{ "Size = 60000L;", "Size 60000" },
	{ "Flag = true;", "Flag On" },
	{ "Flag = FALSE;", "Flag Off" },
	{ "Text : \"a\" \"b\"", "Text ab" },
	{ "Item = [ \"a\", \"b\" ];", "Item a b" },
	{ "Item = ( \"a\", 5, true );", "Item a 5 On" },
	{ "Item = ( (\"a\"), [\"b\", \"c\"] );", "Item a\nItem b c" },
	{ "Define = [\"A\", \"x\"]; Text = \"<${A}>\";", "Text <x>" },
	{ "Text = \"${CONF_TEST}\";", "Text ${CONF_TEST}" },
	{ "Directory = { args = \"/x\"; Text = \"y\"; };",
	    "<Directory /x>\nText y\n</Directory>" },
	{ "Directory = ( { args = \"/x\"; }, { args = [\"/y\"]; } );",
	    "<Directory /x>\n</Directory>\n<Directory /y>\n</Directory>" },
	{ "body = ( { name = \"Item\"; args = \"a\"; }, { name = \"Directory\""
	  "; args = (\"/x\"); body = ( { name = \"Text\"; args = (\"y\"); } "
	  "); } );",
	    "Item a\n<Directory /x>\nText y\n</Directory>" },
	{ "VirtualHost = ( { args = [\"*\", \"[::1]:80\"]; "
	  "Text = \"a\"; body = ( { name = \"Files\"; args = \"x\"; "
	  "Text = \"b\"; } ); } );",
	    "<VirtualHost * [::1]:80>\nText a\n<Files x>\nText b\n</Files>"
	    "\n</VirtualHost>" },
	{ "IfDefine = ( { args = \"X\"; Nonsense = \"a\"; }, "
	  "{ args = \"!X\"; Text = \"y\"; } );", "Text y" },
	{ "Include = \"in.conf\";", "Text included" },
	{ "Include = \"in.cfg\";", "Include in.cfg" },
	{ "# comment\n// another\n/* a\n third */ Text = \"#\";", "Text #" },
	{ "Text = \"\\x41\\\\\\\"\";", "Text 'A\\\\\"'" },
	{ "", "" },
};

static void
test_same(void **state)
{
	struct conf_fixture f;
	char text[512];

	(void)state;
	conf_fixture_init(&f);
	setenv("CONF_TEST", "of the environment", 1);
	conf_fixture_text(&f, "in.conf", "Text included\n");
	conf_fixture_text(&f, "in.cfg", "Text = \"more\";\n");
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		char *dump, *want;

		snprintf(text, sizeof(text), "Listen = \"80\";\n%s\n",
		    same[i].cfg);
		conf_fixture_text(&f, "t.cfg", text);
		snprintf(text, sizeof(text), "Listen 80\n%s\n",
		    same[i].apache);
		conf_fixture_text(&f, "t.conf", text);
		dump = dump_twice(&f, "t.cfg");
		want = dump_twice(&f, "t.conf");
		assert_string_equal(dump, want);
		free(dump);
		free(want);
	}
	unsetenv("CONF_TEST");
	conf_fixture_release(&f);
}

static const struct {
	const char *cfg, *messages;
} faults[] = {
	{ "Number = 5000000000;\n",
	    "t.cfg:2:10: error: this number does not fit 32 bits; write it "
	    "with an L at its end, or as a string\n"
	    "    Number = 5000000000;\n             ^\n" },
	{ "Number = -2147483649;\n",
	    "t.cfg:2:10: error: this number does not fit 32 bits; write it "
	    "with an L at its end, or as a string\n"
	    "    Number = -2147483649;\n             ^\n" },
	{ "Number = 0x80000000;\n",
	    "t.cfg:2:10: error: this number does not fit 32 bits; write it "
	    "with an L at its end, or as a string\n"
	    "    Number = 0x80000000;\n             ^\n" },
	{ "Number = 9223372036854775808L;\n",
	    "t.cfg:2:10: error: this number does not fit 64 bits\n"
	    "    Number = 9223372036854775808L;\n             ^\n" },
	{ "Size = 5000000000L;\n",
	    "t.cfg:2: error: Size: 5000000000 is out of range: from 0 to 65536 "
	    "bytes\n    Size = 5000000000L;\n" },
	{ "Time = 1.5;\n",
	    "t.cfg:2: error: a number with a fraction is written as a string\n"
	    "    Time = 1.5;\n" },
	{ "Text = \"a\"; /* open\n",
	    "t.cfg:2:13: error: this comment is not closed\n"
	    "    Text = \"a\"; /* open\n                ^\n" },
	{ "Text = \"a\\x00b\";\n",
	    "t.cfg:2:10: error: a NUL byte cannot be in a value\n"
	    "    Text = \"a\\x00b\";\n             ^\n" },
	{ "  @include \"x\"\n",
	    "t.cfg:2:3: error: @include is not read: write Include = "
	    "\"file\";\n      @include \"x\"\n      ^\n" },
	{ "Text = \"a\";\nText = \"b\";\n",
	    "t.cfg:3: error: duplicate setting name: several uses stand in "
	    "one list\n    Text = \"b\";\n" },
	{ "Text \"a\";\n",
	    "t.cfg:2:6: error: no string may stand here\n    Text \"a\";\n"
	    "         ^\n" },
	{ "Number = 5, \"a\";\n",
	    "t.cfg:2:13: error: no string may stand here\n"
	    "    Number = 5, \"a\";\n                ^\n" },
	{ "Text = \"a\n\\\"",
	    "t.cfg:2:8: error: this string is not closed\n"
	    "    Text = \"a\n           ^\n" },
	{ "Text 5;\n",
	    "t.cfg:2: error: syntax error: a statement is written name = "
	    "value; with texts in quotes\n    Text 5;\n" },
	{ "Text = ( \"a\", { b = 1; } );\n",
	    "t.cfg:2: error: a list has arguments, or lists of arguments, or "
	    "sections { }, and not several of these\n"
	    "    Text = ( \"a\", { b = 1; } );\n" },
	{ "Text = ( ( ( \"a\" ) ) );\n",
	    "t.cfg:2: error: an argument is a string, a number or a bool\n"
	    "    Text = ( ( ( \"a\" ) ) );\n" },
	{ "body = \"x\";\n",
	    "t.cfg:2: error: a body is a list ( ... )\n    body = \"x\";\n" },
	{ "body = ( { args = \"x\"; } );\n",
	    "t.cfg:2: error: what stands in a body is a group { name; args; "
	    "body }\n    body = ( { args = \"x\"; } );\n" },
	{ "body = ( 5 );\n",
	    "t.cfg:2: error: what stands in a body is a group { name; args; "
	    "body }\n    body = ( 5 );\n" },
	{ "Item = ( );\n",
	    "t.cfg:2: error: an argument is missing: Item text ...\n"
	    "    Item = ( );\n" },
	{ "Timee =\n 5;\n",
	    "t.cfg:2: error: unknown directive Timee; did you mean Time?\n"
	    "    Timee =\n" },
	{ "name = \"x\";\n",
	    "t.cfg:2: error: `name' and `args' have no meaning here\n"
	    "    name = \"x\";\n" },
	{ "Directory = { name = \"x\"; args = \"/x\"; };\n",
	    "t.cfg:2: error: `name' and `args' have no meaning here\n"
	    "    Directory = { name = \"x\"; args = \"/x\"; };\n" },
	{ "Directory = { args = { a = \"/x\"; }; };\n",
	    "t.cfg:2: error: arguments are no group { }\n"
	    "    Directory = { args = { a = \"/x\"; }; };\n" },
	{ "expanded = \"yes\";\n",
	    "t.cfg:2: error: `expanded' is true or false\n"
	    "    expanded = \"yes\";\n" },
	{ "Text = { a = 1; };\n",
	    "t.cfg:2: error: Text is a directive and stands without < and >\n"
	    "    Text = { a = 1; };\n" },
	{ "VirtualHost = (\n  { args = \"*\";\n    Number = 1; }\n);\n",
	    "t.cfg:4: error: Number may not stand inside <VirtualHost>, only "
	    "outside of all sections\n        Number = 1; }\n" },
};

static void
test_faults(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	char text[512];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		snprintf(text, sizeof(text), "Listen = \"80\";\n%s",
		    faults[i].cfg);
		conf_fixture_text(&f, "t.cfg", text);
		conf = conf_fixture_load(&f, "t.cfg");
		if (strcmp(f.text, faults[i].messages) != 0)
			print_message("of:\n%s\ngot:\n%s\n", text, f.text);
		assert_string_equal(f.text, faults[i].messages);
		assert_null(conf);
	}
	conf_fixture_release(&f);
}

static void
test_deep(void **state)
{
	struct conf_fixture f;
	struct buf text;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 1024 * 1024);
	buf_add_str(&text, "Listen = ");
	for (int i = 0; i < 100000; i++)
		buf_add_char(&text, "([{"[i % 2 * 2]);
	conf_fixture_write(&f, "t.cfg", text.data, text.len);
	assert_null(conf_fixture_load(&f, "t.cfg"));
	assert_non_null(strstr(f.text, "brackets are nested too deep"));
	buf_release(&text);
	conf_fixture_release(&f);
}

/* Every beginning of a text is read without a fault of memory. */
static void
test_prefixes(void **state)
{
	static const char text[] =
	    "Listen = \"80\"; // a\n/* b */ Number = -0x5L; Size=1.5e3;\n"
	    "VirtualHost = ( { args = [\"*:80\", \"[::1]:81\"]; Flag = true; "
	    "body = ( { name = \"Item\"; args = (\"\\\\\\\"\\x41\"); } ); } "
	    ");\n@include \"x\"\n";
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	for (size_t len = 0; len < sizeof(text); len++) {
		struct server_conf *conf;

		conf_fixture_write(&f, "t.cfg", text, len);
		conf = conf_fixture_load(&f, "t.cfg");
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* -L names every row and everything else that may stand somewhere. */
static void
test_list(void **state)
{
	struct conf_fixture f;
	struct buf text;
	const char *list, *p;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 1024 * 1024);
	conf_list_directives(&f.schema, &text);
	list = buf_str(&text);
	assert_non_null(strstr(list, "\nSize bytes (sample)\n\ts\n"
	    "\tNot in Apache\n\tIn: server, virtual host, directory\n"
	    "\tDefault: 8190\n"));
	assert_non_null(strstr(list, "\nItem text ... (sample)\n\ti\n"
	    "\tNot in Apache\n\tIn: server, virtual host, directory\n"));
	assert_non_null(strstr(list, "\nListen [address:]port [protocol] "
	    "(core)\n"));
	assert_non_null(strstr(list, "\n<IfModule [!]module> (core)\n"));
	assert_non_null(strstr(list, "\n<VirtualHost address[:port] ...> "
	    "(core)\n"));
	/* In order of the names. */
	p = strstr(list, "\nDefine name [value] (core)\n");
	assert_non_null(p);
	assert_true(p < strstr(list, "\nFlag "));
	assert_true(strstr(list, "\nFlag ") < strstr(list, "\n<IfFile "));
	p = strstr(list, "\n<IfFile ");
	assert_true(p < strstr(list, "\nItem "));
	buf_release(&text);
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_expanded),
		cmocka_unit_test(test_dump_errors),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/reader and conf/syntax: what a text is understood as, and what not. */
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

/* The text of a Text directive at the end of t.conf, or the messages. */
static void
expect_text(const char *text, const char *value)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct sample_conf *c;

	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, text);
	if (!conf || f.messages.warnings > 0)
		print_message("%s\n%s\n", text, f.text);
	assert_non_null(conf);
	assert_int_equal(f.messages.warnings, 0);
	c = conf_get(conf, &sample_section);
	assert_string_equal(c->text, value);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static void
expect_messages(const char *text, const char *messages)
{
	struct conf_fixture f;
	struct server_conf *conf;

	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, text);
	if (strcmp(f.text, messages) != 0)
		print_message("of:\n%s\ngot:\n%s\nwanted:\n%s\n", text,
		    f.text, messages);
	assert_string_equal(f.text, messages);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static const struct {
	const char *text, *value;
} words[] = {
	{ "Text plain", "plain" },
	{ "  \tText \t plain \t ", "plain" },
	{ "text plain", "plain" },
	{ "TEXT plain\r", "plain" },
	{ "Text \"two words\"", "two words" },
	{ "Text 'two words'", "two words" },
	{ "Text \" \"", " " },
	{ "Text 'it\\'s'", "it's" },
	{ "Text 'a \"quote\"'", "a \"quote\"" },
	{ "Text \"a \\\"quote\\\"\"", "a \"quote\"" },
	{ "Text \"it\\'s\"", "it\\'s" },
	{ "Text \"back\\\\slash\"", "back\\slash" },
	{ "Text \"end\\\\\"", "end\\" },
	{ "Text back\\\\slash", "back\\slash" },
	{ "Text C:\\dir", "C:\\dir" },
	{ "Text \\\"x", "\\\"x" },
	{ "Text in\"side", "in\"side" },
	{ "Text #hash", "#hash" },
	{ "Text a#b", "a#b" },
	{ "Text <angle>", "<angle>" },
	{ "Text \\\nb", "b" },
	{ "Text a\\\nb", "ab" },
	{ "Text \"a \\\n  b\"", "a   b" },
	{ "Text a\\\r\nb", "ab" },
	{ "Te\\\nxt \\\n\\\nx", "x" },
	{ "Text x\n# comment \\\nText no", "x" },
	{ "Text x\n   # comment\n\n\n  \n", "x" },
	{ "Text x\\", "x" },
	{ "Text \xc3\xa9\xff", "\xc3\xa9\xff" },
	{ "Text x", "x" },
};

static void
test_words(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(text, sizeof(text), "Listen 80\n%s", words[i].text);
		expect_text(text, words[i].value);
	}
}

static const struct {
	const char *text, *value;
} variables[] = {
	{ "Define A x\nText ${A}", "x" },
	{ "Define A \"x y\"\nText ${A}", "x y" },
	{ "Define A x\nText \"<${A}|${A}>\"", "<x|x>" },
	{ "Define A x\nText '${A}'", "x" },
	{ "Define A x\nDefine A y\nText ${A}", "y" },
	{ "Define A x\nDefine B ${A}${A}\nText ${B}", "xx" },
	/* What was put in is not looked at again. */
	{ "Define B $\nDefine A ${B}{C}\nDefine C no\nText ${A}",
	    "${C}" },
	{ "Text ${CONF_TEST}", "from the environment" },
	{ "Define CONF_TEST mine\nText ${CONF_TEST}", "mine" },
	{ "Define CONF_TEST\nText ${CONF_TEST}",
	    "from the environment" },
	{ "Text ${map:key}", "${map:key}" },
	{ "Text ${open", "${open" },
	{ "Text $x", "$x" },
	{ "Text $", "$" },
	{ "Define A x\nText \\${A}", "\\x" },
};

static void
test_variables(void **state)
{
	char text[256];

	(void)state;
	setenv("CONF_TEST", "from the environment", 1);
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		snprintf(text, sizeof(text), "Listen 80\n%s", variables[i].text);
		expect_text(text, variables[i].value);
	}
	unsetenv("CONF_TEST");
}

static const struct {
	const char *open;
	bool holds;
} conditions[] = {
	{ "IfDefine GIVEN", true },
	{ "IfDefine !GIVEN", false },
	{ "IfDefine given", false },
	{ "IfDefine MADE", true },
	{ "IfDefine !GONE", true },
	{ "IfModule mod_sample.c", true },
	{ "IfModule sample_module", true },
	{ "IfModule !sample_module", false },
	{ "IfModule mod_rewrite.c", false },
	{ "IfModule !rewrite_module", true },
	{ "IfModule mod_so.c", true },
	{ "IfModule mpm_event_module", false },
	{ "IfModule prefork.c", false },
	{ "IfVersion 2.4.71", true },
	{ "IfVersion = 2.4", false },
	{ "IfVersion >= 2.4", true },
	{ "IfVersion > 2.4.71", false },
	{ "IfVersion <= 2.4.71", true },
	{ "IfVersion < 2.4.8", false },
	{ "IfVersion < 3", true },
	{ "IfVersion !< 3", false },
	{ "IfVersion !2.4.71", false },
	{ "IfFile t.conf", true },
	{ "IfFile !t.conf", false },
	{ "IfFile \"no such\"", false },
	{ "IfVersion ~ ^2[.]4[.]", true },
	{ "IfVersion /^2[.]4[.]/", true },
	{ "IfVersion = /^2[.]5/", false },
	{ "IfVersion !~ 2.5", true },
	{ "IfSection VirtualHost", true },
	{ "IfSection ifmodule", true },
	{ "IfSection Text", false },
	{ "IfSection !If", true },
	{ "IfDirective Text", true },
	{ "IfDirective include", true },
	{ "IfDirective !RewriteRule", true },
	{ "ifdefine GIVEN", true },
};

static void
test_conditions(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct sample_conf *c;
	char text[512];

	(void)state;
	conf_fixture_init(&f);
	f.defines[0] = "GIVEN";
	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
		snprintf(text, sizeof(text), "Listen 80\nDefine MADE\n"
		    "Define GONE\nUnDefine GONE\n<%s>\nText yes\n</%.*s>\n",
		    conditions[i].open, (int)strcspn(conditions[i].open, " "),
		    conditions[i].open);
		conf = conf_fixture_try(&f, text);
		assert_non_null(conf);
		c = conf_get(conf, &sample_section);
		assert_string_equal(c->text,
		    conditions[i].holds ? "yes" : "a default");
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

static void
test_nested_conditions(void **state)
{
	(void)state;
	expect_text("Listen 80\n<IfDefine X>\n"
		    "  <IfDefine !X>\n  Text a\n  </IfDefine>\n"
		    "  <Nonsense \"x>\n  Text \"b\n  </Nonsense>\n"
		    "  Include /no/such/file\n"
		    "</IfDefine>\n"
		    "<IfDefine !X>\n<IfModule mod_so.c>\nText c\n</IfModule>\n"
		    "</IfDefine>\n", "c");
}

/* A module that was loaded counts, whether Drover has it or not. */
static void
test_loaded_modules(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n"
	    "LoadModule sample_module modules/mod_sample.so\n"
	    "LoadModule rewrite_module modules/mod_rewrite.so\n"
	    "LoadModule rewrite_module modules/mod_rewrite.so\n"
	    "LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
	    "<IfModule mod_rewrite.c>\nText yes\n</IfModule>\n");
	assert_non_null(conf);
	assert_string_equal(f.text,
	    "t.conf:3:12: warning: Drover has no rewrite_module: directives "
	    "of it that decide what is served are refused, the others have "
	    "no effect\n"
	    "    LoadModule rewrite_module modules/mod_rewrite.so\n"
	    "               ^\n");
	assert_true(conf_module_loaded(conf, "rewrite_module"));
	assert_true(conf_module_loaded(conf, "mod_sample.c"));
	assert_true(conf_module_loaded(conf, "mpm_prefork_module"));
	assert_false(conf_module_loaded(conf, "mpm_event_module"));
	assert_string_equal(((const struct sample_conf *)conf_get(conf,
				&sample_section))->text, "yes");
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static const struct {
	const char *text, *messages;
} faults[] = {
	{ "Text \"open\n",
	    "t.conf:2:6: error: unterminated quote: the closing \" is "
	    "missing\n    Text \"open\n         ^\n" },
	{ "Text a 'open\\'\n",
	    "t.conf:2:8: error: unterminated quote: the closing ' is "
	    "missing\n    Text a 'open\\'\n           ^\n" },
	{ "Text \\\n\t\"x\n",
	    "t.conf:3:2: error: unterminated quote: the closing \" is "
	    "missing\n    \t\"x\n    \t^\n" },
	{ "Text \"a\"b\n",
	    "t.conf:2:9: warning: a space is missing here: what "
	    "follows a closing quote is an argument of its own\n"
	    "    Text \"a\"b\n            ^\n"
	    "t.conf:2:9: error: more arguments than it takes: Text "
	    "text\n    Text \"a\"b\n            ^\n" },
	{ "<Directory /x>\nText a\n",
	    "t.conf:2:1: error: <Directory> is not closed: "
	    "</Directory> is missing\n    <Directory /x>\n    ^\n" },
	{ "<Directory /x>\n</Location>\nNumber x\n",
	    "t.conf:3:1: error: </Location> stands where </Directory> "
	    "is expected, which closes the <Directory> of line 2\n"
	    "    </Location>\n    ^\n"
	    "t.conf:4:8: error: Number: \"x\" is not a whole number\n"
	    "    Number x\n           ^\n" },
	{ "<VirtualHost *>\n<Directory /x>\n</VirtualHost>\nNumber x",
	    "t.conf:4:1: error: </VirtualHost> stands where "
	    "</Directory> is expected, which closes the <Directory> "
	    "of line 3\n    </VirtualHost>\n    ^\n"
	    "t.conf:5:8: error: Number: \"x\" is not a whole number\n"
	    "    Number x\n           ^\n" },
	{ "</Directory>\n",
	    "t.conf:2:1: error: </Directory> closes nothing: no "
	    "<Directory> is open\n    </Directory>\n    ^\n" },
	{ "<Directory /x\n</Directory>\n",
	    "t.conf:2:14: error: the > at the end of the line is "
	    "missing\n    <Directory /x\n                 ^\n" },
	{ "< Directory /x>\n",
	    "t.conf:2:1: error: the name of a section follows its < "
	    "directly\n    < Directory /x>\n    ^\n" },
	{ "<Directory /x>\n</Directory\n",
	    "t.conf:3:12: error: </Directory is to be followed by >\n"
	    "    </Directory\n               ^\n" },
	{ "<Directory /x>\n</Directory> x\n",
	    "t.conf:3:13: error: nothing may follow </Directory>\n"
	    "    </Directory> x\n                ^\n" },
	{ "<\n",
	    "t.conf:2:1: error: the name of a section follows its < "
	    "directly\n    <\n    ^\n"
	    "t.conf:2:2: error: the > at the end of the line is "
	    "missing\n    <\n     ^\n" },
	{ "</\n",
	    "t.conf:2:1: error: the name of a section follows its </ "
	    "directly\n    </\n    ^\n" },
	{ "<VirtualHost \"*:80>\nNumber x\n</VirtualHost>\n",
	    "t.conf:2:14: error: unterminated quote: the closing \" is "
	    "missing\n    <VirtualHost \"*:80>\n                 ^\n"
	    "t.conf:3:1: error: Number may not stand inside <VirtualHost>, "
	    "only outside of all sections\n    Number x\n    ^\n" },
	{ "Include \"\"\n",
	    "t.conf:2:9: error: an argument is empty: Include "
	    "path|directory|pattern\n    Include \"\"\n"
	    "            ^\n" },
	{ "<IfDefine>\nNonsense\n</IfDefine>\n",
	    "t.conf:2:1: error: an argument is missing: <IfDefine "
	    "[!]name>\n"
	    "    <IfDefine>\n    ^\n" },
	{ "<IfVersion >= two>\n</IfVersion>\n",
	    "t.conf:2:15: error: \"two\" is not a version such as "
	    "2.4.1\n    <IfVersion >= two>\n                  ^\n" },
	{ "<IfVersion => 2>\n</IfVersion>\n",
	    "t.conf:2:12: error: \"=>\" is none of = == < <= > >= "
	    "~\n"
	    "    <IfVersion => 2>\n               ^\n" },
	{ "<IfVersion ~ 2(4>\n</IfVersion>\n",
	    "t.conf:2:17: error: no regular expression: missing "
	    "closing parenthesis\n"
	    "    <IfVersion ~ 2(4>\n                    ^\n" },
	{ "Text ${CONF_NOT_THERE}\n",
	    "t.conf:2:6: warning: ${CONF_NOT_THERE} is not defined "
	    "and stays as it is\n    Text ${CONF_NOT_THERE}\n"
	    "         ^\n" },
	{ "Define\n",
	    "t.conf:2:1: error: an argument is missing: Define "
	    "name [value]\n    Define\n    ^\n" },
	{ "Error \"not this one\"\n",
	    "t.conf:2:1: error: not this one\n"
	    "    Error \"not this one\"\n    ^\n" },
	{ "Include missing.conf\n",
	    "t.conf:2:9: error: there is no file missing.conf\n"
	    "    Include missing.conf\n            ^\n" },
	{ "\x1b[2J\n",
	    "t.conf:2:1: error: unknown directive ?[2J\n    ?[2J\n"
	    "    ^\n" },
};

static void
test_faults(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		snprintf(text, sizeof(text), "Listen 80\n%s", faults[i].text);
		expect_messages(text, faults[i].messages);
	}
}

static void
test_nul(void **state)
{
	static const char text[] = "Listen 80\nText a\0b\n";
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_write(&f, "t.conf", text, sizeof(text) - 1);
	assert_null(conf_fixture_load(&f, "t.conf"));
	assert_string_equal(f.text, "t.conf:2:7: error: a NUL byte: this is "
	    "not a text\n    Text a?b\n          ^\n");
	conf_fixture_release(&f);
}

static void
test_main_file(void **state)
{
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	assert_null(conf_fixture_load(&f, "none.conf"));
	assert_string_equal(f.text, "error: none.conf cannot be read: No "
	    "such file or directory\n");
	assert_null(conf_fixture_load(&f, "."));
	assert_non_null(strstr(f.text, " is a directory\n"));
	assert_null(conf_fixture_load(&f, "/dev/zero"));
	assert_string_equal(f.text, "error: /dev/zero is not a regular "
	    "file\n");
	f.before[0] = "Listen 80";
	f.before[1] = "<Directory /x>";
	f.before[2] = "Text \"a";
	f.after[0] = "Text b c";
	assert_null(conf_fixture_load(&f, "/dev/null"));
	assert_string_equal(f.text,
	    "-C:2:1: error: <Directory> is not closed: </Directory> is "
	    "missing\n    <Directory /x>\n    ^\n"
	    "-C:3:6: error: unterminated quote: the closing \" is missing\n"
	    "    Text \"a\n         ^\n"
	    "-c:1:8: error: more arguments than it takes: Text text\n"
	    "    Text b c\n           ^\n");
	conf_fixture_release(&f);
}

/* As many bytes of one line as asked for, after a line with Listen. */
static char *
long_line(size_t len, const char *between)
{
	char *text = malloc(len * 2 + 100), *p = text;

	assert_non_null(text);
	p += sprintf(p, "Listen 80\nText ");
	for (size_t i = 5; i < len; i++) {
		*p++ = 'x';
		if (i % 1000 == 0)
			p += sprintf(p, "%s", between);
	}
	strcpy(p, "\nNumber 8\n");
	return text;
}

static void
test_long_lines(void **state)
{
	static const struct {
		size_t len;
		const char *between;
		bool ok;
	} cases[] = {
		{ 65536, "", true },
		{ 65537, "", false },
		{ 65000, "\\\n", true },
		{ 65537, "\\\n", false },
	};
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = long_line(cases[i].len, cases[i].between);

		conf = conf_fixture_try(&f, text);
		assert_int_equal(conf != NULL, cases[i].ok);
		if (!conf)
			assert_non_null(strstr(f.text, "t.conf:2: error: a "
			    "line with its continuations has at most 65536 "
			    "bytes\n    Text xxx"));
		conf_destroy(&conf);
		free(text);
	}
	conf_fixture_release(&f);
}

static void
test_huge_file(void **state)
{
	size_t len = 16 * 1024 * 1024 + 1;
	struct conf_fixture f;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', len);
	conf_fixture_init(&f);
	conf_fixture_write(&f, "t.conf", text, len);
	assert_null(conf_fixture_load(&f, "t.conf"));
	assert_string_equal(f.text, "error: t.conf is larger than 16 MiB\n");
	memcpy(text + len - 12, "\nListen 80\n", 11);
	conf_fixture_write(&f, "t.conf", text, len - 1);
	{
		struct server_conf *conf = conf_fixture_load(&f, "t.conf");

		assert_non_null(conf);
		conf_destroy(&conf);
	}
	free(text);
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
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < 10000; i++)
		buf_add_str(&text, "<IfModule mod_so.c>\n");
	for (int i = 0; i < 10000; i++)
		buf_add_str(&text, "</IfModule>\n");
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_string_equal(f.text, "t.conf:66:1: error: more than 64 "
	    "sections inside each other\n    <IfModule mod_so.c>\n    ^\n");
	buf_release(&text);
	conf_fixture_release(&f);
}

/* Small texts that would become very large ones. */
static void
test_growth(void **state)
{
	struct conf_fixture f;
	struct buf text;
	size_t len;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 16 * 1024 * 1024);
	buf_add_str(&text, "Listen 80\nDefine A 0123456789abcdef\n");
	for (int i = 0; i < 11; i++)
		buf_add_str(&text, "Define A ${A}${A}\n");
	len = text.len;
	buf_add_str(&text, "Text ${A}${A}${A}\n");
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_string_equal(f.text, "t.conf:14:6: error: with its variables "
	    "put in this has more than 65536 bytes\n    Text ${A}${A}${A}\n"
	    "         ^\n");
	text.len = len;
	buf_add_str(&text, "Item ${A} ${A} ${A}\n");
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_string_equal(f.text, "t.conf:14:16: error: with its variables "
	    "put in this line has more than 65536 bytes\n"
	    "    Item ${A} ${A} ${A}\n                   ^\n");
	text.len = len;
	for (int i = 0; i < 4200; i++)
		buf_add_str(&text, "Text ${A}\n");
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_non_null(strstr(f.text, ": error: the configuration is too "
	    "large: more than 128 MiB\n    Text ${A}\n    ^\n"));
	buf_release(&text);
	conf_fixture_release(&f);
}

static void
test_byte_order_mark(void **state)
{
	(void)state;
	expect_messages("\xef\xbb\xbfListen 80\n",
	    "t.conf:1:1: error: the file begins with a byte order mark: save "
	    "it as UTF-8 without one\n    \xef\xbb\xbfListen 80\n    ^\n");
}

/* Every beginning of a text is read without a fault of memory. */
static void
test_prefixes(void **state)
{
	static const char text[] =
	    "Listen 80\nDefine A \"b \\\" c\"\nText '${A}' \\\n"
	    "# x\n<VirtualHost *:80 [::1]:81>\n<IfVersion >= 2.4>\n"
	    "Item a \"b\" 'c'\n</IfVersion>\n</VirtualHost>\n"
	    "<Directory \"/a/b\">\n<Files *.x>\nText y\n</Files>\n"
	    "</Directory>\n";
	struct conf_fixture f;

	(void)state;
	conf_fixture_init(&f);
	for (size_t len = 0; len < sizeof(text); len++) {
		struct server_conf *conf;

		conf_fixture_write(&f, "t.conf", text, len);
		conf = conf_fixture_load(&f, "t.conf");
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_nested_conditions),
		cmocka_unit_test(test_loaded_modules),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_main_file),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_huge_file),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

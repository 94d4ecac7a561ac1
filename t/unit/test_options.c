/* SPDX-License-Identifier: BSD-2-Clause */
/* master/options: Apache's command line. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "master/options.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ARGS_MAX 32

/* Parses words separated by blanks, as if behind the program's name. */
static int
parse(struct options *o, const char *line, struct err *err)
{
	static char text[256];
	static char program[] = "drover";
	static char *argv[ARGS_MAX + 1];
	int argc = 1;

	argv[0] = program;
	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok(text, " "); word != NULL;
	     word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	err->text[0] = '\0';
	return options_parse(o, argc, argv, err);
}

static void
test_commands(void **state)
{
	static const struct {
		const char *line;
		enum options_command command;
		unsigned dump;
		bool foreground, single;
	} rows[] = {
		{ "", OPTIONS_START, 0, false, false },
		{ "-k start", OPTIONS_START, 0, false, false },
		{ "-k stop", OPTIONS_STOP, 0, false, false },
		{ "-kstop", OPTIONS_STOP, 0, false, false },
		{ "-k restart", OPTIONS_RESTART, 0, false, false },
		{ "-k graceful", OPTIONS_GRACEFUL, 0, false, false },
		{ "-k graceful-stop", OPTIONS_GRACEFUL_STOP, 0, false, false },
		{ "-t", OPTIONS_TEST, 0, false, false },
		{ "-tT", OPTIONS_TEST, 0, false, false },
		{ "-S", OPTIONS_DUMP, OPTIONS_DUMP_HOSTS | OPTIONS_DUMP_RUN,
		    false, false },
		{ "-S -t", OPTIONS_DUMP, OPTIONS_DUMP_HOSTS | OPTIONS_DUMP_RUN,
		    false, false },
		{ "-t -D DUMP_VHOSTS", OPTIONS_DUMP, OPTIONS_DUMP_HOSTS, false,
		    false },
		{ "-M", OPTIONS_DUMP, OPTIONS_DUMP_MODULES, false, false },
		{ "-D DUMP_CONFIG", OPTIONS_DUMP, OPTIONS_DUMP_CONFIG, false,
		    false },
		{ "-v", OPTIONS_VERSION, 0, false, false },
		{ "-V", OPTIONS_BUILD, 0, false, false },
		{ "-l", OPTIONS_MODULES, 0, false, false },
		{ "-L", OPTIONS_DIRECTIVES, 0, false, false },
		{ "-h", OPTIONS_HELP, 0, false, false },
		{ "-h -Z", OPTIONS_HELP, 0, false, false },
		{ "-D FOREGROUND", OPTIONS_START, 0, true, false },
		{ "-DFOREGROUND -k start", OPTIONS_START, 0, true, false },
		{ "-X", OPTIONS_START, 0, true, true },
		{ "-D DEBUG", OPTIONS_START, 0, true, true },
	};
	struct options o;
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (parse(&o, rows[i].line, &err) < 0)
			fail_msg("\"%s\": %s", rows[i].line, err.text);
		if (o.command != rows[i].command || o.dump != rows[i].dump ||
		    o.foreground != rows[i].foreground ||
		    o.single != rows[i].single)
			fail_msg("\"%s\": command %d dump %u", rows[i].line,
			    o.command, o.dump);
		options_release(&o);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{ "-k", "-k needs an argument" },
		{ "-f", "-f needs an argument" },
		{ "-k foo", "-k foo: no such command" },
		{ "-k STOP", "-k STOP: no such command" },
		{ "-Z", "unknown option -Z" },
		{ "--help", "unknown option --help" },
		{ "start", "unexpected \"start\": commands stand behind -k" },
		{ "-t start", "unexpected \"start\": commands stand behind -k" },
		{ "-e loud", "-e loud: no such level" },
		{ "-e trace9", "-e trace9: no such level" },
	};
	struct options o;
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (parse(&o, rows[i].line, &err) != -1)
			fail_msg("\"%s\" was taken", rows[i].line);
		assert_string_equal(err.text, rows[i].why);
		options_release(&o);
	}
}

static void
test_paths(void **state)
{
	static const struct {
		const char *line, *file, *root;
	} rows[] = {
		{ "", HTTPD_ROOT "/" SERVER_CONFIG_FILE, HTTPD_ROOT },
		{ "-f a/b.conf", HTTPD_ROOT "/a/b.conf", HTTPD_ROOT },
		{ "-f /a/b.conf", "/a/b.conf", "/a" },
		{ "-f /a/conf/b.conf", "/a/conf/b.conf", "/a" },
		{ "-f /conf/b.conf", "/conf/b.conf", "/" },
		{ "-f /a/conf.d/b.conf", "/a/conf.d/b.conf", "/a/conf.d" },
		{ "-f /b.conf", "/b.conf", "/" },
		{ "-d /srv", "/srv/" SERVER_CONFIG_FILE, "/srv" },
		{ "-d /srv -f x.conf", "/srv/x.conf", "/srv" },
		{ "-d /srv -f /x.conf", "/x.conf", "/srv" },
	};
	char here[PATH_MAX], want[PATH_MAX + 16];
	struct options o;
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(parse(&o, rows[i].line, &err), 0);
		assert_string_equal(o.conf.file, rows[i].file);
		assert_string_equal(o.conf.server_root, rows[i].root);
		options_release(&o);
	}
	/* -d is taken from where one stands, -f below it. */
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(parse(&o, "-f y -d x", &err), 0);
	snprintf(want, sizeof(want), "%s/x/y", here);
	assert_string_equal(o.conf.file, want);
	options_release(&o);
}

static void
test_lists(void **state)
{
	struct options o;
	struct err err;

	(void)state;
	assert_int_equal(parse(&o,
			     "-D A -C one -c two -D B -C three -D A -SSSSSS "
			     "-XXXXXX -e debug -E /log",
			     &err),
	    0);
	assert_string_equal(o.conf.before[0], "one");
	assert_string_equal(o.conf.before[1], "three");
	assert_null(o.conf.before[2]);
	assert_string_equal(o.conf.after[0], "two");
	assert_null(o.conf.after[1]);
	/* Each name once, however often it is given. */
	assert_string_equal(o.conf.defines[0], "A");
	assert_string_equal(o.conf.defines[1], "B");
	assert_string_equal(o.conf.defines[2], "DUMP_VHOSTS");
	assert_string_equal(o.conf.defines[3], "DUMP_RUN_CFG");
	assert_string_equal(o.conf.defines[4], "DEBUG");
	assert_null(o.conf.defines[5]);
	assert_int_equal(o.start_level, REPORT_DEBUG);
	assert_string_equal(o.start_log, "/log");
	options_release(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

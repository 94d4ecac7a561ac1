/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the logs: where lines go, which format and level hold where,
 * and what makes no sense.
 */
#include "config.h"

#include "log/log_conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf_text.h"
#include "http/exchange.h"

static const struct conf_section *const sections[] = { &log_section, NULL };

static struct server_conf *
load(const char *text)
{
	char all[2048];
	struct server_conf *conf;

	snprintf(all, sizeof(all), "ServerRoot /srv\nListen 80\n%s", text);
	conf = conf_text_load(sections, all, NULL);
	assert_non_null(conf);
	return conf;
}

static const struct log_conf *
of_host(const struct server_conf *conf, size_t i)
{
	assert_true(i < conf->host_count);
	return settings_get(conf->hosts[i].settings, &log_section);
}

static void
test_defaults(void **state)
{
	struct server_conf *conf = load("");
	const struct log_conf *c = of_host(conf, 0);

	(void)state;
	assert_int_equal(c->error->dest->kind, LOG_DEST_FILE);
	assert_string_equal(c->error->dest->target, "/srv/logs/error_log");
	assert_int_equal(c->error->dest->id, -1);
	assert_int_equal(log_level_of(&c->levels, "net"), REPORT_WARN);
	assert_null(c->customs);
	assert_ptr_equal(log_error_dest(conf), c->error->dest);
	assert_ptr_equal(log_destinations(conf), c->error->dest);
	assert_null(c->error->dest->next);
	conf_destroy(&conf);
}

static void
test_targets(void **state)
{
	static const struct {
		const char *written;
		enum log_dest_kind kind;
		const char *target;
	} targets[] = {
		{ "/var/log/x", LOG_DEST_FILE, "/var/log/x" },
		{ "logs//../x", LOG_DEST_FILE, "/srv/x" },
		{ "\"|prog -a 'b c'\"", LOG_DEST_PROGRAM, "prog -a 'b c'" },
		{ "\"|| prog\"", LOG_DEST_PROGRAM, "prog" },
		{ "\"|$grep x > y\"", LOG_DEST_SHELL, "grep x > y" },
		{ "/dev/stdout", LOG_DEST_STDOUT, "" },
		{ "/dev/stderr", LOG_DEST_STDERR, "" },
		{ "/proc/self/fd/2", LOG_DEST_STDERR, "" },
		{ "stdout", LOG_DEST_STDOUT, "" },
		{ "stderr", LOG_DEST_STDERR, "" },
		{ "./stderr", LOG_DEST_FILE, "/srv/stderr" },
		{ "/dev/fd/1", LOG_DEST_STDOUT, "" },
		{ "syslog", LOG_DEST_SYSLOG, "" },
		{ "syslog:local1", LOG_DEST_SYSLOG, "local1" },
		{ "syslog:user:web", LOG_DEST_SYSLOG, "user:web" },
		{ "syslog::web", LOG_DEST_SYSLOG, ":web" },
	};
	struct server_conf *conf;
	const struct log_dest *dest;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		snprintf(
		    text, sizeof(text), "ErrorLog %s\n", targets[i].written);
		conf = load(text);
		dest = log_error_dest(conf);
		assert_int_equal(dest->kind, targets[i].kind);
		assert_string_equal(dest->target, targets[i].target);
		conf_destroy(&conf);
	}
}

static void
test_levels(void **state)
{
	struct server_conf *conf = load("LogLevel Info ssl_module:debug\n"
					"LogLevel mod_net.c:trace3\n"
					"<VirtualHost *:80>\n"
					"LogLevel ssl:error\n"
					"</VirtualHost>\n"
					"<VirtualHost *:80>\n"
					"LogLevel crit\n"
					"</VirtualHost>\n");
	const struct log_levels *main_levels = &of_host(conf, 0)->levels;
	const struct log_levels *first = &of_host(conf, 1)->levels;
	const struct log_levels *second = &of_host(conf, 2)->levels;

	(void)state;
	assert_int_equal(log_level_of(main_levels, "http"), REPORT_INFO);
	assert_int_equal(log_level_of(main_levels, "ssl"), REPORT_DEBUG);
	assert_int_equal(log_level_of(main_levels, "net"), REPORT_TRACE1 + 2);
	assert_int_equal(log_level_max(main_levels), REPORT_TRACE1 + 2);
	/* One room's level leaves the others what they were. */
	assert_int_equal(log_level_of(first, "ssl"), REPORT_ERROR);
	assert_int_equal(log_level_of(first, "http"), REPORT_INFO);
	assert_int_equal(log_level_of(first, "net"), REPORT_TRACE1 + 2);
	/* A level for all is for all. */
	assert_int_equal(log_level_of(second, "ssl"), REPORT_CRIT);
	assert_int_equal(log_level_max(second), REPORT_CRIT);
	conf_destroy(&conf);
}

/* What a log's format makes of "this" status, as a text to compare. */
static const char *
line_of(const struct custom_log *custom)
{
	static char line[256];
	static struct exchange_peer peer;
	struct exchange x;

	assert_non_null(custom);
	assert_non_null(custom->format);
	exchange_init(&x, &peer, NULL, NULL, 0);
	x.response.status = 204;
	line[log_format_print(custom->format, &x, line, sizeof(line))] = '\0';
	exchange_release(&x);
	return line;
}

static void
test_formats(void **state)
{
	struct server_conf *conf = load("CustomLog logs/a late\n"
					"CustomLog logs/b \"own %>s\"\n"
					"TransferLog logs/c\n"
					"LogFormat \"early\" late\n"
					"LogFormat \"late %>s\" late\n"
					"LogFormat \"unnamed %>s\"\n"
					"<VirtualHost *:80>\n"
					"</VirtualHost>\n"
					"<VirtualHost *:80>\n"
					"LogFormat \"host %>s\" late\n"
					"CustomLog logs/d late\n"
					"TransferLog logs/e\n"
					"</VirtualHost>\n");
	const struct custom_log *log = of_host(conf, 0)->customs;

	(void)state;
	assert_string_equal(line_of(log), "late 204");
	assert_string_equal(line_of(log->next), "own 204");
	assert_string_equal(line_of(log->next->next), "unnamed 204");
	assert_null(log->next->next->next);
	/* A host without logs of its own has the server's ... */
	assert_ptr_equal(of_host(conf, 1)->customs, log);
	/* ... one with some has those only; formats are inherited. */
	log = of_host(conf, 2)->customs;
	assert_string_equal(line_of(log), "host 204");
	assert_string_equal(line_of(log->next), "unnamed 204");
	assert_null(log->next->next);
	conf_destroy(&conf);
}

static void
test_known_formats(void **state)
{
	struct server_conf *conf = load("CustomLog logs/a common\n"
					"CustomLog logs/b combined\n"
					"TransferLog logs/c\n");
	const struct custom_log *log = of_host(conf, 0)->customs;
	static const char common[] =
	    "- - - [01/Jan/1970:00:00:00 +0000] \"-\" 204 -";

	(void)state;
	assert_string_equal(line_of(log), common);
	assert_string_equal(line_of(log->next->next), common);
	assert_memory_equal(line_of(log->next), common, strlen(common));
	assert_string_equal(
	    line_of(log->next) + strlen(common), " \"-\" \"-\"");
	conf_destroy(&conf);
}

/* However often it is named, it is one, and everybody knows its number. */
static void
test_destinations(void **state)
{
	struct server_conf *conf =
	    load("ErrorLog logs/e\nCustomLog logs/a common\n"
		 "CustomLog \"|cat\" common\nCustomLog logs/e \"%s\"\n"
		 "<VirtualHost *:80>\nErrorLog logs/e\n"
		 "CustomLog /srv/logs/a combined\nCustomLog \"|$cat\" common\n"
		 "</VirtualHost>\n");
	struct log_dest *dest = log_destinations(conf);
	const struct log_conf *host = of_host(conf, 1);
	static const char *const expected[] = { "/srv/logs/e", "/srv/logs/a",
		"cat", "cat" };
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_non_null(dest);
		assert_string_equal(dest->target, expected[i]);
		dest->id = i;
		dest = dest->next;
	}
	assert_null(dest);
	assert_int_equal(host->error->dest->id, 0);
	assert_int_equal(host->customs->target.dest->id, 1);
	assert_int_equal(host->customs->next->target.dest->id, 3);
	assert_int_equal(
	    of_host(conf, 0)->customs->next->next->target.dest->id, 0);
	/* Asked for again (a reload's old one): the same. */
	assert_int_equal(log_destinations(conf)->id, 0);
	assert_int_equal(log_error_dest(conf)->id, 0);
	conf_destroy(&conf);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "ErrorLog \"|\"", ":3:10: error: ErrorLog: a program" },
		{ "ErrorLog \"\"", "is empty" },
		{ "ErrorLog syslog:nothing", "no such facility" },
		{ "CustomLog syslog:nothing common", "no such facility" },
		{ "LogLevel loud", ":3:10: error: LogLevel: \"loud\" is no" },
		{ "LogLevel warn net:", "\"net:\" is no level" },
		{ "LogLevel :warn", "is no level" },
		{ "LogFormat \"%h %Z\" x", ":3:16: error: LogFormat: %Z is no letter" },
		{ "LogFormat \"%{x\"", "has no \"}\"" },
		{ "LogFormat \"%h\" \"%r\"", "a format's name" },
		{ "CustomLog logs/a", "an argument is missing" },
		{ "CustomLog logs/a \"%h %\"", ":3:23: error: CustomLog" },
		{ "CustomLog logs/a absent",
		    ":3:18: error: CustomLog: no LogFormat defines "
		    "\"absent\"" },
		{ "CustomLog logs/a common escape=json", "by its LogFormat" },
		{ "LogFormat common escape=json", "by its LogFormat" },
		{ "TransferLog logs/a\nLogFormat absent",
		    ":4:11: error: LogFormat: \"absent\" has no letter, and no "
		    "LogFormat defines it" },
		{ "CustomLog logs/a common expr=true",
		    ":3:25: error: CustomLog: conditions by expr= are not "
		    "supported yet" },
		{ "CustomLog logs/a common env=", "name is missing" },
		{ "CustomLog logs/a common env=!", "name is missing" },
		{ "CustomLog logs/a common env=a env=b", "one condition is all" },
		{ "CustomLog logs/a common a=b", "nothing but env=" },
		{ "LogFormat \"%h\" a b", "nothing but escape=json" },
		{ "LogFormat \"%h\" a env=x", "nothing but escape=json" },
		{ "LogFormat '{\"a\":\"%h}' a escape=json", "not closed" },
		{ "LogFormat \"%h\" escape=xml", "nothing but escape=json" },
		{ "GlobalLog logs/a absent", "GlobalLog: no LogFormat" },
		{ "<VirtualHost *:80>\nGlobalLog logs/a common\n"
		  "</VirtualHost>",
		    "GlobalLog may not stand" },
		{ "CustomLog logs/a no1\nCustomLog logs/b no2",
		    "defines \"no2\"" },
		{ "TransferLog \"|$ \"", "a program is missing" },
	};
	struct conf_messages messages;
	char text[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "ServerRoot /srv\nListen 80\n%s\n",
		    bad[i].text);
		assert_null(conf_text_load(sections, text, &messages));
		if (strstr(buf_str(&messages.text), bad[i].says) == NULL)
			fail_msg(
			    "%s: %s", bad[i].text, buf_str(&messages.text));
		buf_release(&messages.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_known_formats),
		cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

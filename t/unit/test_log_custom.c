/* SPDX-License-Identifier: BSD-2-Clause */
/* Access logs: which of them a host has, when, and in which format. */
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
#include "ipc/log_ring.h"

static const struct conf_section *const sections[] = { &log_section, NULL };
static struct server_conf *conf;

static void
load(const char *text)
{
	char all[2048];

	snprintf(all, sizeof(all), "ServerRoot /srv\nListen 80\n%s", text);
	conf = conf_text_load(sections, all, NULL);
	assert_non_null(conf);
}

/* The lines of all logs of a host for a plain request, each with "|". */
static const char *
lines_of(size_t host)
{
	static char lines[2 * LOG_LINE_MAX];
	static struct exchange_peer peer;
	const struct log_conf *c;
	const struct custom_log *log;
	struct exchange x;
	size_t len = 0;

	assert_true(host < conf->host_count);
	c = settings_get(conf->hosts[host].settings, &log_section);
	exchange_init(&x, &peer, conf, NULL, 0);
	x.response.status = 204;
	for (log = c->customs; log != NULL; log = log->next) {
		assert_true(len <= LOG_LINE_MAX);
		len += log_format_print(
		    log->format, &x, lines + len, LOG_LINE_MAX);
		lines[len++] = '|';
	}
	lines[len] = '\0';
	exchange_release(&x);
	return lines;
}

/* What the configuration logs: a text for the server and for each host. */
static void
check_lines(const char *text, const char *const *lines)
{
	load(text);
	for (size_t i = 0; lines[i] != NULL; i++)
		assert_string_equal(lines_of(i), lines[i]);
	conf_destroy(&conf);
}

static void
test_global_logs(void **state)
{
	(void)state;
	check_lines("CustomLog logs/a \"a%s\"\n"
		    "GlobalLog logs/g \"g%s\"\n"
		    "CustomLog logs/b \"b%s\"\n"
		    "GlobalLog logs/h later\n"
		    "LogFormat \"h%s\" later\n"
		    "<VirtualHost *:80>\n</VirtualHost>\n"
		    "<VirtualHost *:80>\nCustomLog logs/c \"c%s\"\n"
		    "LogFormat \"not here\" later\n</VirtualHost>\n"
		    "<VirtualHost *:80>\nTransferLog logs/d\n"
		    "LogFormat \"d%s\"\n</VirtualHost>\n",
	    (const char *const[]){ "a204|g204|b204|h204|",
		"a204|g204|b204|h204|", "c204|g204|h204|", "d204|g204|h204|",
		NULL });
}

/* The format of an inherited TransferLog is the host's, as in Apache. */
static void
test_inherited_transfer_log(void **state)
{
	(void)state;
	check_lines("TransferLog logs/t\n"
		    "CustomLog logs/a named\n"
		    "LogFormat \"server%s\"\n"
		    "LogFormat \"named%s\" named\n"
		    "<VirtualHost *:80>\n</VirtualHost>\n"
		    "<VirtualHost *:80>\nLogFormat \"host%s\"\n"
		    "LogFormat \"not here\" named\n</VirtualHost>\n",
	    (const char *const[]){ "server204|named204|", "server204|named204|",
		"host204|named204|", NULL });
}

/* A name alone, as in Apache: what it means is looked up in the end. */
static void
test_transfer_log_by_name(void **state)
{
	(void)state;
	check_lines("TransferLog logs/t\n"
		    "LogFormat Mine\n"
		    "LogFormat \"server%s\" mine\n"
		    "<VirtualHost *:80>\nLogFormat agent\nTransferLog logs/h\n"
		    "</VirtualHost>\n"
		    "<VirtualHost *:80>\nLogFormat \"host%s\" mine\n"
		    "TransferLog logs/i\n</VirtualHost>\n",
	    (const char *const[]){ "server204|", "-|", "host204|", NULL });
}

static void
test_builtin_names(void **state)
{
	static const char *const names[] = { "common", "combined", "combinedio",
		"vhost_combined", "referer", "agent", "json" };
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "CustomLog logs/a %s\n", names[i]);
		load(text);
		assert_true(strlen(lines_of(0)) > 0);
		conf_destroy(&conf);
		/* One of the file goes before it, wherever it stands. */
		snprintf(text, sizeof(text),
		    "CustomLog logs/a %s\nLogFormat \"own\" %s\n", names[i],
		    names[i]);
		load(text);
		assert_string_equal(lines_of(0), "own|");
		conf_destroy(&conf);
	}
}

/* As in Apache case makes no difference to names. */
static void
test_case_of_names(void **state)
{
	(void)state;
	load("CustomLog logs/a MINE\nLogFormat \"own%s\" mine\n"
	     "CustomLog logs/b Agent\n");
	assert_string_equal(lines_of(0), "own204|-|");
	conf_destroy(&conf);
}

static void
test_json(void **state)
{
	static const char expected[] = "{\"s\":204,\"r\":null}|"
				       "{\"named\":\"-\"}|[204,null]|[";

	(void)state;
	load("CustomLog logs/a '{\"s\":%s,\"r\":%r}' escape=json\n"
	     "LogFormat '{\"named\":\"%r\"}' named escape=json\n"
	     "CustomLog logs/b named env=!x\n"
	     "LogFormat '[%s,%b]' escape=json\n"
	     "TransferLog logs/c\n"
	     "CustomLog logs/d '[%D,%^FB]' env=y escape=json\n");
	assert_memory_equal(lines_of(0), expected, strlen(expected));
	conf_destroy(&conf);
}

static void
test_conditions(void **state)
{
	const struct custom_log *log;

	(void)state;
	load("CustomLog logs/a common env=one\n"
	     "CustomLog logs/b \"%s\" ENV=!two\n"
	     "CustomLog logs/c common\n");
	log = ((const struct log_conf *)conf_get(conf, &log_section))->customs;
	assert_true(span_is(log->variable, "one"));
	assert_false(log->unless);
	assert_true(span_is(log->next->variable, "two"));
	assert_true(log->next->unless);
	assert_null(log->next->next->variable.ptr);
	conf_destroy(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_global_logs),
		cmocka_unit_test(test_inherited_transfer_log),
		cmocka_unit_test(test_transfer_log_by_name),
		cmocka_unit_test(test_builtin_names),
		cmocka_unit_test(test_case_of_names),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

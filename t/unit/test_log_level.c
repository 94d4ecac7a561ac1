/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LogLevel: which names there are, what a level of a module holds for, and
 * which of all that are written holds for a request.
 */
#include "config.h"

#include "log/log_conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf/lookup.h"
#include "conf_text.h"
#include "log/log_override.h"

static const struct conf_section *const sections[] = { &log_section, NULL };

static struct server_conf *
load(const char *text, struct conf_messages *messages)
{
	char all[2048];

	snprintf(all, sizeof(all), "ServerRoot /srv\nListen 80\n%s", text);
	return conf_text_load(sections, all, messages);
}

static enum report_level
level_of(const struct settings *settings, const char *room)
{
	const struct log_conf *c = settings_get(settings, &log_section);

	return log_level_of(&c->levels, room);
}

static void
test_names(void **state)
{
	static const char *const names[] = { "log_config", "mod_log_config",
		"mod_log_config.c", "log_config_module", "Log_Config" };
	struct server_conf *conf;
	const struct settings *s;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "LogLevel %s:debug\n", names[i]);
		conf = load(text, NULL);
		assert_non_null(conf);
		s = conf->hosts[0].settings;
		assert_int_equal(level_of(s, "log_config"), REPORT_DEBUG);
		/* Who does its work here. */
		assert_int_equal(level_of(s, "log"), REPORT_DEBUG);
		assert_int_equal(level_of(s, "core"), REPORT_WARN);
		conf_destroy(&conf);
	}
}

static void
test_messages(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "LogLevel info logg:debug",
		    "3:15: error: LogLevel: unknown module logg; did you mean "
		    "log?" },
		{ "LogLevel qqqqqqqq:debug",
		    "3:10: error: LogLevel: unknown module qqqqqqqq\n" },
		{ "LogLevel mod_rewrit.c:debug", "did you mean rewrite?" },
		{ "LogLevel info mod_lua.c:debug",
		    "3:15: warning: LogLevel: mod_lua.c has no effect: " },
		{ "LogLevel unique_id:debug", "unique_id has no effect" },
		{ "LogLevel core:loud", "\"core:loud\" is no level" },
		{ "HostnameLookups On", "3:17: error: HostnameLookups: names" },
		{ "HostnameLookups double", "only Off is supported" },
		{ "HostnameLookups 1", "neither Off, On nor Double" },
	};
	struct conf_messages messages;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct server_conf *conf = load(rows[i].text, &messages);

		if (strstr(buf_str(&messages.text), rows[i].says) == NULL)
			fail_msg(
			    "%s: %s", rows[i].text, buf_str(&messages.text));
		assert_int_equal(messages.errors + messages.warnings, 1);
		assert_int_equal(conf != NULL, messages.errors == 0);
		buf_release(&messages.text);
		if (conf != NULL)
			conf_destroy(&conf);
	}
}

/* Settings of a path below the first host. */
static const struct settings *
settings_of(
    struct lookup_cache *cache, const struct host *host, const char *path)
{
	struct lookup_subject subject = { .host = host,
		.uri_path = span_str(path) };

	return lookup_settings(cache, &subject, NULL, NULL);
}

static void
test_directories(void **state)
{
	struct server_conf *conf = load("LogLevel warn log:info\n"
					"HostnameLookups Off\n"
					"<Location /a>\n"
					"LogLevel core:debug\n"
					"HostnameLookups off\n"
					"</Location>\n"
					"<Location /a/b>\n"
					"LogLevel core:trace1 net:crit\n"
					"</Location>\n"
					"<Location /a/b/c>\n"
					"LogLevel error\n"
					"</Location>\n",
	    NULL);
	static const struct {
		const char *path;
		enum report_level core, log, net, other;
	} rows[] = {
		{ "/", REPORT_WARN, REPORT_INFO, REPORT_WARN, REPORT_WARN },
		{ "/a", REPORT_DEBUG, REPORT_INFO, REPORT_WARN, REPORT_WARN },
		{ "/a/b", REPORT_TRACE1, REPORT_INFO, REPORT_CRIT,
		    REPORT_WARN },
		{ "/a/b/c", REPORT_ERROR, REPORT_ERROR, REPORT_ERROR,
		    REPORT_ERROR },
	};
	struct lookup_cache *cache;
	size_t i;

	(void)state;
	assert_non_null(conf);
	cache = lookup_cache_create(conf, 16);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct settings *s =
		    settings_of(cache, &conf->hosts[0], rows[i].path);

		assert_int_equal(level_of(s, "core"), rows[i].core);
		assert_int_equal(level_of(s, "log"), rows[i].log);
		assert_int_equal(level_of(s, "net"), rows[i].net);
		assert_int_equal(level_of(s, "os"), rows[i].other);
	}
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
}

static int
override(const struct server_conf *conf, const char *words)
{
	struct err err;

	return log_override_set(conf, span_str(words), &err);
}

static void
test_override(void **state)
{
	struct server_conf *conf =
	    load("LogLevel warn core:info\n"
		 "<VirtualHost *:80>\nLogLevel crit\n</VirtualHost>\n",
		NULL);
	const struct settings *s;

	(void)state;
	assert_non_null(conf);
	conf->generation = 7;
	s = conf->hosts[0].settings;
	assert_int_equal(override(conf, "debug"), 0);
	assert_int_equal(level_of(s, "net"), REPORT_DEBUG);
	assert_int_equal(level_of(s, "core"), REPORT_DEBUG);
	assert_int_equal(
	    level_of(conf->hosts[1].settings, "net"), REPORT_DEBUG);
	assert_int_equal(log_override_max(REPORT_WARN), REPORT_DEBUG);
	/* What is wrong changes nothing. */
	assert_int_equal(override(conf, "info loud"), -1);
	assert_int_equal(override(conf, "info nett:warn"), -1);
	assert_int_equal(override(conf, ":warn"), -1);
	assert_int_equal(override(conf, ""), -1);
	assert_int_equal(level_of(s, "net"), REPORT_DEBUG);
	/* What was set before is forgotten. */
	assert_int_equal(override(conf, " net:trace1   log_config:error "), 0);
	assert_int_equal(level_of(s, "net"), REPORT_TRACE1);
	assert_int_equal(level_of(s, "log"), REPORT_ERROR);
	assert_int_equal(level_of(s, "core"), REPORT_INFO);
	assert_int_equal(
	    level_of(conf->hosts[1].settings, "core"), REPORT_CRIT);
	assert_int_equal(log_override_max(REPORT_WARN), REPORT_TRACE1);
	log_override_follow(conf);
	assert_int_equal(level_of(s, "net"), REPORT_TRACE1);
	assert_int_equal(override(conf, "reset"), 0);
	assert_int_equal(level_of(s, "net"), REPORT_WARN);
	/* It ends with its configuration. */
	assert_int_equal(override(conf, "debug"), 0);
	conf->generation = 8;
	log_override_follow(conf);
	assert_int_equal(level_of(s, "net"), REPORT_WARN);
	assert_int_equal(log_override_max(REPORT_WARN), REPORT_WARN);
	conf_destroy(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_directories),
		cmocka_unit_test(test_override),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

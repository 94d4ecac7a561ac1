/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/build: from statements to hosts and settings, and what is refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_fixture.h"

/* Texts that follow "Listen 80\n", and all that is said of them. */
static const struct {
	const char *text, *messages;
} faults[] = {
	/* Contexts. */
	{ "<Directory /x>\nNumber 1\n</Directory>\n",
	    "t.conf:3:1: error: Number may not stand inside <Directory>, "
	    "only outside of all sections\n    Number 1\n    ^\n" },
	{ "<VirtualHost *>\nListen 81\n</VirtualHost>\n",
	    "t.conf:3:1: error: Listen may not stand inside <VirtualHost>, "
	    "only outside of all sections\n    Listen 81\n    ^\n" },
	{ "<Location /x>\nTime 1\n</Location>\n",
	    "t.conf:3:1: error: Time may not stand inside <Location>, only "
	    "outside of all sections or in <VirtualHost>\n"
	    "    Time 1\n    ^\n" },
	{ "ServerAlias x\n",
	    "t.conf:2:1: error: ServerAlias may not stand outside of all "
	    "sections, only in <VirtualHost>\n    ServerAlias x\n    ^\n" },
	{ "<Directory /x>\n<Directory /y>\nNonsense\n</Directory>\n"
	  "</Directory>\n",
	    "t.conf:3:1: error: <Directory> may not stand inside <Directory>, "
	    "only outside of all sections or in <VirtualHost>\n"
	    "    <Directory /y>\n    ^\n" },
	{ "<Location /x>\n<Files y>\n</Files>\n</Location>\n",
	    "t.conf:3:1: error: <Files> may not stand inside <Location>, only "
	    "outside of all sections, in <VirtualHost> or in <Directory>\n"
	    "    <Files y>\n    ^\n" },
	{ "<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n"
	  "</VirtualHost>\n",
	    "t.conf:3:1: error: <VirtualHost> may not stand inside "
	    "<VirtualHost>, only outside of all sections\n"
	    "    <VirtualHost *>\n    ^\n" },
	/* Names. */
	{ "Timee 5\n",
	    "t.conf:2:1: error: unknown directive Timee; did you mean Time?\n"
	    "    Timee 5\n    ^\n" },
	{ "Lisetn 5\n",
	    "t.conf:2:1: error: unknown directive Lisetn; did you mean "
	    "Listen?\n    Lisetn 5\n    ^\n" },
	{ "Somewhat 5\n",
	    "t.conf:2:1: error: unknown directive Somewhat\n"
	    "    Somewhat 5\n    ^\n" },
	{ "<Directroy /x>\nNonsense\n</Directroy>\n",
	    "t.conf:2:1: error: unknown section <Directroy>; did you mean "
	    "<Directory>?\n    <Directroy /x>\n    ^\n" },
	{ "<Listen 81>\n</Listen>\n",
	    "t.conf:2:1: error: Listen is a directive and stands without < "
	    "and >\n    <Listen 81>\n    ^\n" },
	{ "<Directory>\n</Directory>\n",
	    "t.conf:2:1: error: an argument is missing: <Directory "
	    "path>\n    <Directory>\n    ^\n" },
	{ "<Files a b>\nNumber 1\n</Files>\n",
	    "t.conf:2:10: error: more arguments than it takes: <Files name>\n"
	    "    <Files a b>\n             ^\n"
	    "t.conf:3:1: error: Number may not stand inside <Files>, only "
	    "outside of all sections\n    Number 1\n    ^\n" },
	{ "<Location x>\n</Location>\n",
	    "t.conf:2:11: error: a location begins with /\n"
	    "    <Location x>\n              ^\n" },
	{ "<Directory \"\">\n</Directory>\n",
	    "t.conf:2:12: error: an argument is empty: <Directory "
	    "path>\n    <Directory \"\">\n"
	    "               ^\n" },
	{ "<Files a/b>\n</Files>\n",
	    "t.conf:2:8: error: <Files> takes the name of a file, without /\n"
	    "    <Files a/b>\n           ^\n" },
	{ "<VirtualHost>\n</VirtualHost>\n",
	    "t.conf:2:1: error: an argument is missing: <VirtualHost "
	    "address[:port] ...>\n    <VirtualHost>\n    ^\n" },
	{ "<VirtualHost * example.org:80>\n</VirtualHost>\n",
	    "t.conf:2:16: error: \"example.org\" is not an IP address (names "
	    "are not looked up here)\n    <VirtualHost * example.org:80>\n"
	    "                   ^\n" },
	{ "<VirtualHost *:0>\n</VirtualHost>\n",
	    "t.conf:2:14: error: port 0 is out of range: from 1 to 65535\n"
	    "    <VirtualHost *:0>\n                 ^\n" },
	{ "<VirtualHost ::1>\n</VirtualHost>\n",
	    "t.conf:2:14: error: an IPv6 address stands in brackets: [::1]\n"
	    "    <VirtualHost ::1>\n                 ^\n" },
	/* Said twice. */
	{ "Number 1\nNumber 2\n",
	    "t.conf:3:1: warning: Number is set again; its value of t.conf:2 "
	    "no longer holds\n    Number 2\n    ^\n" },
	{ "Item 1\nItem 2\nLeft a\nRight b\nLeft c\n", "" },
	{ "Text a\n<Directory /x>\nText b\n</Directory>\n", "" },
	/* Names of hosts. */
	{ "ServerName \"a b\"\n",
	    "t.conf:2:12: error: ServerName: \"a b\" is not the name of a "
	    "host\n    ServerName \"a b\"\n               ^\n" },
	{ "ServerName a:x\n",
	    "t.conf:2:12: error: ServerName: \"x\" is not a port\n"
	    "    ServerName a:x\n               ^\n" },
	{ "ServerName ::1\n",
	    "t.conf:2:12: error: ServerName: \":\" is not the name of a host\n"
	    "    ServerName ::1\n               ^\n" },
	{ "ServerName [::x]:80\n",
	    "t.conf:2:12: error: ServerName: \"[::x]\" is not the name of a "
	    "host\n    ServerName [::x]:80\n               ^\n" },
	{ "ServerName ://a\n",
	    "t.conf:2:12: error: ServerName: \"\" is not a scheme\n"
	    "    ServerName ://a\n               ^\n" },
	{ "<VirtualHost *>\nServerAlias a b/c\n</VirtualHost>\n",
	    "t.conf:3:15: error: ServerAlias: \"b/c\" is not the name of a "
	    "host\n    ServerAlias a b/c\n                  ^\n" },
	/* What finish says. */
	{ "Number 13\n",
	    "t.conf:2:8: error: Number: 13 is unlucky\n    Number 13\n"
	    "           ^\n" },
};

static void
test_faults(void **state)
{
	struct conf_fixture f;
	char text[256];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct server_conf *conf;

		snprintf(text, sizeof(text), "Listen 80\n%s", faults[i].text);
		conf = conf_fixture_try(&f, text);
		if (strcmp(f.text, faults[i].messages) != 0)
			print_message("of:\n%s\ngot:\n%s\n", text, f.text);
		assert_string_equal(f.text, faults[i].messages);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* Directives that Apache has and Drover does not. */
static const struct {
	const char *text, *messages;
	bool ok;
} unsupported[] = {
	{ "RewriteRule a b\n",
	    "t.conf:2:1: error: RewriteRule (mod_rewrite) is not supported by "
	    "Drover, and without it something else would be served; "
	    "UnsupportedModules warn allows that\n    RewriteRule a b\n"
	    "    ^\n", false },
	{ "RewriteRule a b\nUnsupportedModules warn\n",
	    "t.conf:2:1: warning: RewriteRule (mod_rewrite) is not supported "
	    "by Drover and is left out\n    RewriteRule a b\n    ^\n", true },
	{ "rewriteengine OFF\n",
	    "t.conf:2:1: warning: rewriteengine (mod_rewrite) has no effect "
	    "in Drover\n    rewriteengine OFF\n    ^\n", true },
	{ "<Proxy *>\nnonsense\n</Proxy>\n",
	    "t.conf:2:1: error: <Proxy> (mod_proxy) is not supported by "
	    "Drover, and without it something else would be served; "
	    "UnsupportedModules warn allows that\n    <Proxy *>\n    ^\n",
	    false },
	{ "<If \"true\">\nHeader set A b\n</If>\nUnsupportedModules WARN\n",
	    "t.conf:2:1: warning: <If> (core) is not supported by Drover and "
	    "is left out\n    <If \"true\">\n    ^\n", true },
	{ "<If \"true\">\nSetHandler x\n</If>\nUnsupportedModules WARN\n",
	    "t.conf:3:1: error: SetHandler inside <If> is not supported by "
	    "Drover, and without it something may be open or be shown as a "
	    "source: not even UnsupportedModules warn leaves it out\n"
	    "    SetHandler x\n    ^\n", false },
	{ "SetEnv A b\nAcceptMutex x\n",
	    "t.conf:2:1: warning: SetEnv (mod_env) has no effect in Drover\n"
	    "    SetEnv A b\n    ^\n"
	    "t.conf:3:1: warning: AcceptMutex (core) has no effect in Drover\n"
	    "    AcceptMutex x\n    ^\n", true },
	{ "<Directory /x>\nOrder allow,deny\n</Directory>\n",
	    "t.conf:3:1: error: Order (mod_access_compat) is not supported by "
	    "Drover, and without it something else would be served; "
	    "UnsupportedModules warn allows that\n"
	    "    Order allow,deny\n    ^\n", false },
	{ "php_admin_flag engine Off\n",
	    "t.conf:2:1: warning: php_admin_flag (mod_php) has no effect in "
	    "Drover\n    php_admin_flag engine Off\n    ^\n", true },
	/* LoadModule has said it already. */
	{ "LoadModule env_module modules/mod_env.so\nSetEnv A b\n",
	    "t.conf:2:12: warning: Drover has no env_module: directives of it "
	    "that decide what is served are refused, the others have no "
	    "effect\n"
	    "    LoadModule env_module modules/mod_env.so\n"
	    "               ^\n", true },
	/* Of a module that Drover has, it said nothing. */
	{ "LoadModule autoindex_module x\nHeaderName a\n",
	    "t.conf:3:1: warning: HeaderName (mod_autoindex) has no effect "
	    "in Drover\n    HeaderName a\n    ^\n", true },
	{ "<IfModule mod_rewrite.c>\nRewriteRule a b\n</IfModule>\n", "",
	    true },
	{ "<IfModule !mod_rewrite.c>\nText b\n</IfModule>\n", "", true },
	/* What protects something must not vanish because it is optional. */
	{ "LoadModule auth_basic_module x\n<IfModule auth_basic_module>\n"
	  "AuthBasicProvider file\n</IfModule>\n",
	    "t.conf:2:12: warning: Drover has no auth_basic_module: directives "
	    "of it that decide what is served are refused, the others have "
	    "no effect\n"
	    "    LoadModule auth_basic_module x\n               ^\n"
	    "t.conf:4:1: error: AuthBasicProvider (mod_auth_basic) is not "
	    "supported by Drover, and without it something else would be "
	    "served; UnsupportedModules warn allows that\n"
	    "    AuthBasicProvider file\n    ^\n", false },
	{ "AddOutputFilterByType DEFLATE text/html\n",
	    "t.conf:2:1: warning: AddOutputFilterByType (mod_filter) has no "
	    "effect in Drover\n    AddOutputFilterByType DEFLATE text/html\n"
	    "    ^\n", true },
	{ "<Directory /x>\nAddOutputFilterByType INCLUDES text/html\n"
	  "</Directory>\nUnsupportedModules warn\n",
	    "t.conf:3:1: warning: AddOutputFilterByType (mod_filter) is not "
	    "supported by Drover and is left out\n"
	    "    AddOutputFilterByType INCLUDES text/html\n    ^\n", true },
	{ "UnsupportedModules maybe\n",
	    "t.conf:2:20: error: UnsupportedModules: \"maybe\" is none of "
	    "refuse, warn\n    UnsupportedModules maybe\n"
	    "                       ^\n", false },
};

static void
test_unsupported(void **state)
{
	struct conf_fixture f;
	char text[256];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(unsupported) / sizeof(*unsupported);
	    i++) {
		struct server_conf *conf;

		snprintf(text, sizeof(text), "Listen 80\n%s",
		    unsupported[i].text);
		conf = conf_fixture_try(&f, text);
		if (strcmp(f.text, unsupported[i].messages) != 0)
			print_message("of:\n%s\ngot:\n%s\n", text, f.text);
		assert_string_equal(f.text, unsupported[i].messages);
		assert_int_equal(conf != NULL, unsupported[i].ok);
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

/* The listeners as "name protocol optional" lines; or the message. */
static const struct {
	const char *text, *result;
} listens[] = {
	{ "Listen 80", "0.0.0.0:80 http\n[::]:80 http optional\n" },
	{ "Listen *:80", "0.0.0.0:80 http\n[::]:80 http optional\n" },
	{ "Listen 1.2.3.4:80", "1.2.3.4:80 http\n" },
	{ "Listen [::1]:8080 HTTP", "[::1]:8080 http\n" },
	{ "Listen 80 https", "1:11: Listen: https is not yet supported" },
	{ "Listen 80 x", "1:11: Listen: \"x\" is not a protocol: http" },
	{ "Listen [::]:80\nListen 0.0.0.0:80",
	    "[::]:80 http\n0.0.0.0:80 http\n" },
	{ "Listen 127.0.0.1:80\nListen 127.0.0.2:80\nListen [::1]:80",
	    "127.0.0.1:80 http\n127.0.0.2:80 http\n[::1]:80 http\n" },
	{ "Listen 65535", "0.0.0.0:65535 http\n[::]:65535 http optional\n" },
	{ "Listen 70000", "1:8: Listen: port 70000 is out of range: from 1 to "
	    "65535" },
	{ "Listen 0", "1:8: Listen: port 0 is out of range: from 1 to 65535" },
	{ "Listen 80x", "1:8: Listen: \"80x\" is not a port" },
	{ "Listen localhost", "1:8: Listen: \"localhost\" is not a port" },
	{ "Listen localhost:80", "1:8: Listen: \"localhost\" is not an IP "
	    "address (names are not looked up here)" },
	{ "Listen 1.2.3.4", "1:8: Listen: \"1.2.3.4\" has no port: write 1.2.3.4:80" },
	{ "Listen 1.2.3.4:",
	    "1:8: Listen: \"1.2.3.4:\" has no port: write 1.2.3.4:80" },
	{ "Listen 1.2.3.456:80", "1:8: Listen: \"1.2.3.456\" is not an IP "
	    "address (names are not looked up here)" },
	{ "Listen [::1]", "1:8: Listen: \"[::1]\" has no port: write [::1]:80" },
	{ "Listen ::1:80", "1:8: Listen: an IPv6 address stands in "
				"brackets: [::1:80]:port" },
	{ "Listen *", "1:8: Listen: \"*\" has no port: write *:80" },
	{ "Listen \"\"", "1:8: Listen: \"\" is not a port" },
	{ "Listen :80", "1:8: Listen: \"\" is not an IP address (names are not "
	    "looked up here)" },
	{ "Listen 80\nListen 80", "2:8: Listen: 0.0.0.0:80 is taken already, "
	    "by 0.0.0.0:80 of t.conf:1" },
	{ "Listen 80\nListen 127.0.0.1:80", "2:8: Listen: 127.0.0.1:80 is "
	    "taken already, by 0.0.0.0:80 of t.conf:1" },
	{ "Listen [::1]:80\nListen 80", "2:8: Listen: [::]:80 is taken "
	    "already, by [::1]:80 of t.conf:1" },
	{ "# nothing", "there is no Listen: nothing would be served" },
};

static void
print_listens(const struct server_conf *conf, char *to, size_t size)
{
	size_t used = 0;

	*to = '\0';
	for (size_t i = 0; i < conf->listen_count; i++)
		used += (size_t)snprintf(to + used, size - used, "%s %s%s\n",
		    conf->listens[i].name, conf->listens[i].protocol,
		    conf->listens[i].optional ? " optional" : "");
}

static void
test_listen(void **state)
{
	struct conf_fixture f;
	char text[512];

	(void)state;
	conf_fixture_init(&f);
	for (size_t i = 0; i < sizeof(listens) / sizeof(*listens); i++) {
		struct server_conf *conf = conf_fixture_try(&f,
		    listens[i].text);
		char *end;

		if (conf) {
			print_listens(conf, text, sizeof(text));
			assert_string_equal(text, listens[i].result);
		} else {
			end = strchr(f.text, '\n');
			*end = '\0';
			assert_non_null(strstr(f.text, "error: "));
			assert_string_equal(strstr(f.text, "error: ") + 7,
			    strstr(listens[i].result, ": ") &&
				listens[i].result[1] == ':' ?
			    strstr(listens[i].result, ": ") + 2 :
			    listens[i].result);
			if (listens[i].result[1] == ':')
				assert_memory_equal(f.text + 7,
				    listens[i].result,
				    strcspn(listens[i].result, " "));
		}
		conf_destroy(&conf);
	}
	conf_fixture_release(&f);
}

static void
test_hosts(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	const struct host *h;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\nServerName Main.Example:8080\n"
	    "Text server\nItem a\nLeft x\n"
	    "<VirtualHost *:80 [::1]:81 10.0.0.1>\n"
	    "ServerName https://A.example:443\n"
	    "ServerAlias B.example *.C.example\nServerAlias d\n"
	    "Text host\nItem b\nRight y\n</VirtualHost>\n"
	    "<VirtualHost _default_>\nServerName [::1]:80\n</VirtualHost>\n"
	    "<VirtualHost *>\n</VirtualHost>\n");
	assert_non_null(conf);
	assert_int_equal(conf->host_count, 4);
	h = &conf->hosts[0];
	assert_string_equal(h->name, "Main.Example");
	assert_int_equal(h->port, 8080);
	assert_null(h->scheme);
	assert_null(h->aliases[0]);
	assert_int_equal(h->addr_count, 0);
	h = &conf->hosts[1];
	assert_string_equal(h->name, "A.example");
	assert_string_equal(h->scheme, "https");
	assert_int_equal(h->port, 443);
	assert_string_equal(h->aliases[0], "b.example");
	assert_string_equal(h->aliases[1], "*.c.example");
	assert_string_equal(h->aliases[2], "d");
	assert_null(h->aliases[3]);
	assert_int_equal(h->addr_count, 3);
	assert_string_equal(h->addrs[0].text, "*:80");
	assert_true(addr_is_any(&h->addrs[0].addr));
	assert_int_equal(addr_port(&h->addrs[1].addr), 81);
	assert_int_equal(addr_port(&h->addrs[2].addr), 0);
	assert_int_equal(h->place.line, 6);
	assert_string_equal(conf->hosts[2].name, "[::1]");
	assert_int_equal(conf->hosts[2].port, 80);
	/* No name is inherited. */
	assert_null(conf->hosts[3].name);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static const struct sample_conf *
sample(const struct server_conf *conf, size_t host)
{
	return settings_get(conf->hosts[host].settings, &sample_section);
}

static void
test_inheritance(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	struct conf_place place;

	(void)state;
	conf_fixture_init(&f);
	conf = conf_fixture_try(&f, "Listen 80\n"
	    "<VirtualHost *>\nText host\nItem b\nRight y\n</VirtualHost>\n"
	    "<VirtualHost *>\nFlag Off\n</VirtualHost>\n"
	    "Text server\nItem a\nLeft x\nLeft z\n");
	assert_non_null(conf);
	assert_string_equal(sample(conf, 0)->text, "server");
	assert_string_equal(sample(conf, 1)->text, "host");
	assert_string_equal(sample(conf, 2)->text, "server");
	assert_string_equal(sample(conf, 0)->list, "a");
	assert_string_equal(sample(conf, 1)->list, "a b");
	assert_string_equal(sample(conf, 2)->list, "a");
	assert_string_equal(sample(conf, 0)->pair, "Left:zero Left:x Left:z");
	assert_string_equal(sample(conf, 1)->pair,
	    "Left:zero Left:x Left:z Right:y");
	assert_true(sample(conf, 0)->flag);
	assert_false(sample(conf, 2)->flag);
	/* finish ran for each with its own struct. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(sample(conf, (size_t)i)->finished, i + 1);
	assert_true(settings_place(conf->hosts[1].settings, &sample_section,
	    "text", &place));
	assert_int_equal(place.line, 3);
	assert_true(settings_place(conf->hosts[2].settings, &sample_section,
	    "Text", &place));
	assert_int_equal(place.line, 10);
	assert_false(settings_place(conf->hosts[2].settings, &sample_section,
	    "Path", &place));
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

static void
test_command_line(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;

	(void)state;
	conf_fixture_init(&f);
	f.before[0] = "Text before";
	f.before[1] = "Number 3";
	f.after[0] = "Number 5";
	f.after[1] = "Word green";
	conf = conf_fixture_try(&f, "Listen 80\nText file\nNumber 4\n");
	assert_non_null(conf);
	assert_string_equal(f.text, "");
	assert_string_equal(sample(conf, 0)->text, "file");
	assert_int_equal(sample(conf, 0)->number, 5);
	assert_int_equal(sample(conf, 0)->word, 2);
	conf_destroy(&conf);
	conf_fixture_release(&f);
}

/* A hundred are printed; where warnings crowd, errors go first. */
static void
test_limit(void **state)
{
	struct conf_fixture f;
	struct buf text;
	unsigned errors = 0, warnings = 0;

	(void)state;
	conf_fixture_init(&f);
	buf_init(&text, 1024 * 1024);
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&text, "LoadModule m%d_module m.so\n", i);
	for (int i = 0; i < 60; i++)
		buf_printf(&text, "Nonsense %d\n", i);
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_int_equal(f.messages.errors, 60);
	assert_int_equal(f.messages.warnings, 200);
	for (const char *p = f.text; (p = strstr(p, ": error: ")); p++)
		errors++;
	for (const char *p = f.text; (p = strstr(p, ": warning: ")); p++)
		warnings++;
	assert_int_equal(errors, 60);
	assert_int_equal(warnings, 40);
	assert_non_null(strstr(f.text, "\n… and 160 more\n"));
	buf_clear(&text);
	buf_add_str(&text, "Listen 80\n");
	for (int i = 0; i < 10100; i++)
		buf_add_str(&text, "SetEnv a b\n");
	buf_add_str(&text, "Nonsense\n");
	assert_null(conf_fixture_try(&f, buf_str(&text)));
	assert_non_null(strstr(f.text, "error: unknown directive Nonsense"));
	buf_release(&text);
	conf_fixture_release(&f);
}

/* A line is shown around its caret, whatever bytes stand in it. */
static void
test_excerpt(void **state)
{
	struct conf_fixture f;
	char text[1024], *line, *caret;

	(void)state;
	conf_fixture_init(&f);
	snprintf(text, sizeof(text), "Listen 80\nItem %0300d \"bad\" %0300d\n",
	    1, 2);
	assert_null(conf_fixture_try(&f, text));
	line = strstr(f.text, "\n    ...");
	assert_non_null(line);
	caret = strchr(line + 1, '\n');
	assert_memory_equal(caret - 3, "...", 3);
	assert_true(caret - line < 180);
	assert_int_equal(line[1 + strcspn(caret + 1, "^")], '"');
	assert_null(conf_fixture_try(&f, "Listen 80\nItem \xc3\xa4 \tbad\n"));
	assert_non_null(strstr(f.text, "\n    Item \xc3\xa4 \tbad\n"
				       "           \t^\n"));
	conf_fixture_release(&f);
}

/* clang's way to tell what gcc tells by a macro. */
#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

/* Under a tool whose own memory grows too. */
static bool
is_watched(void)
{
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
	return true;
#else
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded && strstr(preloaded, "vgpreload");
#endif
}

/* Pages of this process that are in memory. */
static long
resident(void)
{
	long size = 0, pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &size, &pages), 2);
	fclose(file);
	return pages;
}

static void
test_many_loads(void **state)
{
	struct conf_fixture f;
	struct server_conf *conf;
	long before = 0;

	(void)state;
	conf_fixture_init(&f);
	conf_fixture_text(&f, "more", "<VirtualHost *>\nServerName a\n"
	    "<Directory /x>\nText y\n</Directory>\n</VirtualHost>\n");
	for (int i = 0; i < 550; i++) {
		conf = conf_fixture_try(&f, i % 2 ? "Listen 80\nInclude more\n"
		    "Item a b\n" : "Listen 80\nInclude more\nNumber x\n");
		conf_destroy(&conf);
		if (i == 50)
			before = resident();
	}
	if (!is_watched())
		assert_true(resident() - before < 64);
	conf_fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_inheritance),
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_excerpt),
		cmocka_unit_test(test_many_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Redirect, Alias and Require, each by tables of requests. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/report.h"
#include "site.h"
#include "tree.h"

extern const struct module redirect_module, alias_module, access_module,
    static_module, autoindex_module;
const struct module *const modules[] = { &redirect_module, &alias_module,
	&access_module, &static_module, &autoindex_module, NULL };

static int
make_site(void **state)
{
	static const char *const directories[] = { "www", "www/open",
		"www/closed", "www/closed/open", "images", "images-private",
		"second" };
	static const char *const files[] = { "www/index.html", "www/a.txt",
		"www/open/a.txt", "www/closed/a.txt", "www/closed/open/a.txt",
		"images/a.txt", "images/index.html", "images-private/a.txt",
		"second/a.txt", "icon.txt" };

	(void)state;
	report_set_level(REPORT_EMERG);
	tree_make();
	for (size_t i = 0; i < sizeof(directories) / sizeof(char *); i++)
		tree_directory(directories[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(char *); i++)
		tree_file(files[i], files[i]);
	return 0;
}

static int
remove_site(void **state)
{
	(void)state;
	site_close();
	tree_remove();
	return 0;
}

static void
test_redirect(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /old", "301 http://new.example/there" },
		{ "GET /old/", "301 http://new.example/there/" },
		{ "GET /old/a/b", "301 http://new.example/there/a/b" },
		{ "GET /old/a?b=c", "301 http://new.example/there/a?b=c" },
		{ "GET /old?", "301 http://new.example/there?" },
		{ "GET /older", "404" },
		{ "GET /old/a%20%22%3Cb%3E%25",
		    "301 http://new.example/there/a%20%22%3Cb%3E%25" },
		{ "GET /old/%C3%A4;v=1,2",
		    "301 http://new.example/there/%C3%A4;v=1,2" },
		{ "GET /old/%0D%0ASet-Cookie:x",
		    "301 http://new.example/there/%0D%0ASet-Cookie:x" },
		{ "POST /old", "301 http://new.example/there" },
		{ "GET /temp/x", "302 /elsewhere/x" },
		{ "GET /temp2", "302 https://a.example/" },
		{ "GET /temp2/x", "302 https://a.example/x" },
		{ "GET /see", "303 /other" },
		{ "GET /307/x", "307 /t/x" },
		{ "GET /308/x", "308 /t/x" },
		{ "GET /gone", "410" },
		{ "GET /gone/more", "410" },
		{ "GET /secret/x", "404" },
		{ "GET /perm/x?y", "301 http://p.example/x?y" },
		{ "GET /query/x?y", "302 /find?q=/x" },
		{ "GET /slash/x", "302 /y/x" },
		{ "GET /slash", "404" },
		{ "GET /host/.evil.example",
		    "302 http://good.example/.evil.example" },
		{ "GET /root/evil.example", "302 /evil.example" },
		{ "GET /first/second", "302 /one/second" },
		{ "GET /net/x", "302 /net.example/x" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "Redirect permanent /old http://new.example/there\n"
		  "Redirect /temp /elsewhere\n"
		  "Redirect temp /temp2 https://a.example/\n"
		  "Redirect seeother /see /other\n"
		  "Redirect 307 /307 /t\n"
		  "Redirect 308 /308 /t\n"
		  "Redirect gone /gone\n"
		  "Redirect 404 /secret\n"
		  "RedirectPermanent /perm http://p.example\n"
		  "RedirectTemp /query /find?q=\n"
		  "Redirect /slash/ /y/\n"
		  "Redirect /host/ http://good.example\n"
		  "Redirect /root /\n"
		  "Redirect /net //net.example\n"
		  "Redirect /first /one\n"
		  "Redirect /first/second /two\n");
	site_check(rows);
}

static void
test_redirect_scopes(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /both Host: a", "302 /host" },
		{ "GET /server Host: a", "302 /from-server" },
		{ "GET /both", "302 /from-server" },
		{ "GET /closed/a.txt Host: a", "302 /section" },
		{ "GET /open/a.txt Host: a", "302 /section" },
		{ "GET /open/a.txt?x Host: a", "302 /section?x" },
		{ "GET /gone/x Host: a", "410" },
		{ "GET / Host: a", "200 text/html: www/index.html" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "Redirect /both /from-server\n"
		  "Redirect /server /from-server\n"
		  "<VirtualHost *>\nServerName other\n"
		  "</VirtualHost>\n"
		  "<VirtualHost *>\nServerName a\n"
		  "Redirect /both /host\n"
		  "<Location /closed>\nRequire all denied\n"
		  "Redirect /section\n</Location>\n"
		  "<Location /open>\nRedirect /section\n</Location>\n"
		  "<Location /gone>\nRedirect gone\n</Location>\n"
		  "</VirtualHost>\n");
	site_check(rows);
}

/* What one set of sections makes of an inner list leaves the others' alone. */
static void
test_redirect_sets(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /open/a.txt", "302 /from-open" },
		{ "GET /closed/a.txt", "302 /from-closed" },
		{ "GET /open/a.txt", "302 /from-open" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "<Directory www/open>\nRedirect /open/a.txt /from-open\n"
		  "</Directory>\n"
		  "<Directory www/closed>\n"
		  "Redirect /closed/a.txt /from-closed\n</Directory>\n"
		  "<Files a.txt>\nRedirect /1 /x\nRedirect /2 /x\n"
		  "Redirect /3 /x\n</Files>\n");
	site_check(rows);
}

/* The index of a directory is found, not asked for: no redirect of its name. */
static void
test_redirect_of_index(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /index.html", "301 /" },
		{ "GET /", "200 text/html: www/index.html" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\nRedirect permanent /index.html /\n");
	site_check(rows);
}

static void
test_alias(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /img/a.txt", "200 text/plain: images/a.txt" },
		{ "GET /img/", "200 text/html: images/index.html" },
		{ "GET /img", "301 /img/" },
		{ "GET /imgs/a.txt", "404" },
		{ "GET /img/../a.txt", "200 text/plain: www/a.txt" },
		{ "GET /slash/a.txt", "200 text/plain: images/a.txt" },
		{ "GET /slash", "404" },
		{ "GET /slash/-private/a.txt", "404" },
		{ "GET /uneven/a.txt", "200 text/plain: images/a.txt" },
		{ "GET /icon", "200 text/plain: icon.txt" },
		{ "GET /icon/", "404" },
		{ "GET /icon/more", "404" },
		{ "GET /icons", "404" },
		{ "GET /missing/a", "404" },
		{ "GET /twice/a.txt", "200 text/plain: images/a.txt" },
		{ "GET /twice/deep/a.txt", "200 text/plain: second/a.txt" },
		{ "GET /.dot/a.txt", "200 text/plain: second/a.txt" },
		{ "GET /a.txt", "200 text/plain: www/a.txt" },
		{ "OPTIONS *", "200 GET, HEAD, POST, OPTIONS" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "Alias /img images\n"
		  "Alias /slash/ images\n"
		  "Alias /uneven %T/images/\n"
		  "Alias /icon %T/icon.txt\n"
		  "Alias /missing %T/missing\n"
		  "Alias /twice/deep second\n"
		  "Alias /twice images\n"
		  "Alias /.dot second\n");
	site_check(rows);
}

static void
test_alias_scopes(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /x/a.txt Host: a", "200 text/plain: images/a.txt" },
		{ "GET /y/a.txt Host: a", "200 text/plain: second/a.txt" },
		{ "GET /x/a.txt Host: b", "200 text/plain: second/a.txt" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\nAlias /x second\nAlias /y second\n"
		  "<VirtualHost *>\nServerName b\n</VirtualHost>\n"
		  "<VirtualHost *>\nServerName a\nAlias /x images\n"
		  "</VirtualHost>\n");
	site_check(rows);
}

/* Sections hold for what the alias leads to, by its path and by its URI. */
static void
test_alias_sections(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /img/a.txt", "403" },
		{ "GET /second/a.txt", "403" },
		{ "GET /again/a.txt", "200 text/plain: second/a.txt" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\nAlias /img images\nAlias /second second\n"
		  "Alias /again second\n"
		  "<Directory %T/images>\nRequire all denied\n</Directory>\n"
		  "<Location /second>\nRequire all denied\n</Location>\n");
	site_check(rows);
}

static void
test_require(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /a.txt", "403" },
		{ "GET /missing", "403" },
		{ "GET /open/a.txt", "200 text/plain: www/open/a.txt" },
		{ "GET /open/missing", "404" },
		{ "GET /open", "301 /open/" },
		{ "GET /open/", "403" },
		{ "GET /closed", "403" },
		{ "OPTIONS /a.txt", "403" },
		{ "POST /a.txt", "403" },
		{ NULL, NULL },
	};
	static const struct site_row inner[] = {
		{ "GET /a.txt", "200 text/plain: www/a.txt" },
		{ "GET /closed/a.txt", "403" },
		{ "GET /closed/open/a.txt",
		    "200 text/plain: www/closed/open/a.txt" },
		{ "GET /open/a.txt", "200 text/plain: www/open/a.txt" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "<Directory />\nRequire all denied\n</Directory>\n"
		  "<Directory %T/www/open>\nRequire all granted\n"
		  "</Directory>\n");
	site_check(rows);
	site_close();
	site_open("DocumentRoot www\n"
		  "<Directory %T/www/closed>\nRequire all denied\n"
		  "</Directory>\n"
		  "<Directory %T/www/closed/open>\nREQUIRE ALL GRANTED\n"
		  "</Directory>\n"
		  "<Directory %T/www/open>\nRequire all denied\n"
		  "Require all granted\n</Directory>\n");
	site_check(inner);
}

/* Who asks is on this machine: by a loopback address, or by the one that it
 * came to. */
static void
test_require_local(void **state)
{
	static const struct {
		const char *remote, *local;
		enum hook_result result;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1", HOOK_PASS },
		{ "127.200.3.4", "10.0.0.1", HOOK_PASS },
		{ "::1", "::1", HOOK_PASS },
		{ "::ffff:127.0.0.1", "10.0.0.1", HOOK_PASS },
		{ "192.0.2.7", "192.0.2.7", HOOK_PASS },
		{ "2001:db8::7", "2001:db8::7", HOOK_PASS },
		{ "192.0.2.8", "192.0.2.7", HOOK_DONE },
		{ "128.0.0.1", "127.0.0.1", HOOK_DONE },
		{ "2001:db8::8", "2001:db8::7", HOOK_DONE },
	};
	struct exchange *x;

	(void)state;
	site_open("DocumentRoot www\n"
		  "<Location />\nrequire Local\n</Location>\n"
		  "<Location /open>\nRequire local\nRequire all granted\n"
		  "</Location>\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x = site_request("GET /a.txt");
		assert_true(addr_parse(
		    span_str(rows[i].remote), 1234, &x->peer->remote));
		assert_true(addr_parse(
		    span_str(rows[i].local), 80, &x->peer->local));
		if (access_module.check(x) != rows[i].result)
			fail_msg("%s to %s", rows[i].remote, rows[i].local);
		site_end(x);
		x = site_request("GET /open/a.txt");
		assert_int_equal(access_module.check(x), HOOK_PASS);
		x->peer->remote = (struct addr){ .len = 0 };
		site_end(x);
	}
}

static void
test_bad_settings(void **state)
{
	static const char *const rows[][2] = {
		{ "Redirect /a\n", "needs a path and a URL" },
		{ "Redirect permanent /a\n", "needs a path and a URL" },
		{ "Redirect gone /a http://b/\n", "and no URL" },
		{ "Redirect a http://b/\n", "begins with \"/\"" },
		{ "Redirect /a b\n", "neither a URL" },
		{ "Redirect 200 /a /b\n", "no status" },
		{ "Redirect 304 /a /b\n", "no status" },
		{ "Redirect 333 /a /b\n", "no status" },
		{ "Redirect /a \"/b c\"\n", "%20" },
		{ "RedirectPermanent gone /b /c\n", "more arguments" },
		{ "<Location /a>\nRedirect gone /b /c\n</Location>\n",
		    "and no URL" },
		{ "Alias img images\n", "begins with \"/\"" },
		{ "Alias /img\n", "needs a URL-path and a path" },
		{ "Alias /img images\nAlias /img/more second\n",
		    "warning: Alias: never used" },
		{ "<Directory />\nAlias /img images\n</Directory>\n",
		    "in <Location> alone" },
		{ "Require all granted\n", "may not stand" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *messages;
		char text[512] = "DocumentRoot www\n";

		strcat(text, rows[i][0]);
		messages = site_messages(text);
		if (strstr(messages, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], messages);
	}
	site_open("DocumentRoot www\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_site, remove_site)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_redirect),
		TEST(test_redirect_scopes),
		TEST(test_redirect_sets),
		TEST(test_redirect_of_index),
		TEST(test_alias),
		TEST(test_alias_scopes),
		TEST(test_alias_sections),
		TEST(test_require),
		TEST(test_require_local),
		TEST(test_bad_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

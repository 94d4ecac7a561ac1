/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of access that cannot be meant so, and those that nobody can be known
 * to meet: these stay closed.  What the others come to, t/14-access.t shows.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/report.h"
#include "site.h"
#include "tree.h"

extern const struct module access_module, static_module;
const struct module *const modules[] = { &access_module, &static_module, NULL };

static int
make_site(void **state)
{
	(void)state;
	report_set_level(REPORT_EMERG);
	tree_make();
	tree_directory("www");
	tree_file("www/a.txt", "text");
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

/* The rules of a <Directory>, and what is said. */
static const char *const bad[][2] = {
	{ "Require", "an argument is missing: Require " },
	{ "Require all", "behind \"all\" stands \"granted\" or \"denied\"" },
	{ "Require all allowed", "behind \"all\" stands \"granted\"" },
	{ "Require all granted x", "nothing stands behind \"granted\"" },
	{ "Require local yes", "nothing stands behind \"local\"" },
	{ "Require not", "what is not required stands behind \"not\"" },
	{ "Require ip", "an argument is missing behind \"ip\"" },
	{ "Require env", "an argument is missing behind \"env\"" },
	{ "Require method", "an argument is missing behind \"method\"" },
	{ "Require ip 10.1 10.300",
	    "\"10.300\" is no IP address, nor the beginning of one" },
	{ "Require ip 10.0.0.0/40", "\"40\" is neither 0 to 32 bits nor" },
	{ "Require method get", "\"get\" is no method that Drover knows" },
	{ "Require nothing", "\"nothing\" is none of all, env, host, ip" },
	{ "Require valid-user", "\"valid-user\" is not supported by Drover" },
	{ "Require user me", "\"user\" is not supported by Drover" },
	{ "Require expr true", "\"expr\" is not supported by Drover" },
	{ "Require host a.example", "write the addresses of a.example" },
	{ "Require host localhost b.example", "the addresses of b.example" },
	{ "Require not all granted",
	    "\"not\" can only deny, which means nothing where one condition "
	    "is enough: it belongs into <RequireAll>" },
	{ "<RequireAny>\nRequire not env E\n</RequireAny>",
	    "\"not\" can only deny, which means nothing in <RequireAny>" },
	{ "<RequireAll>\nRequire local\n<RequireNone>\nRequire not env E\n"
	  "</RequireNone>\n</RequireAll>",
	    "\"not\" can only deny, which means nothing in <RequireNone>" },
	{ "<RequireNone>\nRequire env E\n</RequireNone>",
	    "<RequireNone> can only deny, which means nothing where one" },
	{ "<RequireAll>\nRequire not env E\n</RequireAll>",
	    "all in it can only deny: it would let nobody in" },
	{ "<RequireAll>\n</RequireAll>", "there is no Require in it" },
	{ "<RequireAll x>\nRequire local\n</RequireAll>",
	    "more arguments than it takes: <RequireAll>" },
	{ "<RequireAll>\nOptions None\n</RequireAll>",
	    "Options may not stand inside <RequireAll>, which is for rules of "
	    "access" },
	{ "<RequireAll>\nSatisfy Any\n</RequireAll>",
	    "Satisfy may not stand inside <RequireAll>" },
	{ "<RequireAll>\n<Files x>\n</Files>\n</RequireAll>",
	    "<Files> may not stand inside <RequireAll>" },
	{ "<RequireAl>\n</RequireAl>", "did you mean <RequireAll>?" },
	{ "RequireAll", "RequireAll is a section: <RequireAll ...>" },
	{ "<Require local>\n</Require>", "stands without < and >" },
	{ "AuthMerging maybe", "\"maybe\" is none of Off, And, Or" },
	{ "Order allow, deny", "the order is one word, without spaces" },
	{ "Order allow", "\"allow\" is none of allow,deny, deny,allow" },
	{ "Allow all", "an argument is missing: Allow from" },
	{ "Allow to all", "\"from\" stands here" },
	{ "Deny from 10.300", "\"10.300\" is no IP address" },
	{ "Deny from 10.0.0.0/8/9", "\"8/9\" is neither 0 to 32 bits" },
	{ "Deny from ::1::", "\"::1::\" is no IP address" },
	{ "Deny from env=", "a variable's name is missing behind \"env=\"" },
	{ "Deny from env=!", "a variable's name is missing behind \"env=\"" },
	{ "Deny from none", "\"none\" is neither \"all\", \"env=\" nor" },
	{ "Allow from .example.org", "a worker looks up no name" },
	{ "Satisfy maybe", "\"maybe\" is none of All, Any" },
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *messages;
		char text[512];

		snprintf(text, sizeof(text),
		    "DocumentRoot www\n<Directory />\n%s\n</Directory>\n",
		    bad[i][0]);
		messages = site_messages(text);
		if (strstr(messages, "error: ") == NULL ||
		    strstr(messages, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], messages);
	}
	site_open("DocumentRoot www\n");
}

/* UnsupportedModules warn: what cannot be asked is taken for a no. */
static const struct {
	const char *rules;
	bool open;
} lacking[] = {
	{ "Require valid-user", false },
	{ "Require valid-user\nRequire all granted", true },
	{ "<RequireAll>\nRequire all granted\nRequire user me\n</RequireAll>",
	    false },
	{ "<RequireAll>\nRequire all granted\nRequire not user me\n"
	  "</RequireAll>",
	    false },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire expr x\n"
	  "</RequireNone>\n</RequireAll>",
	    false },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\n<RequireAny>\n"
	  "Require expr x\n</RequireAny>\n</RequireNone>\n</RequireAll>",
	    false },
	{ "Require host a.example", false },
	{ "<RequireAll>\nRequire all granted\nRequire not host a.example\n"
	  "</RequireAll>",
	    false },
	{ "Order allow,deny\nAllow from a.example", false },
	{ "Order allow,deny\nAllow from all\nDeny from a.example", false },
	{ "Order deny,allow\nDeny from a.example", false },
	{ "Order deny,allow\nDeny from all\nAllow from a.example", false },
};

static void
test_lacking(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lacking) / sizeof(*lacking); i++) {
		struct exchange *x;
		char text[512];

		snprintf(text, sizeof(text),
		    "UnsupportedModules warn\nDocumentRoot www\n"
		    "<Directory />\n%s\n</Directory>\n",
		    lacking[i].rules);
		site_open_warned(text);
		x = site_request("GET /a.txt");
		if (x->response.status != (lacking[i].open ? 200 : 403))
			fail_msg(
			    "%s: %d", lacking[i].rules, x->response.status);
		site_end(x);
		site_close();
	}
	site_open("DocumentRoot www\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_site, remove_site)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_bad),
		TEST(test_lacking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetHandler: who is asked to answer, and what its row says of a name that
 * nobody has.  The modules here note that they were asked.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/report.h"
#include "conf_text.h"
#include "files/files.h"
#include "http/error_document.h"
#include "http/http_conf.h"
#include "http/module.h"
#include "tree.h"
#include "worker/handler_conf.h"
#include "worker/route.h"

static char asked[64]; /* names of who was, each with a space */
static enum hook_result page_says;

static enum hook_result
note(struct exchange *x, const char *name, enum hook_result result)
{
	assert_true(strlen(asked) + strlen(name) + 2 < sizeof(asked));
	strcat(strcat(asked, name), " ");
	if (result == HOOK_DONE && x->response.status == 0)
		x->response.status = 200;
	return result;
}

static enum hook_result
files_map_all(struct exchange *x)
{
	static char root[256];

	snprintf(root, sizeof(root), "%s", tree_path(""));
	assert_int_equal(files_map(x, span_str(root), 0), 0);
	return HOOK_PASS;
}

static enum hook_result
files_check(struct exchange *x)
{
	bool closed = span_ends_nocase(x->request.uri.path, "closed");

	if (closed)
		response_error(x, 403);
	return note(x, "check", closed ? HOOK_DONE : HOOK_PASS);
}

static enum hook_result
files_handle(struct exchange *x)
{
	if (span_is(x->request.uri.path, "/page/index/")) {
		x->request.uri.path = span_str("/page");
		return note(x, "files", HOOK_AGAIN);
	}
	return note(x, "files", HOOK_DONE);
}

static enum hook_result
page_handle(struct exchange *x)
{
	return note(x, "page", page_says);
}

static enum hook_result
other_handle(struct exchange *x)
{
	return note(x, "other", HOOK_DONE);
}

static const struct module page = { .handler = "page", .handle = page_handle };
static const struct module files = {
	.map = files_map_all,
	.check = files_check,
	.handle = files_handle,
};
static const struct module other = {
	.handler = "other-page",
	.handle = other_handle,
};
const struct module *const modules[] = { &page, &files, &other, NULL };

static struct server_conf *conf;
static struct lookup_cache *cache;
static struct exchange_peer peer;
static struct exchange x;

static struct server_conf *
load(const char *text, struct conf_messages *messages)
{
	static const struct conf_section *sections[] = { &http_section,
		&error_document_section, &files_section, &handler_section,
		NULL };
	char all[4096];

	snprintf(all, sizeof(all), "Listen 8080\nDocumentRoot %s\n%s",
	    tree_path(""), text);
	return conf_text_load(sections, all, messages);
}

static void
open_site(const char *text)
{
	struct err err;

	clock_refresh();
	conf = load(text, NULL);
	assert_non_null(conf);
	assert_int_equal(files_start(conf, &err), 0);
	cache = lookup_cache_create(conf, 16);
	assert_non_null(cache);
	page_says = HOOK_DONE;
}

static int
close_site(void **state)
{
	(void)state;
	lookup_cache_destroy(&cache);
	files_stop();
	conf_destroy(&conf);
	return 0;
}

static void
begin(const char *path)
{
	asked[0] = '\0';
	assert_true(addr_parse(span_str("127.0.0.1"), 80, &peer.local));
	exchange_init(&x, &peer, conf, NULL, 0);
	x.request.method = METHOD_GET;
	x.request.uri.path = span_str(path);
}

struct row {
	const char *path, *asked;
	int status;
};

static void
check_rows(const struct row *row)
{
	for (; row->path != NULL; row++) {
		begin(row->path);
		assert_true(route(&x, cache));
		if (strcmp(asked, row->asked) != 0 ||
		    x.response.status != row->status)
			fail_msg("%s: asked %s(%d), not %s(%d)", row->path,
			    asked, x.response.status, row->asked, row->status);
		exchange_release(&x);
	}
}

static int
make_tree(void **state)
{
	(void)state;
	report_set_level(REPORT_EMERG);
	tree_make();
	tree_directory("d");
	tree_directory("d/page");
	tree_directory("set");
	tree_directory("set/none");
	tree_directory("removed");
	tree_directory("removed/below");
	tree_directory("removed/again");
	tree_directory("both");
	tree_file("d/a.x", "");
	tree_file("d/page/a", "");
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	tree_remove();
	return 0;
}

/* Whether there is a file makes no difference; checks go before it. */
static void
test_named_handler_answers_alone(void **state)
{
	static const struct row rows[] = {
		{ "/d/a.x", "check files ", 200 },
		{ "/page", "check page ", 200 },
		{ "/page/there/is/none", "check page ", 200 },
		{ "/page/closed", "check ", 403 },
		{ "/page/other", "check other ", 200 },
		{ "/page/none", "check files ", 200 },
		{ "/page/default", "check files ", 200 },
		{ "/page/index/", "check files check page ", 200 },
		{ "/pages", "check files ", 200 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	open_site("<Location /page>\nSetHandler PAGE\n</Location>\n"
		  "<Location /page/other>\nSetHandler other-page\n"
		  "</Location>\n"
		  "<Location /page/none>\nSetHandler None\n</Location>\n"
		  "<Location /page/index>\nSetHandler none\n</Location>\n"
		  "<Location /page/default>\nSetHandler default-handler\n"
		  "</Location>\n");
	check_rows(rows);
	page_says = HOOK_PASS;
	begin("/page");
	assert_true(route(&x, cache));
	assert_int_equal(x.response.status, 404);
	assert_null(x.route.handled_by);
	exchange_release(&x);
	page_says = HOOK_DONE;
	begin("/page");
	assert_true(route(&x, cache));
	assert_ptr_equal(x.route.handled_by, &page);
	exchange_release(&x);
}

/* <Directory> holds for the directory itself, asked with its "/" or without. */
static void
test_directories(void **state)
{
	static const struct row rows[] = {
		{ "/", "check page ", 200 },
		{ "/nothing", "check page ", 200 },
		{ "/d", "check files ", 200 },
		{ "/d/", "check files ", 200 },
		{ "/d/b", "check files ", 200 },
		{ "/d/a.x", "check other ", 200 },
		{ "/d/page", "check page ", 200 },
		{ "/d/page/", "check page ", 200 },
		{ "/d/page/a", "check page ", 200 },
		{ "/d/page/a.x", "check other ", 200 },
		{ NULL, NULL, 0 },
	};
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text),
	    "SetHandler page\n"
	    "<Directory %s>\nSetHandler none\n</Directory>\n"
	    "<Directory %s>\nSetHandler page\n</Directory>\n"
	    "<Files *.x>\nSetHandler other-page\n</Files>\n",
	    tree_path("d"), tree_path("d/page"));
	open_site(text);
	check_rows(rows);
}

/* The hook that waits is asked again, and nobody else. */
static void
test_waiting(void **state)
{
	(void)state;
	open_site("SetHandler page\n");
	begin("/");
	page_says = HOOK_WAIT;
	assert_false(route(&x, cache));
	assert_false(route(&x, cache));
	page_says = HOOK_DONE;
	assert_true(route(&x, cache));
	assert_string_equal(asked, "check page page page ");
	exchange_release(&x);
}

static void
check_message(const char *text, bool loads, const char *message)
{
	struct conf_messages messages;
	struct server_conf *c = load(text, &messages);

	assert_int_equal(c != NULL, loads);
	if (strstr(buf_str(&messages.text), message) == NULL)
		fail_msg(
		    "\"%s\" is not in: %s", message, buf_str(&messages.text));
	buf_release(&messages.text);
	conf_destroy(&c);
}

static void
test_names_that_nobody_has(void **state)
{
	static const struct row rows[] = {
		{ "/d/a.x", "check ", 501 },
		{ "/d/a", "check files ", 200 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	check_message("SetHandler pgae\n", false,
	    ":3:12: error: SetHandler: Drover has no handler \"pgae\" "
	    "(it has page, other-page); did you mean \"page\"?");
	check_message("SetHandler application/x-httpd-php\n", false,
	    "error: SetHandler: Drover has no handler "
	    "\"application/x-httpd-php\" (it has page, other-page); "
	    "with UnsupportedModules warn it is answered by 501");
	check_message("SetHandler\n", false, "SetHandler name|none");
	check_message("SetHandler php\nUnsupportedModules warn\n", true,
	    "warning: SetHandler: Drover has no handler \"php\"");
	open_site("<Files *.x>\nSetHandler php\n</Files>\n"
		  "UnsupportedModules warn\n");
	check_rows(rows);
	close_site(NULL);
}

/* Extensions anywhere in the name, in any case; SetHandler goes before. */
static void
test_extensions(void **state)
{
	static const struct row rows[] = {
		{ "/a.p", "check page ", 200 },
		{ "/a.P.txt", "check page ", 200 },
		{ "/a.p.q", "check other ", 200 },
		{ "/a.q.p", "check page ", 200 },
		{ "/a.lacking", "check ", 501 },
		{ "/a.LACKING.txt", "check ", 501 },
		{ "/a.lacking.bak", "check ", 501 },
		{ "/a.p.lacking", "check ", 501 },
		{ "/a.lacking.p", "check page ", 200 },
		{ "/a.lacking.no", "check files ", 200 },
		{ "/a.p.default", "check files ", 200 },
		{ "/a.p/b", "check files ", 200 },
		{ "/.p", "check files ", 200 },
		{ "/p.", "check files ", 200 },
		{ "/a.lacking/closed", "check ", 403 },
		/* A directory has none. */
		{ "/d/dir.lacking", "check files ", 200 },
		{ "/d/dir.lacking/", "check files ", 200 },
		{ "/d/dir.p", "check files ", 200 },
		/* Within other settings. */
		{ "/set/a.lacking", "check page ", 200 },
		{ "/set/none/a.lacking", "check ", 501 },
		{ "/set/default/a.lacking", "check files ", 200 },
		{ "/removed/a.lacking", "check files ", 200 },
		{ "/removed/a.p.lacking", "check page ", 200 },
		{ "/removed/below/a.lacking", "check files ", 200 },
		{ "/removed/below/a.more", "check ", 501 },
		{ "/removed/again/a.lacking", "check other ", 200 },
		{ "/both/a.lacking", "check files ", 200 },
		{ "/both/a.x", "check files ", 200 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	tree_directory("d/dir.lacking");
	tree_directory("d/dir.p");
	check_message("AddHandler lack .a .b\n", true,
	    ":3:12: warning: AddHandler: Drover has no handler \"lack\": files "
	    "whose names have such an extension are answered by 501");
	check_message("AddHandler page .\n", false, "no file extension");
	check_message("AddHandler page a.b\n", true, "never met");
	open_site("AddHandler page .p\nAddHandler other-page q\n"
		  "AddHandler lacking .lacking\n"
		  "AddHandler none no\nAddHandler default-handler default\n"
		  "<Location /set>\nSetHandler page\n</Location>\n"
		  "<Location /set/none>\nSetHandler none\n</Location>\n"
		  "<Location /set/default>\nSetHandler default-handler\n"
		  "</Location>\n"
		  "<Location /removed>\nRemoveHandler lacking\n</Location>\n"
		  "<Location /removed/below>\nAddHandler lack .more\n"
		  "</Location>\n"
		  "<Location /removed/again>\nAddHandler other-page lacking\n"
		  "</Location>\n"
		  "<Location /both>\nRemoveHandler .lacking .x\n"
		  "AddHandler lacking .x\n</Location>\n");
	check_rows(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    test_named_handler_answers_alone, close_site),
		cmocka_unit_test_teardown(test_directories, close_site),
		cmocka_unit_test_teardown(test_waiting, close_site),
		cmocka_unit_test(test_names_that_nobody_has),
		cmocka_unit_test_teardown(test_extensions, close_site),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}

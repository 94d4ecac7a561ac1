/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way through the modules: which stages run, in which order, what ends
 * them, and what is recorded.  The modules here note that they were asked.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "conf_text.h"
#include "framing/framing.h"
#include "http/error_document.h"
#include "http/http_conf.h"
#include "http/module.h"
#include "worker/handler_conf.h"
#include "worker/route.h"

static char asked[256]; /* letters of the hooks, in order */
static enum hook_result first_map, first_check, second_handle;
static bool map_names_file;

static void
note(char letter)
{
	size_t len = strlen(asked);

	assert_true(len + 1 < sizeof(asked));
	asked[len] = letter;
	asked[len + 1] = '\0';
}

static enum hook_result
result_of(struct exchange *x, enum hook_result result)
{
	if (result == HOOK_DONE)
		x->response.status = 299;
	return result;
}

static enum hook_result
map_1(struct exchange *x)
{
	note('m');
	if (map_names_file)
		x->file_path = span_str("/srv/a");
	return result_of(x, first_map);
}

static enum hook_result
map_2(struct exchange *x)
{
	note('M');
	return result_of(x, HOOK_PASS);
}

static enum hook_result
check_1(struct exchange *x)
{
	note('c');
	return result_of(x, first_check);
}

static enum hook_result
handle_1(struct exchange *x)
{
	note('h');
	return result_of(x, HOOK_PASS);
}

static enum hook_result
handle_2(struct exchange *x)
{
	note('H');
	return result_of(x, second_handle);
}

static void
begin_1(struct exchange *e)
{
	note('b');
	assert_non_null(e->route.host);
}

static void
fixup_2(struct exchange *e)
{
	note('f');
	assert_int_equal(e->response.status, 0);
}

static void
decorate_1(struct exchange *x)
{
	note('d');
	assert_int_not_equal(x->response.status, 0);
}

static const struct module first = { .begin = begin_1,
	.map = map_1,
	.check = check_1,
	.handle = handle_1,
	.decorate = decorate_1 };
static const struct module second = {
	.map = map_2, .fixup = fixup_2, .handle = handle_2
};
const struct module *const modules[] = { &first, &second, NULL };

static struct server_conf *conf;
static struct lookup_cache *cache;
static struct exchange_peer peer;
static struct exchange x;

static int
setup(void **state)
{
	static const struct conf_section *sections[] = { &http_section,
		&error_document_section, &framing_section, &handler_section,
		NULL };

	(void)state;
	clock_refresh();
	conf = conf_text_load(sections,
	    "Listen 8080\nLimitRequestBody 10\n"
	    "<Location /less>\nLimitRequestBody 4\n</Location>\n"
	    "<Location /any>\nLimitRequestBody 0\n</Location>\n"
	    "<VirtualHost *:80>\nServerName one.test\n</VirtualHost>\n"
	    "<VirtualHost *:80>\nServerName two.test\n</VirtualHost>\n",
	    NULL);
	assert_non_null(conf);
	cache = lookup_cache_create(conf, 16);
	assert_non_null(cache);
	assert_true(addr_parse(span_str("127.0.0.1"), 80, &peer.local));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
	return 0;
}

static void
begin(enum method method)
{
	asked[0] = '\0';
	first_map = first_check = HOOK_PASS;
	second_handle = HOOK_DONE;
	map_names_file = false;
	exchange_init(&x, &peer, conf, NULL, 0);
	x.request.method = method;
	x.request.uri.path = span_str("/");
}

static void
test_all_stages_in_order(void **state)
{
	(void)state;
	begin(METHOD_GET);
	assert_true(route(&x, cache));
	assert_string_equal(asked, "bmMcfhHd");
	assert_int_equal(x.response.status, 299);
	assert_ptr_equal(x.route.handled_by, &second);
	assert_null(x.route.mapped_by);
	assert_int_equal(x.state, EXCHANGE_ANSWERED);
	exchange_release(&x);
}

/* A body that is announced as too large is refused before anybody handles it;
 * who may not be here learns that first. */
static void
test_large_bodies(void **state)
{
	static const struct {
		const char *path;
		int64_t length;
		int status;
	} rows[] = { { "/", -1, 299 }, { "/", 10, 299 }, { "/", 11, 413 },
		{ "/less", 4, 299 }, { "/less/a", 5, 413 },
		{ "/any", INT64_MAX, 299 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(METHOD_POST);
		x.request.uri.path = span_str(rows[i].path);
		x.request.content_length = rows[i].length;
		assert_true(route(&x, cache));
		assert_int_equal(x.response.status, rows[i].status);
		assert_string_equal(
		    asked, rows[i].status == 413 ? "bmMcfd" : "bmMcfhHd");
		exchange_release(&x);
	}
}

static void
test_named_file_ends_mapping(void **state)
{
	(void)state;
	begin(METHOD_GET);
	map_names_file = true;
	assert_true(route(&x, cache));
	assert_string_equal(asked, "bmcfhHd");
	assert_ptr_equal(x.route.mapped_by, &first);
	exchange_release(&x);
}

static void
test_redirect_ends_all_but_decoration(void **state)
{
	(void)state;
	begin(METHOD_GET);
	first_map = HOOK_DONE;
	assert_true(route(&x, cache));
	assert_string_equal(asked, "bmd");
	exchange_release(&x);
}

static void
test_refusal_keeps_handlers_out(void **state)
{
	(void)state;
	begin(METHOD_GET);
	first_check = HOOK_DONE;
	assert_true(route(&x, cache));
	assert_string_equal(asked, "bmMcd");
	assert_ptr_equal(x.route.checked_by, &first);
	assert_null(x.route.handled_by);
	exchange_release(&x);
}

static void
test_nobody_answers(void **state)
{
	(void)state;
	begin(METHOD_GET);
	second_handle = HOOK_PASS;
	assert_true(route(&x, cache));
	assert_int_equal(x.response.status, 404);
	exchange_release(&x);
}

/* The hook that waited is asked again, those before it are not. */
static void
test_waiting_goes_on_where_it_was(void **state)
{
	(void)state;
	begin(METHOD_GET);
	second_handle = HOOK_WAIT;
	assert_false(route(&x, cache));
	assert_string_equal(asked, "bmMcfhH");
	assert_int_equal(x.state, EXCHANGE_WAITING);
	assert_false(route(&x, cache));
	second_handle = HOOK_DONE;
	assert_true(route(&x, cache));
	assert_string_equal(asked, "bmMcfhHHHd");
	exchange_release(&x);
}

static char reported[256];

static bool
take_all(const struct exchange *e, enum report_level level, const char *room)
{
	(void)e;
	(void)room;
	return level <= REPORT_ERROR;
}

static void
keep(struct exchange *e, enum report_level level, const char *room,
    struct span text)
{
	(void)e;
	(void)level;
	(void)room;
	assert_true(span_copy(text, reported, sizeof(reported)));
}

static const struct exchange_reporter reporter = { take_all, keep };

/* What stands for what stands for what ... ends in a 500, and a message. */
static void
test_standing_for_each_other_ends(void **state)
{
	(void)state;
	begin(METHOD_GET);
	second_handle = HOOK_AGAIN;
	exchange_set_reporter(&reporter);
	assert_true(route(&x, cache));
	exchange_set_reporter(NULL);
	assert_int_equal(x.response.status, 500);
	assert_true(strstr(reported, "AH00124: ") == reported);
	exchange_release(&x);
}

static void
test_refused_by_the_framing(void **state)
{
	(void)state;
	begin(METHOD_UNKNOWN);
	response_error(&x, 400);
	assert_true(route(&x, cache));
	assert_string_equal(asked, "d");
	assert_int_equal(x.response.status, 400);
	assert_non_null(x.route.host);
	exchange_release(&x);
}

/* RFC 9110, 9.1 and 15.5.6. */
static void
test_methods_of_nobody(void **state)
{
	static const struct {
		enum method method;
		int status;
	} rows[] = { { METHOD_UNKNOWN, 501 }, { METHOD_TRACE, 405 },
		{ METHOD_CONNECT, 405 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].method);
		assert_true(route(&x, cache));
		assert_string_equal(asked, "bd");
		assert_int_equal(x.response.status, rows[i].status);
		assert_true(
		    (rows[i].status == 405) ==
		    (field_get(&x.response.fields, FIELD_ALLOW) != NULL));
		exchange_release(&x);
	}
}

static void
test_host_is_chosen_by_name(void **state)
{
	(void)state;
	begin(METHOD_GET);
	x.request.uri.host = span_str("TWO.test");
	assert_true(route(&x, cache));
	assert_string_equal(x.route.host->name, "two.test");
	exchange_release(&x);
	begin(METHOD_GET);
	x.request.uri.host = span_str("unknown.test");
	assert_true(route(&x, cache));
	assert_string_equal(x.route.host->name, "one.test");
	exchange_release(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_stages_in_order),
		cmocka_unit_test(test_large_bodies),
		cmocka_unit_test(test_named_file_ends_mapping),
		cmocka_unit_test(test_redirect_ends_all_but_decoration),
		cmocka_unit_test(test_refusal_keeps_handlers_out),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test(test_waiting_goes_on_where_it_was),
		cmocka_unit_test(test_standing_for_each_other_ends),
		cmocka_unit_test(test_refused_by_the_framing),
		cmocka_unit_test(test_methods_of_nobody),
		cmocka_unit_test(test_host_is_chosen_by_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

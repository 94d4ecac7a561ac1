/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment variables of a request. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/exchange_env.h"

static struct exchange_peer peer;
static struct exchange x;

static int
set_up(void **state)
{
	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	exchange_release(&x);
	return 0;
}

static struct span
get(const char *name)
{
	return exchange_env_get(&x, span_str(name));
}

static void
set(const char *name, const char *value)
{
	assert_int_equal(
	    exchange_env_set(&x, span_str(name), span_str(value)), 0);
}

static void
test_set_and_get(void **state)
{
	(void)state;
	assert_null(get("A").ptr);
	set("A", "1");
	set("B", "");
	set("C", "3");
	assert_true(span_is(get("A"), "1"));
	assert_true(span_is(get("c"), "3"));
	assert_non_null(get("B").ptr);
	assert_int_equal(get("B").len, 0);
	assert_null(get("AB").ptr);
	set("a", "again");
	assert_true(span_is(get("A"), "again"));
}

static void
test_unset(void **state)
{
	(void)state;
	exchange_env_unset(&x, (struct span)SPAN("A"));
	set("A", "1");
	set("B", "2");
	set("C", "3");
	exchange_env_unset(&x, (struct span)SPAN("b"));
	assert_null(get("B").ptr);
	assert_true(span_is(get("A"), "1"));
	assert_true(span_is(get("C"), "3"));
	exchange_env_unset(&x, (struct span)SPAN("A"));
	exchange_env_unset(&x, (struct span)SPAN("C"));
	assert_null(get("A").ptr);
	assert_null(get("C").ptr);
	set("B", "4");
	assert_true(span_is(get("B"), "4"));
}

/* It fails where the exchange's memory ends, and what was set stays. */
static void
test_no_memory(void **state)
{
	(void)state;
	set("A", "1");
	while (arena_alloc(&x.arena, 16) != NULL)
		;
	assert_int_equal(exchange_env_set(&x, (struct span)SPAN("B"),
			     (struct span)SPAN("2")),
	    -1);
	assert_null(get("B").ptr);
	set("A", "3");
	assert_true(span_is(get("A"), "3"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_set_and_get),
		CASE(test_unset),
		CASE(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

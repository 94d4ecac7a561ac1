/* SPDX-License-Identifier: BSD-2-Clause */
/* The beginning and the end of an exchange. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/exchange.h"

static int closed, woken;

static void
count_close(struct body *body)
{
	(void)body;
	closed++;
}

static void
count_wake(struct exchange *x)
{
	assert_ptr_equal(x->wake_data, &woken);
	woken++;
}

/* Used again and again on the same storage, as a connection does. */
static void
test_life(void **state)
{
	static const struct body_ops ops = { NULL, count_close };
	static const struct settings settings;
	struct host host = { .settings = &settings };
	struct server_conf conf = { .hosts = &host, .host_count = 1 };
	struct exchange_peer peer = { .scheme = "http" };
	_Alignas(max_align_t) char storage[256];
	struct exchange x;
	struct list list;

	(void)state;
	memset(&x, 0xa5, sizeof(x));
	for (int i = 1; i <= 3; i++) {
		list_init(&list);
		exchange_init(&x, &peer, &conf, storage, sizeof(storage));
		assert_int_equal(x.state, EXCHANGE_HEAD);
		assert_ptr_equal(x.peer, &peer);
		assert_ptr_equal(x.settings, &settings);
		assert_int_equal(x.response.status, 0);
		assert_int_equal(x.response.announced_length, -1);
		assert_null(x.sink);
		list_append(&list, &x.node);
		x.response.body.ops = &ops;
		assert_in_range((uintptr_t)arena_alloc(&x.arena, 16),
		    (uintptr_t)storage, (uintptr_t)storage + sizeof(storage));
		assert_non_null(arena_alloc(&x.arena, 10000));
		exchange_release(&x);
		assert_int_equal(closed, i);
		assert_true(list_empty(&list));
	}
}

/* Whatever a peer sends, one exchange takes no more than its share. */
static void
test_memory_is_bounded(void **state)
{
	struct exchange_peer peer = { .scheme = "http" };
	struct exchange x;
	size_t taken = 0;

	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	assert_null(x.settings);
	while (taken < 64 * 1024 * 1024 &&
	       arena_alloc(&x.arena, 64 * 1024) != NULL)
		taken += 64 * 1024;
	assert_in_range(taken, 128 * 1024, 16 * 1024 * 1024);
	exchange_release(&x);
}

static void
test_ready(void **state)
{
	struct exchange_peer peer = { .scheme = "http" };
	struct exchange x;

	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	exchange_ready(&x); /* nobody to tell */
	x.wake = count_wake;
	x.wake_data = &woken;
	exchange_ready(&x);
	assert_int_equal(woken, 1);
	exchange_release(&x);
}

static void
test_remote_text(void **state)
{
	struct exchange_peer peer = { .scheme = "http" };
	struct exchange x;
	const char *text;

	(void)state;
	assert_true(addr_parse(span_str("2001:db8::1"), 80, &peer.remote));
	exchange_init(&x, &peer, NULL, NULL, 0);
	text = exchange_remote_text(&x);
	assert_string_equal(text, "2001:db8::1");
	assert_ptr_equal(exchange_remote_text(&x), text);
	exchange_release(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_remote_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

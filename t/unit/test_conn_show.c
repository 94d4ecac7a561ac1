/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker's slot says of its connections: each is counted at its stage
 * and at no other, and requests that outlive a turn, and only those, are in
 * the table until they have ended.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "worker_rig.h"

static unsigned
at(enum conn_stage stage)
{
	return atomic_load(&rig.worker.slot->stages[stage]);
}

/* One digit for each stage but the first, in their order. */
static const char *
stages(void)
{
	static char text[STAGE_COUNT];

	for (int i = 1; i < STAGE_COUNT; i++)
		snprintf(text + i - 1, 2, "%u", at((enum conn_stage)i) % 10);
	return text;
}

/* Requests in the table; the last of them is left in p. */
static unsigned
in_progress(struct progress *p)
{
	struct progress one;
	unsigned count = 0;

	for (unsigned i = 0; i < PROGRESS_MAX; i++) {
		assert_true(seqlock_read(
		    rig.worker.slot->progress[i], &one, sizeof(one)));
		if (one.since_ms == 0)
			continue;
		*p = one;
		count++;
	}
	return count;
}

static uint64_t
writes(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < PROGRESS_MAX; i++)
		sum += atomic_load(&rig.worker.slot->progress[i][0]);
	return sum;
}

static void
test_stages(void **state)
{
	static const struct {
		const char *input, *stages;
		unsigned in_progress;
		enum conn_stage shown;
	} rows[] = {
		{ NULL, "1000000", 0, 0 },
		{ "GET / HTT", "0100000", 0, 0 },
		{ "POST /upload HTTP/1.1\r\nHost: a\r\n"
		  "Content-Length: 10\r\n\r\n12345",
		    "0010000", 1, STAGE_BODY },
		{ "GET /file?4000000 HTTP/1.1\r\nHost: a\r\n\r\n", "0001000", 1,
		    STAGE_SENDING },
		{ "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n", "0000000", 1,
		    STAGE_WORKING },
		{ "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "0000010", 0, 0 },
		{ "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET", "0100000", 0,
		    0 },
	};
	struct progress p = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct client c;

		client_open(&c, &rig, 4096, rows[i].input);
		rig_turns(&rig);
		if (strcmp(stages(), rows[i].stages) != 0)
			fail_msg("row %zu: %s", i, stages());
		assert_int_equal(in_progress(&p), rows[i].in_progress);
		if (rows[i].in_progress > 0)
			assert_int_equal(p.stage, rows[i].shown);
		client_abort(&c);
		rig_until_connections(&rig, 0);
		rig_turns(&rig);
		assert_string_equal(stages(), "0000000");
		assert_int_equal(in_progress(&p), 0);
	}
}

static void
test_what_is_shown(void **state)
{
	struct progress p;
	struct client c;

	(void)state;
	client_open(
	    &c, &rig, 0, "GET /wait HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
	rig_turns(&rig);
	assert_int_equal(in_progress(&p), 1);
	assert_string_equal(p.client, "127.0.0.1");
	assert_string_equal(p.host, "www.example.org");
	assert_string_equal(p.request, "GET /wait HTTP/1.1");
	worker_site_go();
	client_until(&c, &rig, "hello\n", 1);
	assert_int_equal(in_progress(&p), 0);
	assert_string_equal(stages(), "0000010");
	client_close(&c);
}

static void
test_long_texts_are_cut(void **state)
{
	char text[2000], path[1000];
	struct progress p;
	struct client c;

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	snprintf(text, sizeof(text),
	    "GET /wait?%s HTTP/1.1\r\nHost: %.200s.example.org\r\n\r\n", path,
	    path);
	client_open(&c, &rig, 0, text);
	rig_turns(&rig);
	assert_int_equal(in_progress(&p), 1);
	assert_int_equal(strlen(p.request), sizeof(p.request) - 1);
	assert_memory_equal(p.request, "GET /wait?ppp", 13);
	assert_int_equal(strlen(p.host), sizeof(p.host) - 1);
	client_close(&c);
}

static void
test_small_ones_are_not_entered(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	for (unsigned i = 1; i <= 20; i++) {
		client_get(&c, "/hello");
		client_until(&c, &rig, "hello\n", i);
	}
	assert_int_equal(writes(), 0);
	assert_int_equal(rig.worker.slot->requests, 20);
	client_close(&c);
}

/* More than the table holds: they are served, and it is whole after. */
static void
test_full_table(void **state)
{
	struct client clients[PROGRESS_MAX + 3];
	const unsigned count = PROGRESS_MAX + 3;
	struct progress p;

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		client_open(&clients[i], &rig, 4096, NULL);
		client_get(&clients[i], "/file?4000000");
	}
	rig_turns(&rig);
	assert_int_equal(at(STAGE_SENDING), count);
	assert_int_equal(in_progress(&p), PROGRESS_MAX);
	for (unsigned i = 0; i < count; i++)
		client_abort(&clients[i]);
	rig_until_connections(&rig, 0);
	rig_turns(&rig);
	assert_int_equal(in_progress(&p), 0);
	assert_int_equal(rig.worker.progress_used, 0);
}

/* Of a pipeline it is the one that is next to be answered. */
static void
test_pipeline(void **state)
{
	struct progress p;
	struct client c;

	(void)state;
	client_open(&c, &rig, 0,
	    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET /wait?1 HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET /wait?2 HTTP/1.1\r\nHost: a\r\n\r\n");
	rig_turns(&rig);
	assert_int_equal(in_progress(&p), 1);
	assert_string_equal(p.request, "GET /wait?1 HTTP/1.1");
	worker_site_go();
	client_until(&c, &rig, "hello\n", 2);
	assert_int_equal(in_progress(&p), 1);
	assert_string_equal(p.request, "GET /wait?2 HTTP/1.1");
	worker_site_go();
	client_until(&c, &rig, "hello\n", 3);
	assert_int_equal(in_progress(&p), 0);
	client_close(&c);
}

static void
test_waiting_for_the_log(void **state)
{
	struct progress p;
	struct client c;

	(void)state;
	rig_log_full(true);
	client_open(&c, &rig, 0, NULL);
	client_get(&c, "/hello");
	rig_turns(&rig);
	assert_string_equal(stages(), "0000100");
	assert_int_equal(in_progress(&p), 1);
	assert_int_equal(p.stage, STAGE_LOGGING);
	rig_log_full(false);
	client_until(&c, &rig, "hello\n", 1);
	assert_string_equal(stages(), "0000010");
	assert_int_equal(in_progress(&p), 0);
	client_close(&c);
}

#define ON_A_RIG(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_RIG(test_stages),
		ON_A_RIG(test_what_is_shown),
		ON_A_RIG(test_long_texts_are_cut),
		ON_A_RIG(test_small_ones_are_not_entered),
		ON_A_RIG(test_full_table),
		ON_A_RIG(test_pipeline),
		ON_A_RIG(test_waiting_for_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log that takes no lines: connections are parked, nothing is answered
 * unlogged, nobody else suffers, and in the end every request has its line
 * once, however its connection ended.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/clock.h"
#include "steady_clock.h"
#include "worker/accept_private.h"
#include "worker_rig.h"

#define MANY 300

static int
begin(void **state)
{
	(void)state;
	rig_begin("MaxKeepAliveRequests 0\n"
		  "<VirtualHost *>\nServerName localhost\n</VirtualHost>\n"
		  "<VirtualHost *>\nServerName other\n"
		  "CustomLog logs/other_log \"other %r|%>s|%B|%X\"\n"
		  "</VirtualHost>\n");
	rig_open(&rig, NULL);
	return 0;
}

static unsigned
lines(const char *what)
{
	return rig_count(rig_log(), what);
}

static void
test_nothing_is_answered_unlogged(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	rig_log_full(true);
	client_get(&c, "/hello");
	rig_turns(&rig);
	assert_string_equal(client_text(&c), "");
	assert_false(list_empty(&rig.worker.parked));
	/* What comes meanwhile stays where it is. */
	client_get(&c, "/hello");
	client_send(&c, "GET /hel");
	rig_turns(&rig);
	assert_string_equal(client_text(&c), "");
	rig_log_full(false);
	client_until(&c, &rig, "hello\n", 2);
	client_send(&c, "lo HTTP/1.1\r\nHost: a\r\n\r\n");
	client_until(&c, &rig, "hello\n", 3);
	assert_true(list_empty(&rig.worker.parked));
	assert_int_equal(lines("|200|6|+\n"), 3);
	client_close(&c);
}

/* The destination of one host is full: the other host's is not. */
static void
test_others_do_not_suffer(void **state)
{
	struct client parked, free;

	(void)state;
	rig_log_full(true);
	client_open(&parked, &rig, 0,
	    "GET /hello HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n");
	client_open(&free, &rig, 0,
	    "GET /hello HTTP/1.1\r\n"
	    "Host: other\r\n\r\n");
	client_until(&free, &rig, "hello\n", 1);
	assert_string_equal(client_text(&parked), "");
	rig_log_full(false);
	client_until(&parked, &rig, "hello\n", 1);
	assert_int_equal(lines("other GET"), 1);
	assert_int_equal(lines("\n"), 2);
	client_close(&parked);
	client_close(&free);
}

/* All of an answer but its end may go. */
static void
test_long_answers_go_on(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	rig_log_full(true);
	client_get(&c, "/file?4000000");
	client_until_bytes(&c, &rig, 3000000);
	for (unsigned i = 0; i < 20; i++)
		rig_turns(&rig);
	client_look(&c);
	assert_true(c.in.len < 4000000);
	rig_log_full(false);
	client_until_bytes(&c, &rig, 4000000);
	rig_until_log(&rig, 1);
	assert_int_equal(lines("|200|4000000|+\n"), 1);
	client_close(&c);
}

/* The ring has room for some of a pipeline's lines, then for more. */
static void
test_ring_that_fills(void **state)
{
	static char request[7000];
	struct client c;
	unsigned answered;

	(void)state;
	memset(request, 'x', sizeof(request));
	memcpy(request, "GET /hello?", 11);
	strcpy(request + 6000, " HTTP/1.1\r\nHost: a\r\n\r\n");
	client_open(&c, &rig, 1 << 20, NULL);
	rig_log_read(false);
	for (unsigned i = 0; i < 100; i++)
		client_send(&c, request);
	for (unsigned i = 0; i < 50; i++)
		worker_turn(&rig.worker, 1);
	answered = rig_count(client_text(&c), "hello\n");
	assert_in_range(answered, 20, 60);
	assert_false(list_empty(&rig.worker.parked));
	rig_log_read(true);
	assert_int_equal(lines("|200|6|+\n"), answered);
	client_until(&c, &rig, "hello\n", 100);
	rig_until_log(&rig, 100);
	assert_int_equal(lines("|200|6|+\n"), 100);
	client_close(&c);
}

/* Parked clients go away, in each way: each request still gets its line. */
static void
test_parked_and_gone(void **state)
{
	struct client closes, aborts, shuts;

	(void)state;
	client_open(&closes, &rig, 0, NULL);
	client_open(&aborts, &rig, 0, NULL);
	client_open(&shuts, &rig, 0, NULL);
	rig_log_full(true);
	client_get(&closes, "/hello?closes");
	client_get(&aborts, "/hello?aborts");
	client_get(&shuts, "/hello?shuts");
	rig_turns(&rig);
	client_close(&closes);
	client_abort(&aborts);
	shutdown(shuts.fd, SHUT_WR);
	rig_turns(&rig);
	assert_string_equal(rig_log(), "");
	rig_log_full(false);
	client_until_end(&shuts, &rig);
	assert_int_equal(rig_count(client_text(&shuts), "hello\n"), 1);
	rig_until_connections(&rig, 0);
	rig_until_log(&rig, 3);
	assert_int_equal(lines("\n"), 3);
	assert_int_equal(lines("?aborts HTTP/1.1|200|0|X\n"), 1);
	assert_int_equal(lines("?shuts HTTP/1.1|200|6|+\n"), 1);
	client_close(&shuts);
}

/* Aborted ones wait for their line as closed connections. */
static void
test_aborted_and_parked(void **state)
{
	struct client c[MANY];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		client_open(&c[i], &rig, 4096, NULL);
		client_get(&c[i], "/file?4000000");
	}
	rig_turns(&rig);
	rig_log_full(true);
	for (unsigned i = 0; i < MANY; i++)
		client_abort(&c[i]);
	rig_until_connections(&rig, 0);
	assert_int_equal(rig.worker.unburied, MANY);
	/* They hold memory: of new ones there are no more than these. */
	rig.setup.max_connections = MANY + 1;
	assert_false(acceptor_is_full(&rig.worker));
	rig.setup.max_connections = MANY;
	assert_true(acceptor_is_full(&rig.worker));
	assert_int_equal(rig.worker.slot->connections, 0);
	assert_true(worker_has_work(&rig.worker));
	rig_log_full(false);
	rig_until_log(&rig, MANY);
	assert_int_equal(lines("|X\n"), MANY);
	assert_int_equal(rig.worker.unburied, 0);
}

/* Many that are parked do not cost all of each turn, and all come back. */
static void
test_many_parked(void **state)
{
	static struct client c[MANY];

	(void)state;
	rig_log_full(true);
	for (unsigned i = 0; i < MANY; i++)
		client_open(
		    &c[i], &rig, 0, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	for (unsigned i = 0; i < 10; i++)
		worker_turn(&rig.worker, 5);
	rig_log_full(false);
	for (unsigned i = 0; i < MANY; i++) {
		client_until(&c[i], &rig, "hello\n", 1);
		client_close(&c[i]);
	}
	rig_until_log(&rig, MANY);
	assert_int_equal(lines("\n"), MANY);
}

/* A worker that drains waits for the log as well. */
static void
test_draining(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	rig_log_full(true);
	client_get(&c, "/hello");
	rig_turns(&rig);
	rig_say(&rig, MESSAGE_DRAIN, DRAIN_CLOSE);
	assert_true(worker_has_work(&rig.worker));
	rig_log_full(false);
	client_until(&c, &rig, "hello\n", 1);
	/* It was answered before, but an idle one does not stay long. */
	steady_clock_forward(DRAIN_IDLE_MS);
	client_until_end(&c, &rig);
	rig_turns(&rig);
	assert_false(worker_has_work(&rig.worker));
	assert_int_equal(lines("\n"), 1);
	client_close(&c);
}

/* One that stops gives the log a moment, and no more. */
static void
test_stopping(void **state)
{
	int64_t begun;
	struct client c, parked;

	(void)state;
	client_open(&c, &rig, 4096, NULL);
	client_open(&parked, &rig, 0, NULL);
	client_get(&c, "/file?4000000");
	rig_turns(&rig);
	rig_log_full(true);
	client_get(&parked, "/hello");
	rig_say(&rig, MESSAGE_STOP, 0);
	assert_false(worker_has_work(&rig.worker));
	begun = clock_exact_us();
	worker_cut(&rig.worker);
	assert_in_range(clock_exact_us() - begun, 40000, 5000000);
	assert_int_equal(rig.worker.connections, 0);
	assert_int_equal(rig.worker.unburied, 0);
	assert_string_equal(rig_log(), "");
	client_until_end(&c, &rig);
	assert_true(c.reset);
	client_close(&c);
	client_close(&parked);
}

/* The same with a log that takes lines in time. */
static void
test_stopping_logs_what_it_cuts(void **state)
{
	struct client c[3];

	(void)state;
	client_open(&c[0], &rig, 4096, NULL);
	client_get(&c[0], "/file?4000000");
	client_open(&c[1], &rig, 0, NULL);
	client_get(&c[1], "/wait");
	client_open(&c[2], &rig, 0,
	    "POST /upload HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 10\r\n\r\n12");
	rig_turns(&rig);
	rig_say(&rig, MESSAGE_STOP, 0);
	worker_cut(&rig.worker);
	assert_int_equal(lines("|X\n"), 3);
	assert_int_equal(lines("\n"), 3);
	for (unsigned i = 0; i < 3; i++)
		client_close(&c[i]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_answered_unlogged),
		TEST(test_others_do_not_suffer),
		TEST(test_long_answers_go_on),
		TEST(test_ring_that_fills),
		TEST(test_parked_and_gone),
		TEST(test_aborted_and_parked),
		TEST(test_many_parked),
		TEST(test_draining),
		TEST(test_stopping),
		TEST(test_stopping_logs_what_it_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting: the bound of connections and how there is room again, no
 * descriptors, retirement, and several workers on one listener.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "steady_clock.h"
#include "worker/accept.h"
#include "worker_rig.h"

#define MAX 5
#define MANY 40

static struct rig other;
static struct listener_set listeners;
static struct client c[MANY];

static int
begin(void **state)
{
	(void)state;
	rig_begin("MaxKeepAliveRequests 0\nMaxConnectionsPerChild 10\n");
	rig_listen(&listeners, 128);
	rig_open(&rig, &listeners);
	steady_clock_run(1);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	rig_close(&rig);
	listener_set_close(&listeners);
	rig_end();
	return 0;
}

static void
connect_all(unsigned from, unsigned to, const char *path)
{
	for (unsigned i = from; i < to; i++) {
		client_connect(&c[i], &listeners);
		client_get(&c[i], path);
	}
}

static void
close_all(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (c[i].fd >= 0)
			client_close(&c[i]);
}

static unsigned
count_answered(unsigned from, unsigned to)
{
	unsigned count = 0;

	for (unsigned i = from; i < to; i++) {
		client_look(&c[i]);
		count += rig_count(buf_str(&c[i].in), "hello\n");
	}
	return count;
}

static unsigned
count_ended(unsigned from, unsigned to)
{
	unsigned count = 0;

	for (unsigned i = from; i < to; i++) {
		client_look(&c[i]);
		count += c[i].ended;
	}
	return count;
}

/* Refused for want of room: told so, and not reset. */
static void
assert_refused(struct client *client)
{
	client_until_end(client, &rig);
	assert_int_equal(rig_count(buf_str(&client->in), "HTTP/1.1 503 "), 1);
	assert_int_equal(
	    rig_count(buf_str(&client->in), "\r\nRetry-After: 5\r\n"), 1);
	assert_int_equal(
	    rig_count(buf_str(&client->in), "\r\nConnection: close\r\n"), 1);
	assert_false(client->reset);
}

/* All are busy: others are refused, each with its line, as long as they are. */
static void
test_full_of_busy_ones(void **state)
{
	(void)state;
	rig.setup.max_connections = MAX;
	connect_all(0, MAX, "/wait");
	rig_turns(&rig);
	connect_all(MAX, MANY, "/hello");
	for (unsigned i = MAX; i < MANY; i++)
		assert_refused(&c[i]);
	assert_int_equal(rig.worker.connections, MAX);
	assert_int_equal(rig.worker.surplus, 0);
	assert_int_equal(count_answered(0, MAX), 0);
	assert_int_equal(
	    rig_count(rig_log(), "GET /hello HTTP/1.1|503|"), MANY - MAX);
	client_abort(&c[0]);
	rig_turns(&rig);
	close_all(MAX, MAX + 1);
	connect_all(MAX, MAX + 1, "/hello");
	client_until(&c[MAX], &rig, "hello\n", 1);
	assert_int_equal(count_ended(1, MAX), 0);
	close_all(0, MANY);
}

/* Of those beyond the bound only so many come in at once: who says nothing goes
 * soon, and nobody is reset who has asked. */
static void
test_surplus_is_bounded(void **state)
{
	unsigned most = 0;

	(void)state;
	rig.setup.max_connections = 1;
	connect_all(0, 1, "/wait");
	rig_turns(&rig);
	for (unsigned i = 1; i < MANY - 1; i++)
		client_connect(&c[i], &listeners);
	connect_all(MANY - 1, MANY, "/hello");
	for (unsigned i = 0; i < 20; i++) {
		worker_turn(&rig.worker, 5);
		if (rig.worker.connections > most)
			most = rig.worker.connections;
	}
	assert_in_range(most, 2, 10);
	steady_clock_run(5);
	assert_refused(&c[MANY - 1]);
	for (unsigned i = 1; i < MANY - 1; i++) {
		client_until_end(&c[i], &rig);
		assert_int_equal(strlen(buf_str(&c[i].in)), 0);
	}
	assert_int_equal(count_ended(0, 1), 0);
	close_all(0, MANY);
}

/* A busy one becomes idle: that is room as well, also for one that came when
 * there was none and has not asked until now. */
static void
test_idle_is_room(void **state)
{
	(void)state;
	rig.setup.max_connections = 1;
	connect_all(0, 1, "/wait");
	rig_turns(&rig);
	client_connect(&c[1], &listeners);
	client_send(&c[1], "GET /hello HTTP/1.1\r\n");
	rig_turns(&rig);
	assert_int_equal(rig.worker.surplus, 1);
	assert_int_equal(count_answered(0, 2), 0);
	worker_site_go();
	client_until(&c[0], &rig, "hello\n", 1);
	client_send(&c[1], "Host: a\r\n\r\n");
	client_until(&c[1], &rig, "hello\n", 1);
	/* For whoever asks what it was at if it dies. */
	assert_string_equal(rig.worker.slot->request, "GET /hello HTTP/1.1");
	client_until_end(&c[0], &rig);
	assert_false(c[0].reset);
	assert_int_equal(rig.worker.surplus, 0);
	close_all(0, 2);
}

/* Those who linger behind their 503 make room for those who come after. */
static void
test_refused_ones_go(void **state)
{
	(void)state;
	rig.setup.max_connections = 1;
	connect_all(0, 1, "/wait");
	rig_turns(&rig);
	for (unsigned i = 1; i < 20; i++) {
		client_connect(&c[i], &listeners);
		client_send(&c[i], "POST /hello HTTP/1.1\r\nHost: a\r\n"
				   "Content-Length: 1000000\r\n\r\n");
		client_until(&c[i], &rig, "HTTP/1.1 503 ", 1);
		assert_in_range(rig.worker.connections, 1, 10);
	}
	assert_int_equal(count_ended(0, 1), 0);
	for (unsigned i = 1; i < 20; i++)
		assert_false(c[i].reset);
	close_all(0, 20);
}

/* All are idle: the one that has been so the longest goes, one for each. */
static void
test_full_of_idle_ones(void **state)
{
	(void)state;
	rig.setup.max_connections = MAX;
	connect_all(0, MAX, "/hello");
	for (unsigned i = 0; i < MAX; i++)
		client_until(&c[i], &rig, "hello\n", 1);
	/* Now the first was used last. */
	client_get(&c[0], "/hello");
	client_until(&c[0], &rig, "hello\n", 2);
	connect_all(MAX, MAX + 3, "/hello");
	for (unsigned i = MAX; i < MAX + 3; i++)
		client_until(&c[i], &rig, "hello\n", 1);
	assert_int_equal(rig.worker.connections, MAX);
	for (unsigned i = 1; i <= 3; i++) {
		client_until_end(&c[i], &rig);
		assert_false(c[i].reset);
	}
	assert_int_equal(count_ended(0, 1), 0);
	assert_int_equal(count_ended(4, MAX + 3), 0);
	close_all(0, MAX + 3);
}

/* Newcomers do not drive each other out before they could say anything; but
 * who is silent for long is no reason to keep others waiting. */
static void
test_silent_ones(void **state)
{
	int64_t begun = clock_exact_us();

	(void)state;
	rig.setup.max_connections = 2;
	for (unsigned i = 0; i < 3; i++)
		client_connect(&c[i], &listeners);
	rig_turns(&rig);
	assert_int_equal(rig.worker.connections, 3);
	assert_int_equal(rig.worker.surplus, 1);
	assert_int_equal(count_ended(0, 3), 0);
	client_get(&c[1], "/hello");
	client_until(&c[1], &rig, "hello\n", 1);
	client_get(&c[2], "/wait");
	/* It has its answer, and goes for the third. */
	client_until_end(&c[1], &rig);
	assert_int_equal(count_ended(0, 1), 0);
	connect_all(3, 4, "/hello");
	assert_refused(&c[3]);
	/* The first never speaks, and goes for the fifth. */
	while (clock_exact_us() - begun < 1010 * 1000) {
		worker_turn(&rig.worker, 2);
		steady_clock_forward(10);
	}
	connect_all(4, 5, "/hello");
	client_until(&c[4], &rig, "hello\n", 1);
	client_until_end(&c[0], &rig);
	client_abort(&c[2]);
	rig_until_log(&rig, 4);
	close_all(0, 5);
}

/* Idle is who has not asked, not who has not been heard yet. */
static void
test_who_asks_is_not_idle(void **state)
{
	(void)state;
	rig.setup.max_connections = 3;
	connect_all(0, 3, "/hello");
	for (unsigned i = 0; i < 3; i++)
		client_until(&c[i], &rig, "hello\n", 1);
	/* The newcomer's event comes first, since it was there first. */
	connect_all(3, 4, "/hello");
	client_get(&c[0], "/hello");
	client_get(&c[1], "/wait");
	client_until(&c[0], &rig, "hello\n", 2);
	client_until(&c[3], &rig, "hello\n", 1);
	client_until_end(&c[2], &rig);
	worker_site_go();
	client_until(&c[1], &rig, "hello\n", 2);
	assert_int_equal(rig.worker.connections, 3);
	close_all(0, 4);
}

/* The bound holds in one turn as well: a crowd, with idle ones there. */
static void
test_crowd(void **state)
{
	unsigned most = 0;

	(void)state;
	rig.setup.max_connections = MAX;
	connect_all(0, 2, "/hello");
	client_until(&c[0], &rig, "hello\n", 1);
	client_until(&c[1], &rig, "hello\n", 1);
	connect_all(2, MANY, "/wait");
	for (unsigned i = 0; i < 20; i++) {
		worker_turn(&rig.worker, 5);
		if (rig.worker.connections > most)
			most = rig.worker.connections;
	}
	assert_int_equal(most, MAX);
	close_all(0, MANY);
	rig_turns(&rig);
}

/* A full worker leaves what comes to the others. */
static void
test_others_have_room(void **state)
{
	(void)state;
	rig_open(&other, &listeners);
	rig.setup.max_connections = 1;
	connect_all(0, 1, "/wait");
	rig_turns(&rig);
	assert_int_equal(rig.worker.connections, 1);
	for (unsigned i = 1; i < 10; i++) {
		connect_all(i, i + 1, "/hello");
		rig_turns(&rig);
		assert_int_equal(rig.worker.connections, 1);
		client_until(&c[i], &other, "hello\n", 1);
	}
	close_all(0, 10);
	rig_close(&other);
}

/* What comes from another worker comes beyond the bound, if need be; then there
 * is no room for more. */
static void
test_adopting_beyond_the_bound(void **state)
{
	struct client adopted, another;

	(void)state;
	rig.setup.max_connections = 1;
	client_open(&adopted, &rig, 0, NULL);
	client_get(&adopted, "/wait");
	rig_turns(&rig);
	client_open(&another, &rig, 0, NULL);
	client_get(&another, "/hello");
	client_until(&another, &rig, "hello\n", 1);
	assert_int_equal(rig.worker.connections, 2);
	/* It goes for the next, for which there still is no room. */
	connect_all(0, 1, "/hello");
	client_until_end(&another, &rig);
	assert_refused(&c[0]);
	/* The bound holds again. */
	worker_site_go();
	client_until(&adopted, &rig, "hello\n", 1);
	connect_all(1, 2, "/hello");
	client_until(&c[1], &rig, "hello\n", 1);
	assert_int_equal(rig.worker.connections, 1);
	close_all(0, 2);
	client_close(&adopted);
	client_close(&another);
}

/* Without a descriptor those who are there are served, and once there is one
 * again who waits comes in. */
static void
test_no_descriptors(void **state)
{
	struct rlimit limit, tight;
	int next;

	(void)state;
	connect_all(0, 2, "/hello");
	client_until(&c[1], &rig, "hello\n", 1);
	connect_all(2, 4, "/hello");
	getrlimit(RLIMIT_NOFILE, &limit);
	next = dup(0);
	close(next);
	tight = (struct rlimit){ (rlim_t)next, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	for (unsigned i = 0; i < 20; i++) {
		client_get(&c[0], "/hello");
		client_until(&c[0], &rig, "hello\n", 2 + i);
	}
	assert_int_equal(count_answered(2, 4), 0);
	assert_int_equal(rig.worker.connections, 2);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	client_until(&c[2], &rig, "hello\n", 1);
	client_until(&c[3], &rig, "hello\n", 1);
	close_all(0, 4);
}

/* A worker that drains and has no descriptor serves those who wait as soon as
 * it has one. */
static void
test_draining_without_descriptors(void **state)
{
	struct rlimit limit, tight;
	int next;

	(void)state;
	connect_all(0, 1, "/hello");
	client_until(&c[0], &rig, "hello\n", 1);
	connect_all(1, 4, "/hello");
	getrlimit(RLIMIT_NOFILE, &limit);
	next = dup(0);
	close(next);
	tight = (struct rlimit){ (rlim_t)next, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	rig_say(&rig, MESSAGE_DRAIN, DRAIN_CLOSE);
	assert_true(acceptor_finishing(&rig.worker));
	client_get(&c[0], "/hello");
	client_until(&c[0], &rig, "hello\n", 2);
	for (unsigned i = 1; i < 4; i++)
		client_until(&c[i], &rig, "hello\n", 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	rig_turns(&rig);
	assert_false(worker_has_work(&rig.worker));
	close_all(0, 4);
}

/* After so many connections a worker asks for a successor, once, and serves
 * until it is told to drain. */
static void
test_retirement(void **state)
{
	struct message m;
	unsigned asked = 0;

	(void)state;
	for (unsigned i = 0; i < 15; i++) {
		connect_all(i, i + 1, "/hello");
		client_until(&c[i], &rig, "hello\n", 1);
		while (channel_receive(rig.master, &m) == 1) {
			assert_int_equal(m.type, MESSAGE_RETIRE);
			assert_int_equal(i, 9);
			asked++;
		}
	}
	assert_int_equal(asked, 1);
	assert_int_equal(rig.worker.phase, PHASE_RETIRING);
	rig_say(&rig, MESSAGE_DRAIN, DRAIN_HANDOVER);
	rig_open(&other, NULL);
	assert_int_equal(rig_relay(&rig, &other), 15);
	assert_false(worker_has_work(&rig.worker));
	close_all(0, 15);
	rig_close(&other);
}

/* Nothing is accepted while the last lines are waited for. */
static void
test_stopped_accepts_none(void **state)
{
	(void)state;
	rig_open(&other, &listeners);
	rig_say(&rig, MESSAGE_STOP, 0);
	connect_all(0, 1, "/hello");
	worker_cut(&rig.worker);
	assert_int_equal(rig.worker.slot->accepted, 0);
	client_until(&c[0], &other, "hello\n", 1);
	close_all(0, 1);
	rig_close(&other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_full_of_busy_ones),
		TEST(test_surplus_is_bounded),
		TEST(test_idle_is_room),
		TEST(test_refused_ones_go),
		TEST(test_full_of_idle_ones),
		TEST(test_silent_ones),
		TEST(test_who_asks_is_not_idle),
		TEST(test_crowd),
		TEST(test_others_have_room),
		TEST(test_adopting_beyond_the_bound),
		TEST(test_no_descriptors),
		TEST(test_draining_without_descriptors),
		TEST(test_retirement),
		TEST(test_stopped_accepts_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

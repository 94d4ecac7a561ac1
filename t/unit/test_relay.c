/* SPDX-License-Identifier: BSD-2-Clause */
/* master/relay: connections reach who can take them, in turn, or are closed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/succession.h"
#include "master/relay.h"
#include "steady_clock.h"

#define SEATS 3

static struct loop *loop;
static bool held;
static unsigned changes; /* of held */
static struct relay relay;
static struct generation generation;
static struct seat seats[SEATS];
static struct child children[SEATS];
static int ends[SEATS]; /* the workers' */
/* A connection is a pipe here: its other end tells whether it is open. */
static int watch;

static void
received(struct mailbox *m, struct message *message)
{
	(void)m;
	(void)message;
}

static void
hold(struct relay *r, bool on)
{
	assert_ptr_equal(r, &relay);
	changes += held != on;
	held = on;
}

static void
writable(struct mailbox *m)
{
	(void)m;
	relay_pump(&relay);
}

static void
open_seat(unsigned i)
{
	int fds[2];

	assert_int_equal(channel_pair(fds), 0);
	children[i] = (struct child){
		.generation = &generation,
		.seat = &seats[i],
		.state = CHILD_SERVING,
		.mailbox = { .received = received, .writable = writable },
	};
	assert_int_equal(mailbox_open(&children[i].mailbox, loop, fds[0]), 0);
	ends[i] = fds[1];
	seats[i] =
	    (struct seat){ .generation = &generation, .child = &children[i] };
}

static int
setup(void **state)
{
	(void)state;
	loop = loop_create();
	assert_non_null(loop);
	generation = (struct generation){
		.seats = seats, .seat_count = SEATS, .state = GENERATION_SERVING
	};
	for (unsigned i = 0; i < SEATS; i++)
		open_seat(i);
	held = false;
	changes = 0;
	relay_init(&relay, hold);
	relay_set(&relay, &generation);
	watch = -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	relay_set(&relay, NULL);
	for (unsigned i = 0; i < SEATS; i++) {
		mailbox_close(&children[i].mailbox);
		close(ends[i]);
	}
	if (watch >= 0)
		close(watch);
	loop_destroy(&loop);
	return 0;
}

/* A connection is handed over; number is what it is told by. */
static void
hand_over(unsigned number)
{
	struct message m;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	message_init(&m, MESSAGE_HANDOVER, number);
	m.fd = fds[1];
	m.len = 500;
	memset(m.data, 'h', m.len);
	relay_take(&relay, &m);
	if (watch >= 0)
		close(watch);
	watch = fds[0];
}

/* True if the last connection is open nowhere any more. */
static bool
is_closed(void)
{
	struct pollfd p = { .fd = watch };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

/* What the worker gets next: a connection's number, or -1. */
static int
adopted(unsigned i)
{
	struct message m;

	if (channel_receive(ends[i], &m) != 1)
		return -1;
	assert_int_equal(m.type, MESSAGE_ADOPT);
	assert_int_equal(m.len, 500);
	assert_int_equal(m.data[499], 'h');
	assert_true(m.fd >= 0);
	close(m.fd);
	return (int)m.arg;
}

static void
test_in_turn(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * SEATS; i++)
		hand_over(i);
	for (unsigned i = 0; i < SEATS; i++) {
		assert_int_equal(adopted(i), i);
		assert_int_equal(adopted(i), SEATS + i);
		assert_int_equal(adopted(i), -1);
	}
	/* Nobody has it but who adopted it. */
	assert_true(is_closed());
}

static void
test_only_who_serves(void **state)
{
	(void)state;
	children[0].state = CHILD_STARTING;
	children[2].state = CHILD_DRAINING;
	for (unsigned i = 0; i < 4; i++)
		hand_over(i);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(adopted(1), i);
	assert_int_equal(adopted(0), -1);
	assert_int_equal(adopted(2), -1);
}

static void
test_nobody_serves_yet(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	hand_over(7);
	hand_over(8);
	assert_false(is_closed());
	relay_pump(&relay);
	seats[1].child = &children[1];
	relay_pump(&relay);
	assert_int_equal(adopted(1), 7);
	assert_int_equal(adopted(1), 8);
	assert_int_equal(relay.count, 0);
}

static void
test_all_are_slow(void **state)
{
	unsigned sent = 0, next[SEATS] = { 0 };
	int number;

	(void)state;
	/* Until no socket takes one more, and some beyond that. */
	while (relay.count < 5)
		hand_over(sent++);
	for (unsigned got = 0; got < sent;) {
		for (unsigned i = 0; i < SEATS; i++) {
			while ((number = adopted(i)) >= 0) {
				assert_true(number >= (int)next[i]);
				next[i] = (unsigned)number + 1;
				got++;
			}
		}
		assert_true(loop_turn(loop, 0) >= 0);
	}
	assert_int_equal(relay.count, 0);
}

static void
test_nobody_will_serve(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	hand_over(1);
	assert_false(is_closed());
	relay_set(&relay, NULL);
	assert_true(is_closed());
	hand_over(2);
	assert_true(is_closed());
	assert_int_equal(relay.count, 0);
}

/* Long before no descriptor is left. */
static void
test_givers_hold_back(void **state)
{
	struct rlimit before, few;
	unsigned number = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 256;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	while (!held)
		hand_over(number++);
	assert_int_equal(number, 64);
	/* What comes nevertheless still finds a place, up to a bound. */
	while (!is_closed())
		hand_over(number++);
	assert_int_equal(number, 129);
	assert_int_equal(relay.count, 128);
	seats[1].child = &children[1];
	relay_pump(&relay);
	for (int next = 0; next < 128;) {
		int got = adopted(1);

		if (got < 0) {
			assert_true(loop_turn(loop, 1000) > 0);
			continue;
		}
		assert_int_equal(got, next++);
	}
	assert_false(held);
	assert_int_equal(changes, 2);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* Where there are more descriptors: those whom nobody takes are better off with
 * who can serve them. */
static void
test_givers_hold_back_soon(void **state)
{
	struct rlimit before;
	unsigned number = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	if (before.rlim_cur < 1024)
		skip();
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	while (!held)
		hand_over(number++);
	assert_int_equal(number, 64);
	while (number < 300)
		hand_over(number++);
	assert_int_equal(relay.count, 300);
	relay_set(&relay, NULL);
}

static void
test_waiting_is_bounded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	hand_over(1);
	relay_tick(&relay);
	assert_false(is_closed());
	steady_clock_forward(4500);
	clock_refresh();
	relay_tick(&relay);
	assert_false(is_closed());
	steady_clock_forward(501);
	clock_refresh();
	relay_tick(&relay);
	assert_true(is_closed());
}

/* Another master's workers serve. */
static void
test_abroad(void **state)
{
	struct mailbox abroad = { .received = received, .writable = writable };
	struct message m;
	int fds[2];

	(void)state;
	assert_int_equal(channel_pair(fds), 0);
	assert_int_equal(mailbox_open(&abroad, loop, fds[0]), 0);
	for (unsigned i = 0; i < SEATS; i++)
		seats[i].child = NULL;
	/* What waits already goes there, too, and before what comes. */
	hand_over(1);
	assert_int_equal(relay.count, 1);
	relay_set_abroad(&relay, &abroad);
	assert_int_equal(relay.count, 0);
	hand_over(2);
	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(channel_receive(fds[1], &m), 1);
		assert_int_equal(m.type, SUCCESSION_CONNECTION);
		assert_int_equal(m.arg, i);
		assert_int_equal(m.len, 500);
		assert_true(m.fd >= 0);
		close(m.fd);
	}
	/* It takes no more for now: what comes waits. */
	for (unsigned i = 3; relay.count == 0; i++) {
		assert_in_range(i, 3, 1000);
		hand_over(i);
	}
	assert_false(is_closed());
	close(fds[1]);
	relay_set(&relay, NULL);
	assert_true(is_closed());
	mailbox_close(&abroad);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_turn),
		TEST(test_only_who_serves),
		TEST(test_nobody_serves_yet),
		TEST(test_all_are_slow),
		TEST(test_nobody_will_serve),
		TEST(test_givers_hold_back),
		TEST(test_givers_hold_back_soon),
		TEST(test_waiting_is_bounded),
		TEST(test_abroad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends: of a producer between stage and publish; of the logger when it is told
 * to, when its master is gone, when it is killed, when it cannot go on.  No
 * line that is in a ring is lost.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "logger/logger.h"
#include "logger_rig.h"
#include "process.h"

/* Signals that people send do not end it before its master does. */
static int
stage_and_wait(void *argument)
{
	static const char line[] = "staged";
	struct log_ring *ring = argument;
	size_t room;
	char *to;

	if (!log_ring_append(ring, 0, span_str("published")))
		return 1;
	to = log_ring_reserve(ring, sizeof(line), &room);
	if (to == NULL)
		return 1;
	memcpy(to, line, sizeof(line) - 1);
	log_ring_stage(ring, 0, sizeof(line) - 1);
	log_board_wake(&rig.board);
	for (;;)
		pause();
}

static void
test_killed_between_stage_and_publish(void **state)
{
	struct log_ring ring;
	pid_t pid;

	(void)state;
	rig_file(0, "a");
	rig_ring(&ring, 7);
	pid = process_start(stage_and_wait, &ring);
	rig_wait_file("a", "published\n");
	kill(pid, SIGKILL);
	assert_int_equal(process_end(pid), 128 + SIGKILL);
	rig_wait_file("a", "published\n");
	rig_ring_dead(7);
	rig_wait_file("a", "published\nstaged\n");
	/* Asked for once more it is not there, and nothing comes twice. */
	rig_ring_dead(7);
	rig_check_ledger(0);
	assert_int_equal(rig_finish(), 0);
	assert_int_equal(rig_lines_in("a"), 2);
	log_ring_unmap(&ring);
}

static void
test_signals_are_the_masters(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
		SIGUSR1, SIGUSR2, SIGPIPE };
	struct log_ring ring;
	size_t i;

	(void)state;
	rig_file(0, "a");
	rig_ring(&ring, 1);
	rig_append(&ring, 0, "before");
	rig_wait_file("a", "before\n");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		kill(rig.pid, signals[i]);
	kill(rig.pid, SIGRTMIN);
	rig_append(&ring, 0, "after");
	rig_wait_file("a", "before\nafter\n");
	log_ring_unmap(&ring);
}

/* The master's life in test_dead_master: dies with lines all over. */
static int
master_that_dies(void *argument)
{
	static struct log_ring ring;
	int *tell = argument, i;

	rig_start(0);
	rig_file(0, "a");
	rig_ring(&ring, 1);
	for (i = 0; i < 100; i++)
		rig_append(&ring, 0, "a line");
	if (write(*tell, &rig.pid, sizeof(rig.pid)) != sizeof(rig.pid))
		return 1;
	stage_and_wait(&ring);
	return 2;
}

static void
test_dead_master(void **state)
{
	struct pollfd end;
	int fds[2];
	pid_t master, logger;

	(void)state;
	assert_int_equal(rig_finish(), 0);
	process_pipe(fds);
	master = process_start(master_that_dies, &fds[1]);
	assert_int_equal(
	    read(fds[0], &logger, sizeof(logger)), (ssize_t)sizeof(logger));
	close(fds[1]);
	rig_wait_count(&rig.board.dest[0].written, 101);
	kill(master, SIGKILL);
	assert_int_equal(process_end(master), 128 + SIGKILL);
	/* The logger holds the last writing end of the pipe. */
	end = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	assert_int_equal(poll(&end, 1, 5000), 1);
	assert_false(process_wait(fds[0]));
	assert_int_equal(rig_lines_in("a"), 102);
	rig_check_ledger(0);
	close(fds[0]);
}

/* Killed, it is started again: what lies in rings is written. */
static void
test_killed_logger(void **state)
{
	struct log_ring ring;
	int fd = log_ring_create(), status;

	(void)state;
	rig_file(0, "a");
	assert_int_equal(log_ring_map(&ring, fd), 0);
	rig_send(MESSAGE_RING, 1, dup(fd));
	rig_append(&ring, 0, "one");
	rig_wait_file("a", "one\n");
	kill(rig.pid, SIGKILL);
	status = process_end(rig.pid);
	assert_int_equal(status, 128 + SIGKILL);
	close(rig.channel);
	rig_append(&ring, 0, "two");
	rig_start(0);
	rig_send(MESSAGE_RING, 1, fd);
	rig_file(0, "a");
	rig_wait_file("a", "one\ntwo\n");
	rig_append(&ring, 0, "three");
	rig_wait_file("a", "one\ntwo\nthree\n");
	rig_check_ledger(0);
	log_ring_unmap(&ring);
}

/* A producer whose ring nobody reads would wait for ever: another logger may
 * have more luck. */
static void
test_ends_where_it_cannot_go_on(void **state)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	rig_file(0, "a");
	rig_send(MESSAGE_RING, 1, fd);
	assert_int_equal(process_end(rig.pid), 1);
	close(rig.channel);
	rig_start(0);
	rig_file(0, "a");
}

/* What one before it had read of a ring is not forgotten by one that cannot
 * map that ring, whatever else it was told by then. */
static void
test_leaves_a_step_to_the_next(void **state)
{
	struct log_store_control *c = rig.board.store.control;
	static struct message commit;
	int fd = log_ring_create();
	struct log_ring ring;

	(void)state;
	assert_int_equal(rig_finish(), 0);
	assert_int_equal(log_ring_map(&ring, fd), 0);
	assert_true(log_ring_append(&ring, 0, span_str("read before")));
	atomic_store(&c->rings[0].ring, 1);
	atomic_store(&c->rings[0].tail, log_ring_mark(&ring));
	atomic_store(&c->ring_count, 1);
	log_store_set_step(c, LOG_STORE_TAILS);
	rig_start(0);
	kill(rig.pid, SIGSTOP);
	rig_send(MESSAGE_RING, 1, open("/dev/null", O_RDWR | O_CLOEXEC));
	message_init(&commit, MESSAGE_DEST_COMMIT, 0);
	assert_int_equal(channel_send(rig.channel, &commit), 0);
	kill(rig.pid, SIGCONT);
	assert_int_equal(process_end(rig.pid), 1);
	close(rig.channel);
	rig_start(0);
	rig_send(MESSAGE_RING, 1, fd);
	rig_file(0, "a");
	rig_append(&ring, 0, "after");
	rig_wait_file("a", "after\n");
	log_ring_unmap(&ring);
}

/* Whatever it was at, reading or writing, the next one goes on from there. */
static void
test_killed_at_any_time(void **state)
{
	struct log_board_dest *ledger = &rig.board.dest[0];
	struct log_ring ring;
	int fd = log_ring_create(), file, i;
	uint64_t lines = 0;

	(void)state;
	assert_int_equal(log_ring_map(&ring, fd), 0);
	file = open("a", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	for (i = 0; i < 200; i++) {
		/* As many as it takes a while to read. */
		while (log_ring_append(&ring, 0, span_str("a line")))
			lines++;
		rig_send(MESSAGE_RING, 1, dup(fd));
		rig_offer(0, LOG_DEST_FILE, "a", dup(file));
		rig_commit(-1);
		(void)poll(NULL, 0, i % 3);
		kill(rig.pid, SIGKILL);
		assert_int_equal(process_end(rig.pid), 128 + SIGKILL);
		close(rig.channel);
		/* As the master does. */
		log_store_settle(&rig.board.store.control->dest[0], file);
		rig_start(0);
	}
	rig_send(MESSAGE_RING, 1, fd);
	rig_offer(0, LOG_DEST_FILE, "a", file);
	rig_commit(-1);
	rig_append(&ring, 0, "the last");
	assert_int_equal(rig_finish(), 0);
	assert_int_equal(atomic_load(&ledger->lost), 0);
	assert_int_equal(atomic_load(&ledger->appended), lines + 1);
	assert_int_equal(atomic_load(&ledger->written), lines + 1);
	assert_int_equal(rig_lines_in("a"), lines + 1);
	log_ring_unmap(&ring);
}

/* What waits for an output that takes nothing waits for the next logger. */
static void
test_killed_with_a_queue(void **state)
{
	struct log_board_dest *ledger = &rig.board.dest[0];
	struct log_ring ring;
	int fd = log_ring_create();

	(void)state;
	assert_int_equal(log_ring_map(&ring, fd), 0);
	rig_send(MESSAGE_RING, 1, dup(fd));
	rig_offer(0, LOG_DEST_FILE, "full", open("/dev/full", O_WRONLY));
	rig_commit(-1);
	rig_append(&ring, 0, "one");
	rig_append(&ring, 0, "two");
	rig_wait_count(&ledger->queued, 2);
	kill(rig.pid, SIGKILL);
	assert_int_equal(process_end(rig.pid), 128 + SIGKILL);
	close(rig.channel);
	rig_start(0);
	rig_send(MESSAGE_RING, 1, fd);
	rig_file(0, "a");
	rig_append(&ring, 0, "three");
	rig_wait_file("a", "one\ntwo\nthree\n");
	rig_check_ledger(0);
	log_ring_unmap(&ring);
}

#define WITH_LOGGER(f) \
	cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOGGER(test_killed_between_stage_and_publish),
		WITH_LOGGER(test_signals_are_the_masters),
		WITH_LOGGER(test_dead_master),
		WITH_LOGGER(test_ends_where_it_cannot_go_on),
		WITH_LOGGER(test_leaves_a_step_to_the_next),
		WITH_LOGGER(test_killed_logger),
		WITH_LOGGER(test_killed_at_any_time),
		WITH_LOGGER(test_killed_with_a_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

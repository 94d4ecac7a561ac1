/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logger as a process: lines of producers that live, die and lie arrive
 * whole and once; descriptors are swapped without loss.
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

static void
test_lines_arrive(void **state)
{
	struct log_ring one, two;

	(void)state;
	rig_file(0, "a");
	rig_file(1, "b");
	rig_ring(&one, 1);
	rig_ring(&two, 2);
	rig_append(&one, 0, "first");
	rig_wait_file("a", "first\n");
	rig_append(&two, 0, "second");
	rig_append(&two, 1, "");
	rig_wait_file("a", "first\nsecond\n");
	rig_wait_file("b", "\n");
	rig_check_ledger(0);
	assert_true(rig.board.dest[0].written == 2);
	assert_int_equal(rig_finish(), 0);
	log_ring_unmap(&one);
	log_ring_unmap(&two);
}

static int
append_many(void *argument)
{
	struct log_ring *ring = argument;
	char line[300];
	int i, tries;

	for (i = 0; i < 20000; i++) {
		snprintf(line, sizeof(line), "%d %06d%*s", (int)getpid(), i,
		    i % 200, "");
		for (tries = 0; !log_ring_append(ring, 0, span_str(line));
		     tries++) {
			if (tries == 20000)
				return 1;
			poll(NULL, 0, 1);
		}
		log_board_wake(&rig.board);
	}
	return 0;
}

/* Every producer's lines are all there, once, in their order. */
static void
check_sequences(const char *path, const pid_t *pids, int count)
{
	FILE *file = fopen(path, "re");
	int next[8] = { 0 }, pid, number, i;
	char line[400];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		assert_int_equal(sscanf(line, "%d %d", &pid, &number), 2);
		for (i = 0; i < count && pids[i] != pid; i++)
			;
		assert_true(i < count);
		assert_int_equal(number, next[i]++);
	}
	for (i = 0; i < count; i++)
		assert_int_equal(next[i], 20000);
	fclose(file);
}

/* 12 MB through rings of 256 KiB: full many times over. */
static void
test_full_rings_recover(void **state)
{
	struct log_ring rings[4];
	pid_t pids[4];
	int i;

	(void)state;
	rig_file(0, "a");
	for (i = 0; i < 4; i++) {
		rig_ring(&rings[i], (uint32_t)i);
		pids[i] = process_start(append_many, &rings[i]);
	}
	for (i = 0; i < 4; i++) {
		assert_int_equal(process_end(pids[i]), 0);
		rig_ring_dead((uint32_t)i);
		log_ring_unmap(&rings[i]);
	}
	rig_check_ledger(0);
	assert_true(rig.board.dest[0].written == 80000);
	assert_int_equal(rig_finish(), 0);
	check_sequences("a", pids, 4);
}

#define PINGS 1200
/* Looked at after the two that are used: the moment between the look at those
 * and the flag gets long enough to be hit. */
#define IDLE_RINGS 1200

struct ping {
	struct log_ring *ring;
	int dest, fd;
};

/*
 * Appends a line and waits until it comes out of the pipe; the next follows
 * when the logger is about to fall asleep, 2 ms after it found the last.
 */
static int
ping(void *argument)
{
	struct ping *p = argument;
	struct pollfd readable = { .fd = p->fd, .events = POLLIN };
	unsigned seed = (unsigned)p->dest;
	char text[8];
	int i;

	for (i = 0; i < PINGS; i++) {
		usleep(1900 + (unsigned)rand_r(&seed) % 300);
		if (!log_ring_append(p->ring, p->dest, span_str("x")))
			return 1;
		log_board_wake(&rig.board);
		/* A lost wake-up shows as the logger's sleep of a second. */
		if (poll(&readable, 1, 700) != 1)
			return 2;
		if (read(p->fd, text, sizeof(text)) != 2)
			return 3;
	}
	return 0;
}

static void
test_no_wake_up_is_lost(void **state)
{
	struct log_ring rings[2], idle;
	struct ping pings[2];
	pid_t pids[2];
	int i, fds[2];

	(void)state;
	for (i = 0; i < 2; i++) {
		process_pipe(fds);
		rig_offer((uint32_t)i, LOG_DEST_PROGRAM, "cat", fds[1]);
		rig_ring(&rings[i], (uint32_t)i);
		pings[i] = (struct ping){ &rings[i], i, fds[0] };
	}
	rig_commit(-1);
	for (i = 0; i < IDLE_RINGS; i++) {
		rig_ring(&idle, (uint32_t)i + 2);
		log_ring_unmap(&idle);
		if (i % 50 == 0)
			rig_commit(-1); /* lets the channel drain */
	}
	for (i = 0; i < 2; i++)
		pids[i] = process_start(ping, &pings[i]);
	for (i = 0; i < 2; i++) {
		assert_int_equal(process_end(pids[i]), 0);
		rig_commit(-1); /* the last one was written, then counted */
		rig_check_ledger(i);
		assert_true(rig.board.dest[i].written == PINGS);
		close(pings[i].fd);
		log_ring_unmap(&rings[i]);
	}
}

/*
 * Rings full of anything: each is given up, the logger goes on, and the
 * ledger still adds up.
 */
static void
test_garbage(void **state)
{
	struct log_ring good, bad;
	uint64_t *words;
	uint32_t round;
	size_t i;

	(void)state;
	srandom(4711);
	rig_file(0, "a");
	rig_file(1, "errors");
	rig_commit(1);
	rig_ring(&good, 0);
	for (round = 1; round <= 150; round++) {
		rig_ring(&bad, round);
		words = (uint64_t *)(void *)bad.data;
		for (i = 0; i < LOG_RING_SIZE / 8; i++)
			words[i] =
			    (uint64_t)random() << 32 | (uint64_t)random();
		for (i = round % 4; i > 0; i--) {
			bad.header->head = 0;
			log_ring_unstage(&bad);
			assert_true(log_ring_append(&bad, 0, span_str("x")));
		}
		bad.header->staged = (uint64_t)random() % LOG_RING_SIZE;
		bad.header->head = round % 2 == 0
				       ? (uint64_t)random() % LOG_RING_SIZE
				       : (uint64_t)random() << 20;
		log_board_wake(&rig.board);
		rig_ring_dead(round);
		assert_true(log_ring_abandoned(&bad) || bad.header->head == 0);
		log_ring_unmap(&bad);
	}
	rig_append(&good, 0, "still here");
	rig_check_ledger(0);
	rig_check_ledger(1);
	assert_int_equal(rig_finish(), 0);
	assert_true(rig_lines_in("errors") >= 140);
	assert_true(rig_lines_in("a") == rig.board.dest[0].written);
	log_ring_unmap(&good);
}

static void
test_destinations_that_are_none(void **state)
{
	static const int wrong[] = { 3, LOG_DEST_NOBODY, LOG_DEST_MAX, 60000,
		-1 };
	struct log_ring ring;
	size_t i;

	(void)state;
	rig_file(0, "errors");
	rig_commit(0);
	rig_ring(&ring, 1);
	for (i = 0; i < 5; i++)
		rig_append(&ring, wrong[i], "nowhere");
	rig_wait_count(&rig.board.dest[LOG_DEST_NOBODY].lost, 5);
	rig_check_ledger(LOG_DEST_NOBODY);
	assert_int_equal(rig_finish(), 0);
	/* That there is none, said once; and at the end the ledger. */
	assert_int_equal(rig_lines_in("errors"), 2);
	assert_true(rig_file_has(
	    "errors", "lines before this: appended 6, written 1, lost 5\n"));
	log_ring_unmap(&ring);
}

static void
test_swap(void **state)
{
	struct log_ring ring;
	int i;

	(void)state;
	rig_file(0, "log");
	rig_ring(&ring, 1);
	rig_append(&ring, 0, "old");
	rig_wait_file("log", "old\n");
	assert_int_equal(rename("log", "log.1"), 0);
	/* In the ring before the commit: in the old file. */
	for (i = 0; i < 3; i++)
		rig_append(&ring, 0, "late");
	rig_file(0, "log");
	rig_wait_file("log.1", "old\nlate\nlate\nlate\n");
	rig_append(&ring, 0, "new");
	rig_wait_file("log", "new\n");
	/* Taken away, its lines are lost and counted. */
	rig_offer(0, LOG_DEST_FILE, "log", -1);
	rig_commit(-1);
	rig_append(&ring, 0, "lost");
	rig_wait_count(&rig.board.dest[0].lost, 1);
	rig_check_ledger(0);
	rig_file(0, "log");
	rig_append(&ring, 0, "again");
	rig_wait_file("log", "new\nagain\n");
	rig_check_ledger(0);
	log_ring_unmap(&ring);
}

static void
test_broken_pipe(void **state)
{
	struct log_ring ring;
	static struct message m;
	char text[64];
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(4, LOG_DEST_PROGRAM, "a program", fds[1]);
	rig_commit(-1);
	rig_ring(&ring, 1);
	close(fds[0]);
	rig_append(&ring, 4, "kept for the next one");
	rig_expect(MESSAGE_DEST_BROKEN, &m);
	assert_int_equal(m.arg, 4);
	process_pipe(fds);
	rig_offer(4, LOG_DEST_PROGRAM, "a program", fds[1]);
	rig_commit(-1);
	assert_int_equal(read(fds[0], text, sizeof(text)), 22);
	assert_memory_equal(text, "kept for the next one\n", 22);
	rig_check_ledger(4);
	assert_true(rig.board.dest[4].lost == 0);
	close(fds[0]);
	log_ring_unmap(&ring);
}

static void
test_syslog(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int daemon = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct log_ring ring;
	char text[256], *colon;
	ssize_t n;

	(void)state;
	memcpy(address.sun_path, "sock", 5);
	assert_int_equal(
	    bind(daemon, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	rig_offer(2, LOG_DEST_SYSLOG, "daemon:web", client);
	rig_commit(-1);
	rig_ring(&ring, 1);
	rig_append(&ring, 2, "<3>[net:error] it broke");
	n = recv(daemon, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_memory_equal(text, "<27>", 4); /* daemon 3 * 8 + error 3 */
	assert_non_null(strstr(text, " web["));
	colon = strstr(text, "]: ");
	assert_non_null(colon);
	assert_string_equal(colon + 3, "[net:error] it broke");
	rig_append(&ring, 2, "without");
	n = recv(daemon, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	assert_memory_equal(text, "<29>", 4);
	rig_check_ledger(2);
	close(daemon);
	log_ring_unmap(&ring);
}

static void
test_program_messages(void **state)
{
	static char longest[LOG_LINE_MAX + 10];
	int fds[2], i;

	(void)state;
	rig_file(0, "errors");
	process_pipe(fds);
	rig_send(MESSAGE_STDERR, 0, fds[0]);
	assert_int_equal(write(fds[1], "one\ntwo\nth", 10), 10);
	rig_wait_file("errors", "one\ntwo\n");
	assert_int_equal(write(fds[1], "ree\n", 4), 4);
	rig_wait_file("errors", "one\ntwo\nthree\n");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\n';
	for (i = 0; i < 2; i++)
		assert_int_equal(write(fds[1], longest, sizeof(longest)),
		    (ssize_t)sizeof(longest));
	rig_wait_count(&rig.board.dest[0].written, 7);
	assert_int_equal(write(fds[1], "no end", 6), 6);
	close(fds[1]);
	/* The last words are not lost, even if it is told to end at once. */
	assert_int_equal(rig_finish(), 0);
	assert_int_equal(rig_lines_in("errors"), 8);
	rig_check_ledger(0);
}

static void
test_messages_follow_the_error_log(void **state)
{
	int fds[2];

	(void)state;
	rig_file(0, "first");
	rig_commit(0);
	process_pipe(fds);
	rig_send(MESSAGE_STDERR, MESSAGE_OWN_DEST, fds[0]);
	assert_int_equal(write(fds[1], "one\n", 4), 4);
	rig_wait_file("first", "one\n");
	/* A reload names another ErrorLog. */
	rig_file(1, "second");
	rig_commit(1);
	assert_int_equal(write(fds[1], "two\n", 4), 4);
	rig_wait_file("second", "two\n");
	close(fds[1]);
	assert_int_equal(rig_finish(), 0);
	assert_int_equal(rig_lines_in("first"), 1);
}

#define WITH_LOGGER(f) \
	cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOGGER(test_lines_arrive),
		WITH_LOGGER(test_full_rings_recover),
		WITH_LOGGER(test_no_wake_up_is_lost),
		WITH_LOGGER(test_garbage),
		WITH_LOGGER(test_destinations_that_are_none),
		WITH_LOGGER(test_swap),
		WITH_LOGGER(test_broken_pipe),
		WITH_LOGGER(test_syslog),
		WITH_LOGGER(test_program_messages),
		WITH_LOGGER(test_messages_follow_the_error_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

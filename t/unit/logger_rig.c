/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rig.  Waiting is for something that the logger does within
 * milliseconds; the bound only ends a test that would hang.
 */
#include "config.h"

#include "logger_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "logger/logger.h"
#include "process.h"

#define BOUND_MS 20000

struct rig rig;

/* One step of waiting; fails when the bound is reached. */
static void
step(int64_t since_us)
{
	assert_true(clock_exact_us() - since_us < BOUND_MS * 1000);
	poll(NULL, 0, 1);
}

struct start {
	struct logger_setup setup;
	int other_end;
};

static int
run_logger(void *argument)
{
	struct start *start = argument;

	close(start->other_end);
	return logger_run(&start->setup);
}

void
rig_start(int64_t stuck_ms)
{
	struct start start;
	int pair[2];

	assert_int_equal(channel_pair(pair), 0);
	start.setup = (struct logger_setup){ .channel = pair[1],
		.board = &rig.board,
		.master = getpid(),
		.error_dest = -1,
		.stuck_ms = stuck_ms };
	start.other_end = pair[0];
	rig.pid = process_start(run_logger, &start);
	close(pair[1]);
	rig.channel = pair[0];
}

int
rig_finish(void)
{
	int status;

	rig_send(MESSAGE_FINISH, 0, -1);
	status = process_end(rig.pid);
	close(rig.channel);
	rig.pid = 0;
	return status;
}

int
rig_setup(void **state)
{
	(void)state;
	process_enter_directory();
	if (log_board_create(&rig.board) == -1)
		return -1;
	rig_start(0);
	return 0;
}

int
rig_teardown(void **state)
{
	int status = rig.pid == 0 ? 0 : rig_finish();

	(void)state;
	log_board_release(&rig.board);
	process_leave_directory();
	return status;
}

/* As the master does: a channel that is full is tried again. */
static void
send_patiently(const struct message *m)
{
	struct pollfd writable = { .fd = rig.channel, .events = POLLOUT };

	while (channel_send(rig.channel, m) != 0) {
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(poll(&writable, 1, BOUND_MS), 1);
	}
}

void
rig_send(uint32_t type, uint32_t arg, int fd)
{
	static struct message m;

	message_init(&m, type, arg);
	m.fd = fd;
	send_patiently(&m);
	if (fd != -1)
		close(fd);
}

void
rig_expect(uint32_t type, struct message *message_r)
{
	struct pollfd readable = { .fd = rig.channel, .events = POLLIN };

	do {
		assert_int_equal(poll(&readable, 1, BOUND_MS), 1);
		assert_int_equal(channel_receive(rig.channel, message_r), 1);
	} while (message_r->type != type);
}

void
rig_offer(uint32_t id, enum log_dest_kind kind, const char *name, int fd)
{
	static struct message m;
	struct log_dest_message about = { .kind = kind };

	snprintf(about.name, sizeof(about.name), "%s", name);
	message_init(&m, MESSAGE_DEST, id);
	m.len = sizeof(about);
	memcpy(m.data, &about, sizeof(about));
	m.fd = fd;
	send_patiently(&m);
	if (fd != -1)
		close(fd);
}

void
rig_commit(int error_dest)
{
	rig_commit_format(error_dest, "");
}

void
rig_commit_format(int error_dest, const char *format)
{
	static struct message m;

	message_init(&m, MESSAGE_DEST_COMMIT, (uint32_t)(error_dest + 1));
	if (*format != '\0') {
		m.len = 1 + (uint32_t)strlen(format);
		memcpy(m.data + 1, format, strlen(format));
	}
	m.value = ++rig.serial;
	send_patiently(&m);
	rig_expect(MESSAGE_DEST_DONE, &m);
	assert_true(m.value == rig.serial);
}

void
rig_file(uint32_t id, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	assert_true(fd != -1);
	rig_offer(id, LOG_DEST_FILE, path, fd);
	rig_commit(-1);
}

void
rig_ring(struct log_ring *ring_r, uint32_t number)
{
	int fd = log_ring_create();

	assert_true(fd != -1);
	assert_int_equal(log_ring_map(ring_r, fd), 0);
	rig_send(MESSAGE_RING, number, fd);
}

void
rig_ring_dead(uint32_t number)
{
	static struct message m;

	rig_send(MESSAGE_RING_DEAD, number, -1);
	rig_expect(MESSAGE_RING_DONE, &m);
	assert_int_equal(m.arg, number);
}

void
rig_append(struct log_ring *ring, int dest, const char *line)
{
	int64_t since = clock_exact_us();

	while (!log_ring_append(ring, dest, span_str(line)))
		step(since);
	log_board_wake(&rig.board);
}

/* Its content, until the next call. */
static const char *
read_file(const char *path)
{
	static char text[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd != -1);
	process_read(fd, text, sizeof(text));
	close(fd);
	return text;
}

void
rig_wait_file(const char *path, const char *content)
{
	int64_t since = clock_exact_us();

	while (strlen(read_file(path)) < strlen(content))
		step(since);
	assert_string_equal(read_file(path), content);
}

bool
rig_file_has(const char *path, const char *text)
{
	return strstr(read_file(path), text) != NULL;
}

void
rig_wait_count(const _Atomic uint64_t *word, uint64_t value)
{
	int64_t since = clock_exact_us();

	while (atomic_load(word) < value)
		step(since);
}

void
rig_check_ledger(int dest)
{
	struct log_board_dest *d = &rig.board.dest[dest];
	int64_t since = clock_exact_us();
	uint64_t before;

	/* Between two equal looks at it nothing was under way. */
	do {
		before = atomic_load(&d->appended);
		step(since);
	} while (atomic_load(&d->appended) != atomic_load(&d->written) +
						  atomic_load(&d->lost) +
						  atomic_load(&d->queued) ||
		 before != atomic_load(&d->appended));
}

uint64_t
rig_lines_in(const char *path)
{
	FILE *file = fopen(path, "re");
	uint64_t lines = 0;
	int c, last = '\n';

	assert_non_null(file);
	while ((c = getc(file)) != EOF) {
		lines += c == '\n';
		last = c;
	}
	fclose(file);
	assert_int_equal(last, '\n');
	return lines;
}

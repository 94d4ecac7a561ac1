/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking over the control socket: one line out, lines in, all under one time
 * limit.  What the lines mean to a person is the caller's.
 */
#include "config.h"

#include "ipc/control_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

/* More than the status of the largest server. */
#define ANSWER_MAX (64 * 1024 * 1024)
#define READ_SIZE 16384
/* A logger whose destinations are stuck is given ten seconds. */
#define GONE_MS 15000
/* Where the end of a process cannot be waited for, it is looked for. */
#define LOOK_MS 20

struct talk {
	int fd;
	int64_t end_ms; /* 0: none */
	struct control_ear *ear;
	struct buf in;
	bool heard; /* something came */
	struct err *err;
	enum control_outcome outcome;
};

static int64_t
now_ms(void)
{
	return clock_exact_us() / 1000;
}

/* False: time is up. */
static bool
wait_for(const struct talk *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };
	int64_t left = -1;
	int n;

	do {
		if (t->end_ms != 0) {
			left = t->end_ms - now_ms();
			if (left <= 0)
				return false;
			if (left > 60000)
				left = 60000;
		}
		n = poll(&p, 1, (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return true;
}

static bool
over(struct talk *t, enum control_outcome outcome, struct span text)
{
	t->outcome = outcome;
	err_set(t->err, "%.*s", SPAN_ARG(text));
	return false;
}

/* The server went: nothing was, or is, to be heard of it. */
static bool
lost(struct talk *t, const char *why)
{
	return over(t, CONTROL_IS_LOST, span_str(why));
}

/* What takes its time is told of once a second. */
static bool
late(struct talk *t)
{
	return over(t, CONTROL_IS_LATE,
	    span_str(t->heard ? "it takes too long; the server goes on with it"
			      : "the server does not answer"));
}

static bool
send_all(struct talk *t, struct span line)
{
	ssize_t n;

	while (line.len > 0) {
		n = send(t->fd, line.ptr, line.len, MSG_NOSIGNAL);
		if (n >= 0) {
			line = span_skip(line, (size_t)n);
		} else if (errno == EAGAIN) {
			if (!wait_for(t, POLLOUT))
				return late(t);
		} else if (errno != EINTR) {
			/* It may have said why before it closed. */
			return true;
		}
	}
	return true;
}

/* False: that was the last line. */
static bool
take_line(struct talk *t, struct span line)
{
	enum control_kind kind;
	struct span text;

	if (!control_answer_parse(line, &kind, &text))
		return lost(t, "the server does not speak as it should");
	switch (kind) {
	case CONTROL_DONE:
		return over(t, CONTROL_IS_DONE, text);
	case CONTROL_FAILED:
		return over(t, CONTROL_HAS_FAILED, text);
	case CONTROL_MOVED:
		return over(t, CONTROL_IS_MOVED, text);
	default:
		return t->ear->hear(t->ear, kind, text) ||
		       over(t, CONTROL_IS_DONE, span_of("", 0));
	}
}

/* scanned bytes are known to hold no newline. */
static bool
take_lines(struct talk *t, size_t scanned)
{
	struct span rest = buf_span(&t->in);
	size_t taken = 0, len;

	len = scanned + span_find(span_skip(rest, scanned), '\n');
	while (len < rest.len) {
		if (!take_line(t, span_of(rest.ptr, len)))
			return false;
		taken += len + 1;
		rest = span_skip(rest, len + 1);
		len = span_find(rest, '\n');
	}
	buf_consume(&t->in, taken);
	return true;
}

/* False: it is over. */
static bool
read_some(struct talk *t)
{
	size_t before = t->in.len;
	char *room = buf_reserve(&t->in, READ_SIZE);
	ssize_t n;

	if (room == NULL)
		return lost(t, "the answer is too long");
	n = recv(t->fd, room, READ_SIZE, 0);
	if (n > 0) {
		t->heard = true;
		buf_commit(&t->in, (size_t)n);
		return take_lines(t, before);
	}
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && errno == EAGAIN)
		return wait_for(t, POLLIN) || late(t);
	return lost(t, "the server went away before it was done");
}

enum control_outcome
control_ask(int fd, enum control_command command, const char *argument,
    int64_t wait_ms, struct control_ear *ear, struct err *err)
{
	struct talk t = { .fd = fd, .ear = ear, .err = err };
	char line[CONTROL_REQUEST_MAX + 64];
	int len = snprintf(line, sizeof(line), "%s%s%s\n",
	    control_command_word(command), argument == NULL ? "" : " ",
	    argument == NULL ? "" : argument);

	if ((size_t)len >= sizeof(line)) {
		err_set(err, "the argument is too long");
		return CONTROL_HAS_FAILED;
	}
	if (wait_ms > 0)
		t.end_ms = now_ms() + wait_ms;
	buf_init(&t.in, ANSWER_MAX);
	if (send_all(&t, span_of(line, (size_t)len)))
		while (read_some(&t))
			;
	buf_release(&t.in);
	return t.outcome;
}

/* ---- the end of a process ---- */

/* It has ended, and its parent has not asked how yet. */
static bool
is_zombie(pid_t pid)
{
	char path[32], state = '\0';
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	in = fopen(path, "re");
	if (in == NULL)
		return false;
	if (fscanf(in, "%*d (%*[^)]) %c", &state) != 1)
		state = '\0';
	fclose(in);
	return state == 'Z';
}

int
control_await_end(pid_t pid, int fd, struct err *err)
{
	struct pollfd process = { .fd = fd, .events = POLLIN };
	int64_t end = now_ms() + GONE_MS, left;

	while ((left = end - now_ms()) > 0) {
		/* A pidfd turns readable when its process ends. */
		if (fd >= 0 && poll(&process, 1, (int)left) > 0)
			return 0;
		if (fd >= 0)
			continue;
		if ((kill(pid, 0) < 0 && errno == ESRCH) || is_zombie(pid))
			return 0;
		(void)poll(NULL, 0, LOOK_MS);
	}
	return err_set(err, "process %ld still runs after %d seconds",
	    (long)pid, GONE_MS / 1000);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* logger/output: the turns of loggers that write to one pipe. */
#include "config.h"

#include "logger/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "process.h"

#define LINES 200
#define LINE_MAX_LEN 32768

/* Of a test and its child: locks belong to processes. */
struct pair {
	int pipe[2];
	int to_child[2], to_test[2];
};

static void
open_pair(struct pair *p)
{
	process_pipe(p->pipe);
	process_pipe(p->to_child);
	process_pipe(p->to_test);
	assert_int_equal(fcntl(p->pipe[1], F_SETFL, O_WRONLY | O_NONBLOCK), 0);
}

static void
close_pair(const struct pair *p)
{
	int i;

	for (i = 0; i < 2; i++) {
		close(p->pipe[i]);
		close(p->to_child[i]);
		close(p->to_test[i]);
	}
}

/* Takes the descriptor, as any output. */
static void
open_output(struct output *o, const struct pair *p)
{
	output_init(o);
	output_set(o, LOG_DEST_PROGRAM, dup(p->pipe[1]));
}

/* Asks for turns as it is told; says whether it has one. */
static int
neighbour(void *argument)
{
	const struct pair *p = argument;
	struct output o;
	char command, answer;

	/* A test that fails ends, and so does this. */
	close(p->to_child[1]);
	open_output(&o, p);
	while (read(p->to_child[0], &command, 1) == 1) {
		if (command == 'e') {
			output_end_turn(&o);
			continue;
		}
		answer = output_take_turn(&o) ? 'y' : 'n';
		if (write(p->to_test[1], &answer, 1) != 1)
			return 1;
	}
	return 1;
}

static void
tell(const struct pair *p, char command)
{
	assert_int_equal(write(p->to_child[1], &command, 1), 1);
}

static bool
neighbour_takes(const struct pair *p)
{
	char answer;

	tell(p, 't');
	assert_int_equal(read(p->to_test[0], &answer, 1), 1);
	return answer == 'y';
}

static void
test_turns(void **state)
{
	struct output o;
	struct pair p;
	pid_t child;

	(void)state;
	open_pair(&p);
	open_output(&o, &p);
	child = process_start(neighbour, &p);
	assert_true(output_take_turn(&o));
	assert_true(output_take_turn(&o));
	assert_false(neighbour_takes(&p));
	output_end_turn(&o);
	/* It has asked first. */
	assert_false(output_take_turn(&o));
	assert_true(neighbour_takes(&p));
	assert_false(output_take_turn(&o));
	/* Then it asks again at once, and is the second. */
	tell(&p, 'e');
	assert_false(neighbour_takes(&p));
	assert_true(output_take_turn(&o));
	output_end_turn(&o);
	assert_true(neighbour_takes(&p));
	/* It is killed while it has the turn. */
	kill(child, SIGKILL);
	assert_int_equal(process_end(child), 128 + SIGKILL);
	assert_true(output_take_turn(&o));
	output_end_turn(&o);
	output_close(&o);
	close_pair(&p);
}

static void
test_nothing_to_share(void **state)
{
	struct output o;
	struct pair p;
	int fds[2];

	(void)state;
	open_pair(&p);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	output_init(&o);
	output_set(&o, LOG_DEST_SYSLOG, fds[0]);
	assert_false(o.takes_turns);
	assert_true(output_take_turn(&o));
	output_end_turn(&o);
	output_close(&o);
	close(fds[1]);
	assert_true(output_take_turn(&o));
	close_pair(&p);
}

/* ---- two write, whoever reads is slower ---- */

struct writer {
	const struct pair *pair;
	char letter;
};

static void
write_line(struct output *o, const char *line, size_t len)
{
	struct pollfd ready = { .fd = o->fd, .events = POLLOUT };
	ssize_t n;

	while (!output_take_turn(o))
		poll(NULL, 0, 1);
	while (len > 0) {
		n = output_write(o, line, len);
		if (n < 0 && errno != EAGAIN)
			exit(1);
		if (n < 0) {
			poll(&ready, 1, -1);
			continue;
		}
		line += n;
		len -= (size_t)n;
	}
	output_end_turn(o);
}

static int
write_lines(void *argument)
{
	const struct writer *w = argument;
	static char line[LINE_MAX_LEN];
	struct output o;
	size_t len;
	int i;

	close(w->pair->pipe[0]);
	open_output(&o, w->pair);
	memset(line, w->letter, sizeof(line));
	for (i = 0; i < LINES; i++) {
		len = i % 3 == 0 ? LINE_MAX_LEN : 100 + (size_t)i;
		line[len - 1] = '\n';
		write_line(&o, line, len);
		line[len - 1] = w->letter;
	}
	return 0;
}

/* Of one letter from beginning to end. */
static bool
is_whole(const char *line, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (line[i] != line[0])
			return false;
	return len >= 99;
}

static void
test_whole_lines(void **state)
{
	struct pair p;
	struct writer a = { &p, 'a' }, b = { &p, 'b' };
	static char line[LINE_MAX_LEN];
	pid_t first, second;
	int lines = 0, c;
	size_t len = 0;
	FILE *in;

	(void)state;
	open_pair(&p);
	first = process_start(write_lines, &a);
	second = process_start(write_lines, &b);
	close(p.pipe[1]);
	in = fdopen(p.pipe[0], "r");
	assert_non_null(in);
	while ((c = getc(in)) != EOF) {
		if (c != '\n') {
			assert_true(len < sizeof(line));
			line[len++] = (char)c;
			continue;
		}
		assert_true(is_whole(line, len));
		len = 0;
		lines++;
	}
	assert_int_equal(len, 0);
	assert_int_equal(lines, 2 * LINES);
	assert_int_equal(process_end(first), 0);
	assert_int_equal(process_end(second), 0);
	fclose(in);
	p.pipe[0] = p.pipe[1] = -1;
	close_pair(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_nothing_to_share),
		cmocka_unit_test(test_whole_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

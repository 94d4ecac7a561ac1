/* SPDX-License-Identifier: BSD-2-Clause */
/* os/spawn: words, descriptors, signals, and programs that are not there. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/signals.h"
#include "os/spawn.h"
#include "process.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs a command to its end; its status and what it wrote to stdout. */
static int
output_of(const char *command, bool shell, char *text, size_t size)
{
	struct spawn s = {
		.command = command,
		.shell = shell,
		.stdin_fd = -1,
		.stderr_fd = -1,
	};
	struct err err;
	int fds[2];
	pid_t pid;

	process_pipe(fds);
	s.stdout_fd = fds[1];
	pid = spawn_start(&s, &err);
	close(fds[1]);
	if (pid < 0)
		fail_msg("%s", err.text);
	(void)process_read(fds[0], text, size);
	close(fds[0]);
	return process_end(pid);
}

static void
test_words(void **state)
{
	static const struct {
		const char *arguments, *words;
	} rows[] = {
		{ "a", "[a]" },
		{ " \t a  b\tc ", "[a][b][c]" },
		{ "'a b' \"c d\"", "[a b][c d]" },
		{ "a'b c'd\"e f\"", "[ab cde f]" },
		{ "'' \"\"", "[][]" },
		{ "'a\"b' \"a'b\"", "[a\"b][a'b]" },
		{ "a\\ b \\'c \"\\\"d\" '\\e'", "[a b]['c][\"d][\\e]" },
		{ "$HOME `ls` * ; > x", "[$HOME][`ls`][*][;][>][x]" },
		{ "a\\", "[a\\]" },
	};
	char command[200], text[200];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		snprintf(command, sizeof(command), "printf [%%s] %s",
		    rows[i].arguments);
		assert_int_equal(
		    output_of(command, false, text, sizeof(text)), 0);
		assert_string_equal(text, rows[i].words);
	}
}

static void
test_shell(void **state)
{
	char text[100];

	(void)state;
	assert_int_equal(
	    output_of("echo a | tr a b; exit 7", true, text, sizeof(text)), 7);
	assert_string_equal(text, "b\n");
}

static void
test_refused(void **state)
{
	static const struct {
		const char *command, *reason;
	} rows[] = {
		{ "", "no command" },
		{ " \t", "no command" },
		{ "'a", "quote is not closed" },
		{ "a \"b\\\"", "quote is not closed" },
		{ "/no/such/program -x", "No such file or directory" },
		{ "no-such-program-in-path", "No such file or directory" },
		{ "/", "Permission denied" },
	};
	struct spawn s = { .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		s.command = rows[i].command;
		assert_int_equal(spawn_start(&s, &err), -1);
		assert_non_null(strstr(err.text, rows[i].reason));
	}
}

static void
test_too_many_words(void **state)
{
	struct spawn s = { .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	char command[600];
	struct err err;
	size_t i;

	(void)state;
	memset(command, 0, sizeof(command));
	strcpy(command, "true");
	for (i = 4; i < 4 + 2 * 127; i += 2)
		memcpy(command + i, " x", 2);
	s.command = command;
	assert_int_equal(process_end(spawn_start(&s, &err)), 0);
	memcpy(command + i, " x", 2);
	assert_int_equal(spawn_start(&s, &err), -1);
	assert_non_null(strstr(err.text, "more than 128 words"));
}

/* It reads what we write and writes what we read, until we end. */
static void
test_streams(void **state)
{
	struct spawn s = { .command = "tr a-z A-Z", .stderr_fd = -1 };
	int in[2], out[2];
	char text[100];
	struct err err;
	pid_t pid;

	(void)state;
	process_pipe(in);
	process_pipe(out);
	s.stdin_fd = in[0];
	s.stdout_fd = out[1];
	pid = spawn_start(&s, &err);
	assert_true(pid > 0);
	assert_int_equal(getpgid(pid), pid);
	/* The caller's stay open. */
	assert_int_equal(close(in[0]), 0);
	assert_int_equal(close(out[1]), 0);
	assert_int_equal(write(in[1], "hello", 5), 5);
	close(in[1]);
	(void)process_read(out[0], text, sizeof(text));
	assert_string_equal(text, "HELLO");
	assert_int_equal(process_end(pid), 0);
	close(out[0]);
}

static void
test_no_stdin(void **state)
{
	char text[100];

	(void)state;
	assert_int_equal(output_of("cat", false, text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

/* The wanted descriptors may be 0 to 2 in any order. */
static int
swap(void *argument)
{
	struct spawn s = {
		.command = "cat; echo error >&2",
		.shell = true,
		.stdin_fd = 2,
		.stdout_fd = 0,
		.stderr_fd = 1,
	};
	int *fds = argument;
	struct err err;

	dup2(fds[0], 2);
	dup2(fds[1], 0);
	dup2(fds[2], 1);
	return process_end(spawn_start(&s, &err));
}

static void
test_swap(void **state)
{
	int in[2], out[2], errors[2];
	char text[100];

	(void)state;
	process_pipe(in);
	process_pipe(out);
	process_pipe(errors);
	assert_int_equal(write(in[1], "hello", 5), 5);
	close(in[1]);
	assert_int_equal(
	    process_run(swap, (int[]){ in[0], out[1], errors[1] }), 0);
	close(in[0]);
	close(out[1]);
	close(errors[1]);
	(void)process_read(out[0], text, sizeof(text));
	assert_string_equal(text, "hello");
	(void)process_read(errors[0], text, sizeof(text));
	assert_string_equal(text, "error\n");
	close(out[0]);
	close(errors[0]);
}

/* Neither those that lack CLOEXEC nor the pipe that tells of exec. */
static void
test_nothing_inherited(void **state)
{
	int leaky = dup(STDIN_FILENO), high = fcntl(leaky, F_DUPFD, 200);
	char text[200];

	(void)state;
	assert_true(leaky > 2);
	/* The shell's own glob needs one: 0 1 2 and that. */
	assert_int_equal(output_of("for i in 3 4 5 6 7 8 9 10 20 200 201; do "
				   "test -e /proc/$$/fd/$i && echo $i; done; "
				   "true",
			     true, text, sizeof(text)),
	    0);
	assert_string_equal(text, "");
	close(leaky);
	if (high >= 0)
		close(high);
}

/*
 * A set of /proc/self/status, without the two signals that glibc keeps for
 * itself: posix_spawn, and so make, leaves these ignored.
 */
static unsigned long long
signal_set(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 16) & ~(3ULL << 31);
}

/* What the parent ignores, catches or blocks is the child's default. */
static void
test_signals(void **state)
{
	struct sigaction old;
	char text[4096];
	sigset_t set, old_set;

	(void)state;
	assert_int_equal(sigaction(SIGPIPE, NULL, &old), 0);
	signals_ignore((int[]){ SIGPIPE, SIGTERM, 0 });
	assert_true(signals_catch((int[]){ SIGUSR1, 0 }) >= 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &old_set), 0);
	assert_int_equal(
	    output_of("cat /proc/self/status", false, text, sizeof(text)), 0);
	assert_true(signal_set(text, "SigBlk:\t") == 0);
	assert_true(signal_set(text, "SigIgn:\t") == 0);
	assert_true(signal_set(text, "SigCgt:\t") == 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old_set, NULL), 0);
	signals_reset();
	assert_int_equal(sigaction(SIGPIPE, &old, NULL), 0);
	assert_int_equal(sigaction(SIGTERM, &old, NULL), 0);
}

/* No descriptor and no zombie is left, whether it worked or not. */
static void
test_no_leak(void **state)
{
	struct spawn s = { .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1 };
	int before = dup(STDIN_FILENO), after, i;
	struct err err;

	(void)state;
	close(before);
	for (i = 0; i < 20; i++) {
		s.command = "true";
		assert_int_equal(process_end(spawn_start(&s, &err)), 0);
		s.command = "/no/such/program";
		assert_int_equal(spawn_start(&s, &err), -1);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	after = dup(STDIN_FILENO);
	close(after);
	assert_int_equal(before, after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many_words),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_no_stdin),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_nothing_inherited),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_no_leak),
	};

	/* A directory of PATH that nobody may search would answer EACCES. */
	setenv("PATH", "/usr/bin:/bin", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

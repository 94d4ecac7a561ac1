/* SPDX-License-Identifier: BSD-2-Clause */
/* os/daemon: what the waiting command says about how the start went. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/daemon.h"
#include "process.h"

/*
 * One start: the command is a child of the test, the daemon a child of the
 * command.  The daemon holds `alive` open and goes on until `go` ends.
 */
struct start {
	int alive[2], go[2], stderr_pipe[2];
	void (*act)(struct start *);
	int status;	/* of the command */
	char text[512]; /* what came on its stderr */
};

static int
command(void *argument)
{
	struct start *s = argument;
	struct err err;

	close(s->go[1]);
	dup2(s->stderr_pipe[1], STDERR_FILENO);
	close(s->stderr_pipe[1]);
	if (daemon_fork(&err) < 0)
		return 99;
	s->act(s);
	return 98;
}

/* Runs it; the daemon, if it lives on, is ended by finish(). */
static void
begin(struct start *s, void (*act)(struct start *))
{
	process_pipe(s->alive);
	process_pipe(s->go);
	process_pipe(s->stderr_pipe);
	s->act = act;
	s->status = process_run(command, s);
	close(s->alive[1]);
	close(s->go[0]);
	close(s->stderr_pipe[1]);
}

static bool
is_alive(struct start *s)
{
	struct pollfd p = { .fd = s->alive[0], .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

static void
finish(struct start *s)
{
	close(s->go[1]);
	(void)process_read(s->stderr_pipe[0], s->text, sizeof(s->text));
	while (process_wait(s->alive[0]))
		;
	close(s->alive[0]);
	close(s->stderr_pipe[0]);
}

static void
serve(struct start *s)
{
	dprintf(STDERR_FILENO, "before ");
	daemon_ready(false);
	dprintf(STDERR_FILENO, "after ");
	(void)process_wait(s->go[0]);
	_exit(0);
}

static void
test_ready(void **state)
{
	struct start s;

	(void)state;
	begin(&s, serve);
	assert_int_equal(s.status, 0);
	assert_true(is_alive(&s));
	finish(&s);
	assert_string_equal(s.text, "before ");
}

static void
serve_with_stderr(struct start *s)
{
	daemon_ready(true);
	daemon_ready(false);
	dprintf(STDERR_FILENO, "log");
	(void)process_wait(s->go[0]);
	_exit(0);
}

static void
test_keep_stderr(void **state)
{
	struct start s;

	(void)state;
	begin(&s, serve_with_stderr);
	assert_int_equal(s.status, 0);
	finish(&s);
	assert_string_equal(s.text, "log");
}

static void
fail_start(struct start *s)
{
	(void)s;
	dprintf(STDERR_FILENO, "bad configuration");
	_exit(3);
}

static void
test_failed(void **state)
{
	struct start s;

	(void)state;
	begin(&s, fail_start);
	assert_int_equal(s.status, 3);
	finish(&s);
	assert_string_equal(s.text, "bad configuration");
}

static void
die(struct start *s)
{
	(void)s;
	raise(SIGKILL);
}

static void
test_killed(void **state)
{
	struct start s;

	(void)state;
	begin(&s, die);
	assert_int_equal(s.status, 1);
	finish(&s);
	assert_non_null(strstr(s.text, "signal 9"));
}

/* A child that holds all of the daemon's descriptors and lives on. */
static void
fail_leaving_child(struct start *s)
{
	if (fork() == 0) {
		(void)process_wait(s->go[0]);
		_exit(0);
	}
	_exit(4);
}

static void
test_failed_with_child(void **state)
{
	struct start s;

	(void)state;
	begin(&s, fail_leaving_child);
	assert_int_equal(s.status, 4);
	assert_true(is_alive(&s));
	finish(&s);
}

/* Ready and gone right after is a start that went well. */
static void
serve_briefly(struct start *s)
{
	(void)s;
	daemon_ready(false);
	_exit(5);
}

static void
test_brief(void **state)
{
	struct start s;
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		begin(&s, serve_briefly);
		assert_int_equal(s.status, 0);
		finish(&s);
	}
}

/* The command was killed; the daemon goes on. */
static void
serve_alone(struct start *s)
{
	pid_t parent = getppid();

	kill(parent, SIGKILL);
	while (getppid() == parent)
		sched_yield();
	daemon_ready(false);
	process_tell(s->alive[1]);
	_exit(0);
}

static void
test_command_killed(void **state)
{
	struct start s;

	(void)state;
	begin(&s, serve_alone);
	assert_int_equal(s.status, 128 + SIGKILL);
	assert_true(process_wait(s.alive[0]));
	finish(&s);
}

/*
 * The command is stopped until the daemon, ready, is dead: it then sees both
 * at once.  The fifo is the daemon's alone, so its end is the daemon's.
 */
static void
serve_behind_back(struct start *s)
{
	(void)s;
	kill(getppid(), SIGSTOP);
	if (open("fifo", O_WRONLY | O_CLOEXEC) < 0)
		_exit(6);
	daemon_ready(false);
	_exit(5);
}

static void
test_ready_and_dead(void **state)
{
	struct start s;
	pid_t pid;
	int i, fd;

	(void)state;
	process_enter_directory();
	assert_int_equal(mkfifo("fifo", 0600), 0);
	process_pipe(s.alive);
	process_pipe(s.go);
	process_pipe(s.stderr_pipe);
	s.act = serve_behind_back;
	for (i = 0; i < 20; i++) {
		pid = process_start(command, &s);
		fd = open("fifo", O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_false(process_wait(fd));
		close(fd);
		kill(pid, SIGCONT);
		assert_int_equal(process_end(pid), 0);
	}
	close(s.alive[1]);
	close(s.go[0]);
	close(s.stderr_pipe[1]);
	finish(&s);
	process_leave_directory();
}

/* Exits with 10 + the first check that fails, as a failed start. */
static void
inspect(struct start *s)
{
	struct sigaction action;
	struct stat null, st;
	sigset_t mask;
	int fd;

	(void)s;
	if (getsid(0) != getpid())
		_exit(10);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGCHLD))
		_exit(11);
	if (sigaction(SIGCHLD, NULL, &action) < 0 ||
	    action.sa_handler != SIG_DFL)
		_exit(12);
	daemon_ready(false);
	if (stat("/dev/null", &null) < 0)
		_exit(13);
	for (fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) < 0 || st.st_rdev != null.st_rdev)
			process_tell(s->alive[1]);
	_exit(0);
}

static void
test_inside(void **state)
{
	struct pollfd p;
	struct start s;

	(void)state;
	begin(&s, inspect);
	assert_int_equal(s.status, 0);
	p = (struct pollfd){ .fd = s.alive[0], .events = POLLIN };
	assert_int_equal(poll(&p, 1, -1), 1);
	/* No byte, only the end. */
	assert_false(process_wait(s.alive[0]));
	finish(&s);
}

/* Without daemon_fork nothing happens. */
static void
test_not_forked(void **state)
{
	struct stat before, after;

	(void)state;
	assert_int_equal(fstat(STDIN_FILENO, &before), 0);
	daemon_ready(false);
	daemon_forget();
	assert_int_equal(fstat(STDIN_FILENO, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

/* argument: a bit for each of 0 to 2 that is closed at the start. */
static int
guard(void *argument)
{
	int closed = *(int *)argument, fd;
	struct stat null, st;

	for (fd = 0; fd <= 2; fd++)
		if ((closed & 1 << fd) != 0)
			close(fd);
	daemon_guard_stdio();
	if (stat("/dev/null", &null) < 0)
		return 1;
	for (fd = 0; fd <= 2; fd++) {
		if (fstat(fd, &st) < 0)
			return 2;
		if ((closed & 1 << fd) != 0 && st.st_rdev != null.st_rdev)
			return 3;
	}
	/* The next descriptor is not a standard stream. */
	return dup(0) > 2 ? 0 : 4;
}

static void
test_guard_stdio(void **state)
{
	int closed;

	(void)state;
	for (closed = 0; closed < 8; closed++)
		assert_int_equal(process_run(guard, &closed), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_keep_stderr),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_failed_with_child),
		cmocka_unit_test(test_brief),
		cmocka_unit_test(test_command_killed),
		cmocka_unit_test(test_ready_and_dead),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_not_forked),
		cmocka_unit_test(test_guard_stdio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

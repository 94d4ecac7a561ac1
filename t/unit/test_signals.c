/* SPDX-License-Identifier: BSD-2-Clause */
/* os/signals: every signal is an event, once, and children start clean. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "os/signals.h"
#include "process.h"

static bool
readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int
teardown(void **state)
{
	(void)state;
	signals_reset();
	return 0;
}

static void
test_catch(void **state)
{
	int fd = signals_catch((int[]){ SIGUSR1, SIGHUP, 0 });

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_false(readable(fd));
	assert_int_equal(signals_next(), 0);
	raise(SIGUSR1);
	raise(SIGHUP);
	raise(SIGUSR1);
	assert_true(readable(fd));
	assert_int_equal(signals_next(), SIGHUP);
	assert_int_equal(signals_next(), SIGUSR1);
	assert_int_equal(signals_next(), 0);
	assert_false(readable(fd));
	/* What comes in between counts again. */
	raise(SIGHUP);
	assert_int_equal(signals_next(), SIGHUP);
	raise(SIGHUP);
	assert_true(readable(fd));
	assert_int_equal(signals_next(), SIGHUP);
	assert_int_equal(signals_next(), 0);
}

static void
test_more(void **state)
{
	int fd = signals_catch((int[]){ SIGUSR1, 0 });

	(void)state;
	assert_int_equal(signals_catch((int[]){ SIGUSR2, 0 }), fd);
	raise(SIGUSR1);
	raise(SIGUSR2);
	assert_int_equal(signals_next(), SIGUSR1);
	assert_int_equal(signals_next(), SIGUSR2);
	assert_int_equal(signals_catch((int[]){ SIGKILL, 0 }), -1);
	assert_int_equal(errno, EINVAL);
}

static void
test_restart(void **state)
{
	struct sigaction action;

	(void)state;
	assert_true(signals_catch((int[]){ SIGUSR1, 0 }) >= 0);
	assert_int_equal(sigaction(SIGUSR1, NULL, &action), 0);
	assert_true((action.sa_flags & SA_RESTART) != 0);
}

/* A full pipe loses no signal, and errno is the interrupted code's. */
static void
test_full_pipe(void **state)
{
	int fd = signals_catch((int[]){ SIGUSR1, SIGUSR2, 0 }), i;

	(void)state;
	for (i = 0; i < 70000; i++) {
		errno = EDOM;
		raise(SIGUSR1);
		assert_int_equal(errno, EDOM);
	}
	raise(SIGUSR2);
	assert_int_equal(signals_next(), SIGUSR1);
	assert_int_equal(signals_next(), SIGUSR2);
	assert_int_equal(signals_next(), 0);
	assert_false(readable(fd));
}

/* A process may be started with signals blocked. */
static void
test_blocked(void **state)
{
	sigset_t set;
	int fd;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	fd = signals_catch((int[]){ SIGUSR1, 0 });
	raise(SIGUSR1);
	assert_true(readable(fd));
	assert_int_equal(signals_next(), SIGUSR1);
}

static int
ignore_then_raise(void *argument)
{
	(void)argument;
	signals_catch((int[]){ SIGTERM, 0 });
	signals_ignore((int[]){ SIGTERM, SIGUSR1, 0 });
	raise(SIGTERM);
	raise(SIGUSR1);
	return signals_next();
}

static void
test_ignore(void **state)
{
	(void)state;
	assert_int_equal(process_run(ignore_then_raise, NULL), 0);
}

static int
reset_then_raise(void *argument)
{
	int fd = *(int *)argument;

	signals_reset();
	if (fcntl(fd, F_GETFD) != -1 || errno != EBADF || signals_next() != 0)
		return 1;
	raise(SIGUSR2);
	return 2;
}

static void
test_reset(void **state)
{
	int fd = signals_catch((int[]){ SIGUSR1, SIGUSR2, 0 });

	(void)state;
	raise(SIGUSR1);
	assert_int_equal(process_run(reset_then_raise, &fd), 128 + SIGUSR2);
	/* The parent's are untouched. */
	assert_true(readable(fd));
	assert_int_equal(signals_next(), SIGUSR1);
	assert_int_equal(signals_next(), 0);
}

/* Resetting gives up the pipe; catching again makes a new one. */
static void
test_again(void **state)
{
	(void)state;
	assert_true(signals_catch((int[]){ SIGUSR1, 0 }) >= 0);
	signals_reset();
	assert_true(signals_catch((int[]){ SIGUSR1, 0 }) >= 0);
	raise(SIGUSR1);
	assert_int_equal(signals_next(), SIGUSR1);
}

/* What a signal does to a child of signals_fork right after the fork. */
static int
fork_and_raise(const int *ignored, int signal)
{
	pid_t pid = signals_fork(ignored);

	assert_true(pid >= 0);
	if (pid == 0) {
		sigset_t mask;

		sigprocmask(SIG_SETMASK, NULL, &mask);
		raise(signal);
		_exit(signals_next() + sigismember(&mask, SIGTERM) +
		      sigismember(&mask, SIGCHLD));
	}
	return process_end(pid);
}

static void
test_fork(void **state)
{
	int fd = signals_catch((int[]){ SIGTERM, SIGUSR1, 0 });
	sigset_t mask;

	(void)state;
	assert_int_equal(fork_and_raise(NULL, SIGTERM), 128 + SIGTERM);
	assert_int_equal(fork_and_raise((int[]){ SIGTERM, 0 }, SIGTERM), 0);
	assert_int_equal(
	    fork_and_raise((int[]){ SIGTERM, 0 }, SIGUSR1), 128 + SIGUSR1);
	/* Nothing of it came here, and nothing stays blocked. */
	assert_false(readable(fd));
	assert_int_equal(signals_next(), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGTERM));
	raise(SIGTERM);
	assert_int_equal(signals_next(), SIGTERM);
}

/* A signal sent as early as can be: the child must never survive it. */
static void
test_fork_race(void **state)
{
	int i;

	(void)state;
	assert_true(signals_catch((int[]){ SIGTERM, 0 }) >= 0);
	for (i = 0; i < 200; i++) {
		pid_t pid = signals_fork(NULL);

		assert_true(pid >= 0);
		if (pid == 0) {
			alarm(20);
			for (;;)
				pause();
		}
		kill(pid, SIGTERM);
		assert_int_equal(process_end(pid), 128 + SIGTERM);
	}
	assert_int_equal(signals_next(), 0);
}

/* The same where the child ignores it: the child must never die of it. */
static void
test_fork_race_ignored(void **state)
{
	int i, fds[2];

	(void)state;
	assert_true(signals_catch((int[]){ SIGTERM, 0 }) >= 0);
	for (i = 0; i < 200; i++) {
		pid_t pid;

		process_pipe(fds);
		pid = signals_fork((int[]){ SIGTERM, 0 });
		assert_true(pid >= 0);
		if (pid == 0) {
			close(fds[1]);
			_exit(process_wait(fds[0]));
		}
		kill(pid, SIGTERM);
		close(fds[0]);
		close(fds[1]);
		assert_int_equal(process_end(pid), 0);
	}
	assert_int_equal(signals_next(), 0);
}

#define SIGNALS_TEST(test) cmocka_unit_test_teardown(test, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SIGNALS_TEST(test_catch),
		SIGNALS_TEST(test_more),
		SIGNALS_TEST(test_restart),
		SIGNALS_TEST(test_full_pipe),
		SIGNALS_TEST(test_blocked),
		SIGNALS_TEST(test_ignore),
		SIGNALS_TEST(test_reset),
		SIGNALS_TEST(test_again),
		SIGNALS_TEST(test_fork),
		SIGNALS_TEST(test_fork_race),
		SIGNALS_TEST(test_fork_race_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

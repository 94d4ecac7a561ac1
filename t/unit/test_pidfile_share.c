/* SPDX-License-Identifier: BSD-2-Clause */
/* os/pidfile_share: from one holder to the next, with nobody between them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "os/pidfile.h"
#include "process.h"

static void
check_contents(const char *expected)
{
	size_t len;
	char *text = file_read("pid", 100, &len);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

/* From the holder to one that joins: what both see at each step. */
static int
succeed(void *argument)
{
	int *steps = argument;
	struct pidfile p;
	struct err err;

	if (pidfile_join(&p, "pid", getppid(), &err) != 1 || !p.joined)
		return 1;
	/* It is not its own yet. */
	pidfile_share_undo(&p);
	process_tell(steps[1]);
	(void)process_wait(steps[2]);
	if (pidfile_inherit(&p, &err) < 0 || p.joined)
		return 2;
	process_tell(steps[1]);
	(void)process_wait(steps[2]);
	pidfile_remove(&p);
	return 0;
}

/* Whom another process finds. */
static int
find_owner(void *argument)
{
	pid_t *owner = argument;

	return pidfile_owner("pid") == *owner ? 0 : 1;
}

static void
check_owner(pid_t owner)
{
	assert_int_equal(process_run(find_owner, &owner), 0);
}

static int
fail_to_lock(void *argument)
{
	struct pidfile p;
	struct err err;

	(void)argument;
	return pidfile_lock(&p, "pid", &err) < 0 ? 0 : 1;
}

static void
check_locked(void)
{
	assert_int_equal(process_run(fail_to_lock, NULL), 0);
}

static void
test_handed_on(void **state)
{
	int told[2], go[2], steps[3];
	struct pidfile p;
	struct err err;
	char text[32];
	pid_t pid;

	(void)state;
	process_pipe(told);
	process_pipe(go);
	steps[0] = told[0];
	steps[1] = told[1];
	steps[2] = go[0];
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	/* Longer than what is written later. */
	assert_int_equal(pwrite(p.fd, "4000000000\n", 11, 0), 11);
	pidfile_share(&p);
	check_locked();
	pid = process_start(succeed, steps);
	assert_true(process_wait(told[0]));
	check_owner(getpid());
	check_contents("4000000000\n");
	/* There is no way back while another has joined; it is tried. */
	pidfile_share_undo(&p);
	check_locked();
	pidfile_forget(&p);
	check_owner(pid);
	check_locked();
	process_tell(go[1]);
	assert_true(process_wait(told[0]));
	check_owner(pid);
	check_locked();
	snprintf(text, sizeof(text), "%ld\n", (long)pid);
	check_contents(text);
	process_tell(go[1]);
	assert_int_equal(process_end(pid), 0);
	assert_int_equal(access("pid", F_OK), -1);
}

static int
join_and_die(void *argument)
{
	struct pidfile p;
	struct err err;

	(void)argument;
	if (pidfile_join(&p, "pid", getppid(), &err) != 1)
		return 1;
	pidfile_remove(&p);
	return access("pid", F_OK) == 0 ? 0 : 2;
}

static int
join_other(void *argument)
{
	struct pidfile p;
	struct err err;

	(void)argument;
	if (pidfile_join(&p, "pid", 1, &err) != 0)
		return 1;
	return pidfile_join(&p, "none", getppid(), &err) == 0 ? 0 : 2;
}

static void
test_not_handed_on(void **state)
{
	struct pidfile p;
	struct err err;

	(void)state;
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	pidfile_share(&p);
	assert_int_equal(process_run(join_and_die, NULL), 0);
	assert_int_equal(process_run(join_other, NULL), 0);
	pidfile_share_undo(&p);
	/* All of it is taken, so nobody can join. */
	assert_int_equal(process_run(join_and_die, NULL), 1);
	pidfile_remove(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handed_on),
		cmocka_unit_test(test_not_handed_on),
	};

	return cmocka_run_group_tests(tests, process_setup, process_teardown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* os/privs: names, the way down without return, dying with the parent. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "os/privs.h"
#include "process.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_bad_names(void **state)
{
	static const struct {
		const char *user, *group, *reason;
	} rows[] = {
		{ "no-such-user", "", "User no-such-user is unknown" },
		{ "no-such-user", NULL, "User no-such-user is unknown" },
		{ "#1", "no-such-group", "Group no-such-group is unknown" },
		{ "#-1", "#1", "User #-1 is no number" },
		{ "#", "#1", "User # is no number" },
		{ "#1x", "#1", "User #1x is no number" },
		{ "#1", "# 1", "Group # 1 is no number" },
		/* (uid_t)-1 means "leave it as it is" to the kernel. */
		{ "#4294967295", "#1", "User #4294967295 is no number" },
		{ "#1", "#4294967295", "Group #4294967295 is no number" },
		{ "#4294967296", "#1", "User #4294967296 is no number" },
		{ "#4294900001", "", "Group must be set" },
		{ "#0", "#1", "User #0 is root" },
		{ "#00", "#1", "User #00 is root" },
		{ "root", "", "User root is root" },
		{ "", "#1", "Group #1 without User" },
		{ NULL, "#1", "Group #1 without User" },
	};
	struct privs p;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		err.text[0] = '\0';
		assert_int_equal(
		    privs_lookup(&p, rows[i].user, rows[i].group, &err), -1);
		assert_non_null(strstr(err.text, rows[i].reason));
		assert_false(p.change);
	}
}

static void
test_keep(void **state)
{
	struct privs p;
	struct err err;

	(void)state;
	assert_int_equal(privs_lookup(&p, NULL, "", &err), 0);
	assert_false(p.change);
	assert_int_equal(p.uid, geteuid());
	assert_int_equal(p.gid, getegid());
}

static bool
has_group(const struct privs *p, gid_t gid)
{
	int i;

	for (i = 0; i < p->group_count; i++)
		if (p->groups[i] == gid)
			return true;
	return false;
}

static void
test_lookup(void **state)
{
	const struct passwd *user = getpwnam("nobody");
	struct privs p;
	struct err err;

	(void)state;
	if (user == NULL)
		skip();
	assert_int_equal(privs_lookup(&p, "nobody", "", &err), 0);
	assert_int_equal(p.change, geteuid() == 0);
	if (!p.change) {
		assert_int_equal(p.uid, geteuid());
		return;
	}
	assert_int_equal(p.uid, user->pw_uid);
	assert_int_equal(p.gid, user->pw_gid);
	assert_true(has_group(&p, user->pw_gid));
	assert_int_equal(privs_lookup(&p, "nobody", "#4321", &err), 0);
	assert_int_equal(p.gid, 4321);
	assert_true(has_group(&p, 4321));
	assert_int_equal(privs_lookup(&p, "#4294900001", "#4321", &err), 0);
	assert_int_equal(p.uid, 4294900001);
	assert_int_equal(p.group_count, 1);
	assert_int_equal(p.groups[0], 4321);
}

/* Exit statuses say which check failed. */
static int
drop(void *argument)
{
	const struct privs *p = argument;
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid, groups[64];
	struct err err;

	if (privs_drop(p, &err) < 0)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 2;
	if (!p->change)
		return 0;
	getresuid(&ruid, &euid, &suid);
	getresgid(&rgid, &egid, &sgid);
	if (ruid != p->uid || euid != p->uid || suid != p->uid)
		return 3;
	if (rgid != p->gid || egid != p->gid || sgid != p->gid)
		return 4;
	if (getgroups(64, groups) != p->group_count)
		return 5;
	if (setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
		return 6;
	return 0;
}

static void
test_drop(void **state)
{
	struct privs p = { .change = false };
	struct err err;

	(void)state;
	assert_int_equal(process_run(drop, &p), 0);
	if (geteuid() != 0)
		skip();
	assert_int_equal(privs_lookup(&p, "#54321", "#54322", &err), 0);
	assert_int_equal(process_run(drop, &p), 0);
}

/* Who is not root cannot change, and is told. */
static int
drop_twice(void *argument)
{
	struct privs other = *(struct privs *)argument;
	struct err err;

	if (privs_drop(argument, &err) < 0)
		return 1;
	other.uid++;
	if (privs_drop(&other, &err) == 0)
		return 2;
	return strstr(err.text, "cannot") != NULL ? 0 : 3;
}

static void
test_drop_refused(void **state)
{
	struct privs p;
	struct err err;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(privs_lookup(&p, "#54321", "#54322", &err), 0);
	assert_int_equal(process_run(drop_twice, &p), 0);
}

/* A bit that survives the change of user would bring root back. */
static int
drop_with_way_back(void *argument)
{
	struct err err;

	/* SECBIT_NO_SETUID_FIXUP: capabilities stay over setresuid. */
	if (prctl(PR_SET_SECUREBITS, 1UL << 2, 0, 0, 0) < 0)
		return 0;
	if (privs_drop(argument, &err) == 0)
		return 1;
	return strstr(err.text, "root could be had again") != NULL ? 0 : 2;
}

static void
test_way_back(void **state)
{
	struct privs p;
	struct err err;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(privs_lookup(&p, "#54321", "#54322", &err), 0);
	assert_int_equal(process_run(drop_with_way_back, &p), 0);
}

/* The child tells its pid and holds the pipe open for as long as it lives. */
struct family {
	int from_child[2], to_parent[2];
};

static int
orphan(void *argument)
{
	struct family *f = argument;
	pid_t pid = getpid();

	if (privs_die_with_parent(getppid(), SIGKILL) < 0)
		return 1;
	if (write(f->from_child[1], &pid, sizeof(pid)) != sizeof(pid))
		return 2;
	alarm(60);
	for (;;)
		pause();
}

static int
parent(void *argument)
{
	struct family *f = argument;

	(void)process_start(orphan, f);
	/* Ends once the child has set it up and the test has seen that. */
	return process_wait(f->to_parent[0]) ? 0 : 1;
}

static void
test_die_with_parent(void **state)
{
	struct family f;
	struct pollfd p;
	pid_t pid, orphan_pid;

	(void)state;
	process_pipe(f.from_child);
	process_pipe(f.to_parent);
	pid = process_start(parent, &f);
	close(f.from_child[1]);
	assert_int_equal(read(f.from_child[0], &orphan_pid, sizeof(orphan_pid)),
	    sizeof(orphan_pid));
	p = (struct pollfd){ .fd = f.from_child[0], .events = POLLIN };
	assert_int_equal(poll(&p, 1, 0), 0);
	process_tell(f.to_parent[1]);
	assert_int_equal(process_end(pid), 0);
	/* The end of the pipe is the end of the orphan. */
	assert_int_equal(poll(&p, 1, 20000), 1);
	assert_false(process_wait(f.from_child[0]));
	close(f.from_child[0]);
	close(f.to_parent[0]);
	close(f.to_parent[1]);
}

/* The parent was gone before the child asked. */
static int
late(void *argument)
{
	pid_t wrong = *(pid_t *)argument;

	if (privs_die_with_parent(wrong, SIGKILL) != -1)
		return 1;
	return errno == ESRCH ? 0 : 2;
}

static void
test_parent_gone(void **state)
{
	pid_t wrong = getpid() + 1;

	(void)state;
	assert_int_equal(process_run(late, &wrong), 0);
	assert_int_equal(privs_die_with_parent(getppid(), 9999), -1);
	assert_int_equal(errno, EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_drop_refused),
		cmocka_unit_test(test_way_back),
		cmocka_unit_test(test_die_with_parent),
		cmocka_unit_test(test_parent_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

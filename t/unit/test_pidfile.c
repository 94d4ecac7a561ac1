/* SPDX-License-Identifier: BSD-2-Clause */
/* os/pidfile: one holder at a time, and stale files taken over. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "os/pidfile.h"
#include "process.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A process that holds the lock until it is told to end. */
struct holder {
	int ready[2], end[2];
	bool remove; /* how it ends */
	pid_t pid;
};

static int
hold(void *argument)
{
	struct holder *h = argument;
	struct pidfile p;
	struct err err;

	close(h->end[1]);
	if (pidfile_lock(&p, "pid", &err) < 0 || pidfile_write(&p, &err) < 0)
		return 1;
	process_tell(h->ready[1]);
	(void)process_wait(h->end[0]);
	if (h->remove)
		pidfile_remove(&p);
	else
		free(p.path); /* dies with the lock */
	return 0;
}

static void
holder_start(struct holder *h, bool remove_at_end)
{
	process_pipe(h->ready);
	process_pipe(h->end);
	h->remove = remove_at_end;
	h->pid = process_start(hold, h);
	close(h->ready[1]);
	close(h->end[0]);
	assert_true(process_wait(h->ready[0]));
}

static void
holder_end(struct holder *h)
{
	close(h->end[1]);
	close(h->ready[0]);
	assert_int_equal(process_end(h->pid), 0);
}

static void
check_contents(const char *expected)
{
	size_t len;
	char *text = file_read("pid", 100, &len);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
test_life(void **state)
{
	struct pidfile p;
	struct err err;
	struct stat st;
	char pid[32];
	int fd;

	(void)state;
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_int_equal(fcntl(p.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(stat("pid", &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07133, 0);
	assert_int_equal(pidfile_write(&p, &err), 0);
	snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	check_contents(pid);
	fd = p.fd;
	pidfile_remove(&p);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_null(p.path);
	assert_int_equal(access("pid", F_OK), -1);
	pidfile_remove(&p);
	pidfile_forget(&p);
	assert_int_equal(pidfile_write(&p, &err), 0);
}

static void
test_running(void **state)
{
	struct pidfile p;
	struct holder h;
	struct err err;
	char pid[32];

	(void)state;
	holder_start(&h, true);
	assert_int_equal(pidfile_lock(&p, "pid", &err), -1);
	snprintf(pid, sizeof(pid), "pid %ld ", (long)h.pid);
	assert_non_null(strstr(err.text, pid));
	assert_null(p.path);
	assert_int_equal(pidfile_owner("pid"), h.pid);
	/* The failed attempt did not empty the file. */
	snprintf(pid, sizeof(pid), "%ld\n", (long)h.pid);
	check_contents(pid);
	holder_end(&h);
	assert_int_equal(pidfile_owner("pid"), 0);
	assert_int_equal(errno, ENOENT);
}

/* The holder died without removing it; its pid may be anybody's by now. */
static void
test_stale(void **state)
{
	struct pidfile p;
	struct holder h;
	struct err err;
	char pid[32];

	(void)state;
	holder_start(&h, false);
	holder_end(&h);
	assert_int_equal(pidfile_owner("pid"), 0);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_int_equal(pidfile_write(&p, &err), 0);
	snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	check_contents(pid);
	pidfile_remove(&p);
}

static void
test_killed(void **state)
{
	struct pidfile p;
	struct holder h;
	struct err err;

	(void)state;
	holder_start(&h, false);
	kill(h.pid, SIGKILL);
	assert_int_equal(process_end(h.pid), 128 + SIGKILL);
	close(h.end[1]);
	close(h.ready[0]);
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	pidfile_remove(&p);
}

/* A holder whose child keeps the descriptor open beyond its death. */
struct family {
	int child_ready[2], child_end[2];
};

static int
child_of_holder(void *argument)
{
	struct family *f = argument;

	close(f->child_end[1]);
	process_tell(f->child_ready[1]);
	(void)process_wait(f->child_end[0]);
	return 0;
}

static int
hold_and_fork(void *argument)
{
	struct pidfile p;
	struct err err;

	if (pidfile_lock(&p, "pid", &err) < 0)
		return 1;
	(void)process_start(child_of_holder, argument);
	free(p.path); /* dies with the lock */
	return 0;
}

static void
test_orphans(void **state)
{
	struct pidfile p;
	struct family f;
	struct err err;

	(void)state;
	process_pipe(f.child_ready);
	process_pipe(f.child_end);
	assert_int_equal(process_run(hold_and_fork, &f), 0);
	assert_true(process_wait(f.child_ready[0]));
	close(f.child_ready[1]);
	assert_int_equal(pidfile_owner("pid"), 0);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	pidfile_remove(&p);
	close(f.child_end[1]);
	close(f.child_end[0]);
	assert_false(process_wait(f.child_ready[0]));
	close(f.child_ready[0]);
}

static int
forget(void *argument)
{
	pidfile_forget(argument);
	return 0;
}

static int
owner(void *argument)
{
	return pidfile_owner("pid") == *(pid_t *)argument ? 0 : 1;
}

/* A child that closes its copy leaves file and lock alone. */
static void
test_forget(void **state)
{
	pid_t self = getpid();
	struct pidfile p;
	struct err err;

	(void)state;
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_int_equal(process_run(forget, &p), 0);
	assert_int_equal(access("pid", F_OK), 0);
	assert_int_equal(process_run(owner, &self), 0);
	pidfile_remove(&p);
}

/* Somebody removed it, another instance made a new one: that stays. */
static void
test_replaced(void **state)
{
	struct pidfile p;
	struct holder h;
	struct err err;

	(void)state;
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_int_equal(unlink("pid"), 0);
	holder_start(&h, true);
	pidfile_remove(&p);
	assert_int_equal(pidfile_owner("pid"), h.pid);
	holder_end(&h);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *path, *reason;
	} rows[] = {
		{ "link", "symbolic link" },
		{ "dangling", "symbolic link" },
		{ "twice", "no regular file" },
		{ "fifo", "no regular file" },
		{ "directory", "Is a directory" },
		{ "missing/pid", "No such file" },
	};
	struct pidfile p;
	struct stat st;
	struct err err;
	FILE *file;
	size_t i;

	(void)state;
	file = fopen("target", "w");
	assert_non_null(file);
	fputs("precious", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(link("target", "twice"), 0);
	assert_int_equal(mkfifo("fifo", 0644), 0);
	assert_int_equal(mkdir("directory", 0755), 0);
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(pidfile_lock(&p, rows[i].path, &err), -1);
		assert_non_null(strstr(err.text, rows[i].reason));
		assert_non_null(strstr(err.text, rows[i].path));
		assert_null(p.path);
	}
	assert_int_equal(stat("target", &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(access("nowhere", F_OK), -1);
	assert_int_equal(pidfile_owner("link"), -1);
	assert_int_equal(errno, ELOOP);
}

/* Several at once, again and again: never two, and none gives up wrongly. */
static int
contend(void *argument)
{
	int *marks = argument, i;
	struct stat by_path, by_fd;
	struct pidfile p;
	struct err err;

	for (i = 0; i < 1000; i++) {
		if (pidfile_lock(&p, "pid", &err) < 0) {
			if (strstr(err.text, "already running") == NULL &&
			    strstr(err.text, "comes and goes") == NULL)
				return 1;
			continue;
		}
		/* Whoever holds the lock is alone with this file. */
		if (open("alone", O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0)
			return 2;
		if (unlink("alone") < 0)
			return 3;
		/* And the file that it locked is the one that others see. */
		if (lstat("pid", &by_path) < 0 || fstat(p.fd, &by_fd) < 0 ||
		    by_path.st_ino != by_fd.st_ino)
			return 4;
		process_tell(marks[1]);
		pidfile_remove(&p);
	}
	return 0;
}

static void
test_contention(void **state)
{
	char text[4096];
	pid_t pids[3];
	int marks[2], i;

	(void)state;
	process_pipe(marks);
	for (i = 0; i < 3; i++)
		pids[i] = process_start(contend, marks);
	close(marks[1]);
	/* At least one came through. */
	assert_in_range(process_read(marks[0], text, sizeof(text)), 1, 3000);
	for (i = 0; i < 3; i++)
		assert_int_equal(process_end(pids[i]), 0);
	close(marks[0]);
}

static void
make_file(const char *text)
{
	FILE *file = fopen("pid", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A server that locks nothing keeps its pid file if we cannot start. */
static void
test_put_back(void **state)
{
	struct pidfile p;
	struct err err;
	char other[32];

	(void)state;
	snprintf(other, sizeof(other), "%ld\n", (long)getppid());
	make_file(other);
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	check_contents("");
	pidfile_remove(&p);
	check_contents(other);

	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_int_equal(pidfile_write(&p, &err), 0);
	pidfile_remove(&p);
	assert_int_equal(access("pid", F_OK), -1);

	/* Of what is no process nothing is left. */
	make_file("x1\n");
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	pidfile_remove(&p);
	assert_int_equal(access("pid", F_OK), -1);
}

static void
test_is_at(void **state)
{
	struct pidfile p, none = { .fd = -1 };
	struct err err;

	(void)state;
	assert_int_equal(pidfile_lock(&p, "pid", &err), 0);
	assert_true(pidfile_is_at(&p, "pid"));
	assert_true(pidfile_is_at(&p, "./pid"));
	assert_false(pidfile_is_at(&p, "other"));
	assert_false(pidfile_is_at(&none, "pid"));
	assert_int_equal(symlink("pid", "by-link"), 0);
	assert_false(pidfile_is_at(&p, "by-link"));
	assert_int_equal(unlink("pid"), 0);
	assert_false(pidfile_is_at(&p, "pid"));
	pidfile_remove(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_contention),
		cmocka_unit_test(test_put_back),
		cmocka_unit_test(test_is_at),
	};

	return cmocka_run_group_tests(tests, process_setup, process_teardown);
}

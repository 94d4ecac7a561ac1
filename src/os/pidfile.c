/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pid file.  Between opening and locking another process may remove the
 * file, and a lock on a removed file excludes nobody; so after locking, the
 * path must still lead to what was locked, else it all starts again.
 */
#include "config.h"

#include "os/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So many times another may come or go between two of our steps. */
#define TRIES 20

enum attempt {
	ATTEMPT_GOOD,
	ATTEMPT_AGAIN,
	ATTEMPT_FAILED,
};

/* The whole file, however long it grows. */
static struct flock
whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* True if path leads to the file that fd has open. */
static bool
leads_to(const char *path, int fd)
{
	struct stat by_path, by_fd;

	return lstat(path, &by_path) == 0 && fstat(fd, &by_fd) == 0 &&
	       by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino;
}

static int
open_file(const char *path, struct err *err)
{
	int fd;

	do
		fd = open(path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
			O_NONBLOCK,
		    0644);
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno == ELOOP)
		return err_set(err, "pid file %s is a symbolic link", path);
	if (fd < 0)
		return err_set_errno(err, "cannot open pid file %s", path);
	return fd;
}

/* Our writing must not harm what only looks like a pid file. */
static int
check_file(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set_errno(err, "cannot look at pid file %s", path);
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return err_set(
		    err, "pid file %s is no regular file of one name", path);
	return 0;
}

static enum attempt
describe_holder(int fd, const char *path, struct err *err)
{
	struct flock lock = whole_file();

	if (fcntl(fd, F_GETLK, &lock) < 0) {
		err_set_errno(err, "cannot look at the lock of %s", path);
		return ATTEMPT_FAILED;
	}
	if (lock.l_type == F_UNLCK)
		return ATTEMPT_AGAIN;
	if (lock.l_pid > 0)
		err_set(err, "already running as pid %ld (it holds %s)",
		    (long)lock.l_pid, path);
	else
		err_set(
		    err, "already running (another process holds %s)", path);
	return ATTEMPT_FAILED;
}

/* What stands there, whole; empty if that is more than a number can be. */
static void
read_text(int fd, char *text, size_t size)
{
	ssize_t n;

	do
		n = pread(fd, text, size, 0);
	while (n < 0 && errno == EINTR);
	text[n < 0 || (size_t)n == size ? 0 : n] = '\0';
}

static enum attempt
lock_file(int fd, const char *path, struct pidfile *p, struct err *err)
{
	struct flock lock = whole_file();

	if (check_file(fd, path, err) < 0)
		return ATTEMPT_FAILED;
	if (fcntl(fd, F_SETLK, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return describe_holder(fd, path, err);
		err_set_errno(err, "cannot lock pid file %s", path);
		return ATTEMPT_FAILED;
	}
	if (!leads_to(path, fd))
		return ATTEMPT_AGAIN;
	read_text(fd, p->was, sizeof(p->was));
	if (ftruncate(fd, 0) < 0) {
		err_set_errno(err, "cannot empty pid file %s", path);
		return ATTEMPT_FAILED;
	}
	return ATTEMPT_GOOD;
}

int
pidfile_lock(struct pidfile *p, const char *path, struct err *err)
{
	enum attempt attempt = ATTEMPT_AGAIN;
	int fd, tries;

	*p = (struct pidfile){ .fd = -1 };
	for (tries = 0; tries < TRIES && attempt == ATTEMPT_AGAIN; tries++) {
		fd = open_file(path, err);
		if (fd < 0)
			return -1;
		attempt = lock_file(fd, path, p, err);
		if (attempt != ATTEMPT_GOOD)
			close(fd);
	}
	if (attempt == ATTEMPT_AGAIN)
		return err_set(err, "pid file %s comes and goes", path);
	if (attempt == ATTEMPT_FAILED)
		return -1;
	p->path = strdup(path);
	if (p->path == NULL) {
		err_set_errno(err, "pid file %s", path);
		close(fd);
		return -1;
	}
	p->fd = fd;
	return 0;
}

int
pidfile_write(struct pidfile *p, struct err *err)
{
	char text[32];
	ssize_t n;
	int len;

	if (p->path == NULL)
		return 0;
	len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	do
		n = pwrite(p->fd, text, (size_t)len, 0);
	while (n < 0 && errno == EINTR);
	/* Of what another wrote there more may stand behind. */
	if (n == len && ftruncate(p->fd, n) == 0) {
		p->written = true;
		return 0;
	}
	if (n >= 0 && n != len)
		errno = ENOSPC;
	err_set_errno(err, "cannot write pid file %s", p->path);
	/* Half a number would be another process. */
	(void)!ftruncate(p->fd, 0);
	return -1;
}

bool
pidfile_is_at(const struct pidfile *p, const char *path)
{
	return p->path != NULL && leads_to(path, p->fd);
}

/* Whether the text names a process that lives, other than this one. */
static bool
names_another(const char *text)
{
	char *end;
	long pid = strtol(text, &end, 10);

	return end > text && (*end == '\n' || *end == '\0') && pid > 1 &&
	       pid <= INT_MAX && pid != (long)getpid() &&
	       (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static bool
put_back(struct pidfile *p)
{
	size_t len = strlen(p->was);

	return !p->written && names_another(p->was) &&
	       pwrite(p->fd, p->was, len, 0) == (ssize_t)len;
}

void
pidfile_remove(struct pidfile *p)
{
	/* Before the lock is given up: then it may be another's at once. */
	if (p->path != NULL && !p->joined && leads_to(p->path, p->fd) &&
	    !put_back(p))
		unlink(p->path);
	pidfile_forget(p);
}

void
pidfile_forget(struct pidfile *p)
{
	if (p->path == NULL)
		return;
	close(p->fd);
	free(p->path);
	*p = (struct pidfile){ .fd = -1 };
}

pid_t
pidfile_owner(const char *path)
{
	struct flock lock = whole_file();
	int fd, result, saved;

	do
		fd = open(path,
		    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	result = fcntl(fd, F_GETLK, &lock);
	saved = errno;
	close(fd);
	errno = saved;
	if (result < 0)
		return -1;
	if (lock.l_type == F_UNLCK) {
		errno = ESRCH;
		return 0;
	}
	if (lock.l_pid <= 0) {
		errno = EREMOTE;
		return -1;
	}
	return lock.l_pid;
}

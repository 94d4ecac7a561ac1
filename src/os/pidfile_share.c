/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing the pid file's lock on.  Record locks belong to a process and are
 * not inherited, but they are of ranges: while two hold a part each, whoever
 * wants the whole finds it held, and is told of the one that had it first.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "os/pidfile.h"

static int
lock_range(int fd, short type, off_t start, off_t len)
{
	struct flock lock = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len };

	return fcntl(fd, F_SETLK, &lock);
}

/* All but the first byte, however long the file grows. */
static int
lock_rest(int fd, short type)
{
	return lock_range(fd, type, 1, 0);
}

void
pidfile_share(struct pidfile *p)
{
	if (p->path != NULL)
		(void)lock_rest(p->fd, F_UNLCK);
}

void
pidfile_share_undo(struct pidfile *p)
{
	if (p->path != NULL && !p->joined)
		(void)lock_rest(p->fd, F_WRLCK);
}

static bool
is_first_held_by(int fd, pid_t holder)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1
	};

	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
	       lock.l_pid == holder;
}

int
pidfile_join(struct pidfile *p, const char *path, pid_t holder, struct err *err)
{
	int fd;

	*p = (struct pidfile){ .fd = -1 };
	do
		fd = open(path,
		    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_set_errno(err, "cannot open pid file %s", path);
	if (!is_first_held_by(fd, holder)) {
		close(fd);
		return 0;
	}
	if (lock_rest(fd, F_WRLCK) == 0)
		p->path = strdup(path);
	if (p->path == NULL) {
		err_set_errno(err, "cannot share pid file %s", path);
		close(fd);
		return -1;
	}
	p->fd = fd;
	p->joined = true;
	return 1;
}

int
pidfile_inherit(struct pidfile *p, struct err *err)
{
	if (p->path == NULL || !p->joined)
		return 0;
	p->joined = false;
	if (lock_range(p->fd, F_WRLCK, 0, 1) < 0)
		return err_set_errno(
		    err, "cannot take over pid file %s", p->path);
	return pidfile_write(p, err);
}

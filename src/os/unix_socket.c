/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unix sockets with a name in the file system.  An address has room for 107
 * bytes of a path; longer ones are reached by way of their folder.
 */
#include "config.h"

#include "os/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

/* Connections that may wait until they are accepted. */
#define BACKLOG 16
/* While so many do, a further one is tried again after so long. */
#define RETRY_MS 20
/* Who listens at a path is to let us in within this time, to tell who it is. */
#define LOOK_MS 200
#define NEW ".new"

/* ---- names ---- */

struct name {
	struct sockaddr_un address;
	int folder; /* -1, or open as long as the address is used */
};

static int
name_by_folder(struct name *n, const char *path)
{
	const char *last = strrchr(path, '/');
	char *folder;
	int len;

	if (last == NULL) {
		errno = ENAMETOOLONG;
		return -1;
	}
	folder = strndup(path, (size_t)(last - path) + 1);
	if (folder == NULL)
		return -1;
	n->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (n->folder < 0)
		return -1;
	len = snprintf(n->address.sun_path, sizeof(n->address.sun_path),
	    "/proc/self/fd/%d%s", n->folder, last);
	if ((size_t)len < sizeof(n->address.sun_path))
		return 0;
	close(n->folder);
	errno = ENAMETOOLONG;
	return -1;
}

static int
name_open(struct name *n, const char *path)
{
	size_t len = strlen(path);

	*n = (struct name){ .address.sun_family = AF_UNIX, .folder = -1 };
	if (len >= sizeof(n->address.sun_path))
		return name_by_folder(n, path);
	memcpy(n->address.sun_path, path, len);
	return 0;
}

static void
name_close(struct name *n)
{
	int saved = errno;

	if (n->folder >= 0)
		close(n->folder);
	errno = saved;
}

typedef int use_name(int, const struct sockaddr *, socklen_t);

static int
with_name(int fd, const char *path, use_name *use)
{
	struct name n;
	int result;

	if (name_open(&n, path) < 0)
		return -1;
	result =
	    use(fd, (const struct sockaddr *)&n.address, sizeof(n.address));
	name_close(&n);
	return result;
}

static int
make(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* ---- listening ---- */

/* 1: a socket is there, 0: nothing; -1 with err. */
static int
look_for_socket(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT
			   ? 0
			   : err_set_errno(err, "cannot look at %s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, "%s is there, and is no socket", path);
	return 1;
}

/* What is at the path may be replaced: nothing, or a dead socket. */
static int
check_place(const char *path, struct err *err)
{
	int fd, found = look_for_socket(path, err);
	pid_t pid;
	uid_t uid;

	if (found <= 0)
		return found;
	fd = unix_socket_connect(path, LOOK_MS);
	if (fd < 0 && (errno == ECONNREFUSED || errno == ENOENT))
		return 0;
	/* One that is stopped, or has too many to let in, lives. */
	if (fd < 0)
		return err_set_errno(err, "cannot see who is at %s", path);
	pid = unix_socket_peer(fd, &uid);
	close(fd);
	/* 0: its pid means nothing here, nor does our parent's. */
	if (pid > 0 && (pid == getpid() || pid == getppid()))
		return 0;
	return pid > 0
		   ? err_set(err, "process %ld listens at %s already",
			 (long)pid, path)
		   : err_set(err,
			 "a process outside of this container listens at %s "
			 "already",
			 path);
}

/* With the right mode from the first moment on. */
static int
bind_private(int fd, const char *path)
{
	mode_t before = umask(0177);
	int result = with_name(fd, path, bind);

	umask(before);
	return result;
}

static int
bind_new(struct unix_socket *s, const char *path)
{
	struct stat st;

	if (bind_private(s->fd, path) < 0 || lstat(path, &st) < 0)
		return -1;
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return listen(s->fd, BACKLOG);
}

/* One that died before it could put it in place. */
static int
remove_left_over(const char *path, struct err *err)
{
	int found = look_for_socket(path, err);

	if (found > 0 && unlink(path) < 0 && errno != ENOENT)
		return err_set_errno(err, "cannot remove %s", path);
	return found < 0 ? -1 : 0;
}

/* The path with ".new" behind; NULL without memory. */
static char *
new_path(const char *path)
{
	char *new;

	return asprintf(&new, "%s" NEW, path) < 0 ? NULL : new;
}

int
unix_socket_open(struct unix_socket *s, const char *path, struct err *err)
{
	char *new = new_path(path);
	int result = -1;

	*s = (struct unix_socket){ .path = strdup(path), .fd = make() };
	if (s->path == NULL || new == NULL || s->fd < 0)
		err_set_errno(err, "cannot make the socket %s", path);
	else if (check_place(path, err) == 0 && remove_left_over(new, err) == 0)
		result = bind_new(s, new) == 0
			     ? 0
			     : err_set_errno(err, "cannot make %s", new);
	free(new);
	if (result < 0)
		unix_socket_close(s);
	return result;
}

int
unix_socket_put(struct unix_socket *s, struct err *err)
{
	char *new = new_path(s->path);
	int result = -1;

	if (new != NULL)
		result = rename(new, s->path);
	if (result < 0)
		err_set_errno(err, "cannot put the socket at %s", s->path);
	else
		s->in_place = true;
	free(new);
	return result;
}

bool
unix_socket_is_at(const struct unix_socket *s, const char *path)
{
	struct stat st;

	return s->path != NULL && lstat(path, &st) == 0 &&
	       st.st_dev == s->device && st.st_ino == s->inode;
}

void
unix_socket_close(struct unix_socket *s)
{
	char *new = s->path == NULL ? NULL : new_path(s->path);
	const char *where = s->in_place ? s->path : new;

	if (where != NULL && unix_socket_is_at(s, where))
		unlink(where);
	free(new);
	free(s->path);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct unix_socket){ .fd = -1 };
}

/* ---- connecting ---- */

/* Non-blocking, it does not wait where others wait already. */
static bool
try_to_connect(int fd, const char *path, int64_t end_us)
{
	bool done;

	while (!(done = with_name(fd, path, connect) == 0) && errno == EAGAIN &&
	       clock_exact_us() < end_us)
		(void)poll(NULL, 0, RETRY_MS);
	return done;
}

int
unix_socket_connect(const char *path, int64_t wait_ms)
{
	int64_t end_us = clock_exact_us() + wait_ms * 1000;
	int fd = make(), saved;

	if (fd < 0 || try_to_connect(fd, path, end_us))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

pid_t
unix_socket_peer(int fd, uid_t *uid_r)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -1;
	*uid_r = peer.uid;
	return peer.pid;
}

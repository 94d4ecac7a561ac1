/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unix sockets with a name in the file system.  An address has room for 107
 * bytes of a path; longer ones are reached by way of their folder.
 */
#include "config.h"

#include "os/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Connections that may wait until they are accepted. */
#define BACKLOG 16
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

/* What is at the path may be replaced: nothing, or a dead socket. */
static int
check_place(const char *path, struct err *err)
{
	struct stat st;
	pid_t pid;
	uid_t uid;
	int fd;

	if (lstat(path, &st) < 0)
		return errno == ENOENT
			   ? 0
			   : err_set_errno(err, "cannot look at %s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, "%s is there, and is no socket", path);
	fd = unix_socket_connect(path);
	if (fd < 0)
		return 0;
	pid = unix_socket_peer(fd, &uid);
	close(fd);
	if (pid == getpid() || pid == getppid())
		return 0;
	return err_set(
	    err, "process %ld listens at %s already", (long)pid, path);
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

	if (unlink(path) < 0 && errno != ENOENT)
		return -1;
	if (bind_private(s->fd, path) < 0 || lstat(path, &st) < 0 ||
	    listen(s->fd, BACKLOG) < 0)
		return -1;
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return 0;
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
	else if (check_place(path, err) == 0)
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

int
unix_socket_connect(const char *path)
{
	int fd = make(), saved;

	if (fd < 0 || with_name(fd, path, connect) == 0)
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

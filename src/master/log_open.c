/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log files are opened by root, often in a directory that the web's user may
 * write, and then a link there would turn the server into a tool for writing
 * to any file.  So the way is walked one component at a time, links are read
 * and walked too, and whether the user could have laid a link is known at
 * each step.
 */
#include "config.h"

#include "master/log_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FLAGS \
	(O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define OPEN_MODE 0644
/* As many links as the kernel follows. */
#define LINKS_MAX 40

struct walk {
	const char *path; /* the whole, for messages */
	const struct privs *user;
	int dir_fd;    /* owned: where the walk stands */
	bool moved;    /* the user may have put this directory here */
	bool writable; /* the user may write in it, */
	bool sticky;   /* but not move or remove what another owns */
	unsigned links;
	char rest[PATH_MAX]; /* what is still to be walked */
};

static bool
in_group(const struct privs *user, gid_t gid)
{
	int i;

	if (gid == user->gid)
		return true;
	for (i = 0; i < user->group_count; i++)
		if (user->groups[i] == gid)
			return true;
	return false;
}

/* The owner may give himself the right to write. */
static bool
may_write(const struct privs *user, const struct stat *st)
{
	if (st->st_uid == user->uid)
		return true;
	if (in_group(user, st->st_gid))
		return (st->st_mode & S_IWGRP) != 0;
	return (st->st_mode & S_IWOTH) != 0;
}

/* Names the first directory on the way that is not there. */
static int
cannot_open(const char *path, struct err *err)
{
	const char *end = path;
	int error = errno;
	char dir[PATH_MAX];
	struct stat st;

	while ((error == ENOENT || error == ENOTDIR) &&
	       (end = strchr(end + 1, '/')) != NULL) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(end - path), path);
		if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
			return err_set(err,
			    "cannot open log file %s: %s (there is no "
			    "directory %s)",
			    path, strerror(error), dir);
	}
	errno = error;
	return err_set_errno(err, "cannot open log file %s", path);
}

static int
failed(const struct walk *w, struct err *err)
{
	return cannot_open(w->path, err);
}

/* Whether the user may have laid what is found here. */
static bool
is_unsafe(const struct walk *w)
{
	return w->moved || w->writable;
}

/*
 * Moves to fd, a directory; it is owned by the walk from now on.  One that
 * another owns stays where it is in a sticky directory such as /tmp, and
 * directories cannot be linked there.
 */
static int
enter(struct walk *w, int fd, struct err *err)
{
	const struct privs *user = w->user;
	struct stat st;

	if (w->dir_fd >= 0)
		close(w->dir_fd);
	w->dir_fd = fd;
	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(w, err);
	if (w->writable && (!w->sticky || st.st_uid == user->uid))
		w->moved = true;
	w->writable = may_write(user, &st);
	w->sticky = (st.st_mode & S_ISVTX) != 0 && st.st_uid != user->uid;
	return 0;
}

static int
enter_root(struct walk *w, struct err *err)
{
	w->moved = w->writable = false;
	return enter(w, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), err);
}

/* Takes the next component off w->rest; false when there is none. */
static bool
next_component(struct walk *w, char name_r[NAME_MAX + 1], struct err *err)
{
	char *from = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(from, "/");

	if (len == 0 || len > NAME_MAX) {
		errno = len == 0 ? EISDIR : ENAMETOOLONG;
		failed(w, err);
		return false;
	}
	memcpy(name_r, from, len);
	name_r[len] = '\0';
	memmove(w->rest, from + len, strlen(from + len) + 1);
	return true;
}

/* Puts what the link says before what is still to be walked. */
static int
follow(struct walk *w, const char *name, struct err *err)
{
	char target[PATH_MAX];
	ssize_t len;

	if (is_unsafe(w))
		return err_set(err,
		    "log file %s: \"%s\" on its way is a symbolic link in a "
		    "directory that User may write",
		    w->path, name);
	len = readlinkat(w->dir_fd, name, target, sizeof(target));
	if (len < 0)
		return failed(w, err);
	if ((size_t)len + strlen(w->rest) + 1 >= sizeof(w->rest) ||
	    ++w->links > LINKS_MAX) {
		errno = ELOOP;
		return failed(w, err);
	}
	memmove(w->rest + len, w->rest, strlen(w->rest) + 1);
	memcpy(w->rest, target, (size_t)len);
	return target[0] == '/' ? enter_root(w, err) : 0;
}

/* What the user could have put there himself. */
static int
check_file(const struct walk *w, int fd, struct err *err)
{
	struct stat st;

	if (!is_unsafe(w))
		return 0;
	if (fstat(fd, &st) < 0)
		return failed(w, err);
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return err_set(err,
		    "log file %s is in a directory that User may write and "
		    "is no plain file with one name",
		    w->path);
	return 0;
}

static int
open_last(struct walk *w, const char *name, struct err *err)
{
	int fd = openat(w->dir_fd, name, OPEN_FLAGS | O_NOFOLLOW, OPEN_MODE);

	if (fd < 0)
		return failed(w, err);
	if (check_file(w, fd, err) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One component: a directory, a link, or the file itself (its descriptor).
 * -2: on to the next. */
static int
step(struct walk *w, struct err *err)
{
	char name[NAME_MAX + 1];
	bool last;
	int fd;
	struct stat st;

	if (!next_component(w, name, err))
		return -1;
	last = w->rest[strspn(w->rest, "/")] == '\0';
	if (fstatat(w->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (!last || errno != ENOENT)
			return failed(w, err);
	} else if (S_ISLNK(st.st_mode)) {
		return follow(w, name, err) < 0 ? -1 : -2;
	}
	if (last)
		return open_last(w, name, err);
	fd = openat(
	    w->dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return enter(w, fd, err) < 0 ? -1 : -2;
}

static int
walk(const char *path, const struct privs *user, struct err *err)
{
	struct walk w = { .path = path, .user = user, .dir_fd = -1 };
	int fd = -2;

	if (strlen(path) >= sizeof(w.rest)) {
		errno = ENAMETOOLONG;
		return failed(&w, err);
	}
	memcpy(w.rest, path, strlen(path) + 1);
	if (enter_root(&w, err) < 0)
		fd = -1;
	while (fd == -2)
		fd = step(&w, err);
	if (w.dir_fd >= 0)
		close(w.dir_fd);
	return fd;
}

int
log_open(const char *path, const struct privs *user, struct err *err)
{
	int fd;

	if (user->change)
		return walk(path, user, err);
	fd = open(path, OPEN_FLAGS, OPEN_MODE);
	if (fd < 0)
		cannot_open(path, err);
	return fd;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Files for tests: made below one temporary directory, removed with it. */
#include "config.h"

#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char top[PATH_MAX / 2];

static void
check(int result, const char *what, const char *name)
{
	if (result < 0)
		fail_msg("%s %s: %s", what, name, strerror(errno));
}

const char *
tree_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX / 4], *real;

	snprintf(path, sizeof(path), "%s/drover-unit-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	check(mkdtemp(path) == NULL ? -1 : 0, "mkdtemp", path);
	real = realpath(path, NULL);
	check(real == NULL || strlen(real) >= sizeof(top) ? -1 : 0, "realpath",
	    path);
	strcpy(top, real);
	free(real);
	return top;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void
tree_remove(void)
{
	check(nftw(top, remove_one, 20, FTW_DEPTH | FTW_PHYS), "remove", top);
}

const char *
tree_path(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	if (name[0] == '/')
		return name;
	snprintf(path, sizeof(paths[0]), "%s%s%s", top,
	    name[0] == '\0' ? "" : "/", name);
	return path;
}

void
tree_directory(const char *name)
{
	check(mkdir(tree_path(name), 0755), "mkdir", name);
}

void
tree_bytes(const char *name, const void *data, size_t len)
{
	int fd = open(
	    tree_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	check(fd, "open", name);
	check(write(fd, data, len) == (ssize_t)len ? 0 : -1, "write", name);
	close(fd);
}

void
tree_file(const char *name, const char *content)
{
	tree_bytes(name, content, strlen(content));
}

void
tree_link(const char *name, const char *target)
{
	const char *tree = strstr(target, "%T");
	char text[PATH_MAX];

	if (tree == NULL)
		snprintf(text, sizeof(text), "%s", target);
	else
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(tree - target),
		    target, top, tree + 2);
	check(symlink(text, tree_path("link.new")), "symlink", name);
	tree_rename("link.new", name);
}

void
tree_rename(const char *from, const char *to)
{
	check(rename(tree_path(from), tree_path(to)), "rename", from);
}

void
tree_unlink(const char *name)
{
	check(unlink(tree_path(name)), "unlink", name);
}

void
tree_date(const char *name, long seconds, long nanoseconds)
{
	const struct timespec time = { seconds, nanoseconds };
	const struct timespec times[2] = { time, time };

	check(utimensat(AT_FDCWD, tree_path(name), times, AT_SYMLINK_NOFOLLOW),
	    "utimensat", name);
}

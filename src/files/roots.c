/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roots by their path and by where they really are.  The descriptor is that
 * of a directory even if only one file of it is a root, so that a file put in
 * its place is seen.  A root's own path may lead through any links: who wrote
 * the configuration named it.
 */
#include "config.h"

#include "files/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/table.h"

struct root_set {
	struct table by_path; /* configured paths and real ones */
	struct list roots;
	bool pinned;
};

struct root_set *
root_set_create(void)
{
	struct root_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	table_init(&set->by_path, false);
	list_init(&set->roots);
	return set;
}

/* Makes the root known by its real path too, if nothing else is. */
static void
add_real_path(struct root_set *set, struct root *root)
{
	if (root->fd >= 0 && root->leaf.len == 0 &&
	    table_get(&set->by_path, root->real) == NULL)
		(void)table_put(&set->by_path, root->real, root);
}

/* If the root is known by its real path, another one may be so now. */
static void
drop_real_path(struct root_set *set, struct root *root)
{
	struct list_node *node;

	if (table_get(&set->by_path, root->real) != root ||
	    span_equal(root->real, root->path))
		return;
	table_remove(&set->by_path, root->real);
	LIST_FOREACH (node, &set->roots) {
		struct root *other = LIST_ENTRY(node, struct root, node);

		if (other != root && span_equal(other->real, root->real))
			add_real_path(set, other);
	}
}

static void
root_close(struct root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
	if (root->leaf_fd >= 0)
		close(root->leaf_fd);
	root->leaf_fd = -1;
	free((char *)root->real.ptr);
	root->real = (struct span){ NULL, 0 };
	root->leaf = (struct span){ NULL, 0 };
}

void
root_set_destroy(struct root_set **set)
{
	struct list_node *node, *after;

	if (*set == NULL)
		return;
	/* Its keys are the roots' own. */
	table_release(&(*set)->by_path);
	LIST_FOREACH_SAFE (node, after, &(*set)->roots) {
		struct root *root = LIST_ENTRY(node, struct root, node);

		root_close(root);
		free(root);
	}
	free(*set);
	*set = NULL;
}

/* Opens the directory at path (or "/" for ""), and where it really is. */
static int
open_directory(struct root *root, const char *path)
{
	char *real = realpath(*path == '\0' ? "/" : path, NULL);
	struct stat st;
	int fd;

	if (real == NULL)
		return -1;
	fd = open(real, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		free(real);
		return -1;
	}
	root->fd = fd;
	root->device = st.st_dev;
	root->inode = st.st_ino;
	root->checked_ms = clock_now_ms();
	root->real = span_str(real);
	if (root->real.len == 1)
		root->real.len = 0;
	return 0;
}

static int
open_file(struct root *root)
{
	size_t slash = span_find_last(root->path, '/');
	char *directory = strndup(root->path.ptr, slash);
	int result;

	if (directory == NULL)
		return -1;
	result = open_directory(root, directory);
	if (result == 0)
		root->leaf = span_skip(root->path, slash + 1);
	free(directory);
	return result;
}

static int
root_open(struct root *root)
{
	struct stat st;

	if (root->path.len == 0)
		return open_directory(root, "");
	if (stat(root->path.ptr, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return open_directory(root, root->path.ptr);
	if (S_ISREG(st.st_mode))
		return open_file(root);
	errno = EACCES;
	return -1;
}

/*
 * A single file that is a link elsewhere: where it leads now is a root of its
 * own, or else the link could not be followed.
 */
static int
add_link_target(struct root_set *set, struct root *root)
{
	struct err err;
	char *real;
	int result = 0;

	if (root->leaf.len == 0)
		return 0;
	real = realpath(root->path.ptr, NULL);
	if (real == NULL)
		return -1;
	if (!span_equal(span_str(real), root->path))
		result = root_set_add(set, span_str(real), &err);
	free(real);
	return result;
}

static struct root *
root_create(struct span path)
{
	struct root *root = calloc(1, sizeof(*root) + path.len + 1);
	char *copy;

	if (root == NULL)
		return NULL;
	copy = (char *)(root + 1);
	memcpy(copy, path.ptr, path.len);
	root->path = span_of(copy, path.len);
	root->fd = root->leaf_fd = -1;
	list_node_init(&root->node);
	return root;
}

static int
try_open(struct root_set *set, struct root *root)
{
	if (root->fd >= 0)
		return 0;
	if (root_open(root) != 0)
		return -1;
	add_real_path(set, root);
	return add_link_target(set, root);
}

int
root_set_add(struct root_set *set, struct span path, struct err *err)
{
	struct root *root;

	while (path.len > 0 && path.ptr[path.len - 1] == '/')
		path.len--;
	root = table_get(&set->by_path, path);
	if (root == NULL || !span_equal(root->path, path)) {
		root = root_create(path);
		if (root == NULL ||
		    table_put(&set->by_path, root->path, root) != 0) {
			free(root);
			return err_set(err, "out of memory");
		}
		list_append(&set->roots, &root->node);
	}
	if (try_open(set, root) != 0)
		return err_set_errno(err, "cannot open \"%s\"",
		    path.len == 0 ? "/" : root->path.ptr);
	return 0;
}

/* The path of the directory that is open. */
static bool
directory_path(const struct root *root, char path[PATH_MAX])
{
	struct span directory = root->path;

	if (root->leaf.len > 0)
		directory.len -= root->leaf.len + 1;
	return span_copy(
	    directory.len == 0 ? span_of("/", 1) : directory, path, PATH_MAX);
}

/*
 * Closes a root whose path leads elsewhere or nowhere now.  If that is not to
 * be seen (a directory above it may be closed to us), it stays.
 */
static void
root_check(struct root_set *set, struct root *root)
{
	int64_t now = clock_now_ms();
	char path[PATH_MAX];
	struct stat st;

	if (set->pinned || root->fd < 0 ||
	    now - root->checked_ms < ROOT_CHECK_MS ||
	    !directory_path(root, path))
		return;
	root->checked_ms = now;
	if (stat(path, &st) == 0
		? st.st_dev == root->device && st.st_ino == root->inode
		: errno != ENOENT && errno != ENOTDIR)
		return;
	drop_real_path(set, root);
	root_close(root);
}

const struct root *
root_set_find(struct root_set *set, struct span path)
{
	struct root *root = table_get(&set->by_path, path);

	if (root != NULL)
		root_check(set, root);
	/* It may have been found by a real path that it no longer has. */
	root = table_get(&set->by_path, path);
	if (root == NULL) {
		errno = EXDEV;
		return NULL;
	}
	if (set->pinned && root->fd < 0) {
		errno = ENOENT;
		return NULL;
	}
	return try_open(set, root) == 0 ? root : NULL;
}

void
root_set_each(const struct root_set *set,
    void (*visit)(const struct root *, void *context), void *context)
{
	const struct list_node *node;

	LIST_FOREACH (node, &set->roots) {
		const struct root *root =
		    LIST_ENTRY((uintptr_t)node, const struct root, node);

		if (root->fd >= 0)
			visit(root, context);
	}
}

void
root_set_pin(struct root_set *set)
{
	const int flags =
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct list_node *node;

	set->pinned = true;
	LIST_FOREACH (node, &set->roots) {
		struct root *root = LIST_ENTRY(node, struct root, node);

		if (root->fd >= 0 && root->leaf.len > 0)
			root->leaf_fd = openat(root->fd, root->leaf.ptr, flags);
	}
}

const char *
root_below(const struct root *root, const char *path)
{
	if (root->leaf.len > 0)
		return path + root->path.len - root->leaf.len;
	path += root->path.len;
	while (*path == '/')
		path++;
	return *path == '\0' ? "." : path;
}

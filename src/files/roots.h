/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The places below which files may be opened: each DocumentRoot and Alias
 * target, opened before the sandbox and known by its path.  A path that leads
 * to another directory now ("current" is a link that was switched) is opened
 * anew.
 */
#ifndef DROVER_FILES_ROOTS_H
#define DROVER_FILES_ROOTS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/list.h"
#include "base/span.h"

/* A directory, or one file in a directory. */
struct root {
	struct span path;	/* as configured, without a "/" at the end:
				 * that of the file system is empty */
	struct span real;	/* of the directory: its path without links */
	struct span leaf;	/* the one file's name; empty: all below */
	int fd;			/* the directory, O_PATH; -1: not there */
	int leaf_fd;		/* pinned: the one file, to read; -1 */
	dev_t device;		/* of fd */
	ino_t inode;
	int64_t checked_ms;	/* when the path was seen to lead to fd */
	struct list_node node;
};

#define ROOT_CHECK_MS 5

struct root_set;

/* NULL without memory. */
struct root_set *root_set_create(void);
void root_set_destroy(struct root_set **);

/*
 * Makes path (absolute; a directory, or one file) a root and opens it; the
 * same path again is the same root.  -1 with err when it cannot be opened:
 * it is a root nevertheless, and tried again whenever it is asked for.
 */
int root_set_add(struct root_set *, struct span path, struct err *);

/* Calls visit for each that is open. */
void root_set_each(const struct root_set *,
    void (*visit)(const struct root *, void *context), void *context);

/* From now on no root is opened or closed: this process could not read what is
 * beneath another directory, so it keeps to those that it has.  A single file
 * that is replaced is served as it was, until another process takes over. */
void root_set_pin(struct root_set *);

/*
 * The root that has this path, or this real path; NULL with errno: ENOENT for
 * one that is not there, EXDEV where there is no root.  Looks at where the
 * path leads each ROOT_CHECK_MS at most.
 */
const struct root *root_set_find(struct root_set *, struct span path);

/*
 * What of path, which begins with the root's path, is below root->fd: "." for
 * the directory itself.  Behind a single file's name may stand more.
 */
const char *root_below(const struct root *, const char *path);

#endif

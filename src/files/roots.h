/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The places below which files may be opened: each DocumentRoot and Alias
 * target, opened once, before the sandbox, and known by its path.
 */
#ifndef DROVER_FILES_ROOTS_H
#define DROVER_FILES_ROOTS_H

#include "base/err.h"
#include "base/list.h"
#include "base/span.h"

/* A directory, or one file in a directory. */
struct root {
	struct span path;	/* as configured, without a "/" at the end:
				 * that of the file system is empty */
	struct span real;	/* of the directory: its path without links */
	struct span leaf;	/* the one file's name; empty: all below */
	int fd;			/* the directory, O_PATH; -1: not there yet */
	struct list_node node;
};

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

/*
 * The root that has this path, or this real path; NULL with errno: ENOENT for
 * one that is not there, EXDEV where there is no root.
 */
const struct root *root_set_find(struct root_set *, struct span path);

/*
 * What of path, which begins with the root's path, is below root->fd: "." for
 * the directory itself.  Behind a single file's name may stand more.
 */
const char *root_below(const struct root *, const char *path);

#endif

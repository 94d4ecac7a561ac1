/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory for the files of one test, under $TMPDIR.  Whatever fails here
 * fails the test that runs.  Paths are below the tree, where
 * they do not begin with "/"; "%T" in a link's target is the tree's own path.
 */
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include <stddef.h>

/* Makes the directory; its path without links, kept until tree_remove. */
const char *tree_make(void);
/* Removes it with all that is in it. */
void tree_remove(void);

/* The absolute path of name, in one of four static buffers. */
const char *tree_path(const char *name);
void tree_directory(const char *name);
/* Writes the file, in place if it is there. */
void tree_file(const char *name, const char *content);
void tree_bytes(const char *name, const void *data, size_t len);
/* Makes or replaces a symbolic link. */
void tree_link(const char *name, const char *target);
void tree_rename(const char *from, const char *to);
void tree_unlink(const char *name);
/* Sets the times of a file (not of what a link leads to), in seconds. */
void tree_date(const char *name, long seconds, long nanoseconds);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of files as a configuration writes them. */
#ifndef DROVER_CONF_PATH_H
#define DROVER_CONF_PATH_H

#include "base/arena.h"

/*
 * path, if it is relative, below root, without empty, "." and ".." segments
 * and without a slash at its end (but "/").  NULL without memory.
 */
char *path_absolute(struct arena *, const char *root, const char *path);
/* The same below the current directory. */
char *path_from_cwd(struct arena *, const char *path);
/* What is before the last slash: "/" at least. */
char *path_folder(struct arena *, const char *path);

#endif

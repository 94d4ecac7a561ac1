/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of files as a configuration writes them. */
#ifndef DROVER_CONF_PATH_H
#define DROVER_CONF_PATH_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * path, if it is relative, below root, without empty, "." and ".." segments
 * and without a slash at its end (but "/").  NULL without memory.
 */
char *path_absolute(struct arena *, const char *root, const char *path);
/* The same below the current directory. */
char *path_from_cwd(struct arena *, const char *path);
/*
 * path_absolute for a pattern, in which root stands for itself even if it has
 * characters that are wildcards.
 */
char *path_pattern(struct arena *, const char *root, const char *pattern);
/* Whether it has * ? or [. */
bool path_is_pattern(const char *path);
/* What is before the last slash: "/" at least. */
char *path_folder(struct arena *, const char *path);

#endif

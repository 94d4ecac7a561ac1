/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files an Include names. */
#ifndef DROVER_CONF_INCLUDE_H
#define DROVER_CONF_INCLUDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct path_list {
	struct arena *arena;	/* of the paths */
	char **paths;		/* owned */
	size_t count, size;
};

void path_list_init(struct path_list *, struct arena *);
void path_list_release(struct path_list *);

/*
 * Adds the files that an absolute path names: a file, a directory (all files
 * in and below it), or, of a pattern, what matches * ? [ ] in any segment; in
 * order of their names.  None matching is no error here.  0, or -1 with err.
 */
int include_find(struct path_list *, const char *path, bool is_pattern,
    struct err *);

#endif

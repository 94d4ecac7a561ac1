/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a path to an open file without ever leaving the configured roots:
 * openat2(RESOLVE_BENEATH) from a descriptor of the root, and where a symbolic
 * link leads elsewhere, on from the configured root that contains its target
 * (at most 40 links).  SymLinksIfOwnerMatch, and kernels without openat2: a
 * walk component by component with O_PATH | O_NOFOLLOW.
 */
#ifndef DROVER_FILES_RESOLVE_H
#define DROVER_FILES_RESOLVE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/span.h"

enum link_rule {
	LINKS_FOLLOW,		/* Options FollowSymLinks */
	LINKS_OWNER_MATCH,	/* SymLinksIfOwnerMatch */
	LINKS_NEVER,
};

/* The directories below which files may be opened: each DocumentRoot and
 * Alias target, each opened once. */
struct root_set;

struct root_set *root_set_create(void);
void root_set_destroy(struct root_set **);
/* Opens path (absolute; a directory, or one file) as a root; the same path
 * again is the same root.  -1 with err. */
int root_set_add(struct root_set *, const char *path, struct err *);

/*
 * Opens path (absolute, normalised, NUL-terminated) read-only; root is the
 * prefix of it that is a root in the set.  Returns the descriptor and the
 * file's stat, or -1 with errno: ENOENT and ENOTDIR (404), EACCES, ELOOP,
 * EXDEV (403), ENAMETOOLONG (404), EMFILE and ENFILE (503), others 500.
 * Only regular files and directories are opened; FIFOs, sockets and devices
 * are EACCES, found without opening them for reading.
 */
int resolve_open(const struct root_set *, struct span root, const char *path,
    enum link_rule, struct stat *stat_r);

#endif

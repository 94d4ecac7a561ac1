/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a path to an open file without ever leaving the configured roots:
 * openat2(RESOLVE_BENEATH) from a descriptor of the root; where a symbolic
 * link stands on the way, and on kernels without openat2, a walk component by
 * component.  A link that leads out of its root is followed into the
 * configured root that contains its target, at most 40 links in all.
 */
#ifndef DROVER_FILES_RESOLVE_H
#define DROVER_FILES_RESOLVE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/span.h"
#include "files/roots.h"

enum link_rule {
	LINKS_FOLLOW,		/* Options FollowSymLinks */
	LINKS_OWNER_MATCH,	/* SymLinksIfOwnerMatch: who owns a link owns
				 * also what it leads to in the end */
	LINKS_NEVER,
};

/*
 * Says which rule holds for a symbolic link that stands in directory (as the
 * request names it: absolute, without a "/" at the end).  It holds for links
 * that the link leads to as well.  Asked only where there is a link.
 */
struct link_policy {
	enum link_rule (*rule)(
	    const struct link_policy *, struct span directory);
};

/* The same rule everywhere. */
extern const struct link_policy links_follow, links_owner_match, links_never;

struct resolved {
	int fd;			/* the caller's; a directory's is O_PATH */
	struct stat stat;	/* of what fd has open */
	bool through_link;	/* the policy had a say in it */
};

/*
 * Opens path (absolute, normalised) read-only; root is the prefix of it that
 * is a root in the set.  0, or -1 with errno: ENOENT, ENOTDIR and
 * ENAMETOOLONG (404), EACCES, ELOOP and EXDEV (403), EMFILE and ENFILE (503),
 * others 500.  Only regular files and directories are opened; FIFOs, sockets
 * and devices are EACCES and not opened to find out.
 */
int resolve_open(struct root_set *, struct span root, const char *path,
    const struct link_policy *, struct resolved *resolved_r);

#endif

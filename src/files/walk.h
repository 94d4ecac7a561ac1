/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to a file on which symbolic links stand, or on a kernel without
 * openat2: component by component.
 */
#ifndef DROVER_FILES_WALK_H
#define DROVER_FILES_WALK_H

#include "files/resolve.h"

/*
 * As resolve_open; root is path's.  ESTALE: what was found changed before it
 * was opened, the walk is to be made again.
 */
int walk_open(struct root_set *, const struct root *, const char *path,
    const struct link_policy *, struct resolved *resolved_r);

/*
 * The end of every way to a regular file: fd, opened for reading (or -1 with
 * errno), must have the inode that was seen before.  Takes fd over.  0, or -1
 * with errno; ESTALE as above.
 */
int resolved_set(struct resolved *, int fd, const struct stat *seen);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files below a root.  openat2(2) with RESOLVE_BENEATH where the kernel (and
 * what it runs under) has it; the callers have their own fallback.
 */
#ifndef DROVER_OS_FILE_H
#define DROVER_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Tried once per process, to be called before a sandbox is entered: false if
 * openat2 fails with ENOSYS or EPERM.  DROVER_NO_OPENAT2 in the environment
 * makes it false, so that the callers' fallbacks can be tested.
 */
bool file_has_openat2(void);

/*
 * Opens path (relative, below root_fd) read-only with O_CLOEXEC | O_NOCTTY |
 * O_NONBLOCK and flags (O_PATH, O_DIRECTORY, O_NOFOLLOW allowed), resolving
 * beneath root_fd only, no magic links.  follow false: no symbolic link in
 * any component.  -1 with errno (EXDEV: the path or a link led out; ELOOP;
 * ENOSYS: file_has_openat2 is false; EINVAL: other flags; EAGAIN: the tree
 * was renamed under the look-up too often).
 */
int file_open_beneath(int root_fd, const char *path, int flags, bool follow);

/*
 * The whole of a regular file of at most max bytes, NUL-terminated, to be
 * freed by the caller; its length in *len_r.  NULL with errno (EFBIG;
 * EISDIR or EINVAL for what is no regular file).
 */
char *file_read(const char *path, size_t max, size_t *len_r);

#endif

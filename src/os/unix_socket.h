/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Unix stream socket that listens at a path.  It is made beside the path and
 * then put there, so that whoever connects always finds one that listens, and
 * what a dead process left there is replaced.
 */
#ifndef DROVER_OS_UNIX_SOCKET_H
#define DROVER_OS_UNIX_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct unix_socket {
	char *path; /* owned; NULL: none */
	int fd;	    /* listens; non-blocking */
	bool in_place;
	dev_t device;
	ino_t inode;
};

/*
 * Listens at path with ".new" behind, mode 0600.  -1 with err: it cannot be
 * made, there is something else at the path, or a living process listens
 * there that is neither this one nor its parent (whom this one replaces).
 */
int unix_socket_open(struct unix_socket *, const char *path, struct err *);
/* Puts it at its path, whatever socket is there.  -1 with err. */
int unix_socket_put(struct unix_socket *, struct err *);
/* True if it is what path leads to. */
bool unix_socket_is_at(const struct unix_socket *, const char *path);
/* Removes it from where it is, if it is still there.  Nothing happens to one
 * that is closed. */
void unix_socket_close(struct unix_socket *);

/* A socket connected to path, non-blocking and CLOEXEC; -1 with errno: EAGAIN
 * where too many wait already, and still do after so long. */
int unix_socket_connect(const char *path, int64_t wait_ms);
/* Who is at the other end: his number (0: he is in another pid namespace), -1
 * with errno. */
pid_t unix_socket_peer(int fd, uid_t *uid_r);

#endif

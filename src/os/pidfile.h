/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pid file: text for people and scripts, and a lock that tells a running
 * instance from a file that was left behind.  It is a POSIX record lock, not
 * one of the open file description: it ends with the process however that
 * dies, even while children live that inherited the descriptor, and F_GETLK
 * names its holder.  The price: it is taken after daemon_fork, since no child
 * inherits it, and the process that holds it must not open and close that
 * file by other ways (pidfile_owner, file_read), which gives up the lock.
 */
#ifndef DROVER_OS_PIDFILE_H
#define DROVER_OS_PIDFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct pidfile {
	char *path;  /* owned; NULL: none */
	int fd;	     /* holds the lock */
	bool joined; /* another process holds the lock's first byte: the
		      * file is its own */
	bool written;
	char was[32]; /* what stood there, until it is written */
};

/*
 * Locks the file (made with mode 0644 if missing, no symlink followed) and
 * leaves it empty until pidfile_write.  -1 with err: another live process
 * holds it (named), or it cannot be made.  A file without a lock is stale
 * and taken over.
 */
int pidfile_lock(struct pidfile *, const char *path, struct err *);
/* Writes getpid() and a newline.  Called once the server serves.  This and
 * what is below do nothing when path is NULL. */
int pidfile_write(struct pidfile *, struct err *);
/* True if path leads to this file, and not only by a link in its last part. */
bool pidfile_is_at(const struct pidfile *, const char *path);
/*
 * Removes the file if it is still ours (same inode) and gives up the lock.  If
 * it was never written and had named a process that lives, one of a server
 * that locks no file, then its text is put back instead.
 */
void pidfile_remove(struct pidfile *);
/* For a child: closes without removing. */
void pidfile_forget(struct pidfile *);

/*
 * From one process to another, with no moment at which a third could have the
 * lock: the holder keeps the first byte and lets go of the others, which the
 * successor takes (pidfile_join); then the holder forgets the file and the
 * successor takes the first byte too (pidfile_inherit).
 */
void pidfile_share(struct pidfile *);
/* Takes that back; tried again by the next call if another joined. */
void pidfile_share_undo(struct pidfile *);
/*
 * 1: joined to what holder shares, whose text stays as it is; 0: holder does
 * not hold that file; -1 with err.  What is joined is not removed.
 */
int pidfile_join(
    struct pidfile *, const char *path, pid_t holder, struct err *);
/* The holder is gone: all of the lock, and the text, are ours.  -1 with err:
 * nothing but the text may be wrong. */
int pidfile_inherit(struct pidfile *, struct err *);
/*
 * The pid of the live process that holds the file's lock; 0 none (errno
 * ENOENT: no file, ESRCH: stale), -1 with errno (EREMOTE: it is held in
 * another pid namespace).  Not for the process that holds it.
 */
pid_t pidfile_owner(const char *path);

#endif

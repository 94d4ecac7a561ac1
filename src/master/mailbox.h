/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's end of the channel to a child.  What the socket does not take
 * waits here, so that a slow child never holds the master.
 */
#ifndef DROVER_MASTER_MAILBOX_H
#define DROVER_MASTER_MAILBOX_H

#include <stdbool.h>

#include "base/list.h"
#include "ipc/channel.h"
#include "os/loop.h"

struct mailbox {
	struct loop_source source; /* fd -1: closed */
	struct loop *loop;
	struct list waiting; /* letters, oldest first */
	bool paused;	     /* takes nothing in */
	bool blocked;	     /* waits until it may be written to */
	/* A message came; its fd, if any, is the callee's. */
	void (*received)(struct mailbox *, struct message *);
	/* The other side closed, or sent nonsense; the mailbox is closed. */
	void (*closed)(struct mailbox *);
	/* It may be written to again after mailbox_try was refused. */
	void (*writable)(struct mailbox *);
};

/* Callbacks are set by the caller before.  -1 with errno: fd stays his. */
int mailbox_open(struct mailbox *, struct loop *, int fd);
/* Closed already: nothing happens. */
void mailbox_close(struct mailbox *);
/*
 * Sends now or later; m->fd stays the caller's (what waits has a duplicate).
 * -1 with errno when it cannot arrive any more: EPIPE, or no memory.
 */
int mailbox_send(struct mailbox *, const struct message *);
/* A message without descriptor and data. */
int mailbox_say(struct mailbox *, uint32_t type, uint32_t arg);
/* Sends now or not at all: -1 with EAGAIN, then writable() is called. */
int mailbox_try(struct mailbox *, const struct message *);
/*
 * Leaves what the child sends in the channel until that is taken back, so that
 * in the end the child waits.  Its end is noticed all the same.
 */
void mailbox_pause(struct mailbox *, bool pause);
/*
 * Takes in all that the child sent before it died.  To be called when it was
 * reaped and before mailbox_close: what it passed on is not lost with it.
 */
void mailbox_drain(struct mailbox *);

#endif

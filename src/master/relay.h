/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections on their way from a worker that ends to one that serves, be it
 * another master's.  The master passes them on unread; while nobody can take
 * one it waits here, not for long.  When many wait, those who give are told to
 * keep the others.
 */
#ifndef DROVER_MASTER_RELAY_H
#define DROVER_MASTER_RELAY_H

#include "ipc/channel.h"
#include "master/children.h"

struct relay {
	struct list waiting; /* parcels, oldest first */
	unsigned count;
	unsigned max;		/* of count, from which givers are to wait */
	bool holding;		/* they were told so */
	struct generation *to;	/* the one that serves; NULL: nobody does,
				 * and connections are closed, unless */
	struct mailbox *abroad; /* another master's workers serve */
	/* Givers are to hold back, or may go on. */
	void (*hold)(struct relay *, bool hold);
};

void relay_init(struct relay *, void (*hold)(struct relay *, bool hold));
/* From now on connections go there; NULL closes those that wait, too. */
void relay_set(struct relay *, struct generation *to);
/* From now on they go to another master, until relay_set. */
void relay_set_abroad(struct relay *, struct mailbox *);
/* A MESSAGE_HANDOVER; takes its descriptor. */
void relay_take(struct relay *, struct message *);
/* Some worker may have room now. */
void relay_pump(struct relay *);
/* Once a second: closes those that have waited for too long. */
void relay_tick(struct relay *);

#endif

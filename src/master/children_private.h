/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about workers share. */
#ifndef DROVER_MASTER_CHILDREN_PRIVATE_H
#define DROVER_MASTER_CHILDREN_PRIVATE_H

#include "master/children.h"

struct child_handlers {
	void (*received)(struct mailbox *, struct message *);
	void (*closed)(struct mailbox *);
	void (*writable)(struct mailbox *);
	void (*took_too_long)(struct loop_timer *);
};

/* Forks a worker for the seat; NULL with errno. */
struct child *child_fork(struct seat *, const struct child_handlers *);
/* Slot and ring of one that ended are no longer its. */
void child_give_back(struct child *);

/* A worker for the empty seat, now or, if that fails, later. */
void seat_fill(struct seat *);
void seat_init(struct seat *, struct generation *, unsigned number);

/* Tells a worker to drain. */
void child_drain(struct child *, enum drain_mode);
/* Tells it to end at once, and sees to it. */
void child_stop(struct child *);

#endif

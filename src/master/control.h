/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket: droverctl and drover -k ask, the master does what its
 * signals do too, and says when it is done or why it is not.  A client is
 * heard without waiting for it, and in bounded memory.
 */
#ifndef DROVER_MASTER_CONTROL_H
#define DROVER_MASTER_CONTROL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/list.h"
#include "os/loop.h"
#include "os/unix_socket.h"

struct master;
struct server_conf;

struct control {
	struct unix_socket socket;
	struct unix_socket next;   /* of reload.next, if it is another */
	struct loop_source source; /* listens; fd -1: nobody does */
	bool paused;		   /* until the next tick: there was no
				    * descriptor for who wants in */
	struct list conns;
	unsigned conn_count;
	uint64_t levels; /* so many times log levels were set */
};

void control_init(struct master *);

/*
 * As pid_path_open, pid_path_take and pid_path_undo, for ControlSocket.  Where
 * it was not set and cannot be had, there is a warning and no socket.
 */
int control_open(struct master *, const struct server_conf *, struct err *);
void control_take(struct master *);
void control_undo(struct master *);

/* After each turn: what clients wait for may be the case. */
void control_advance(struct master *);
/* Once a second: what is waited for is said, and who is slow goes. */
void control_tick(struct master *);
/* Nobody connects any more; who waits for the end waits on. */
void control_close(struct master *);
/* That is the end: everything else is gone. */
void control_end(struct master *);

#endif

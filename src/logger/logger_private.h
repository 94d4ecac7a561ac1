/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the logger share: its one state and who does what. */
#ifndef DROVER_LOGGER_LOGGER_PRIVATE_H
#define DROVER_LOGGER_LOGGER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/span.h"
#include "ipc/channel.h"
#include "ipc/log_board.h"
#include "logger/dest.h"
#include "logger/logger.h"
#include "os/loop.h"

struct reply {
	uint32_t type, arg;
	uint64_t value;
};

struct logger {
	struct loop *loop;
	struct log_board *board;
	struct dest_group group;
	struct dest *dests[LOG_DEST_MAX];	/* NULL: never named */
	struct arena error_arena;	/* where group.error_format is */
	struct list rings;		/* of struct ring, rings.c */
	struct list pipes;		/* of struct stderr_pipe */
	pid_t master;
	bool heard;			/* a pipe had something, or may have */
	bool spoke;			/* an own message was added just now */
	bool told;			/* of all destinations and rings that
					 * there were when we started */
	bool nobody_told;		/* lines for no destination: said once */
	bool failed;			/* something of what the master said is
					 * not known here: only another logger,
					 * who is told anew, can mend that */

	/* control.c */
	struct loop_source channel;
	struct reply *replies;		/* owned; not yet taken by the master */
	size_t reply_count, reply_room;
	bool writing;			/* watched for EPOLLOUT */
	bool finishing;			/* drain, then end */
	int64_t dying_since_ms;		/* the master is gone; 0: it lives */
};

/* The destination, made if it is new; NULL: no such number, or no memory. */
struct dest *logger_dest(struct logger *, uint32_t id);
/* Counts a line for a destination, whatever number that is. */
void logger_add(struct logger *, int dest, struct span line);

/* ---- control.c: the master's orders ---- */

int control_start(struct logger *, int channel);
void control_reply(
    struct logger *, uint32_t type, uint32_t arg, uint64_t value);

/* ---- rings.c ---- */

/* Takes fd over. */
void rings_add(struct logger *, uint32_t number, int fd);
/* Its producer is dead: RING_DONE once it is drained. */
void rings_end(struct logger *, uint32_t number);
/* All producers are dead. */
void rings_end_all(struct logger *);
/* Moves what lies in all rings to the destinations; true if anything did. */
bool rings_read(struct logger *);
/* All rings there are have been added: those that a logger before us had read
 * and not yet moved on are. */
void rings_recover(struct logger *);
/* True if any ring has something to read. */
bool rings_have_lines(const struct logger *);

/* ---- stderr_pipe.c ---- */

/* Takes fd over. */
void stderr_pipe_add(struct logger *, uint32_t dest, int fd);
/* Reads on where a destination was full and no longer is. */
void stderr_pipe_resume(struct logger *);

/* ---- logger.c ---- */

/* One pass over all rings, and all destinations written to. */
bool logger_pass(struct logger *);

#endif

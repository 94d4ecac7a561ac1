/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One destination of log lines: its queue, its output, its line of the
 * ledger, and what is done when it takes no more: retried, then, after a
 * while without progress, its lines are dropped and counted, so that neither
 * the logger nor any request waits for it.
 */
#ifndef DROVER_LOGGER_DEST_H
#define DROVER_LOGGER_DEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/span.h"
#include "ipc/log_board.h"
#include "logger/line_queue.h"
#include "logger/output.h"
#include "logger/syslog_line.h"
#include "os/loop.h"

struct dest;
struct error_format;

/* What all destinations of a logger have in common. */
struct dest_group {
	struct loop *loop;
	struct list busy;	/* of dest: has lines, or a count to write */
	struct log_store *store;
	bool reading;		/* lines are added by a step from rings: they
				 * hold once dests_apply is done */
	struct list touched;	/* of dest: what this step has changed */
	size_t soft;		/* queued bytes from which producers park */
	size_t hard;		/* more than this is never queued: a producer
				 * does not park */
	int64_t stuck_ms;	/* without progress: drop */
	int64_t retry_ms;	/* between two attempts, where none can wait */
	/* Where the logger's own messages go, and how they look. */
	int error_dest;		/* -1: standard error */
	const struct error_format *error_format;	/* NULL: the default */
	/* The output's other end went away; asked for a new one. */
	void (*broken)(struct dest *);
};

struct dest {
	struct list_node node;		/* in busy */
	struct dest_group *group;
	struct log_board_dest *ledger;
	struct log_store_dest *stored;
	char *text;			/* of the queue; mapped */
	int id;
	enum log_dest_kind kind;
	char *name;			/* owned; NULL until it is given */
	struct syslog_form syslog;
	struct output output;
	struct line_queue queue;
	struct loop_source source;	/* while the output cannot take more */
	bool watched;
	int64_t retry_at_ms;
	int64_t stuck_since_ms;		/* 0: it takes what comes */
	int64_t complained_ms;		/* when it was last said why not */
	bool complained;		/* since it is stuck */
	bool dropping;
	uint64_t dropped;		/* to be written once it can be */

	struct list_node touched;	/* in the group's */
	uint64_t serial;		/* of the commit that brought output */

	bool offered;			/* comes with the next commit: */
	enum log_dest_kind offered_kind;
	char *offered_name;
	int offered_fd;			/* -1: closes */
};

/* NULL without memory.  id is the place in the board's ledger. */
struct dest *dest_create(struct dest_group *, struct log_board *, int id);
void dest_destroy(struct dest **);

/* Takes fd over; nothing changes until dest_commit.  -1 without memory. */
int dest_offer(struct dest *, enum log_dest_kind, const char *name, int fd);
/*
 * What was offered with that serial holds.  Whole lines that the old output
 * did not take go to the new one, the one that it took half of from its
 * beginning, unless both are the same.
 */
void dest_commit(struct dest *, uint64_t serial);

/* Takes a line over: queued or lost, always counted. */
void dest_add(struct dest *, struct span line);
/*
 * Writes what can be written, drops what must be dropped.  Returns when to
 * call again at the latest (by clock_now_ms; INT64_MAX: no need), whatever
 * else happens in between.
 */
int64_t dest_service(struct dest *);
/*
 * The two halves of a step from rings: what the queues will be is noted in the
 * store, and, once the step holds, is done.
 */
void dests_note(struct dest_group *);
void dests_apply(struct dest_group *);
/* The end: what it did not take, half a line at most, is lost. */
void dest_end(struct dest *);
/* True if nothing more can be done for it by waiting a little. */
bool dest_is_idle(const struct dest *);

#endif

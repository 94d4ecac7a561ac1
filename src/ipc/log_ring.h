/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of log lines from one producer (a worker, the master) to the logger,
 * in a memfd that the master made and keeps, so it survives its producer.
 *
 * A line is first staged: it lies in the ring behind the published head, and
 * the ring's header says how far staged lines reach.  The line of a request is
 * staged before the send that completes the answer, and published after it:
 * SIGKILL may come as send() returns, and then the logger, told by the master
 * that the producer is dead, publishes what was staged.  A send that did not
 * complete unstages the line, and it is written anew before the next.
 *
 * The data is mapped twice in a row, so a record never wraps.  The logger
 * trusts nothing that it reads here: it keeps its own tail, copies the header
 * of a record once and bounds it.
 */
#ifndef DROVER_IPC_LOG_RING_H
#define DROVER_IPC_LOG_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "os/shm.h"

/* Bytes of lines that a ring holds; a power of two, whole pages. */
#define LOG_RING_SIZE (256 * 1024)
/* A line without its newline is at most this long. */
#define LOG_LINE_MAX (32 * 1024)

struct log_ring_header {
	_Atomic uint64_t head;		/* producer: published up to here */
	_Atomic uint64_t staged;	/* producer: staged up to here, >= head */
	char pad_[48];
	_Atomic uint64_t tail;		/* logger: free up to here */
	_Atomic uint32_t abandoned;	/* logger: this ring made no sense and
					 * is read no more */
};

struct log_ring {
	struct log_ring_header *header;	/* mapped */
	char *data;			/* mapped twice in a row */
	uint64_t position;		/* producer: end of what is staged;
					 * logger: its own tail */
};

/* A memfd with an empty ring, mapped by nobody; -1 with errno. */
int log_ring_create(void);
/* Maps it as producer or consumer; fd stays the caller's. */
int log_ring_map(struct log_ring *, int fd);
void log_ring_unmap(struct log_ring *);
/* Children that are forked from now on do not have this mapping: they must
 * not touch the ring. */
void log_ring_keep_from_children(struct log_ring *);

/* ---- producer ---- */

/*
 * Room for a line of at least min bytes: *room_r says how many may be written
 * (LOG_LINE_MAX at most).  NULL when the ring is too full now.  Formatting
 * goes straight into the ring.
 */
char *log_ring_reserve(struct log_ring *, size_t min, size_t *room_r);
/*
 * Stages what was written into the reserved room as one line of len bytes
 * (without newline) for destination dest.
 */
void log_ring_stage(struct log_ring *, int dest, size_t len);
/* The position behind the last staged line: a mark for publish. */
uint64_t log_ring_mark(const struct log_ring *);
/* Publishes staged lines up to the mark; those behind stay staged. */
void log_ring_publish(struct log_ring *, uint64_t mark);
/* Forgets what is staged and not published. */
void log_ring_unstage(struct log_ring *);
/* Forgets only what was staged behind the mark. */
void log_ring_unstage_to(struct log_ring *, uint64_t mark);
bool log_ring_has_staged(const struct log_ring *);
/*
 * Reserve, copy, stage and publish in one; false when there is no room, and
 * while lines are staged (it could not be published without them).
 */
bool log_ring_append(struct log_ring *, int dest, struct span line);
/*
 * The logger gave this ring up: its memory was overwritten, nothing of the
 * producer is logged any more, and it never finds room again.  It should end.
 */
static inline bool
log_ring_abandoned(const struct log_ring *ring)
{
	return atomic_load_explicit(&ring->header->abandoned,
		   memory_order_relaxed) != 0;
}

/* ---- consumer ---- */

struct log_record {
	int dest;
	const char *line;	/* in the ring, until log_ring_consume */
	size_t len;		/* LOG_LINE_MAX at most */
};

enum log_ring_status {
	LOG_RING_RECORD,
	LOG_RING_EMPTY,
	LOG_RING_CORRUPT,	/* ends the ring; the logger says so */
};

/*
 * The record at *position, which starts as ring->position and is moved behind
 * it.  dead: the producer was reaped, staged records count as published.
 */
enum log_ring_status log_ring_next(const struct log_ring *, bool dead,
    uint64_t *position, struct log_record *record_r);
/* Gives the room up to position back to the producer. */
void log_ring_consume(struct log_ring *, uint64_t position);
/* Tells the producer that the ring made no sense and is read no more. */
void log_ring_abandon(struct log_ring *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the logger holds of lines, in memory that outlives it: the queue of
 * each destination, how far a write came, and which step was being taken from
 * rings to queues.  A logger that is killed leaves it to the next one, which
 * goes on where that one was; so no line is lost with it, and none comes
 * twice.  The logger writes here, and the master while there is none.
 *
 * From rings to queues: lines are copied behind the ends of queues; what is to
 * hold then is noted; `step` makes it hold, at once for all; it is carried
 * out; `step` goes back.  Whoever finds it set carries it out (again).
 *
 * From a queue to a file: a write whose end nobody saw shows in the offset of
 * the open file, which only our writes move.  The master has the descriptor.
 */
#ifndef DROVER_IPC_LOG_STORE_H
#define DROVER_IPC_LOG_STORE_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/log_dest.h"
#include "os/shm.h"

/* Bytes of a queue's text; memory is used for what is queued only. */
#define LOG_STORE_TEXT ((size_t)64 * 1024 * 1024)
/* Rings that one step may read. */
#define LOG_STORE_RINGS 8192

/* What a destination has, in words that change together by a step. */
enum log_store_word {
	LOG_STORE_SPAN,	    /* of the text: first byte << 32 | end */
	LOG_STORE_APPENDED, /* of the ledger */
	LOG_STORE_LOST,
	LOG_STORE_UNSAID, /* lost, and not yet written that they are */
	LOG_STORE_WORDS
};

enum log_store_act {
	LOG_STORE_IDLE,
	LOG_STORE_WRITING, /* file_size: before the write of len bytes */
	LOG_STORE_CUTTING, /* file_size: after the half line is cut off */
};

struct log_store_dest {
	_Atomic uint64_t now[LOG_STORE_WORDS];
	_Atomic uint64_t next[LOG_STORE_WORDS];
	_Atomic uint32_t act;
	_Atomic uint32_t from; /* where span starts if nothing of the
				* write went, or the cut was done */
	_Atomic uint64_t len, file_size;
	_Atomic uint64_t serial;   /* of the commit that brought the file */
	_Atomic uint64_t dev, ino; /* of the output */
};

enum log_store_step {
	LOG_STORE_NOTHING,
	LOG_STORE_ALL,	 /* queues, then rings are to be moved on */
	LOG_STORE_TAILS, /* rings are */
};

struct log_store_control {
	_Atomic uint32_t step, dest_count, ring_count;
	_Atomic uint32_t dests[LOG_DEST_MAX]; /* those with a next */
	struct {
		_Atomic uint32_t ring;
		_Atomic uint64_t tail;
	} rings[LOG_STORE_RINGS];
	struct log_store_dest dest[LOG_DEST_MAX];
};

struct log_store {
	struct shm shm;
	struct log_store_control *control; /* mapped */
	int text_fd; /* -1: no file may be that large, so queues end with
		      * their logger */
};

/* By the master, before any fork; -1 with errno. */
int log_store_create(struct log_store *);
void log_store_release(struct log_store *);
/* In the logger: the text of a destination's queue; NULL with errno. */
char *log_store_map(const struct log_store *, int dest);
void log_store_unmap(char *);

/* Stores that take place one after the other, whenever we are killed. */
static inline void
log_store_set(_Atomic uint64_t *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

static inline uint64_t
log_store_span(size_t start, size_t end)
{
	return (uint64_t)start << 32 | end;
}

/* By the master: the logger has left it, and its number is free. */
void log_store_forget(struct log_store_dest *);
static inline void
log_store_set_step(struct log_store_control *c, enum log_store_step step)
{
	atomic_store_explicit(&c->step, step, memory_order_release);
}
/* What was noted for queues holds. */
void log_store_apply(struct log_store_control *);
/* What the span's start depends on is being done. */
void log_store_begin(struct log_store_dest *, enum log_store_act,
    uint64_t file_size, uint64_t len);
static inline void
log_store_end(struct log_store_dest *d)
{
	atomic_store_explicit(&d->act, LOG_STORE_IDLE, memory_order_release);
}
/*
 * By the master, when the logger is dead: how far what it had begun came.  fd:
 * the file that it had, -1: not known, then the lines are written once more.
 */
void log_store_settle(struct log_store_dest *, int fd);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines on their way to one destination: their bytes in a row, so that one
 * write takes many, and where each ends, so that none is dropped or counted
 * by halves.
 *
 * The bytes lie in memory that may outlive the process, with one word that
 * says which of them are queued (ipc/log_store.h).  That word changes with
 * what is taken, and by line_queue_publish with what was added or dropped.
 */
#ifndef DROVER_LOGGER_LINE_QUEUE_H
#define DROVER_LOGGER_LINE_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct line_queue {
	char *text;		/* each line with its newline */
	size_t start, end, size;
	size_t published;	/* what is behind it is not in the word yet */
	_Atomic uint64_t *span;	/* the word */
	uint32_t *lens;		/* owned; of lines, newline counted */
	size_t first, last, room;
	size_t begun;		/* bytes of the first line already taken */
	size_t peak;		/* up to where pages of the text may be used */
};

/* text and span stay the caller's; what the word says is queued, is. */
bool line_queue_init(
    struct line_queue *, char *text, size_t size, _Atomic uint64_t *span);
void line_queue_release(struct line_queue *);
/* Adds the line and a newline; false without memory. */
bool line_queue_add(struct line_queue *, struct span line);
/* What the word will say of all that was added. */
uint64_t line_queue_span(const struct line_queue *);
/* The word says it: from now on, or has said it since it was stored. */
void line_queue_publish(struct line_queue *);
/* All bytes not yet taken. */
struct span line_queue_bytes(const struct line_queue *);
/*
 * The bytes not yet taken of as many whole lines as fit into max; of a first
 * line that is longer, max bytes.
 */
struct span line_queue_whole(const struct line_queue *, size_t max);
/* Those of the first line. */
struct span line_queue_rest(const struct line_queue *);
/* The first line without its newline; empty queue: NULL. */
struct span line_queue_first(const struct line_queue *);
/* Counts n bytes as taken; returns how many lines that completed. */
size_t line_queue_take(struct line_queue *, size_t n);
/* The first line is to be written from its beginning again. */
void line_queue_rewind(struct line_queue *);
/* Drops all but a first line that is begun; returns how many.  The word says it
 * when that is published. */
size_t line_queue_drop(struct line_queue *);

static inline size_t
line_queue_count(const struct line_queue *q)
{
	return q->last - q->first;
}

static inline size_t
line_queue_len(const struct line_queue *q)
{
	return q->end - q->start;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines on their way to one destination: their bytes in a row, so that one
 * write takes many, and where each ends, so that none is dropped or counted
 * by halves.
 */
#ifndef DROVER_LOGGER_LINE_QUEUE_H
#define DROVER_LOGGER_LINE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct line_queue {
	char *text;		/* owned; each line with its newline */
	size_t start, end, size;
	uint32_t *lens;		/* owned; of lines, newline counted */
	size_t first, last, room;
	size_t begun;		/* bytes of the first line already taken */
};

void line_queue_init(struct line_queue *);
void line_queue_release(struct line_queue *);
/* Adds the line and a newline; false without memory. */
bool line_queue_add(struct line_queue *, struct span line);
/* All bytes not yet taken. */
struct span line_queue_bytes(const struct line_queue *);
/*
 * The bytes not yet taken of as many whole lines as fit into max; of a first
 * line that is longer, max bytes.
 */
struct span line_queue_whole(const struct line_queue *, size_t max);
/* The first line without its newline; empty queue: NULL. */
struct span line_queue_first(const struct line_queue *);
/* Counts n bytes as taken; returns how many lines that completed. */
size_t line_queue_take(struct line_queue *, size_t n);
/* The first line is to be written from its beginning again. */
void line_queue_rewind(struct line_queue *);
/* Drops all but a first line that is begun; returns how many. */
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

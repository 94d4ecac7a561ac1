/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arena: many small allocations with one end.  Nothing is freed singly.
 * The first block may be the caller's (a member of a struct, a slab), so a
 * short life costs no malloc at all.
 */
#ifndef DROVER_BASE_ARENA_H
#define DROVER_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/span.h"

struct arena_block;

struct arena {
	char *next;			/* free room of the current block */
	char *end;
	struct arena_block *blocks;	/* owned, newest first */
	char *first;			/* the caller's block, or NULL */
	size_t first_size;
	size_t used;			/* bytes of owned blocks */
	size_t max;			/* used never passes this; 0: no bound */
};

/* first may be NULL with size 0; it stays the caller's. */
void arena_init(struct arena *, void *first, size_t first_size, size_t max);
/* Frees everything; the arena is as after arena_init. */
void arena_reset(struct arena *);
/* arena_reset, for the end of its life. */
void arena_release(struct arena *);

/*
 * size bytes aligned for any object, not cleared; NULL when the bound or the
 * machine's memory is reached (the caller gives up its exchange, not more).
 */
void *arena_alloc(struct arena *, size_t size);
/* The same, cleared; count * size is checked for overflow. */
void *arena_calloc(struct arena *, size_t count, size_t size);
/*
 * An array of count entries of size bytes each that grows: more_count entries
 * of more are put behind.  Room is taken for as many again, so that appending
 * n entries one by one costs memory and time in proportion to n.  entries is
 * NULL, or what this function returned last for that array; returns where it
 * is now, or NULL without memory (entries is as it was).  No two lists that
 * grow may share their entries: the room behind them is there once.
 */
void *arena_append(struct arena *, const void *entries, size_t count,
    const void *more, size_t more_count, size_t size);
/* Copies with a NUL behind; NULL when there is no room. */
char *arena_strdup(struct arena *, const char *);
char *arena_strndup(struct arena *, const char *, size_t len);
/* A span over a copy (with a NUL behind); ptr NULL when there is no room. */
struct span arena_span(struct arena *, struct span);
char *arena_printf(struct arena *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *, const char *format, va_list);

#endif

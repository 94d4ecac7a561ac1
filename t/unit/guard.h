/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inputs for parsers, placed so that reading one byte too many is fatal.
 */
#ifndef UNIT_GUARD_H
#define UNIT_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A copy of the len bytes at data whose last byte is the last byte of a page;
 * the next page cannot be accessed.  It may be written to.  A len of 0 gives
 * a pointer that must not be read at all.  Never NULL: exits when there is no
 * memory.  To be freed with guard_free() and the same len.
 */
void *guard_copy(const void *data, size_t len);

/* Gives a guard_copy() back; NULL is allowed. */
void guard_free(void *copy, size_t len);

/* How an input comes: in pieces that end at first, first + step and so on, and
 * at its end; or again and again from its start, up to those places. */
struct guard_cut {
	size_t first, step; /* step is not 0 */
	bool from_start;
};

/* One piece, a guard_copy() that is given back behind the call; false: no
 * further one is wanted. */
typedef bool guard_take(void *to, const char *piece, size_t len);

/* Gives all pieces in their order; the first may be empty. */
void guard_feed(const char *data, size_t len, struct guard_cut, guard_take *,
    void *to);

#endif

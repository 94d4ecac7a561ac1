/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inputs for parsers, placed so that reading one byte too many is fatal.
 */
#ifndef UNIT_GUARD_H
#define UNIT_GUARD_H

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

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Range (RFC 9110, 14.1.2 and 14.2): which bytes are asked for.  Pure. */
#ifndef DROVER_HTTP_RANGE_H
#define DROVER_HTTP_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct range {
	uint64_t first, last; /* bytes, both of them included */
};

/* The caller's array; count of room are in use. */
struct range_list {
	struct range *ranges;
	size_t room, count;
};

#define RANGE_UNLIMITED (-1)

struct range_limits {
	int overlaps;  /* ranges that share a byte with the one before */
	int reversals; /* ranges that begin before the one before */
};

enum range_result {
	RANGE_NONE, /* as if the field were not there: another unit, no
		     * valid set, or too much of something */
	RANGE_SATISFIABLE,
	RANGE_UNSATISFIABLE, /* 416 */
};

/* How many ranges the value has at most. */
size_t range_count_max(struct span value);

/*
 * The ranges of a representation of length bytes, in the order in which they
 * are asked for; unsatisfiable ones are left out.  RANGE_NONE also if there are
 * more than the list has room for, or together more bytes than length.  Of an
 * empty representation, what begins at its first byte is all of it: RANGE_NONE.
 */
enum range_result range_parse(struct span value, uint64_t length,
    const struct range_limits *, struct range_list *);

#endif

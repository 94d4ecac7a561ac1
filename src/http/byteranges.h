/* SPDX-License-Identifier: BSD-2-Clause */
/* multipart/byteranges (RFC 9110, 14.6): several ranges as one body. */
#ifndef DROVER_HTTP_BYTERANGES_H
#define DROVER_HTTP_BYTERANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "http/body.h"
#include "http/range.h"

struct byteranges {
	struct span type;	    /* of each part; empty: not known */
	const struct range *ranges; /* within the body */
	size_t count;
};

/*
 * Makes a body, of which nothing was pulled and that is body_in_place, one of
 * parts of it; ranges of a file are still sent from the file.  Its Content-Type
 * goes to *type_r.  Memory that outlives the call is the arena's.  False
 * without memory: the body is as it was.
 */
bool byteranges_body(struct body *, struct arena *, const struct byteranges *,
    struct span *type_r);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the framings share: input memory and the storage of exchanges, both
 * from pools of the process.
 */
#ifndef DROVER_FRAMING_FRAMING_PRIVATE_H
#define DROVER_FRAMING_FRAMING_PRIVATE_H

#include "framing/framing.h"
#include "framing/h1_private.h"

/* What a connection gets at first; longer heads make it grow. */
#define FRAMING_INPUT_SIZE (8 * 1024)
/* No head is longer than this, whatever the limits of its parts say. */
#define FRAMING_HEAD_MAX (128 * 1024)

/*
 * Everything that a connection needs only while it is not idle.  Bytes from
 * start to end are not used yet; those before start may still be borrowed by
 * exchanges, and as long as any are, nothing is moved.
 */
struct framing_input {
	struct framing_input *next; /* in the pool */
	char *data;		    /* inline_data, or owned when larger */
	size_t size, start, end;
	unsigned borrowers; /* exchanges with spans into data */
	bool pinned;	    /* bytes before start are still to be delivered */
	bool may_grow;	    /* a head is being read, not a body */
	bool busy;	    /* not idle although no byte is left */
	bool begun;	    /* h1 below is set up */
	struct h1 h1;
	char inline_data[FRAMING_INPUT_SIZE];
};

static inline size_t
input_left(const struct framing_input *in)
{
	return in->end - in->start;
}

/*
 * A new exchange, counted in framed->exchanges; NULL without memory.  borrows:
 * its request has spans into the input.
 */
struct exchange *framed_exchange(struct framed *, bool borrows);
/* Its spans lead elsewhere now. */
void framed_unborrow(struct framed *, struct exchange *);
/* Gives input memory back if the connection needs none. */
void framed_rest(struct framed *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -v: what goes both ways, on standard error, line by line.  "> " and "< "
 * stand before lines of heads, "} " and "{ " before what is of a body on the
 * wire, "* " before what is no byte of either.  Nothing in it controls a
 * terminal.
 */
#ifndef DROVER_CLIENT_TRACE_H
#define DROVER_CLIENT_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum trace_way {
	TRACE_SENT,
	TRACE_RECEIVED,
};

struct trace {
	unsigned level; /* 0: nothing, 1: bodies in short, 2: all of them */
	bool hide_received; /* the body is on the same screen anyway */
	struct {
		uint64_t shown, hidden; /* bytes of the current body */
		bool in_line;
	} body[2];
	struct buf line;
};

void trace_init(struct trace *, unsigned level);
void trace_release(struct trace *);

void trace_note(struct trace *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void trace_head(struct trace *, enum trace_way, struct span head);
/* Bytes of the body as they stand on the wire, chunk sizes and all. */
void trace_body(struct trace *, enum trace_way, struct span bytes);
/* The body is complete, or given up. */
void trace_body_end(struct trace *, enum trace_way);

#endif

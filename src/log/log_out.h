/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log line while it is written, straight into the ring.  What does not fit
 * is cut and marked with \... , which escaped text never holds; in JSON, where
 * that would be an error, with an ellipsis.
 */
#ifndef DROVER_LOG_LOG_OUT_H
#define DROVER_LOG_LOG_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "base/span.h"

/* No field with text of a peer is longer, escapes counted. */
#define LOG_FIELD_MAX ((size_t)8 * 1024)

struct log_out {
	char *at;
	char *end;	/* of what may be written but for the mark; when the
			 * line is cut, where that was */
	bool cut;	/* nothing more is added */
	bool json;	/* text of a peer is escaped for a string of JSON */
};

/* room: of the whole line, at least LOG_OUT_MIN. */
#define LOG_OUT_MIN 64
void log_out_init(struct log_out *, char *to, size_t room);
/* Ends the line; returns its length. */
size_t log_out_end(struct log_out *, const char *to);

/* Text of ours, or of the configuration. */
void log_out_span(struct log_out *, struct span);
/* Text of a peer, in Apache's form: \n \" \\ \xhh.  In JSON what is UTF-8
 * stays, and any other byte is \u00hh, a NUL \ufffd. */
void log_out_escaped(struct log_out *, struct span);
void log_out_signed(struct log_out *, int64_t);

static inline void
log_out_cut(struct log_out *out)
{
	out->cut = true;
	out->end = out->at;
}

/* True if there is room for n > 0 bytes, which the caller may write at out->at. */
static inline bool
log_out_room(struct log_out *out, size_t n)
{
	if ((size_t)(out->end - out->at) >= n)
		return true;
	log_out_cut(out);
	return false;
}

static inline void
log_out_char(struct log_out *out, char c)
{
	if (log_out_room(out, 1))
		*out->at++ = c;
}

static inline void
log_out_number(struct log_out *out, uint64_t value)
{
	if (log_out_room(out, NUMBER_TEXT_SIZE))
		out->at += number_print(out->at, value);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a response, from bytes to offsets (RFC 9112, 4 and 5): the
 * status line here, the fields by h1_parse.c, whose promises hold for this
 * one too: pure, incremental, every byte looked at once.
 */
#ifndef DROVER_WIRE_H1_RESPONSE_H
#define DROVER_WIRE_H1_RESPONSE_H

#include <stdint.h>

#include "wire/h1_parse.h"

struct h1_response {
	/* out, valid once a call returned more than 0 */
	int status;			/* 100 to 999 */
	uint8_t minor;			/* of the HTTP-version; major is 1 */
	uint32_t reason, reason_len;	/* offset; may be empty */
	struct h1_parser head;		/* its fields and field_count */

	/* out, after -1: what was wrong, in a few static words */
	const char *why;

	/* private */
	uint8_t state;
};

/* fields has room for limits->fields and is borrowed. */
void h1_response_init(struct h1_response *, const struct h1_limits *,
    struct h1_field *fields);

/*
 * data is the head from its first byte, len what there is of it, never less
 * than at the call before.  Returns the length of the head with its empty
 * line, 0 when more is needed, or -1 with why.
 *
 * Status line: nothing before it; "HTTP/1." DIGIT SP, a code of three digits
 * from 100 on, SP, and a reason of VCHAR, obs-text, SP and HTAB, maybe empty.
 * The SP before an empty reason may be missing: common servers leave it out,
 * and nothing can be understood differently without it.  Line ends and fields
 * are as in h1_parse_request().
 */
long h1_parse_response(struct h1_response *, const char *data, size_t len);

#endif

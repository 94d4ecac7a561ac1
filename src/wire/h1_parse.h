/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an HTTP/1 message, from bytes to offsets (RFC 9112, 2 to 5).
 * Pure: no I/O, no clock, no allocation.  Incremental: every byte is looked at
 * once however the head is split into packets, and what is wrong is known at
 * the byte that makes it wrong.  Offsets count from the first byte of the
 * head, so the caller may move the bytes between calls.
 *
 * This file knows the grammar of messages, not what fields mean: Host,
 * Content-Length and the like are http/'s and framing/'s.
 */
#ifndef DROVER_WIRE_H1_PARSE_H
#define DROVER_WIRE_H1_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h1_field {
	uint32_t name, value;		/* offsets */
	uint32_t value_len;		/* without OWS at both ends */
	uint16_t name_len;		/* 1 at least; longer names are 431 */
};

struct h1_limits {
	uint32_t line;		/* bytes of the request line without its end */
	uint32_t fields;	/* number of fields; at most the capacity */
	uint32_t field_size;	/* bytes of one field line without its end */
	uint32_t total;		/* bytes of the whole head with its end */
};

struct h1_parser {
	/* in: set by h1_parser_init */
	const struct h1_limits *limits;
	struct h1_field *fields;	/* room for limits->fields, borrowed */

	/* out, valid once a call returned more than 0 */
	uint32_t method_len;		/* the method stands at `method` */
	uint32_t method;		/* > 0 after tolerated empty lines */
	uint32_t target, target_len;
	uint8_t major, minor;		/* of the HTTP-version */
	uint32_t field_count;

	/* out, after -1: 400, 414, 431, 501 or 505, and what was wrong, in a
	 * few static words */
	int status;
	const char *why;

	/* private */
	uint8_t state;
	bool lone_lf;			/* ends a line too */
	uint32_t at;			/* bytes looked at */
	uint32_t mark;			/* start of the line */
};

/* fields may be given later, before the first call that sees a field. */
void h1_parser_init(struct h1_parser *, const struct h1_limits *,
    struct h1_field *fields);

/*
 * data is the head from its first byte, len what there is of it, never less
 * than at the call before.  Returns the length of the head with its empty
 * line (what stands behind is the body's), 0 when more is needed, or -1 with
 * status and why.
 *
 * Request line: one empty line before it is passed over (9112, 2.2), a second
 * is 400; method is a token; exactly one SP between the parts; the target is 1*VCHAR without
 * non-ASCII; the version is "HTTP/" DIGIT "." DIGIT, major other than 1 is
 * 505 ("PRI * HTTP/2.0" too).  A line without version (HTTP/0.9) is 400.
 * Lines end with CRLF; a CR or LF anywhere else, NUL and other controls but
 * HTAB are 400 (9112, 2.2 would let a lone LF end a line).
 * Fields: token, colon at once (space before it: 400), value of VCHAR,
 * obs-text, SP, HTAB; obs-fold is 400 (5.2).  A line longer than the limit:
 * 501 within the method (9112, 3), 414 behind it, 431 for a field.  A head longer than the total:
 * 414 within the request line, else 431.
 */
long h1_parse_request(struct h1_parser *, const char *data, size_t len);

/*
 * For a head whose first line, of `at` bytes with its end, is no request line
 * and was taken by somebody else: the next call goes on with its fields.  It
 * is a response's, where a lone LF does no harm and ends a line as well.
 */
void h1_parser_start_fields(struct h1_parser *, uint32_t at);

/* True when no byte of a head (empty lines apart) has been seen. */
bool h1_parser_idle(const struct h1_parser *);

/* True for tchar (RFC 9110, 5.6.2). */
bool h1_is_tchar(unsigned char c);

#endif

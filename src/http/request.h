/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request as every framing presents it: the parts of RFC 9110, section 3,
 * whatever carried them.  Spans borrow from the connection's input, which the
 * framing keeps in place until the exchange ends.
 */
#ifndef DROVER_HTTP_REQUEST_H
#define DROVER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "http/field.h"
#include "http/method.h"
#include "http/uri.h"

struct request {
	enum method method;
	struct span method_text;
	struct span target;		/* as received */
	struct span line;		/* of HTTP/1: the request line, for %r;
					 * else empty, and it is put together */
	uint8_t major, minor;		/* HTTP/1.0: 1, 0; HTTP/2: 2, 0 */
	const struct field *fields;	/* in order */
	unsigned field_count;
	uint16_t known[FIELD_COUNT];	/* index + 1 of the first of that id;
					 * 0: absent */
	bool repeated;			/* one of those is there again */
	struct uri uri;			/* the target taken apart; path and
					 * host are in the exchange's arena
					 * where they had to be decoded */
	int64_t content_length;		/* -1: none given */
	bool has_body;			/* a body follows, of whatever framing */
	bool expect_continue;
	struct span trailers;		/* lines of fields behind the body, once
					 * it was read; empty: none yet */
};

/* The first field of that id, or NULL. */
static inline const struct field *
request_field(const struct request *r, enum field_id id)
{
	return r->known[id] == 0 ? NULL : &r->fields[r->known[id] - 1];
}

/* Its value, or an empty span. */
static inline struct span
request_value(const struct request *r, enum field_id id)
{
	return r->known[id] == 0 ? (struct span){ NULL, 0 }
				 : r->fields[r->known[id] - 1].value;
}

/* The first field of that name, any case, or NULL. */
const struct field *request_field_named(const struct request *, struct span);
/* How often a field of that id occurs. */
unsigned request_count(const struct request *, enum field_id);
/* Sets id and known[] of all fields from their names. */
void request_index(struct request *, struct field *fields, unsigned count);
/*
 * True if a list-valued field (Connection, Transfer-Encoding …; all its lines)
 * has the element, any case (RFC 9110, 7.6.1).
 */
bool request_has_token(const struct request *, enum field_id, const char *);

#endif

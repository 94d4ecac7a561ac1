/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A response: status, fields, a body source.  A handler fills it and knows
 * neither HTTP version nor transport.
 */
#ifndef DROVER_HTTP_RESPONSE_H
#define DROVER_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/span.h"
#include "http/body.h"
#include "http/conditional.h"
#include "http/field.h"

struct exchange;

struct response {
	int status;			/* 0: not decided yet */
	struct field_list fields;
	struct validators validators;	/* printed as ETag, Last-Modified */
	struct span content_type;	/* empty: none */
	/* Of what the answer stands for, where it does not say so itself (304,
	 * several ranges); else empty and -1. */
	struct {
		struct span type;
		time_t last_modified;
	} selected;
	/*
	 * Ready-made field lines in HTTP/1 form ("Content-Type: …\r\nETag:
	 * …\r\n"), the very fields that content_type, validators and the
	 * body's length stand for; empty: none.  A framing that can use it
	 * prints it in their place.  From the file cache.
	 */
	struct span block;
	/*
	 * Accept-Ranges: bytes, in the block too, and Range is obeyed: for a
	 * 200 of which another request would get the same bytes, with a body
	 * in memory or of a file.
	 */
	bool ranges;
	struct body body;
	struct span redirected_to;	/* by response_redirect, as it was
					 * given; empty: to no path */
	bool small_page;		/* by response_error, and not signed:
					 * response_finish does that */
	bool close;			/* the connection ends after it */
	bool conditions_seen;		/* by response_conditions */
	bool body_omitted;		/* HEAD, 204, 304: fields as for GET,
					 * no bytes; set by response_finish */
	int64_t announced_length;	/* Content-Length to send, -1: none;
					 * set by response_finish */
};

void response_init(struct response *);
/* Drops what was set, but for the wish to close the connection. */
void response_reset(struct response *);

/*
 * Makes the response an error (or redirect) with the small clean page as its
 * body; whatever was set before is dropped, but for fields that explain the
 * status (Allow, Location, Retry-After) added after this call.
 */
void response_error(struct exchange *, int status);
/*
 * For a handler that does not do the request's method: set is of METHOD_BIT,
 * what it does.  An empty answer to OPTIONS, if that is in the set; else 405.
 * Allow says what is left of the set here.
 */
void response_methods(struct exchange *, unsigned set);
/* A redirect with the small page: location is a reference as it is to stand
 * in the field (already percent-encoded), but for a path, which
 * canonical_location may complete. */
void response_redirect(struct exchange *, int status, struct span location);
/* The same with a path that stays one. */
void response_redirect_verbatim(struct exchange *, int status,
    struct span location);

/*
 * For a method that acts: its handler asks before it does anything, with the
 * validators of what there is now in the response.  False: the client's
 * conditions do not hold, and the response is a 412.
 */
bool response_may_act(struct exchange *);

/*
 * What conditions and ranges make of a 200 to GET or HEAD (304, 412, 206, 416):
 * the status is final behind it.  Once for each response; for route, since what
 * decorates a response or stands for an error has to know.
 */
void response_conditions(struct exchange *);

/*
 * Once for every response, whatever made it, before the framing prints it:
 * response_conditions if that was not called, HEAD, 204, 304, Content-Length, Date, Server.  After it the
 * fields are complete but for what a framing adds (Connection,
 * Transfer-Encoding).
 */
void response_finish(struct exchange *);

/* "Server: …\r\nDate: …\r\n", renewed once a second; for framings that print
 * blocks. */
struct span response_common_block(const struct exchange *);

#endif

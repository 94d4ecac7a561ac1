/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One answer as it comes: interim heads, the head, the body out of its
 * framing (RFC 9112, 6.3).  Pure: bytes are handed in, events come out; who
 * reads them from where is not known here.
 */
#ifndef DROVER_CLIENT_ANSWER_H
#define DROVER_CLIENT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "client/outcome.h"
#include "wire/h1_chunk.h"
#include "wire/h1_response.h"

/* Fields of one head; bytes of all heads of an answer, interim ones too: a
 * server that sends those for ever is ended by it. */
#define ANSWER_FIELDS 1000
#define ANSWER_HEADS_MAX (300 * 1024)

enum answer_event {
	ANSWER_MORE,	/* needs bytes, or the connection's end */
	ANSWER_INTERIM, /* a 1xx; bytes: its head */
	ANSWER_HEAD,	/* bytes: the head */
	ANSWER_BODY,	/* bytes: of the body, decoded; maybe none */
	ANSWER_END,	/* all of it was seen */
	ANSWER_BAD,	/* it cannot be understood: answer_failure() */
};

enum answer_body {
	ANSWER_NO_BODY,
	ANSWER_LENGTH,
	ANSWER_CHUNKED,
	ANSWER_UNTIL_CLOSE,
};

struct answer {
	int status;		/* of the last head */
	/* valid from ANSWER_HEAD on */
	bool keep_alive;	/* the server will take another request */
	enum answer_body body;
	int64_t length;		/* of the body, -1: not known */
	bool has_location;
	struct buf location;	/* its value */

	/* private */
	bool no_body;		/* asked for by HEAD */
	bool started;		/* a byte came */
	uint8_t state;
	const char *why;
	size_t heads;		/* bytes of the heads so far */
	uint64_t left;		/* of a body with a length */
	struct h1_chunk chunk;
	struct h1_limits limits;
	struct h1_response head;
	struct h1_field fields[ANSWER_FIELDS];
};

/* no_body: the request is HEAD. */
void answer_init(struct answer *, bool no_body);
void answer_release(struct answer *);

/*
 * The next event in the bytes at the front of in; *used_r of them belong to it
 * and are not to be handed in again.  *bytes_r borrows from in.
 */
enum answer_event answer_next(struct answer *, struct span in, size_t *used_r,
    struct span *bytes_r);
/*
 * What it means that the server sends no more: OUTCOME_OK for a body that
 * lasts until then, else a failure with err.
 */
enum outcome answer_closed(const struct answer *, struct err *);
/* Why ANSWER_BAD. */
enum outcome answer_failure(const struct answer *, struct err *);
/* True once a byte of it has come. */
bool answer_started(const struct answer *);

#endif

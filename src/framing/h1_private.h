/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the HTTP/1 framing share.  Of a connection: struct h1,
 * which lives in its input memory, so an idle one has none.  Of an exchange:
 * struct h1_answer, in its arena.
 */
#ifndef DROVER_FRAMING_H1_PRIVATE_H
#define DROVER_FRAMING_H1_PRIVATE_H

#include "framing/framing.h"
#include "wire/h1_chunk.h"
#include "wire/h1_parse.h"
#include "wire/h1_print.h"

/* Room for the parser's fields without an allocation: the usual limit. */
#define H1_FIELDS_INLINE 100
/* What "no bound" means, and no bound is higher: an exchange has no memory for
 * more beside a head of FRAMING_HEAD_MAX. */
#define H1_FIELDS_MAX 16384
/* Answers that may wait to go out in one batch, and their bytes: beyond, the
 * next pipelined request is not looked at. */
#define H1_QUEUE_MAX 16
#define H1_QUEUE_BYTES_MAX (64 * 1024)
/* Bytes of a body that nobody takes which are read for keep-alive's sake. */
#define H1_DRAIN_MAX (64 * 1024)

enum h1_body_kind {
	H1_BODY_NONE, /* no body, or all of it was used */
	H1_BODY_LENGTH,
	H1_BODY_CHUNKED,
};

/* The body of the latest request. */
struct h1_body {
	enum h1_body_kind kind;
	uint64_t left; /* H1_BODY_LENGTH: not yet used */
	struct h1_chunk chunk;
	/* Decoded bytes, in the input before its start, that the sink has
	 * not taken yet. */
	size_t pending, pending_len;
	uint64_t decoded;	/* bytes of the body itself */
	uint64_t drained;	/* bytes that nobody took, and the chunks'
				 * framing meanwhile */
	bool held_back;		/* Expect: 100-continue, and neither a byte nor
				 * our 100 has passed */
	struct exchange *owner; /* NULL: ended before its body did */
};

struct h1 {
	struct h1_limits limits;
	struct h1_parser parser;
	struct h1_field *fields;  /* inline_fields, or owned */
	struct exchange *current; /* made, and not answered yet */
	struct list queue;	  /* of h1_answer, the oldest first; the current
				   * exchange's is the last */
	unsigned queued;
	size_t queued_bytes; /* of heads and bodies in memory */
	struct h1_body body;
	struct h1_field inline_fields[H1_FIELDS_INLINE];
};

/* How the end of an answer's body is told. */
enum h1_coding {
	H1_CODING_NONE, /* no body is sent */
	H1_CODING_LENGTH,
	H1_CODING_CHUNKED,
	H1_CODING_CLOSE, /* by the end of the connection */
};

/* The parts of an answer in memory, in the order in which they are sent. */
enum h1_part {
	H1_PART_INTERIM,
	H1_PART_HEAD,
	H1_PART_SIZE, /* the size line of a chunk */
	H1_PART_DATA,
	H1_PART_END, /* CRLF of a chunk, or the last one */
	H1_PART_COUNT,
};

struct h1_answer {
	struct list_node node; /* in h1->queue */
	struct exchange *x;
	struct span parts[H1_PART_COUNT]; /* what is left of each */
	uint64_t left;	/* H1_CODING_LENGTH: bytes of the body that are in no
			 * part yet; those of a file never are in one */
	size_t memory;	/* its share of h1->queued_bytes */
	size_t offered; /* in the last batch; the exchange's counters have it
			 * until the transport has spoken */
	size_t offered_body;
	enum h1_coding coding;
	bool answered;
	bool waits;    /* for the end of a body that nobody takes: h1_answer was
			* called, and will be once more */
	bool at_once;  /* it need not, or has done so */
	bool last;     /* nothing behind its request is believed */
	bool complete; /* nothing is left to be pulled */
	bool from_file; /* behind the parts comes what is left of the body's
			 * file, which the transport takes itself */
	bool failed;	/* its source could not go on */
	char size_line[H1_CHUNK_SIZE_MAX];
};

static inline struct h1_answer *
h1_answer_of(const struct exchange *x)
{
	return x->framing_data;
}

/* ---- h1.c ---- */

/* For input memory that is given back. */
void h1_release(struct h1 *);
/* What may be read now; called whenever something has changed. */
void h1_update(struct framed *);
/* No further request; the connection closes behind what is queued. */
void h1_end(struct framed *);

/* ---- h1_request.c ---- */

/* Line, fields, framing of the body, expectations.  0, or the status to refuse
 * with: where the request ends is not known then. */
int h1_request_read(
    struct exchange *, const struct h1_parser *, const char *head);
/* Target and host.  0, or the status to refuse with: 404 and 421 are answers
 * like any other, after 400 and 500 the connection closes. */
int h1_request_understand(struct exchange *);
/* The head moves into the arena; false without memory. */
bool h1_request_move(struct exchange *, const char *head, size_t len);
/* For the log: what a parser that gave up has seen of len bytes. */
void h1_request_guess(
    struct exchange *, const struct h1_parser *, const char *head, size_t len);
bool h1_request_keeps_alive(const struct request *);

/* ---- h1_refusal.c ---- */

/* Keeps what the error log is told; returns status. */
int h1_refusal(struct exchange *, int status, enum report_level,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* For a parser that gave up, or waited too long (408). */
void h1_refuse_head(
    struct exchange *, const struct h1_parser *, int status, const char *why);
/* what: "header" or "body". */
void h1_refuse_late(struct exchange *, const char *what);
/* For a body that turned out to be larger than is allowed. */
void h1_refuse_large(struct exchange *, uint64_t bytes, int64_t limit);
/* For a target that uri.h or this connection does not take. */
int h1_refuse_uri(struct exchange *, int status);

/* ---- h1_body.c ---- */

enum h1_body_state {
	H1_BODY_ENDED,
	H1_BODY_HUNGRY,	   /* needs input */
	H1_BODY_HELD,	   /* nobody to take it, or not now */
	H1_BODY_BAD,	   /* not understood from here on */
	H1_BODY_TOO_LONG,  /* nobody took it, and it does not end */
	H1_BODY_TOO_LARGE, /* for LimitRequestBody, though it is wanted */
};

/* Begins the body of the exchange's request, if it has one. */
void h1_body_begin(struct h1_body *, struct exchange *);
/* Uses what input there is. */
enum h1_body_state h1_body_run(struct framing_input *);
/* The exchange ends before its body. */
void h1_body_orphan(struct h1_body *);
/* True if its end is near enough to read on for keep-alive's sake. */
bool h1_body_drainable(const struct h1_body *);
/* True if more of it may be read now. */
bool h1_body_wants_input(const struct h1_body *);
static inline bool
h1_body_open(const struct h1_body *body)
{
	return body->kind != H1_BODY_NONE;
}

/* ---- h1_answer.c: framing.answer, .interim ---- */

void h1_answer(struct framed *, struct exchange *);
void h1_interim(struct framed *, struct exchange *, int status);

/* ---- h1_output.c: framing.output, .sent ---- */

bool h1_output(struct framed *, struct output_batch *, size_t limit);
void h1_sent(struct framed *, size_t bytes);
/* The counters of all exchanges without what was only offered. */
void h1_output_forget(struct h1 *);

#endif

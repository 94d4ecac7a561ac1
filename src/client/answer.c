/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of an answer: heads, body, end. */
#include "config.h"

#include "client/answer.h"
#include "client/answer_private.h"

enum state {
	STATE_HEAD,
	STATE_BODY,
	STATE_ENDED,
	STATE_BAD_HEAD,
	STATE_BAD_BODY,
};

static const uint32_t LINE_MAX_BYTES = 8190;
static const uint32_t FIELD_MAX_BYTES = 100 * 1024;

/* A head, the limits being what is left of them. */
static void
begin_head(struct answer *a)
{
	a->limits = (struct h1_limits){
		.line = LINE_MAX_BYTES,
		.fields = ANSWER_FIELDS,
		.field_size = FIELD_MAX_BYTES,
		.total = (uint32_t)(ANSWER_HEADS_MAX - a->heads),
	};
	h1_response_init(&a->head, &a->limits, a->fields);
	a->state = STATE_HEAD;
}

void
answer_init(struct answer *a, bool no_body)
{
	a->status = 0;
	a->keep_alive = false;
	a->body = ANSWER_NO_BODY;
	a->length = -1;
	a->has_location = false;
	buf_init(&a->location, ANSWER_HEADS_MAX);
	a->no_body = no_body;
	a->started = false;
	a->why = NULL;
	a->heads = 0;
	a->left = 0;
	h1_chunk_init(&a->chunk);
	begin_head(a);
}

void
answer_release(struct answer *a)
{
	buf_release(&a->location);
}

bool
answer_started(const struct answer *a)
{
	return a->started;
}

static enum answer_event
bad(struct answer *a, enum state state, const char *why)
{
	a->state = (uint8_t)state;
	a->why = why;
	return ANSWER_BAD;
}

/* The head at the front of in is whole. */
static enum answer_event
take_head(struct answer *a, struct span head)
{
	a->heads += head.len;
	a->status = a->head.status;
	if (a->status < 200 && a->status != 101) {
		begin_head(a);
		return ANSWER_INTERIM;
	}
	a->why = answer_read_fields(a, head.ptr);
	if (a->why != NULL)
		return bad(a, STATE_BAD_HEAD, a->why);
	a->state = STATE_BODY;
	return ANSWER_HEAD;
}

static enum answer_event
next_head(
    struct answer *a, struct span in, size_t *used_r, struct span *bytes_r)
{
	long n;

	a->started = true;
	n = h1_parse_response(&a->head, in.ptr, in.len);
	if (n < 0)
		return bad(a, STATE_BAD_HEAD, a->head.why);
	if (n == 0)
		return ANSWER_MORE;
	*used_r = (size_t)n;
	*bytes_r = span_of(in.ptr, (size_t)n);
	return take_head(a, *bytes_r);
}

static enum answer_event
next_chunked(
    struct answer *a, struct span in, size_t *used_r, struct span *bytes_r)
{
	long n = h1_chunk_decode(&a->chunk, in.ptr, in.len, bytes_r);

	if (n < 0)
		return bad(a, STATE_BAD_BODY, "bad chunk");
	*used_r = (size_t)n;
	return ANSWER_BODY;
}

static enum answer_event
next_plain(
    struct answer *a, struct span in, size_t *used_r, struct span *bytes_r)
{
	if (a->body == ANSWER_LENGTH) {
		if (in.len > a->left)
			in.len = (size_t)a->left;
		a->left -= in.len;
	}
	*used_r = in.len;
	*bytes_r = in;
	return ANSWER_BODY;
}

static bool
body_ended(const struct answer *a)
{
	switch (a->body) {
	case ANSWER_LENGTH:
		return a->left == 0;
	case ANSWER_CHUNKED:
		return h1_chunk_ended(&a->chunk);
	case ANSWER_UNTIL_CLOSE:
		return false;
	default:
		return true;
	}
}

enum answer_event
answer_next(
    struct answer *a, struct span in, size_t *used_r, struct span *bytes_r)
{
	*used_r = 0;
	*bytes_r = span_of(in.ptr, 0);
	if (a->state == STATE_BODY && body_ended(a))
		a->state = STATE_ENDED;
	if (a->state == STATE_ENDED)
		return ANSWER_END;
	if (a->state > STATE_ENDED)
		return ANSWER_BAD;
	if (in.len == 0)
		return ANSWER_MORE;
	if (a->state == STATE_HEAD)
		return next_head(a, in, used_r, bytes_r);
	if (a->body == ANSWER_CHUNKED)
		return next_chunked(a, in, used_r, bytes_r);
	return next_plain(a, in, used_r, bytes_r);
}

enum outcome
answer_closed(const struct answer *a, struct err *err)
{
	if (a->state == STATE_HEAD && !a->started)
		return outcome_set(
		    err, OUTCOME_EMPTY, "the server closed without an answer");
	if (a->state == STATE_HEAD)
		return outcome_set(err, OUTCOME_RECEIVE,
		    "the server closed within the head of its answer");
	if (a->body == ANSWER_LENGTH && !body_ended(a))
		return outcome_set(err, OUTCOME_PARTIAL,
		    "the server closed with %llu of %lld bytes missing",
		    (unsigned long long)a->left, (long long)a->length);
	if (a->body == ANSWER_CHUNKED && !body_ended(a))
		return outcome_set(err, OUTCOME_PARTIAL,
		    "the server closed before the last chunk");
	return OUTCOME_OK;
}

enum outcome
answer_failure(const struct answer *a, struct err *err)
{
	return outcome_set(err,
	    a->state == STATE_BAD_HEAD ? OUTCOME_WEIRD : OUTCOME_RECEIVE,
	    "bad answer: %s", a->why);
}

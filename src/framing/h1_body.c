/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Request bodies: from the input into the sink of the exchange, decoded and
 * never copied.  Bytes that a sink has not taken stay where they are, which
 * stops reading.  A body that nobody takes is passed over up to a bound, so
 * that the next request is found behind it and never inside it.
 */
#include "config.h"

#include "framing/framing_private.h"

void
h1_body_begin(struct h1_body *body, struct exchange *x)
{
	*body = (struct h1_body){ .kind = H1_BODY_NONE };
	if (!x->request.has_body)
		return;
	body->owner = x;
	body->held_back = x->request.expect_continue;
	if (x->request.content_length >= 0) {
		body->kind = H1_BODY_LENGTH;
		body->left = (uint64_t)x->request.content_length;
	} else {
		body->kind = H1_BODY_CHUNKED;
		h1_chunk_init(&body->chunk);
	}
}

static struct body_sink *
sink_of(const struct h1_body *body)
{
	return body->owner == NULL ? NULL : body->owner->sink;
}

/* Until its exchange is answered, a sink may still be set. */
static bool
is_nobodys(const struct h1_body *body)
{
	const struct h1_answer *a;

	if (body->owner == NULL)
		return true;
	a = h1_answer_of(body->owner);
	return body->owner->sink == NULL && (a->answered || a->waits);
}

/* Bytes that are announced: of all of it, or of the current chunk. */
static uint64_t
announced(const struct h1_body *body)
{
	return body->kind == H1_BODY_LENGTH ? body->left
					    : h1_chunk_left(&body->chunk);
}

static bool
has_ended(const struct h1_body *body)
{
	return body->kind == H1_BODY_LENGTH ? body->left == 0
					    : h1_chunk_ended(&body->chunk);
}

/* Hands over what is decoded; false: it is not, or not all, wanted now. */
static bool
deliver(struct framing_input *in)
{
	struct h1_body *body = &in->h1.body;
	struct body_sink *sink = sink_of(body);
	ssize_t n;

	if (sink != NULL && body->pending_len > 0) {
		n = sink->take(
		    sink, span_of(in->data + body->pending, body->pending_len));
		if (n < 0) {
			body->owner->sink = NULL;
			return deliver(in);
		}
		body->pending += (size_t)n;
		body->pending_len -= (size_t)n;
	} else if (is_nobodys(body)) {
		body->drained += body->pending_len;
		body->pending_len = 0;
	}
	in->pinned = body->pending_len > 0;
	return !in->pinned;
}

static size_t
smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

static void
keep_trailers(struct exchange *x, struct span bytes)
{
	struct span *kept = &x->request.trailers;
	char *room = (char *)kept->ptr;

	if (room == NULL)
		room = arena_alloc(&x->arena, H1_CHUNK_TRAILERS_MAX + 2);
	if (room == NULL)
		return;
	memcpy(room + kept->len, bytes.ptr, bytes.len);
	*kept = span_of(room, kept->len + bytes.len);
}

static bool
decode(struct framing_input *in)
{
	struct h1_body *body = &in->h1.body;
	const char *data = in->data + in->start;
	struct span payload = { data, 0 };
	bool trailers =
	    body->kind == H1_BODY_CHUNKED && h1_chunk_in_trailers(&body->chunk);
	long used;

	if (body->kind == H1_BODY_LENGTH) {
		payload.len = smaller(body->left, input_left(in));
		body->left -= payload.len;
		used = (long)payload.len;
	} else {
		used = h1_chunk_decode(
		    &body->chunk, data, input_left(in), &payload);
	}
	if (used < 0)
		return false;
	body->decoded += payload.len;
	if (payload.len > 0)
		body->pending = (size_t)(payload.ptr - in->data);
	body->pending_len = payload.len;
	/* What frames the chunks may be more than they. */
	if (is_nobodys(body))
		body->drained += (uint64_t)used - payload.len;
	in->start += (size_t)used;
	body->held_back = false;
	if (body->owner == NULL)
		return true;
	body->owner->body_bytes_in += (uint64_t)used;
	/* Not the empty line where that is all there is. */
	if (trailers && body->chunk.trailers > 0)
		keep_trailers(body->owner, span_of(data, (size_t)used));
	return true;
}

/* Of a length that was announced the router knows before. */
static bool
is_too_large(struct h1_body *body)
{
	struct exchange *x = body->owner;
	uint64_t bytes = body->decoded + announced(body);
	const struct framing_conf *conf;

	if (sink_of(body) == NULL)
		return false;
	conf = settings_get(x->settings, &framing_section);
	if (conf->limit_body == 0 || bytes <= (uint64_t)conf->limit_body)
		return false;
	h1_refuse_large(x, bytes, conf->limit_body);
	return true;
}

static void
finish(struct h1_body *body)
{
	struct body_sink *sink = sink_of(body);

	if (sink != NULL)
		body->owner->sink = NULL;
	*body = (struct h1_body){ .kind = H1_BODY_NONE };
	if (sink != NULL)
		sink->end(sink);
}

enum h1_body_state
h1_body_run(struct framing_input *in)
{
	struct h1_body *body = &in->h1.body;

	for (;;) {
		if (!deliver(in))
			return H1_BODY_HELD;
		if (has_ended(body)) {
			finish(body);
			return H1_BODY_ENDED;
		}
		if (sink_of(body) == NULL && !is_nobodys(body))
			return H1_BODY_HELD;
		if (sink_of(body) == NULL && !h1_body_drainable(body))
			return H1_BODY_TOO_LONG;
		if (input_left(in) == 0)
			return H1_BODY_HUNGRY;
		if (!decode(in))
			return H1_BODY_BAD;
		if (is_too_large(body))
			return H1_BODY_TOO_LARGE;
	}
}

void
h1_body_orphan(struct h1_body *body)
{
	body->owner = NULL;
}

bool
h1_body_drainable(const struct h1_body *body)
{
	uint64_t known = body->drained + body->pending_len;

	if (body->kind == H1_BODY_NONE)
		return true;
	/* A chunk may be of nearly 2^63 bytes. */
	return !body->held_back && known <= H1_DRAIN_MAX &&
	       announced(body) <= H1_DRAIN_MAX - known;
}

bool
h1_body_wants_input(const struct h1_body *body)
{
	return body->pending_len == 0 &&
	       (sink_of(body) != NULL || is_nobodys(body));
}

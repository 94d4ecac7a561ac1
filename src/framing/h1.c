/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP/1.x server framing: one request after the other out of the input
 * (RFC 9112), each an exchange whose head stays where it was read.  A further
 * pipelined one is begun as soon as the one before is answered, while their
 * answers are small; so many answers go out in one write.  Bodies are
 * h1_body.c's, answers h1_answer.c's and h1_output.c's.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "framing/framing_private.h"

static int
h1_open(struct framed *f)
{
	(void)f;
	return 0;
}

/* ---- state that lives in the input ---- */

static void
next_head(struct h1 *h1)
{
	h1_parser_init(&h1->parser, &h1->limits, h1->fields);
}

static bool
begin(struct framed *f)
{
	const struct framing_conf *conf = f->settings;
	struct h1 *h1 = &f->input->h1;

	if (f->input->begun)
		return true;
	h1->limits = (struct h1_limits){
		.line = (uint32_t)conf->limit_line,
		.fields = (uint32_t)conf->limit_fields,
		.field_size = (uint32_t)conf->limit_field_size,
		.total = FRAMING_HEAD_MAX,
	};
	if (h1->limits.fields == 0 || h1->limits.fields > H1_FIELDS_MAX)
		h1->limits.fields = H1_FIELDS_MAX;
	h1->fields = h1->inline_fields;
	if (h1->limits.fields > H1_FIELDS_INLINE)
		h1->fields = calloc(h1->limits.fields, sizeof(*h1->fields));
	if (h1->fields == NULL)
		return false;
	h1->current = NULL;
	list_init(&h1->queue);
	h1->queued = 0;
	h1->queued_bytes = 0;
	h1->body = (struct h1_body){ .kind = H1_BODY_NONE };
	next_head(h1);
	f->input->begun = true;
	return true;
}

void
h1_release(struct h1 *h1)
{
	if (h1->fields != h1->inline_fields)
		free(h1->fields);
}

/* Answers that wait must be small ones: what streams, or closes the
 * connection, is the last of its batch. */
static bool
may_begin_next(const struct framed *f)
{
	const struct h1 *h1 = &f->input->h1;
	const struct h1_answer *last;

	if (f->status != FRAMING_OPEN || h1->current != NULL)
		return false;
	if (h1->queued == 0)
		return true;
	last = LIST_ENTRY(h1->queue.head.prev, struct h1_answer, node);
	return last->complete && last->x->keep_alive &&
	       h1->queued < H1_QUEUE_MAX &&
	       h1->queued_bytes < H1_QUEUE_BYTES_MAX;
}

void
h1_update(struct framed *f)
{
	struct framing_input *in = f->input;
	bool body;

	if (in == NULL || !in->begun) {
		f->wants_input = f->status == FRAMING_OPEN;
		return;
	}
	body = h1_body_open(&in->h1.body);
	in->busy = body || in->h1.queued > 0;
	in->may_grow = !body && in->h1.current == NULL;
	f->wants_input =
	    f->status == FRAMING_OPEN &&
	    (body ? h1_body_wants_input(&in->h1.body) : may_begin_next(f));
	framed_rest(f);
}

void
h1_end(struct framed *f)
{
	if (f->status != FRAMING_OPEN)
		return;
	f->status = FRAMING_LAST;
	f->lingering |=
	    f->input != NULL &&
	    (input_left(f->input) > 0 || h1_body_open(&f->input->h1.body));
}

/* ---- exchanges ---- */

/* An exchange at the end of the queue; NULL (and all is over) without
 * memory. */
static struct exchange *
make_exchange(struct framed *f, size_t head_len)
{
	struct h1 *h1 = &f->input->h1;
	struct exchange *x = framed_exchange(f, true);
	struct h1_answer *a = NULL;

	if (x != NULL)
		a = arena_calloc(&x->arena, 1, sizeof(*a));
	if (a == NULL) {
		if (x != NULL)
			framed_release(f, x);
		f->status = FRAMING_BROKEN;
		return NULL;
	}
	x->framing_data = a;
	x->state = EXCHANGE_HEAD;
	x->start_us = clock_real_us();
	x->start_mono_us = clock_exact_us();
	x->head_bytes_in = head_len;
	a->x = x;
	list_append(&h1->queue, &a->node);
	h1->queued++;
	h1->current = x;
	x->requests_before = f->peer->requests++;
	f->empty_line = false;
	return x;
}

/* For a message of which the end is not known, or not believed. */
static void
refuse(struct framed *f, struct exchange *x, int status)
{
	struct h1_answer *a = h1_answer_of(x);

	a->last = a->at_once = true;
	f->lingering = true;
	response_error(x, status);
}

/* The parser gave up, or the head did not come in time. */
static void
refuse_head(struct framed *f, int status, const char *why)
{
	struct framing_input *in = f->input;
	struct exchange *x = make_exchange(f, input_left(in));

	if (x == NULL)
		return;
	h1_request_guess(
	    x, &in->h1.parser, in->data + in->start, input_left(in));
	h1_refuse_head(x, &in->h1.parser, status, why);
	refuse(f, x, status);
	list_append(&f->ready, &x->node);
}

/* A whole head of len bytes becomes a request. */
static void
accept_head(struct framed *f, size_t len)
{
	struct framing_input *in = f->input;
	const char *head = in->data + in->start;
	struct exchange *x = make_exchange(f, len);
	int status;

	if (x == NULL)
		return;
	status = h1_request_read(x, &in->h1.parser, head);
	in->start += len;
	next_head(&in->h1);
	if (status == 0 && x->request.has_body) {
		/* The input is the body's from here on. */
		if (h1_request_move(x, head, len))
			framed_unborrow(f, x);
		else
			status = 500;
	}
	if (status == 0) {
		h1_body_begin(&in->h1.body, x);
		status = h1_request_understand(x);
	}
	if (status == 404 || status == 421)
		response_error(x, status);
	else if (status != 0)
		refuse(f, x, status);
	list_append(&f->ready, &x->node);
}

/* ---- input ---- */

/* An empty line in front of a request (9112, 2.2) leaves a connection idle;
 * that it was there is remembered, for a second one is refused. */
static void
pass_empty_line(struct framed *f)
{
	struct framing_input *in = f->input;

	if (!h1_parser_idle(&in->h1.parser) || in->data[in->end - 1] != '\n')
		return;
	in->start = in->end;
	f->empty_line = true;
	next_head(&in->h1);
}

/* True if it made an exchange. */
static bool
read_head(struct framed *f)
{
	struct framing_input *in = f->input;
	struct h1_parser *parser = &in->h1.parser;
	const char *head = in->data + in->start;
	long n;

	if (input_left(in) == 0)
		return false;
	if (f->empty_line && (head[0] == '\r' || head[0] == '\n')) {
		refuse_head(f, 400, "empty lines instead of a request");
		return true;
	}
	n = h1_parse_request(parser, head, input_left(in));
	if (n > 0)
		accept_head(f, (size_t)n);
	else if (n < 0)
		refuse_head(f, parser->status, parser->why);
	else
		pass_empty_line(f);
	return n != 0;
}

/* A body that cannot be read on: its exchange, if nobody has answered it, is
 * answered now; after an answer there is nothing more to say. */
static void
give_up_body(struct framed *f, int status)
{
	struct exchange *x = f->input->h1.current;
	struct h1_answer *a;

	if (x == NULL) {
		if (f->input->h1.body.owner != NULL)
			f->input->h1.body.owner->sink = NULL;
		h1_end(f);
		return;
	}
	a = h1_answer_of(x);
	if (x->response.status != 0 && x->sink == NULL && !a->waits)
		return; /* done before; it waits to be answered */
	x->sink = NULL;
	a->waits = false;
	if (status == 408)
		h1_refuse_late(x, "body");
	refuse(f, x, status);
	list_remove(&x->node);
	list_append(&f->ready, &x->node);
}

/* The answer that waited for the end of a body goes out; false: none did. */
static bool
answer_waiting(struct framed *f)
{
	struct exchange *x = f->input->h1.current;

	if (x == NULL || !h1_answer_of(x)->waits)
		return false;
	h1_answer(f, x);
	return true;
}

/* Reads a body as far as it goes; true if it is behind us. */
static bool
read_body(struct framed *f, bool end_of_input)
{
	struct framing_input *in = f->input;
	struct h1_body *body = &in->h1.body;

	switch (h1_body_run(in)) {
	case H1_BODY_ENDED:
		(void)answer_waiting(f);
		return true;
	case H1_BODY_HELD:
		break;
	case H1_BODY_HUNGRY:
		if (end_of_input)
			give_up_body(f, 400);
		else if (body->held_back && body->owner != NULL)
			h1_interim(f, body->owner, 100);
		body->held_back = false;
		break;
	case H1_BODY_BAD:
		give_up_body(f, 400);
		break;
	case H1_BODY_TOO_LARGE:
		give_up_body(f, 413);
		break;
	case H1_BODY_TOO_LONG:
		if (!answer_waiting(f))
			h1_end(f);
		break;
	}
	return false;
}

static enum framing_status
h1_input(struct framed *f, bool end_of_input)
{
	struct h1 *h1;

	if (f->status != FRAMING_OPEN)
		return f->status;
	if (f->input == NULL || !begin(f)) {
		if (f->input != NULL)
			f->status = FRAMING_BROKEN;
		else if (end_of_input)
			f->status = FRAMING_LAST;
		return f->status;
	}
	h1 = &f->input->h1;
	if ((!h1_body_open(&h1->body) || read_body(f, end_of_input)) &&
	    may_begin_next(f) && !read_head(f) && end_of_input)
		/* What is left of a head will never be one. */
		f->status = FRAMING_LAST;
	h1_update(f);
	return f->status;
}

static void
h1_expire(struct framed *f)
{
	struct framing_input *in = f->input;

	if (f->status != FRAMING_OPEN)
		return;
	if (in == NULL || !in->begun)
		f->status = FRAMING_LAST;
	else if (h1_body_open(&in->h1.body))
		give_up_body(f, 408);
	else if (in->h1.current != NULL)
		return;
	else if (input_left(in) > 0)
		refuse_head(f, 408, "request did not come in time");
	else if (in->h1.queued == 0)
		h1_end(f);
	h1_update(f);
}

static void
h1_drain(struct framed *f)
{
	f->draining = true;
}

static struct exchange *
h1_oldest(struct framed *f)
{
	struct list_node *node = NULL;

	if (f->input != NULL && f->input->begun)
		node = list_first(&f->input->h1.queue);
	return node == NULL ? NULL
			    : LIST_ENTRY(node, struct h1_answer, node)->x;
}

static void
h1_close(struct framed *f)
{
	struct list_node *node;
	struct h1 *h1;

	f->status = FRAMING_BROKEN;
	f->wants_input = false;
	if (f->input == NULL || !f->input->begun)
		goto out;
	h1 = &f->input->h1;
	h1_output_forget(h1);
	while ((node = list_first(&h1->queue)) != NULL) {
		struct exchange *x =
		    LIST_ENTRY(node, struct h1_answer, node)->x;

		list_remove(node);
		/* Its body broke off: what it is for the log (9112, 8). */
		if (x->sink != NULL && x->response.status == 0)
			x->response.status = 400;
		x->sink = NULL;
		x->state = EXCHANGE_ABORTED;
		list_remove(&x->node);
		list_append(&f->done, &x->node);
	}
	h1->queued = 0;
	h1->current = NULL;
out:
	framed_rest(f);
}

const struct framing framing_h1 = {
	.alpn = "http/1.1",
	.can_hand_over = true,
	.open = h1_open,
	.input = h1_input,
	.answer = h1_answer,
	.output = h1_output,
	.sent = h1_sent,
	.interim = h1_interim,
	.upgrade = NULL,
	.expire = h1_expire,
	.drain = h1_drain,
	.oldest = h1_oldest,
	.close = h1_close,
};

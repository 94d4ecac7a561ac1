/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a finished response to the head of an answer, and the decision how the
 * end of its body is told and whether the connection goes on (RFC 9112, 6
 * and 9).  Heads are printed into one scratch buffer of the process and then
 * copied into the exchange's arena, so printing allocates nothing.
 */
#include "config.h"

#include <assert.h>

#include "base/number.h"
#include "framing/framing_private.h"
#include "http/date.h"
#include "http/status.h"
#include "wire/h1_print.h"

/* More than any sane answer; a backend's runaway fields end here. */
#define HEAD_MAX (256 * 1024)

static struct buf *
scratch(void)
{
	static struct buf buf;

	if (buf.max == 0)
		buf_init(&buf, HEAD_MAX);
	buf_clear(&buf);
	return &buf;
}

/* ---- decisions ---- */

static enum h1_coding
choose_coding(const struct exchange *x)
{
	if (x->response.body_omitted)
		return H1_CODING_NONE;
	if (x->response.announced_length >= 0)
		return H1_CODING_LENGTH;
	return x->request.minor > 0 ? H1_CODING_CHUNKED : H1_CODING_CLOSE;
}

/* A client that had sent further requests when the drain began gets answers to
 * those too: the last of them announces the end. */
static bool
must_end(const struct framed *f)
{
	const struct framing_input *in = f->input;

	return f->draining &&
	       (f->drain_answers >= DRAIN_ANSWERS_MAX ||
		   input_left(in) == 0 || h1_body_open(&in->h1.body));
}

/* Settings of the request's own host hold, unlike for the limits. */
static bool
may_go_on(const struct framed *f, const struct exchange *x)
{
	const struct framing_conf *conf =
	    settings_get(x->settings, &framing_section);
	const struct h1_body *body = &f->input->h1.body;

	if (!conf->keep_alive || must_end(f) || x->response.close ||
	    h1_answer_of(x)->last)
		return false;
	if (conf->max_requests > 0 &&
	    f->peer->requests >= (uint32_t)conf->max_requests)
		return false;
	/* A client that held its body back and sees the answer may as well
	 * not send it: what follows could be either. */
	if (body->held_back || (x->sink == NULL && !h1_body_drainable(body)))
		return false;
	return h1_request_keeps_alive(&x->request);
}

/* ---- printing ---- */

static void
print_literal(struct buf *buf, struct span name, struct span value)
{
	buf_add_span(buf, name);
	buf_add_span(buf, value);
	buf_add(buf, "\r\n", 2);
}

/* What response.block would stand for. */
static void
print_content(struct buf *buf, const struct response *response)
{
	static const struct span type = SPAN("Content-Type");
	static const struct span etag = SPAN("ETag");
	static const struct span modified = SPAN("Last-Modified: ");
	static const struct span length = SPAN("Content-Length: ");
	static const struct span ranges = SPAN("Accept-Ranges: bytes\r\n");
	const struct validators *validators = &response->validators;
	char text[DATE_SIZE > NUMBER_TEXT_SIZE ? DATE_SIZE : NUMBER_TEXT_SIZE];

	if (response->content_type.len > 0)
		h1_print_field(buf, type, response->content_type);
	if (validators->etag.len > 0)
		h1_print_field(buf, etag, validators->etag);
	if (validators->last_modified != -1) {
		date_print(validators->last_modified, text);
		print_literal(buf, modified, span_str(text));
	}
	if (response->announced_length >= 0) {
		size_t len =
		    number_print(text, (uint64_t)response->announced_length);

		print_literal(buf, length, span_of(text, len));
	}
	if (response->ranges)
		buf_add_span(buf, ranges);
}

/* The fields that say how a message is framed are this room's alone, and
 * Server and Date were printed already. */
static bool
is_ours(enum field_id id)
{
	switch (id) {
	case FIELD_CONNECTION:
	case FIELD_TRANSFER_ENCODING:
	case FIELD_CONTENT_LENGTH:
	case FIELD_DATE:
	case FIELD_SERVER:
		return true;
	default:
		return false;
	}
}

static void
print_fields(struct buf *buf, const struct field_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct field *field = &list->fields[i];

		if (!is_ours(field->id))
			h1_print_field(buf, field->name, field->value);
	}
}

static void
print_connection(struct buf *buf, const struct exchange *x)
{
	static const struct span close = SPAN("Connection: close\r\n");
	static const struct span keep = SPAN("Connection: keep-alive\r\n");

	if (!x->keep_alive)
		buf_add_span(buf, close);
	else if (x->request.minor == 0)
		buf_add_span(buf, keep);
}

/* HEAD has the fields of GET, this one too (9112, 6.1). */
static bool
would_be_chunked(const struct exchange *x)
{
	return x->request.method == METHOD_HEAD && x->request.minor > 0 &&
	       x->response.announced_length < 0 &&
	       status_has_body(x->response.status);
}

static void
print_head(struct buf *buf, const struct exchange *x, const struct h1_answer *a)
{
	static const struct span chunked =
	    SPAN("Transfer-Encoding: chunked\r\n");
	const struct response *response = &x->response;

	h1_print_status_line(
	    buf, response->status, status_reason(response->status));
	buf_add_span(buf, response_common_block(x));
	if (response->block.len > 0)
		buf_add_span(buf, response->block);
	else
		print_content(buf, response);
	print_fields(buf, &response->fields);
	print_connection(buf, x);
	if (a->coding == H1_CODING_CHUNKED || would_be_chunked(x))
		buf_add_span(buf, chunked);
	h1_print_end(buf);
}

/* The printed head as memory of the exchange; ptr NULL: there is none. */
static struct span
keep_printed(struct exchange *x, struct buf *buf)
{
	if (buf_failed(buf))
		return span_of(NULL, 0);
	return arena_span(&x->arena, buf_span(buf));
}

/* ---- answers ---- */

static void
attach_body(struct h1_answer *a)
{
	const struct body *body = &a->x->response.body;

	if (a->coding == H1_CODING_LENGTH)
		a->left = (uint64_t)body->length;
	if (a->coding == H1_CODING_NONE ||
	    (a->coding == H1_CODING_LENGTH && a->left == 0)) {
		a->complete = true;
	} else if (a->coding == H1_CODING_LENGTH && body->file.fd != -1) {
		a->from_file = true;
	} else if (a->coding == H1_CODING_LENGTH && body->memory.ptr != NULL) {
		assert(body->memory.len == a->left);
		a->parts[H1_PART_DATA] = body->memory;
		a->left = 0;
		a->complete = true;
	}
}

/*
 * Whether chunks are what they should be is seen only when they are read, so a
 * message with a body that nobody takes is answered behind it: then 400 can
 * still be said, and whether the connection goes on is known.
 */
static bool
must_wait(const struct h1_body *body, const struct exchange *x)
{
	const struct h1_answer *a = h1_answer_of(x);

	return body->kind == H1_BODY_CHUNKED && x->sink == NULL &&
	       !body->held_back && !a->at_once;
}

void
h1_answer(struct framed *f, struct exchange *x)
{
	struct h1 *h1 = &f->input->h1;
	struct h1_answer *a = h1_answer_of(x);
	struct buf *buf = scratch();

	assert(h1->current == x && !a->answered);
	a->waits = must_wait(&h1->body, x);
	if (a->waits) {
		a->at_once = true;
		h1_update(f);
		return;
	}
	h1->current = NULL;
	a->answered = true;
	a->coding = choose_coding(x);
	x->keep_alive = a->coding != H1_CODING_CLOSE && may_go_on(f, x);
	f->drain_answers += f->draining && x->keep_alive;
	print_head(buf, x, a);
	a->parts[H1_PART_HEAD] = keep_printed(x, buf);
	if (a->parts[H1_PART_HEAD].ptr == NULL) {
		f->status = FRAMING_BROKEN;
		return;
	}
	attach_body(a);
	a->memory = a->parts[H1_PART_HEAD].len + a->parts[H1_PART_DATA].len;
	h1->queued_bytes += a->memory;
	if (!x->keep_alive && x->sink == NULL)
		h1_end(f);
	h1_update(f);
}

void
h1_interim(struct framed *f, struct exchange *x, int status)
{
	struct h1_answer *a = h1_answer_of(x);
	struct span *part = &a->parts[H1_PART_INTERIM];
	struct buf *buf = scratch();

	(void)f;
	if (a->answered || x->request.minor == 0) /* RFC 9110, 15.2 */
		return;
	/* What of an earlier one has not gone yet stays in front. */
	buf_add_span(buf, *part);
	h1_print_status_line(buf, status, status_reason(status));
	if (status == 103)
		print_fields(buf, &x->response.fields);
	h1_print_end(buf);
	if (!buf_failed(buf)) {
		struct span text = keep_printed(x, buf);

		if (text.ptr != NULL)
			*part = text;
	}
}

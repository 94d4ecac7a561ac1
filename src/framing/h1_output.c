/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers to batches.  A batch takes of the queue, in order, as many bytes as
 * it may; nothing is used up before the transport has said how far it came.
 * The counters of exchanges run ahead with what is offered, since the log
 * stages its lines before the write, and are put right after it.
 */
#include "config.h"

#include "base/clock.h"
#include "framing/framing_private.h"

/* A chunk's size line and its end, at most. */
#define CHUNK_OVERHEAD 24

static size_t
smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* ---- pulling from a body ---- */

/* Data of the body; false: more than was announced. */
static bool
take_data(struct h1_answer *a, struct span data)
{
	a->parts[H1_PART_DATA] = data;
	if (a->coding == H1_CODING_CHUNKED) {
		a->parts[H1_PART_SIZE] = h1_chunk_size(data.len, a->size_line);
		a->parts[H1_PART_END] = (struct span)SPAN("\r\n");
	}
	if (a->coding != H1_CODING_LENGTH)
		return true;
	if (data.len > a->left)
		return false;
	a->left -= data.len;
	a->complete = a->left == 0;
	return true;
}

/* Data, and the range of a file behind it.  Only an announced length lets it
 * go as it is; else its bytes are pulled like others. */
static bool
take_file(struct h1_answer *a, struct span data)
{
	uint64_t left = a->x->response.body.file.left;
	bool as_it_is = a->coding == H1_CODING_LENGTH;

	if (as_it_is && (left > a->left || data.len > a->left - left))
		return false;
	a->from_file = as_it_is;
	return data.len == 0 || take_data(a, data);
}

/* False: the answer cannot be completed (or less than was announced came). */
static bool
pull_next(struct h1_answer *a, size_t max)
{
	struct body *body = &a->x->response.body;
	struct span data = { NULL, 0 };

	if (a->coding == H1_CODING_LENGTH)
		max = smaller(a->left, max);
	switch (
	    body->ops == NULL ? BODY_END : body->ops->next(body, max, &data)) {
	case BODY_DATA:
		return data.len == 0 || take_data(a, data);
	case BODY_FILE:
		return take_file(a, data) &&
		       (a->from_file || data.len > 0 || pull_next(a, max));
	case BODY_END:
		a->complete = true;
		if (a->coding == H1_CODING_CHUNKED)
			a->parts[H1_PART_END] = (struct span)SPAN("0\r\n\r\n");
		return a->coding != H1_CODING_LENGTH || a->left == 0;
	case BODY_WAIT:
		return true;
	case BODY_ERROR:
		break;
	}
	return false;
}

/* A source that failed is not asked again. */
static bool
pull(struct h1_answer *a, size_t max)
{
	a->failed = a->failed || !pull_next(a, max);
	return !a->failed;
}

static bool
may_pull(const struct h1_answer *a)
{
	return a->answered && !a->complete && !a->from_file &&
	       a->parts[H1_PART_DATA].len == 0 &&
	       a->parts[H1_PART_END].len == 0;
}

/* ---- offering ---- */

/* The parts as far as there is room; true: all. */
static bool
offer_parts(struct h1_answer *a, struct output_batch *batch, size_t limit)
{
	for (int i = 0; i < H1_PART_COUNT; i++) {
		struct span part = a->parts[i];
		size_t n = smaller(part.len, limit - batch->iov_bytes);

		if (part.len == 0)
			continue;
		if (n == 0 || batch->iov_count == OUTPUT_IOV_MAX)
			return false;
		batch->iov[batch->iov_count++] =
		    (struct iovec){ (char *)part.ptr, n };
		batch->iov_bytes += n;
		a->offered += n;
		if (i == H1_PART_DATA)
			a->offered_body += n;
		if (n < part.len)
			return false;
	}
	return true;
}

/* True: all of the range. */
static bool
offer_file(struct h1_answer *a, struct output_batch *batch, size_t limit)
{
	const struct body_file *file = &a->x->response.body.file;
	size_t n = smaller(file->left, limit - batch->iov_bytes);

	if (n == 0)
		return false;
	batch->fd = file->fd;
	batch->offset = file->offset;
	batch->file_bytes = n;
	a->offered += n;
	a->offered_body += n;
	return n == file->left;
}

static bool
ends_with_file(const struct h1_answer *a)
{
	return a->from_file && a->x->response.body.file.left == a->left;
}

/* True if the answer ends in this batch. */
static bool
offer(struct h1_answer *a, struct output_batch *batch, size_t limit)
{
	struct exchange *x = a->x;
	bool all = offer_parts(a, batch, limit);

	if (all && a->from_file)
		all = offer_file(a, batch, limit);
	x->bytes_sent += a->offered;
	x->body_sent += a->offered_body;
	if (a->answered && a->offered > 0)
		x->state = EXCHANGE_SENDING;
	return all && a->answered && (a->complete || ends_with_file(a));
}

static void
forget_offer(struct h1_answer *a)
{
	a->x->bytes_sent -= a->offered;
	a->x->body_sent -= a->offered_body;
	a->offered = a->offered_body = 0;
}

void
h1_output_forget(struct h1 *h1)
{
	struct list_node *node;

	LIST_FOREACH (node, &h1->queue)
		forget_offer(LIST_ENTRY(node, struct h1_answer, node));
}

/* Bytes that may be pulled: none where the frame around them has no room. */
static size_t
pull_room(
    const struct h1_answer *a, const struct output_batch *batch, size_t limit)
{
	size_t taken = batch->iov_bytes + CHUNK_OVERHEAD +
		       a->parts[H1_PART_INTERIM].len +
		       a->parts[H1_PART_HEAD].len;

	return taken < limit ? limit - taken : 0;
}

/* False when a body failed. */
static bool
fill(struct h1 *h1, struct output_batch *batch, size_t limit)
{
	struct list_node *node;

	LIST_FOREACH (node, &h1->queue) {
		struct h1_answer *a = LIST_ENTRY(node, struct h1_answer, node);
		size_t max = pull_room(a, batch, limit);

		if (may_pull(a) && max > 0 && !pull(a, max))
			return false;
		if (!offer(a, batch, limit))
			break;
		batch->ending[batch->ending_count] = a->x;
		batch->end_at[batch->ending_count++] =
		    batch->iov_bytes + batch->file_bytes;
		if (batch->fd != -1 || batch->ending_count == OUTPUT_IOV_MAX)
			break;
	}
	return true;
}

bool
h1_output(struct framed *f, struct output_batch *batch, size_t limit)
{
	bool whole;

	if (f->input == NULL || f->status == FRAMING_BROKEN)
		return false;
	h1_output_forget(&f->input->h1);
	batch->iov_count = 0;
	batch->iov_bytes = batch->file_bytes = 0;
	batch->fd = -1;
	batch->offset = 0;
	batch->ending_count = 0;
	whole = fill(&f->input->h1, batch, limit);
	if (batch->iov_count > 0 || batch->file_bytes > 0 ||
	    batch->ending_count > 0)
		return true;
	/* What was whole before it has gone. */
	if (!whole)
		f->status = FRAMING_BROKEN;
	return false;
}

/* ---- after the write ---- */

/* n bytes of the range have gone. */
static void
advance_file(struct h1_answer *a, size_t n)
{
	struct body *body = &a->x->response.body;

	body->file.offset += (off_t)n;
	body->file.left -= n;
	body->length -= (int64_t)n;
	a->left -= n;
	a->from_file = body->file.left > 0;
	a->complete = a->left == 0;
}

/* The first n bytes of what was offered have gone. */
static void
advance(struct h1_answer *a, size_t n)
{
	struct exchange *x = a->x;

	x->bytes_sent += n;
	for (int i = 0; i < H1_PART_COUNT; i++) {
		size_t used = smaller(a->parts[i].len, n);

		a->parts[i] = span_skip(a->parts[i], used);
		n -= used;
		if (i == H1_PART_DATA)
			x->body_sent += used;
	}
	if (n == 0)
		return;
	x->body_sent += n;
	advance_file(a, n);
}

static bool
has_ended(const struct h1_answer *a)
{
	if (!a->answered || !a->complete || a->left > 0)
		return false;
	for (int i = 0; i < H1_PART_COUNT; i++)
		if (a->parts[i].len > 0)
			return false;
	return true;
}

static void
end_exchange(struct framed *f, struct h1_answer *a)
{
	struct h1 *h1 = &f->input->h1;
	struct exchange *x = a->x;
	/* The body may be that of a later request. */
	bool has_body = h1->body.owner == x;

	list_remove(&a->node);
	h1->queued--;
	h1->queued_bytes -= a->memory;
	x->state = EXCHANGE_SENT;
	list_remove(&x->node);
	list_append(&f->done, &x->node);
	if (has_body)
		h1_body_orphan(&h1->body);
	if (!x->keep_alive || (has_body && !h1_body_drainable(&h1->body)))
		h1_end(f);
}

void
h1_sent(struct framed *f, size_t bytes)
{
	struct list_node *node, *after;

	if (f->input == NULL)
		return;
	LIST_FOREACH_SAFE (node, after, &f->input->h1.queue) {
		struct h1_answer *a = LIST_ENTRY(node, struct h1_answer, node);
		size_t n = smaller(a->offered, bytes);

		forget_offer(a);
		advance(a, n);
		bytes -= n;
		if (has_ended(a))
			end_exchange(f, a);
		else if (n > 0 && a->answered && a->x->first_byte_us == 0)
			a->x->first_byte_us = clock_exact_us();
	}
	h1_update(f);
}

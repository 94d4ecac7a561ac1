/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loopback.  Requests are read by the same code as those of HTTP/1, so
 * that a handler under test sees what it would see from a client.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "framing/h1_private.h"
#include "framing/loopback.h"

static const struct h1_limits limits = {
	.line = 8190,
	.fields = H1_FIELDS_INLINE,
	.field_size = 8190,
	.total = 64 * 1024,
};

static void
begin(struct loopback *l, const struct server_conf *conf)
{
	struct exchange *x = &l->exchange;

	l->peer = (struct exchange_peer){ .scheme = "http",
		.listen_name = "loopback" };
	addr_parse((struct span)SPAN("192.0.2.2"), 1024, &l->peer.remote);
	addr_parse((struct span)SPAN("192.0.2.1"), 80, &l->peer.local);
	exchange_init(x, &l->peer, conf, l->storage, sizeof(l->storage));
	x->state = EXCHANGE_HEAD;
	x->start_us = clock_real_us();
	x->start_mono_us = clock_exact_us();
	l->body = span_of(NULL, 0);
}

/* 0, or the status to refuse with. */
static int
read_request(struct loopback *l, struct span text)
{
	struct exchange *x = &l->exchange;
	struct h1_field fields[H1_FIELDS_INLINE];
	struct h1_parser parser;
	long head;
	int status;

	x->framing_data = arena_calloc(&x->arena, 1, sizeof(struct h1_answer));
	text = arena_span(&x->arena, text);
	if (text.ptr == NULL || x->framing_data == NULL)
		return 500;
	h1_parser_init(&parser, &limits, fields);
	head = h1_parse_request(&parser, text.ptr, text.len);
	if (head <= 0)
		return head == 0 ? 400 : parser.status;
	x->head_bytes_in = (uint64_t)head;
	l->body = span_skip(text, (size_t)head);
	status = h1_request_read(x, &parser, text.ptr);
	return status != 0 ? status : h1_request_understand(x);
}

bool
loopback_request(
    struct loopback *l, const struct server_conf *conf, struct span text)
{
	int status;

	begin(l, conf);
	status = read_request(l, text);
	if (status != 0)
		response_error(&l->exchange, status);
	return status == 0;
}

bool
loopback_upload(struct loopback *l)
{
	struct exchange *x = &l->exchange;
	struct body_sink *sink = x->sink;

	while (l->body.len > 0) {
		ssize_t n = sink->take(sink, l->body);

		if (n < 0) {
			x->sink = NULL;
			return false;
		}
		if (n == 0)
			return true;
		x->body_bytes_in += (uint64_t)n;
		l->body = span_skip(l->body, (size_t)n);
	}
	x->sink = NULL;
	sink->end(sink);
	return true;
}

static bool
copy_file(const struct body_file *file, struct buf *to)
{
	size_t left = (size_t)file->left;
	off_t offset = file->offset;

	while (left > 0) {
		char data[4096];
		size_t max = left < sizeof(data) ? left : sizeof(data);
		ssize_t n = pread(file->fd, data, max, offset);

		if (n <= 0)
			return false;
		buf_add(to, data, (size_t)n);
		offset += n;
		left -= (size_t)n;
	}
	return true;
}

static bool
copy_pulled(struct body *body, struct buf *to)
{
	struct span data;

	for (;;) {
		switch (body->ops->next(body, 4096, &data)) {
		case BODY_DATA:
		case BODY_FILE: /* it is read where next is called again */
			buf_add_span(to, data);
			break;
		case BODY_END:
			return true;
		case BODY_WAIT:
		case BODY_ERROR:
			return false;
		}
	}
}

bool
loopback_answer(struct loopback *l, struct buf *to)
{
	struct response *response = &l->exchange.response;
	struct body *body = &response->body;
	size_t before = to->len;
	bool whole = true;

	response_finish(&l->exchange);
	if (response->body_omitted || body->ops == NULL)
		return true;
	if (body->file.fd != -1)
		whole = copy_file(&body->file, to);
	else if (body->memory.ptr != NULL)
		buf_add_span(to, body->memory);
	else
		whole = copy_pulled(body, to);
	if (response->announced_length >= 0)
		whole = whole &&
			to->len - before == (size_t)response->announced_length;
	l->exchange.body_sent = to->len - before;
	l->exchange.state = EXCHANGE_SENT;
	return whole && !buf_failed(to);
}

void
loopback_release(struct loopback *l)
{
	exchange_release(&l->exchange);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The request on its way out. */
#include "config.h"

#include <errno.h>

#include "client/deadline.h"
#include "client/exchange_private.h"
#include "wire/h1_print.h"

/* Read from a body at a time. */
enum {
	PIECE = 32 * 1024
};

/* How long a server may think about Expect (RFC 9110, 10.1.1). */
static const int64_t CONTINUE_MS = 1000;

bool
exchange_has_output(const struct exchange *x)
{
	return x->sent < x->out.len;
}

void
exchange_stop_sending(struct exchange *x)
{
	x->sending = EXCHANGE_STOPPED;
	x->sent = x->out.len;
	trace_body_end(x->trace, TRACE_SENT);
}

/* Adds to out, and shows, a piece of the body as it goes on the wire. */
static void
add_piece(struct exchange *x, const char *data, size_t len)
{
	size_t start = x->out.len;

	if (x->request->chunked) {
		h1_print_chunk_size(&x->out, len);
		buf_add(&x->out, data, len);
		buf_add(&x->out, "\r\n", 2);
	} else {
		buf_add(&x->out, data, len);
	}
	trace_body(x->trace, TRACE_SENT,
	    span_of(x->out.data + start, x->out.len - start));
}

static void
end_body(struct exchange *x)
{
	if (x->request->chunked)
		add_piece(x, NULL, 0);
	trace_body_end(x->trace, TRACE_SENT);
	x->sending = EXCHANGE_DONE;
}

enum outcome
exchange_fill(struct exchange *x, struct err *err)
{
	char data[PIECE];
	ssize_t n;

	if (exchange_has_output(x) || x->sending != EXCHANGE_BODY)
		return OUTCOME_OK;
	buf_clear(&x->out);
	x->sent = 0;
	n = upload_read(x->request->upload, data, sizeof(data), err);
	if (n == UPLOAD_ERROR)
		return OUTCOME_READ;
	if (n > 0)
		add_piece(x, data, (size_t)n);
	else if (n == UPLOAD_END)
		end_body(x);
	x->upload_waits = n == UPLOAD_WAIT;
	if (buf_failed(&x->out))
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	return OUTCOME_OK;
}

enum outcome
exchange_begin(struct exchange *x, struct err *err)
{
	const struct request *request = x->request;
	enum outcome outcome = request_print(request, x->options, &x->out, err);

	if (outcome != OUTCOME_OK)
		return outcome;
	trace_head(x->trace, TRACE_SENT, buf_span(&x->out));
	x->continue_by = deadline_in(CONTINUE_MS);
	if (request->upload == NULL ||
	    (request->upload->length == 0 && !request->chunked))
		x->sending = EXCHANGE_DONE;
	else if (request->expect)
		x->sending = EXCHANGE_WAITS;
	else
		x->sending = EXCHANGE_BODY;
	return OUTCOME_OK;
}

void
exchange_send(struct exchange *x)
{
	struct transport *t = &x->conn->transport;
	struct iovec iov = {
		.iov_base = x->out.data + x->sent,
		.iov_len = x->out.len - x->sent,
	};
	/* The head alone: the body is right behind it. */
	bool more =
	    x->sending == EXCHANGE_BODY && upload_untouched(x->request->upload);
	ssize_t n = t->ops->writev(t, &iov, 1, more);

	if (n > 0) {
		x->sent += (size_t)n;
	} else if (n == TRANSPORT_ERROR) {
		x->send_error = errno;
		exchange_stop_sending(x);
	}
}

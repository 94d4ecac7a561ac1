/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer on its way in. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "client/exchange_private.h"
#include "client/redirect.h"

static const size_t READ_SIZE = 64 * 1024;

/* What nobody wants to see is read for the sake of the connection; from here
 * on a new one is cheaper. */
static const int64_t DISCARD_MAX = 256 * 1024;

/* Decides what becomes of the body, and of what was not sent yet. */
static enum outcome
take_head(struct exchange *x, struct span head, struct err *err)
{
	const struct options *o = x->options;
	int status = x->answer.status;
	bool redirect =
	    o->follow && redirect_applies(status) && x->answer.has_location;

	trace_head(x->trace, TRACE_RECEIVED, head);
	x->expect_refused = status == 417 && x->sending == EXCHANGE_WAITS;
	x->discards =
	    redirect || x->expect_refused || (o->fail && status >= 400);
	if (x->sending == EXCHANGE_WAITS ||
	    (status >= 300 &&
		(x->sending != EXCHANGE_DONE || exchange_has_output(x))))
		exchange_stop_sending(x);
	return o->include ? output_head(x->output, head, err) : OUTCOME_OK;
}

static enum outcome
take_interim(struct exchange *x, struct span head, struct err *err)
{
	trace_head(x->trace, TRACE_RECEIVED, head);
	if (x->answer.status == 100 && x->sending == EXCHANGE_WAITS)
		x->sending = EXCHANGE_BODY;
	return x->options->include ? output_head(x->output, head, err)
				   : OUTCOME_OK;
}

static enum outcome
take_body(
    struct exchange *x, struct span raw, struct span bytes, struct err *err)
{
	trace_body(x->trace, TRACE_RECEIVED, raw);
	if (bytes.len == 0)
		return OUTCOME_OK;
	if (!x->discards)
		return output_body(x->output, bytes, err);
	x->discarded += (int64_t)bytes.len;
	if (x->discarded > DISCARD_MAX)
		x->ended = true;
	return OUTCOME_OK;
}

static enum outcome
take_end(struct exchange *x, bool by_close, struct err *err)
{
	x->ended = true;
	x->keeps = !by_close && x->answer.keep_alive &&
		   x->sending == EXCHANGE_DONE && !exchange_has_output(x) &&
		   x->excess == 0 && !request_closes(x->options);
	return x->discards ? OUTCOME_OK : output_body_end(x->output, err);
}

static enum outcome
take_event(struct exchange *x, enum answer_event event, struct span raw,
    struct span bytes, struct err *err)
{
	switch (event) {
	case ANSWER_INTERIM:
		return take_interim(x, bytes, err);
	case ANSWER_HEAD:
		return take_head(x, bytes, err);
	case ANSWER_BODY:
		return take_body(x, raw, bytes, err);
	case ANSWER_END:
		return take_end(x, false, err);
	case ANSWER_BAD:
		return answer_failure(&x->answer, err);
	case ANSWER_MORE:
		break;
	}
	return OUTCOME_OK;
}

/* What was used goes out of the buffer at the end, not event by event: there
 * may be one for every few bytes. */
static enum outcome
take_input(struct exchange *x, struct err *err)
{
	struct buf *in = &x->conn->in;
	enum answer_event event;
	enum outcome outcome, written;
	struct err late;
	size_t at = 0;

	do {
		struct span rest = span_skip(buf_span(in), at), bytes;
		size_t used;

		event = answer_next(&x->answer, rest, &used, &bytes);
		at += used;
		x->excess = rest.len - used;
		outcome =
		    take_event(x, event, span_of(rest.ptr, used), bytes, err);
	} while (outcome == OUTCOME_OK && !x->ended && event != ANSWER_MORE);
	buf_consume(in, at);
	written = output_flush(x->output, &late);
	if (outcome != OUTCOME_OK || written == OUTCOME_OK)
		return outcome;
	*err = late;
	return written;
}

/* What was not taken explains best why there is no answer. */
static enum outcome
not_sent(struct exchange *x, enum outcome outcome, struct err *err)
{
	if (x->send_error == 0 ||
	    (outcome != OUTCOME_EMPTY && outcome != OUTCOME_RECEIVE))
		return outcome;
	return outcome_set(err, OUTCOME_SEND,
	    "the server did not take the request: %s", strerror(x->send_error));
}

static enum outcome
take_close(struct exchange *x, struct err *err)
{
	enum outcome outcome = answer_closed(&x->answer, err);

	if (outcome == OUTCOME_OK)
		return take_end(x, true, err);
	return not_sent(x, outcome, err);
}

enum outcome
exchange_receive(struct exchange *x, struct err *err)
{
	struct transport *t = &x->conn->transport;
	char *room = buf_reserve(&x->conn->in, READ_SIZE);
	ssize_t n;

	if (room == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	n = t->ops->read(t, room, READ_SIZE);
	if (n == TRANSPORT_END)
		return take_close(x, err);
	if (n == TRANSPORT_ERROR)
		return not_sent(x,
		    outcome_set(
			err, OUTCOME_RECEIVE, "receiving: %s", strerror(errno)),
		    err);
	if (n < 0)
		return OUTCOME_OK;
	buf_commit(&x->conn->in, (size_t)n);
	return take_input(x, err);
}

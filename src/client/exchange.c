/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop of an exchange: wait, receive, send. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "client/deadline.h"
#include "client/exchange_private.h"

/* A head with the fields that a command line can hold. */
static const size_t OUT_MAX = 16 * 1024 * 1024;

void
exchange_init(struct exchange *x)
{
	answer_init(&x->answer, request_is_head(x->request));
	x->discards = x->expect_refused = x->keeps = false;
	x->sending = EXCHANGE_DONE;
	x->ended = x->upload_waits = false;
	x->send_error = 0;
	x->discarded = 0;
	buf_init(&x->out, OUT_MAX);
	x->sent = x->excess = 0;
	progress_start(&x->progress);
}

void
exchange_release(struct exchange *x)
{
	answer_release(&x->answer);
	buf_release(&x->out);
}

static int64_t
next_moment(const struct exchange *x)
{
	int64_t moment = x->deadline;

	if (x->sending == EXCHANGE_WAITS)
		moment = deadline_earlier(moment, x->continue_by);
	if (x->progress.on)
		moment = deadline_earlier(moment, x->progress.next);
	return moment;
}

static enum outcome
timed_out(const struct exchange *x, struct err *err)
{
	return outcome_set(err, OUTCOME_TIMEOUT,
	    "time is up, with %lld bytes of the body received",
	    (long long)x->output->body);
}

static enum outcome
turn(struct exchange *x, struct err *err)
{
	struct pollfd fds[2] = {
		{ .fd = x->conn->transport.fd, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	enum outcome outcome = OUTCOME_OK;

	if (exchange_has_output(x))
		fds[0].events |= POLLOUT;
	if (x->upload_waits && x->sending == EXCHANGE_BODY)
		fds[1].fd = upload_fd(x->request->upload);
	if (poll(fds, 2, deadline_left(next_moment(x))) == -1 && errno != EINTR)
		return outcome_set(
		    err, OUTCOME_RECEIVE, "poll: %s", strerror(errno));
	if (deadline_passed(x->deadline))
		return timed_out(x, err);
	if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		outcome = exchange_receive(x, err);
	if (outcome == OUTCOME_OK && exchange_has_output(x) &&
	    (fds[0].revents & POLLOUT) != 0)
		exchange_send(x);
	if (x->sending == EXCHANGE_WAITS && deadline_passed(x->continue_by))
		x->sending = EXCHANGE_BODY;
	progress_tick(&x->progress, x->output->body, x->answer.length);
	return outcome;
}

enum outcome
exchange_run(struct exchange *x, struct err *err)
{
	enum outcome outcome = exchange_begin(x, err);

	while (outcome == OUTCOME_OK && !x->ended) {
		outcome = exchange_fill(x, err);
		if (outcome == OUTCOME_OK)
			outcome = turn(x, err);
	}
	trace_body_end(x->trace, TRACE_SENT);
	trace_body_end(x->trace, TRACE_RECEIVED);
	progress_end(&x->progress, x->output->body, x->answer.length);
	return outcome;
}

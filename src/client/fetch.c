/* SPDX-License-Identifier: BSD-2-Clause */
/* From a URL to its last answer: connections, second tries, redirects. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/deadline.h"
#include "client/exchange.h"
#include "client/fetch.h"
#include "client/redirect.h"

struct fetch {
	struct client *client;
	const struct options *options;
	struct url named; /* by the user */
	struct url moved; /* by the last redirect; text NULL: none yet */
	struct upload upload;
	struct output output;
	char *output_path; /* owned */
	struct request request;
	uint64_t redirects;
	int64_t deadline;
};

void
client_init(struct client *client, const struct options *options)
{
	client->options = options;
	conn_init(&client->conn);
	trace_init(&client->trace, options->verbose);
}

void
client_release(struct client *client)
{
	conn_close(&client->conn);
	trace_release(&client->trace);
}

static enum outcome
no_memory(struct err *err)
{
	return outcome_set(err, OUTCOME_MEMORY, "out of memory");
}

/* The URL; -T to a folder goes to the file's name in it. */
static enum outcome
parse_url(struct fetch *f, const char *text, struct err *err)
{
	const char *path = f->options->upload, *slash;
	enum outcome outcome;
	struct buf whole;

	buf_init(&whole, 1 << 20);
	buf_add_str(&whole, text);
	if (path != NULL && strcmp(path, "-") != 0 &&
	    span_ends_nocase(span_str(text), "/")) {
		slash = strrchr(path, '/');
		buf_add_url_path(
		    &whole, span_str(slash != NULL ? slash + 1 : path));
	}
	if (buf_failed(&whole))
		outcome = outcome_set(err, OUTCOME_URL, "URL too long");
	else
		outcome = url_parse(&f->named, buf_span(&whole), err);
	buf_release(&whole);
	return outcome;
}

/* The n-th -o or -O is the n-th URL's. */
static enum outcome
choose_output(struct fetch *f, size_t index, struct err *err)
{
	const struct text_list *outputs = &f->options->outputs;
	const char *path = NULL;
	struct span name;

	if (index < outputs->count && outputs->items[index] == NULL) {
		name = url_file_name(&f->named);
		if (name.len == 0)
			return outcome_set(
			    err, OUTCOME_WRITE, "-O: the URL names no file");
		f->output_path = strndup(name.ptr, name.len);
		if (f->output_path == NULL)
			return no_memory(err);
		path = f->output_path;
	} else if (index < outputs->count) {
		path = outputs->items[index];
	}
	output_init(&f->output, path);
	return OUTCOME_OK;
}

static enum outcome
begin(struct fetch *f, size_t index, struct err *err)
{
	const struct options *o = f->options;
	enum outcome outcome = parse_url(f, o->urls.items[index], err);

	if (outcome == OUTCOME_OK)
		outcome = choose_output(f, index, err);
	if (outcome == OUTCOME_OK)
		outcome = upload_open(&f->upload, o, err);
	f->request = (struct request){
		.method = o->method,
		.url = &f->named,
		.target = o->request_target,
		.userinfo = f->named.userinfo,
		.upload = f->upload.present ? &f->upload : NULL,
	};
	return outcome;
}

static enum outcome
end(struct fetch *f, enum outcome outcome, struct err *err)
{
	struct err late;
	enum outcome written = output_release(&f->output, &late);

	if (outcome == OUTCOME_OK && written != OUTCOME_OK) {
		*err = late;
		outcome = written;
	}
	upload_release(&f->upload);
	url_release(&f->named);
	url_release(&f->moved);
	free(f->output_path);
	return outcome;
}

/* True when the body, if any, can be sent (once more) from its front. */
static bool
rewinds(struct fetch *f)
{
	return f->request.upload == NULL || upload_rewind(&f->upload);
}

/*
 * One exchange over the connection that there is, or a new one.  A server may
 * close a kept connection just as the next request is on its way (RFC 9112,
 * 9.3.1): then once more, if that can do no harm.
 */
static enum outcome
run(struct fetch *f, struct exchange *x, struct err *err)
{
	struct conn *conn = &f->client->conn;
	struct trace *trace = x->trace;
	bool kept = conn_serves(conn, f->request.url);
	enum outcome outcome = OUTCOME_OK;

	if (kept)
		trace_note(trace, "over the same connection");
	else
		outcome = conn_open(
		    conn, f->request.url, f->options, f->deadline, trace, err);
	if (outcome == OUTCOME_OK)
		outcome = exchange_run(x, err);
	if (!kept || answer_started(&x->answer) ||
	    (outcome != OUTCOME_EMPTY && outcome != OUTCOME_SEND &&
		outcome != OUTCOME_RECEIVE))
		return outcome;
	if (!request_is_idempotent(&f->request) || !rewinds(f))
		return outcome;
	trace_note(trace, "%s; again", err->text);
	exchange_release(x);
	exchange_init(x);
	outcome = conn_open(
	    conn, f->request.url, f->options, f->deadline, trace, err);
	return outcome == OUTCOME_OK ? exchange_run(x, err) : outcome;
}

static enum outcome
not_again(struct err *err)
{
	return outcome_set(err, OUTCOME_REWIND,
	    "the body came from a pipe and cannot be sent once more");
}

/* Makes the next request of the one that was answered by a redirect. */
static enum outcome
follow(struct fetch *f, const struct answer *answer, struct err *err)
{
	struct request *request = &f->request;
	const char *method = redirect_method(answer->status, request->method);
	enum outcome outcome;
	struct url next;

	if (++f->redirects > f->options->max_redirects)
		return outcome_set(err, OUTCOME_REDIRECTS,
		    "more than %llu redirects",
		    (unsigned long long)f->options->max_redirects);
	outcome =
	    url_resolve(&next, request->url, buf_span(&answer->location), err);
	if (outcome != OUTCOME_OK) {
		err_prefix(err, "redirect");
		return outcome;
	}
	url_release(&f->moved);
	f->moved = next;
	request->url = &f->moved;
	request->target = NULL;
	request->foreign = !url_same_server(&f->named, &f->moved);
	request->userinfo = f->moved.userinfo;
	if (request->userinfo.len == 0 && !request->foreign)
		request->userinfo = f->named.userinfo;
	if (method != request->method)
		request->upload = NULL;
	request->method = method;
	return rewinds(f) ? OUTCOME_OK : not_again(err);
}

/* True in *again_r when another request is to follow this one. */
static enum outcome
ask(struct fetch *f, bool expect, bool *again_r, struct err *err)
{
	struct exchange x = {
		.options = f->options,
		.request = &f->request,
		.conn = &f->client->conn,
		.output = &f->output,
		.trace = &f->client->trace,
		.deadline = f->deadline,
		.progress.on =
		    !f->options->silent && f->options->verbose == 0 &&
		    isatty(STDERR_FILENO) == 1 &&
		    (f->output.path != NULL || isatty(STDOUT_FILENO) == 0),
	};
	enum outcome outcome = request_init(&f->request, f->options, err);

	if (outcome != OUTCOME_OK)
		return outcome;
	f->request.expect &= expect;
	exchange_init(&x);
	outcome = run(f, &x, err);
	if (outcome != OUTCOME_OK || !x.keeps)
		conn_close(&f->client->conn);
	if (outcome == OUTCOME_OK && x.expect_refused)
		outcome = ask(f, false, again_r, err);
	else if (outcome == OUTCOME_OK && f->options->fail &&
		 x.answer.status >= 400)
		outcome = outcome_set(err, OUTCOME_STATUS,
		    "the server answered %d", x.answer.status);
	else if (outcome == OUTCOME_OK && x.discards) {
		*again_r = true;
		outcome = follow(f, &x.answer, err);
	}
	exchange_release(&x);
	return outcome;
}

enum outcome
fetch(struct client *client, size_t index, struct err *err)
{
	struct fetch f = {
		.client = client,
		.options = client->options,
		.output.fd = -1,
		.deadline = deadline_in(client->options->max_time_ms),
	};
	enum outcome outcome = begin(&f, index, err);
	bool again = outcome == OUTCOME_OK;

	client->trace.hide_received =
	    f.output.guard && isatty(STDERR_FILENO) == 1;
	while (again && outcome == OUTCOME_OK) {
		again = false;
		outcome = ask(&f, true, &again, err);
	}
	return end(&f, outcome, err);
}

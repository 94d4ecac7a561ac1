/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TRACE, where TraceEnable lets it: the request comes back as it was received
 * (RFC 9110, 9.3.8).  As in Apache it is the server's own, whatever the path
 * names and whoever may see that.
 */
#include "config.h"

#include "http/http_conf.h"
#include "http/module.h"

/* Apache's bound. */
#define BODY_MAX (64 * 1024)
/* The head is 128 KiB at most. */
#define TEXT_MAX (256 * 1024)

struct trace {
	struct exchange *x;
	struct body_sink sink;
	struct buf text; /* owned: what is sent back */
	size_t body_len;
	bool complete;
};

static void
release(struct exchange *x)
{
	struct trace *trace = x->handler_data;

	buf_release(&trace->text);
}

static ssize_t
take(struct body_sink *sink, struct span data)
{
	struct trace *trace = LIST_ENTRY(sink, struct trace, sink);

	if (data.len > BODY_MAX - trace->body_len) {
		response_error(trace->x, 413);
		exchange_ready(trace->x);
		return -1;
	}
	trace->body_len += data.len;
	buf_add_span(&trace->text, data);
	return (ssize_t)data.len;
}

static void
end(struct body_sink *sink)
{
	struct trace *trace = LIST_ENTRY(sink, struct trace, sink);

	trace->complete = true;
	exchange_ready(trace->x);
}

/* What a script may not read of its own request must not come back to it as
 * content; Apache sends it. */
static bool
is_secret(const struct field *field)
{
	return field->id == FIELD_COOKIE || field->id == FIELD_AUTHORIZATION ||
	       span_is_nocase(field->name, "Proxy-Authorization");
}

static void
print_head(struct buf *text, const struct request *r)
{
	buf_printf(text, "TRACE %.*s HTTP/%u.%u\r\n", SPAN_ARG(r->target),
	    r->major, r->minor);
	for (unsigned i = 0; i < r->field_count; i++)
		if (!is_secret(&r->fields[i]))
			buf_printf(text, "%.*s: %.*s\r\n",
			    SPAN_ARG(r->fields[i].name),
			    SPAN_ARG(r->fields[i].value));
	buf_add_str(text, "\r\n");
}

/* NULL without memory. */
static struct trace *
begin(struct exchange *x)
{
	struct trace *trace = arena_calloc(&x->arena, 1, sizeof(*trace));

	if (trace == NULL)
		return NULL;
	trace->x = x;
	trace->sink = (struct body_sink){ take, end };
	trace->complete = !x->request.has_body;
	buf_init(&trace->text, TEXT_MAX);
	x->handler_data = trace;
	x->release = release;
	print_head(&trace->text, &x->request);
	if (!trace->complete)
		x->sink = &trace->sink;
	return trace;
}

static void
answer(struct exchange *x, struct trace *trace)
{
	if (buf_failed(&trace->text)) {
		response_error(x, 500);
		return;
	}
	x->response.status = 200;
	x->response.content_type = (struct span)SPAN("message/http");
	body_buffer(&x->response.body, &trace->text);
}

static enum hook_result
trace_map(struct exchange *x)
{
	const struct http_conf *conf = exchange_conf(x, &http_section);
	struct trace *trace = x->handler_data;

	if (x->request.method != METHOD_TRACE)
		return HOOK_PASS;
	if (trace == NULL && x->request.has_body &&
	    conf->trace != TRACE_EXTENDED) {
		response_error(x, 413);
		return HOOK_DONE;
	}
	if (trace == NULL)
		trace = begin(x);
	if (trace == NULL) {
		response_error(x, 500);
		return HOOK_DONE;
	}
	if (!trace->complete)
		return HOOK_WAIT;
	answer(x, trace);
	return HOOK_DONE;
}

const struct module trace_module = { .map = trace_map };

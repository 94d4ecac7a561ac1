/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetHandler echo: answers with what was asked, to try clients and proxies.
 * A body is taken first, counted, and kept up to a bound, so its size does not
 * matter.  The answer mirrors what anybody may have sent: it is escaped, may
 * load and run nothing, and is not stored.
 */
#include "config.h"

#include "base/text.h"
#include "handlers/echo.h"
#include "http/accept.h"
#include "http/module.h"
#include "http/page.h"

/* The head (128 KiB at most) is in it up to three times, and what is kept of
 * the body; a byte becomes six at most. */
#define PAGE_MAX (4 * 1024 * 1024)

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

/* ---- the body ---- */

static void
release(struct exchange *x)
{
	struct echo *echo = x->handler_data;

	buf_release(&echo->view);
}

static ssize_t
take(struct body_sink *sink, struct span data)
{
	struct echo *echo = LIST_ENTRY(sink, struct echo, sink);
	size_t room = echo->view.max - echo->view.len;

	echo->size += data.len;
	if (echo->multipart != NULL)
		multipart_add(echo->multipart, data);
	else if (echo->is_form)
		form_add(&echo->form, data);
	else
		buf_add(
		    &echo->view, data.ptr, data.len < room ? data.len : room);
	return (ssize_t)data.len;
}

static void
end(struct body_sink *sink)
{
	struct echo *echo = LIST_ENTRY(sink, struct echo, sink);

	if (echo->multipart != NULL)
		multipart_end(echo->multipart);
	if (echo->is_form)
		form_end(&echo->form);
	echo->complete = true;
	exchange_ready(echo->x);
}

static bool
has_form(const struct request *request)
{
	struct span type = request_value(request, FIELD_CONTENT_TYPE);

	type.len = span_find(type, ';');
	return span_is_nocase(
	    span_trim(type), "application/x-www-form-urlencoded");
}

/* False without memory. */
static bool
prepare_form(struct echo *echo)
{
	struct form_pair *pairs = arena_calloc(
	    &echo->x->arena, ECHO_PAIRS_MAX, sizeof(struct form_pair));
	char *room = buf_reserve(&echo->view, ECHO_VIEW_MAX);

	if (pairs == NULL || room == NULL)
		return false;
	form_init(&echo->form, pairs, ECHO_PAIRS_MAX, room, ECHO_VIEW_MAX,
	    ECHO_PART_MAX);
	return true;
}

static bool
prepare_multipart(struct echo *echo, struct span boundary)
{
	struct arena *arena = &echo->x->arena;
	struct multipart_part *parts =
	    arena_calloc(arena, ECHO_PAIRS_MAX, sizeof(*parts));
	char *room = buf_reserve(&echo->view, ECHO_VIEW_MAX);

	echo->multipart = arena_alloc(arena, sizeof(*echo->multipart));
	if (parts == NULL || room == NULL || echo->multipart == NULL)
		return false;
	multipart_init(echo->multipart, boundary, parts, ECHO_PAIRS_MAX, room,
	    ECHO_VIEW_MAX, ECHO_PART_MAX);
	return true;
}

/* What the body's type asks for; false without memory. */
static bool
prepare_body(struct echo *echo)
{
	const struct request *request = &echo->x->request;
	struct span boundary;

	if (!request->has_body)
		return true;
	if (multipart_boundary(
		request_value(request, FIELD_CONTENT_TYPE), &boundary))
		return prepare_multipart(echo, boundary);
	echo->is_form = has_form(request);
	return !echo->is_form || prepare_form(echo);
}

static bool
read_query(struct echo *echo)
{
	struct exchange *x = echo->x;
	struct span query = x->request.uri.query;
	struct form_pair *pairs;
	char *room;

	if (query.len == 0)
		return true;
	pairs =
	    arena_calloc(&x->arena, ECHO_PAIRS_MAX, sizeof(struct form_pair));
	room = arena_alloc(&x->arena, query.len);
	if (pairs == NULL || room == NULL)
		return false;
	form_init(&echo->query, pairs, ECHO_PAIRS_MAX, room, query.len,
	    ECHO_PART_MAX);
	form_add(&echo->query, query);
	form_end(&echo->query);
	return true;
}

/* NULL without memory. */
static struct echo *
begin(struct exchange *x)
{
	struct echo *echo = arena_calloc(&x->arena, 1, sizeof(*echo));

	if (echo == NULL)
		return NULL;
	echo->x = x;
	echo->complete = !x->request.has_body;
	buf_init(&echo->view, ECHO_VIEW_MAX);
	x->handler_data = echo;
	x->release = release;
	if (!read_query(echo) || !prepare_body(echo))
		return NULL;
	echo->sink = (struct body_sink){ take, end };
	if (!echo->complete)
		x->sink = &echo->sink;
	return echo;
}

/* A character that the end of the view cut in two is left out. */
static struct span
whole_characters(struct span view)
{
	for (size_t back = 1; back < 4 && back <= view.len; back++) {
		size_t at = view.len - back;

		if ((view.ptr[at] & 0xc0) == 0x80)
			continue;
		if (text_utf8_length(span_skip(view, at)) == 0)
			view.len = at;
		break;
	}
	return view;
}

struct span
echo_text(const struct echo *echo)
{
	struct span view = buf_span(&echo->view);

	if (echo->size > view.len)
		view = whole_characters(view);
	return text_is_readable(view) ? view : span_of(NULL, 0);
}

struct span
echo_method(const struct echo *echo)
{
	const struct request *r = &echo->x->request;

	return r->method == METHOD_HEAD ? span_str("GET") : r->method_text;
}

/* ---- the answer ---- */

#define METHODS (METHODS_READ | METHOD_BIT(METHOD_POST))

static bool
add_fields(struct exchange *x)
{
	static const struct {
		struct span name, value;
	} rows[] = {
		{ SPAN("Vary"), SPAN("Accept") },
		{ SPAN("Cache-Control"), SPAN("no-store") },
		{ SPAN("X-Content-Type-Options"), SPAN("nosniff") },
		{ SPAN("Content-Security-Policy"),
		    SPAN("default-src 'none'; style-src 'unsafe-inline'; "
			 "base-uri 'none'; form-action 'none'; "
			 "frame-ancestors 'none'") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (field_add_named(&x->response.fields, &x->arena,
			rows[i].name, rows[i].value) != 0)
			return false;
	return true;
}

/* JSON reads well enough for who asks for plain text; len 0: HTML. */
static struct span
json_type(const struct request *r)
{
	static const char json[] = "application/json", plain[] = "text/plain";
	bool wants_json = accept_prefers(r, json, "text/html");

	if (accept_prefers(r, plain, wants_json ? json : "text/html"))
		return (struct span)SPAN("text/plain; charset=utf-8");
	return wants_json ? span_str(json) : span_of(NULL, 0);
}

static enum hook_result
answer(struct exchange *x, const struct echo *echo)
{
	struct span type = json_type(&x->request);
	struct buf page;

	buf_init(&page, PAGE_MAX);
	if (type.len > 0)
		echo_print_json(&page, echo);
	else
		echo_print_html(&page, echo);
	response_page(x, 200, &page);
	if (type.len > 0 && x->response.status == 200)
		x->response.content_type = type;
	return add_fields(x) ? HOOK_DONE : fail(x, 500);
}

static enum hook_result
echo_handle(struct exchange *x)
{
	struct echo *echo = x->handler_data;

	switch (x->request.method) {
	case METHOD_GET:
	case METHOD_HEAD:
	case METHOD_POST:
		break;
	default:
		response_methods(x, METHODS);
		return HOOK_DONE;
	}
	if (echo == NULL && x->request.method == METHOD_POST &&
	    !response_may_act(x))
		return HOOK_DONE;
	if (echo == NULL)
		echo = begin(x);
	if (echo == NULL)
		return fail(x, 500);
	return echo->complete ? answer(x, echo) : HOOK_WAIT;
}

const struct module echo_module = {
	.handler = "echo",
	.handle = echo_handle,
};

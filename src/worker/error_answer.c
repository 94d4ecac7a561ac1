/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error documents.  One by a path is a request of its own: by GET (or HEAD),
 * without a body, a condition or a range, which are about something else.  It
 * has no error document of its own: whatever is not a plain success leaves the
 * small page of the first error.
 */
#include "config.h"

#include "worker/error_answer.h"

#include "http/error_document.h"
#include "http/exchange_env.h"

/* What of the request is not about its error document. */
static const enum field_id unheard[] = { FIELD_IF_MATCH, FIELD_IF_NONE_MATCH,
	FIELD_IF_MODIFIED_SINCE, FIELD_IF_UNMODIFIED_SINCE, FIELD_IF_RANGE,
	FIELD_RANGE, FIELD_EXPECT, FIELD_CONTENT_LENGTH, FIELD_CONTENT_TYPE };

/* Apache's variables; without memory they are missing. */
static void
set_variables(struct exchange *x, int status)
{
	const struct request *r = &x->request;
	const char *text = arena_printf(&x->arena, "%d", status);
	const struct {
		struct span name, value;
	} variables[] = {
		{ SPAN("REDIRECT_STATUS"), span_str(text == NULL ? "" : text) },
		{ SPAN("REDIRECT_URL"), r->uri.path },
		{ SPAN("REDIRECT_QUERY_STRING"), r->uri.query },
		{ SPAN("REDIRECT_REQUEST_METHOD"), r->method_text },
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		if (variables[i].value.len > 0)
			(void)exchange_env_set(
			    x, variables[i].name, variables[i].value);
}

static void
change_request(struct request *r, const struct uri *uri)
{
	if (r->method != METHOD_HEAD) {
		r->method = METHOD_GET;
		r->method_text = span_str(method_name(METHOD_GET));
	}
	r->uri.form = URI_ORIGIN;
	r->uri.raw_path = uri->raw_path;
	r->uri.path = uri->path;
	r->uri.query = uri->query;
	r->uri.has_query = uri->has_query;
	r->content_length = -1;
	r->has_body = false;
	r->expect_continue = false;
	for (size_t i = 0; i < sizeof(unheard) / sizeof(*unheard); i++)
		r->known[unheard[i]] = 0;
}

/* Nothing of whoever answered before is left. */
static void
forget_handler(struct exchange *x)
{
	static const struct span none;

	if (x->release != NULL)
		x->release(x);
	x->release = NULL;
	x->handler_data = NULL;
	x->sink = NULL;
	x->methods = 0;
	x->file_path = x->root_path = x->uri_prefix = none;
	x->path_info = none;
	x->mapped_handler = NULL;
	x->settings = x->route.host->settings;
	x->route.mapped_by = x->route.checked_by = x->route.handled_by = NULL;
	x->route.handler = NULL;
	x->route.again = 0;
	response_reset(&x->response);
}

/* False without memory: the small page stays. */
static bool
begin(struct exchange *x, const struct error_document *document)
{
	struct exchange_error *error = arena_alloc(&x->arena, sizeof(*error));

	if (error == NULL)
		return false;
	*error = (struct exchange_error){
		.request = x->request,
		.status = x->response.status,
		.set_at = &document->set_at,
		.fields = x->response.fields,
	};
	x->error = error;
	set_variables(x, error->status);
	forget_handler(x);
	change_request(&x->request, &document->uri);
	return true;
}

static void
end(struct exchange *x)
{
	struct exchange_error *error = x->error;
	struct response *response = &x->response;

	error->answered = response->status == 200;
	if (!error->answered) {
		exchange_report(x, REPORT_INFO, "core",
		    "no ErrorDocument for %d: %.*s is answered with %d",
		    error->status, SPAN_ARG(x->request.uri.path),
		    response->status);
		response_error(x, error->status);
	}
	response->status = error->status;
	/* They are the document's, not those of what was asked for. */
	response->validators = (struct validators){ .last_modified = -1 };
	response->block = (struct span){ NULL, 0 };
	response->ranges = false;
	for (size_t i = 0; i < error->fields.count; i++)
		if (field_add_named(&response->fields, &x->arena,
			error->fields.fields[i].name,
			error->fields.fields[i].value) != 0)
			response_error(x, error->status);
}

static void
send_text(struct exchange *x, struct span text)
{
	struct response *response = &x->response;
	const struct field_list fields = response->fields;
	int status = response->status;

	response_reset(response);
	response->status = status;
	response->fields = fields;
	response->content_type = (struct span)SPAN("text/html; charset=utf-8");
	body_memory(&response->body, text);
}

bool
error_answer(struct exchange *x)
{
	const struct error_document *document;

	if (x->error != NULL) {
		end(x);
		return false;
	}
	if (x->response.status < 400)
		return false;
	document = error_document_find(x->settings, x->response.status);
	if (document == NULL)
		return false;
	switch (document->kind) {
	case ERROR_DOCUMENT_DEFAULT:
		return false;
	case ERROR_DOCUMENT_TEXT:
		send_text(x, document->text);
		return false;
	case ERROR_DOCUMENT_PATH:
		return begin(x, document);
	case ERROR_DOCUMENT_URL:
		x->status_original = x->response.status;
		response_redirect(x, 302, document->text);
		return false;
	}
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Responses: the small pages of errors and redirects, and response_finish,
 * which applies once, for every handler and framing, what RFC 9110 asks of
 * any response: conditions, ranges, HEAD, bodies that are not allowed.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "http/canonical.h"
#include "http/date.h"
#include "http/exchange.h"
#include "http/http_conf.h"
#include "http/page.h"
#include "http/partial.h"
#include "http/signature.h"
#include "http/status.h"

#define PAGE_MAX 4096
static const struct span page_type = SPAN("text/html; charset=utf-8");

void
response_init(struct response *response)
{
	memset(response, 0, sizeof(*response));
	response->validators.last_modified = -1;
	response->selected.last_modified = -1;
	response->announced_length = -1;
	body_none(&response->body);
}

void
response_reset(struct response *response)
{
	bool close = response->close;

	body_close(&response->body);
	response_init(response);
	response->close = close;
}

static void
begin_page(struct buf *page, int status)
{
	struct span reason = status_reason(status);
	char title[64];
	int len =
	    snprintf(title, sizeof(title), "%d %.*s", status, SPAN_ARG(reason));

	page_begin(
	    page, &(struct page_frame){ .title = span_of(title, (size_t)len) });
	buf_printf(page, "<p>%s</p>\n", status_sentence(status));
}

/*
 * The page of an error depends on the status alone, so each is made once in a
 * process's life.  Empty without memory: the status still says it.
 */
static struct span
error_page(int status)
{
	static struct span pages[600];
	struct buf page;

	if (status < 0 || status >= 600)
		return (struct span){ NULL, 0 };
	if (pages[status].ptr != NULL)
		return pages[status];
	buf_init(&page, PAGE_MAX);
	begin_page(&page, status);
	page_end(&page);
	if (buf_failed(&page)) {
		buf_release(&page);
		return (struct span){ NULL, 0 };
	}
	pages[status] = buf_span(&page);
	return pages[status];
}

void
response_error(struct exchange *x, int status)
{
	struct response *response = &x->response;

	response_reset(response);
	response->status = status;
	if (!status_has_body(status))
		return;
	response->content_type = page_type;
	body_memory(&response->body, error_page(status));
	response->small_page = true;
}

/* TRACE is the server's, whoever answers otherwise. */
static unsigned
methods_here(const struct exchange *x, unsigned set)
{
	const struct http_conf *conf;

	if (x->methods != 0)
		set &= x->methods;
	if (x->settings == NULL)
		return set;
	conf = settings_get(x->settings, &http_section);
	if (conf->trace != TRACE_OFF)
		set |= METHOD_BIT(METHOD_TRACE);
	return set;
}

void
response_methods(struct exchange *x, unsigned set)
{
	struct buf names;
	struct span value;

	response_error(x, 405);
	if (x->request.method == METHOD_OPTIONS &&
	    (set & METHOD_BIT(METHOD_OPTIONS)) != 0) {
		response_reset(&x->response);
		x->response.status = 200;
		body_memory(&x->response.body, span_of("", 0));
	}
	buf_init(&names, PAGE_MAX);
	method_print_set(methods_here(x, set), &names);
	value = arena_span(&x->arena, span_str(buf_str(&names)));
	if (buf_failed(&names) || value.ptr == NULL ||
	    field_add(&x->response.fields, &x->arena, FIELD_ALLOW, value) != 0)
		response_error(x, 500);
	buf_release(&names);
}

void
response_redirect(struct exchange *x, int status, struct span location)
{
	if (!span_starts(location, "/")) {
		response_redirect_verbatim(x, status, location);
		return;
	}
	response_redirect_verbatim(x, status, canonical_location(x, location));
	if (x->response.status == status)
		x->response.redirected_to = location;
}

void
response_redirect_verbatim(struct exchange *x, int status, struct span location)
{
	struct response *response = &x->response;
	struct buf page;
	struct span text;

	response_error(x, status);
	if (location.ptr == NULL || field_add(&response->fields, &x->arena,
					FIELD_LOCATION, location) != 0) {
		response_error(x, 500);
		return;
	}
	if (!status_has_body(status))
		return;
	buf_init(&page, PAGE_MAX + 8 * location.len);
	begin_page(&page, status);
	buf_add_str(&page, "<p><a href=\"");
	buf_add_html(&page, location);
	buf_add_str(&page, "\">Go on</a></p>\n");
	page_end(&page);
	text = buf_failed(&page) ? (struct span){ NULL, 0 }
				 : arena_span(&x->arena, buf_span(&page));
	buf_release(&page);
	if (text.ptr != NULL)
		body_memory(&response->body, text);
}

/* 304: the fields a 200 would have had for caches, and the better one of its
 * validators; no more (RFC 9110, 15.4.5). */
static void
make_not_modified(struct response *response)
{
	body_close(&response->body);
	response->status = 304;
	response->selected.type = response->content_type;
	response->content_type = (struct span){ NULL, 0 };
	response->block = (struct span){ NULL, 0 };
	response->ranges = false;
	response->selected.last_modified = response->validators.last_modified;
	if (response->validators.etag.len > 0)
		response->validators.last_modified = -1;
	field_remove(&response->fields, FIELD_CONTENT_ENCODING);
	field_remove(&response->fields, FIELD_CONTENT_LANGUAGE);
}

bool
response_may_act(struct exchange *x)
{
	if (conditional_check(&x->request, &x->response.validators,
		clock_real()) == CONDITIONAL_PASS)
		return true;
	response_error(x, 412);
	return false;
}

static void
apply_conditions(struct exchange *x)
{
	struct response *response = &x->response;

	switch (conditional_check(
	    &x->request, &response->validators, clock_real())) {
	case CONDITIONAL_NOT_MODIFIED:
		make_not_modified(response);
		break;
	case CONDITIONAL_FAILED:
		response_error(x, 412);
		break;
	case CONDITIONAL_PASS:
		break;
	}
}

/* RFC 9110, 13.2.1: of what would be a success, and has not been done. */
void
response_conditions(struct exchange *x)
{
	struct response *response = &x->response;

	if (response->status == 200 && (x->request.method == METHOD_GET ||
					   x->request.method == METHOD_HEAD)) {
		apply_conditions(x);
		if (response->ranges)
			partial_apply(x);
	}
	response->conditions_seen = true;
}

void
response_finish(struct exchange *x)
{
	struct response *response = &x->response;

	if (!response->conditions_seen)
		response_conditions(x);
	if (x->status_original == 0)
		x->status_original = response->status;
	if (response->small_page)
		signature_sign(x);
	response->announced_length = response->body.length;
	response->body_omitted = x->request.method == METHOD_HEAD;
	if (!status_has_body(response->status)) {
		response->announced_length = -1;
		response->body_omitted = true;
	}
	if (response->body_omitted)
		body_close(&response->body);
	x->state = EXCHANGE_ANSWERED;
}

struct span
response_common_block(const struct exchange *x)
{
	static char block[160];
	static size_t len;
	static time_t made_at = -1;
	static const struct server_conf *made_for;
	const struct http_conf *conf;
	char date[DATE_SIZE];
	time_t now = clock_real();

	if (now == made_at && x->conf == made_for)
		return span_of(block, len);
	conf = conf_get(x->conf, &http_section);
	date_print(now, date);
	len =
	    (size_t)snprintf(block, sizeof(block), "Server: %s\r\nDate: %s\r\n",
		http_server_name(conf->server_tokens), date);
	made_at = now;
	made_for = x->conf;
	return span_of(block, len);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a parsed head to a request: what RFC 9112 says about fields that
 * concern the message itself (Host, Transfer-Encoding, Content-Length,
 * Expect, Connection).  What two readers could understand differently is
 * refused here, so that nobody smuggles a request past a proxy in front.
 */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "framing/h1_private.h"
#include "http/http_conf.h"

/* "HTTP/1.1" */
#define VERSION_LEN 8

/* ---- fields ---- */

static int
read_fields(
    struct exchange *x, const struct h1_parser *parser, const char *head)
{
	struct field *fields =
	    arena_calloc(&x->arena, parser->field_count, sizeof(*fields));
	uint32_t i;

	if (fields == NULL && parser->field_count > 0)
		return 500;
	for (i = 0; i < parser->field_count; i++) {
		const struct h1_field *at = &parser->fields[i];

		fields[i].name = span_of(head + at->name, at->name_len);
		fields[i].value = span_of(head + at->value, at->value_len);
	}
	request_index(&x->request, fields, parser->field_count);
	return 0;
}

static void
read_line(struct request *r, const struct h1_parser *parser, const char *head)
{
	r->major = parser->major;
	r->minor = parser->minor;
	r->method_text = span_of(head + parser->method, parser->method_len);
	r->method = method_find(r->method_text);
	r->target = span_of(head + parser->target, parser->target_len);
	r->line = span_of(r->method_text.ptr,
	    parser->method_len + 1 + parser->target_len + 1 + VERSION_LEN);
}

/* ---- where the body ends (9112, 6.3) ---- */

/* 0, or the status to refuse with. */
static int
read_transfer_encoding(const struct request *r)
{
	bool chunked = false, unknown = false;
	struct span rest, coding;
	unsigned i;

	for (i = 0; i < r->field_count; i++) {
		if (r->fields[i].id != FIELD_TRANSFER_ENCODING)
			continue;
		rest = r->fields[i].value;
		while (span_next_element(&rest, &coding)) {
			if (chunked) /* not the last, or twice */
				return 400;
			chunked = span_is_nocase(coding, "chunked");
			unknown |= !chunked;
		}
	}
	if (r->minor == 0) /* 9112, 6.1: its framing is faulty */
		return 400;
	if (unknown)
		return 501;
	return chunked ? 0 : 400;
}

/*
 * One line of Content-Length: a number, or a list of the same number, of any
 * size (RFC 9110, 8.6).  0, or the status to refuse with.
 */
static int
read_length(struct span value, int64_t *length)
{
	for (;;) {
		size_t comma = span_find(value, ',');
		uint64_t n;

		switch (number_parse(
		    span_trim(span_of(value.ptr, comma)), INT64_MAX, &n)) {
		case NUMBER_OK:
			break;
		case NUMBER_BAD:
			return 400;
		case NUMBER_RANGE:
			return 413;
		}
		if (*length != -1 && *length != (int64_t)n)
			return 400;
		*length = (int64_t)n;
		if (comma == value.len)
			return 0;
		value = span_skip(value, comma + 1);
	}
}

static int
read_content_length(struct request *r)
{
	int status = 0;
	unsigned i;

	for (i = 0; i < r->field_count && status == 0; i++)
		if (r->fields[i].id == FIELD_CONTENT_LENGTH)
			status =
			    read_length(r->fields[i].value, &r->content_length);
	return status;
}

/* With Transfer-Encoding a Content-Length means nothing, and must not be
 * seen by a backend either (9112, 6.3). */
static void
drop_content_length(struct request *r)
{
	struct field *fields = (struct field *)r->fields;
	unsigned i, kept = 0;

	for (i = 0; i < r->field_count; i++)
		if (fields[i].id != FIELD_CONTENT_LENGTH)
			fields[kept++] = fields[i];
	request_index(r, fields, kept);
}

static int
read_body_framing(struct exchange *x)
{
	struct request *r = &x->request;
	int status;

	if (r->known[FIELD_TRANSFER_ENCODING] == 0) {
		if (r->known[FIELD_CONTENT_LENGTH] == 0)
			return 0;
		status = read_content_length(r);
		r->has_body = status == 0 && r->content_length > 0;
		if (status == 0)
			return 0;
		return h1_refusal(x, status, REPORT_INFO,
		    "AH10242: client sent invalid Content-Length (%.*s): %.*s",
		    SPAN_ARG(request_value(r, FIELD_CONTENT_LENGTH)),
		    SPAN_ARG(r->target));
	}
	status = read_transfer_encoding(r);
	if (status != 0)
		return h1_refusal(x, status, REPORT_INFO,
		    "AH02539: client sent unknown Transfer-Encoding (%.*s): "
		    "%.*s",
		    SPAN_ARG(request_value(r, FIELD_TRANSFER_ENCODING)),
		    SPAN_ARG(r->target));
	r->has_body = true;
	if (r->known[FIELD_CONTENT_LENGTH] != 0) {
		/* Somebody in front may have read it otherwise: no second
		 * request is believed on this connection (9112, 6.1). */
		drop_content_length(r);
		h1_answer_of(x)->last = true;
	}
	return 0;
}

static int
read_expectations(struct exchange *x, struct span rest)
{
	struct request *r = &x->request;
	struct span expectation;

	while (span_next_element(&rest, &expectation)) {
		if (!span_is_nocase(expectation, "100-continue"))
			return h1_refusal(x, 417, REPORT_INFO,
			    "AH00570: client sent an unrecognized expectation "
			    "value of Expect: %.*s",
			    SPAN_ARG(expectation));
		r->expect_continue = r->has_body;
	}
	return 0;
}

/* RFC 9110, 10.1.1: 1.0 clients cannot expect anything. */
static int
read_expect(struct exchange *x)
{
	const struct request *r = &x->request;
	int status = 0;
	unsigned i;

	if (r->minor == 0 || r->known[FIELD_EXPECT] == 0)
		return 0;
	for (i = 0; i < r->field_count && status == 0; i++)
		if (r->fields[i].id == FIELD_EXPECT)
			status = read_expectations(x, r->fields[i].value);
	return status;
}

int
h1_request_read(
    struct exchange *x, const struct h1_parser *parser, const char *head)
{
	int status;

	x->request.content_length = -1;
	read_line(&x->request, parser, head);
	status = read_fields(x, parser, head);
	if (status == 0)
		status = read_body_framing(x);
	return status != 0 ? status : read_expect(x);
}

/* ---- the target and what it is meant for ---- */

static int
read_host(struct exchange *x)
{
	struct request *r = &x->request;
	struct span host;
	uint16_t port;

	if (r->known[FIELD_HOST] == 0 && r->minor == 0) /* 9112, 3.2 */
		return 0;
	if (r->known[FIELD_HOST] == 0)
		return h1_refusal(x, 400, REPORT_INFO,
		    "AH00569: client sent HTTP/1.1 request without hostname "
		    "(see RFC2616 section 14.23): %.*s",
		    SPAN_ARG(r->target));
	if (request_count(r, FIELD_HOST) > 1 ||
	    !uri_parse_host(request_value(r, FIELD_HOST), &host, &port))
		return h1_refusal(x, 400, REPORT_INFO,
		    "AH00550: Client sent malformed Host header: %.*s",
		    SPAN_ARG(request_value(r, FIELD_HOST)));
	/* The authority of an absolute target goes before it (3.2.2). */
	if (r->uri.form == URI_ORIGIN || r->uri.form == URI_ASTERISK) {
		r->uri.host = host;
		r->uri.port = port;
	}
	return 0;
}

/* By the rules of its host, of which the usual path needs none. */
static int
normalise_path(struct exchange *x)
{
	struct uri *uri = &x->request.uri;
	const struct host *host;
	struct uri_rules rules;

	if (uri_is_normal(uri))
		return 0;
	host = exchange_find_host(x);
	rules = http_uri_rules(settings_get(host->settings, &http_section));
	return uri_normalise(uri, &x->arena, &rules);
}

int
h1_request_understand(struct exchange *x)
{
	struct request *r = &x->request;
	int status;

	/* We make no tunnel; what follows may have been meant for it. */
	if (r->method == METHOD_CONNECT)
		h1_answer_of(x)->last = true;
	status = uri_parse_target(&r->uri, r->target,
	    r->method == METHOD_CONNECT, r->method == METHOD_OPTIONS);
	if (status != 0)
		return h1_refuse_uri(x, status);
	/* An answer that leaves the connection open must not hide what makes
	 * the message itself invalid: the host goes first. */
	if (read_host(x) != 0)
		return 400;
	status = normalise_path(x);
	/* 9110, 7.4: what is "https" has to come over TLS. */
	if (status == 0 && r->uri.secure &&
	    strcmp(x->peer->scheme, "https") != 0)
		status = 421;
	return h1_refuse_uri(x, status);
}

/* ---- elsewhere ---- */

static void
rebase(struct span *s, const char *from, const char *to)
{
	s->ptr = to + (s->ptr - from);
}

bool
h1_request_move(struct exchange *x, const char *head, size_t len)
{
	struct request *r = &x->request;
	struct field *fields = (struct field *)r->fields;
	const char *copy = arena_span(&x->arena, span_of(head, len)).ptr;
	unsigned i;

	if (copy == NULL)
		return false;
	rebase(&r->method_text, head, copy);
	rebase(&r->target, head, copy);
	rebase(&r->line, head, copy);
	for (i = 0; i < r->field_count; i++) {
		rebase(&fields[i].name, head, copy);
		rebase(&fields[i].value, head, copy);
	}
	return true;
}

void
h1_request_guess(struct exchange *x, const struct h1_parser *parser,
    const char *head, size_t len)
{
	struct request *r = &x->request;
	size_t start = parser->method;

	r->content_length = -1;
	r->major = 1;
	r->minor = parser->minor;
	if (parser->method_len > 0) {
		r->method_text = span_of(head + start, parser->method_len);
		r->method = method_find(r->method_text);
	}
	r->target = span_of(head + parser->target, parser->target_len);
	if (start > len)
		return;
	r->line = span_of(head + start, len - start);
	r->line.len = span_find(r->line, '\n');
	if (r->line.len > 0 && r->line.ptr[r->line.len - 1] == '\r')
		r->line.len--;
}

bool
h1_request_keeps_alive(const struct request *r)
{
	if (request_has_token(r, FIELD_CONNECTION, "close"))
		return false;
	return r->minor > 0 ||
	       request_has_token(r, FIELD_CONNECTION, "keep-alive");
}

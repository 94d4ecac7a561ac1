/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads of requests. */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "client/header.h"
#include "client/request.h"
#include "http/method.h"
#include "http/uri.h"
#include "wire/h1_print.h"

/* Bodies of this size are worth a question first (curl asks as well). */
static const int64_t EXPECT_FROM = 1024 * 1024;

/* What is meant for the server that the user named, and for no other. */
static const char *const secret[] = { "Authorization", "Cookie", "Host",
	"Proxy-Authorization", NULL };

/* What says something about a body. */
static const char *const of_body[] = { "Content-Type", "Content-Length",
	"Content-Encoding", "Transfer-Encoding", "Expect", NULL };

static bool
is_one_of(struct span name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (span_is_nocase(name, *names))
			return true;
	return false;
}

/* True when -H gives the field a value with that word in it. */
static bool
asks_for(const struct options *o, const char *name, const char *word)
{
	struct span value, element;
	bool removes;

	if (!header_find(o, name, &value, &removes))
		return false;
	while (span_next_element(&value, &element))
		if (span_is_nocase(element, word))
			return true;
	return false;
}

static bool
is_given(const struct options *o, const char *name)
{
	struct span value;
	bool removes;

	return header_find(o, name, &value, &removes);
}

enum outcome
request_init(struct request *r, const struct options *o, struct err *err)
{
	int64_t length;

	r->chunked = r->expect = false;
	if (r->upload == NULL)
		return OUTCOME_OK;
	length = r->upload->length;
	r->chunked = asks_for(o, "Transfer-Encoding", "chunked") ||
		     (length == -1 && !is_given(o, "Content-Length"));
	if (r->chunked && o->http10)
		return outcome_set(err, OUTCOME_USAGE,
		    "HTTP/1.0 cannot send a body whose length is not known");
	if (o->http10)
		return OUTCOME_OK;
	r->expect = is_given(o, "Expect")
			? asks_for(o, "Expect", "100-continue")
			: length == -1 || length > EXPECT_FROM;
	return OUTCOME_OK;
}

bool
request_is_head(const struct request *r)
{
	return strcmp(r->method, "HEAD") == 0;
}

bool
request_is_idempotent(const struct request *r)
{
	switch (method_find(span_str(r->method))) {
	case METHOD_GET:
	case METHOD_HEAD:
	case METHOD_OPTIONS:
	case METHOD_TRACE:
	case METHOD_PUT:
	case METHOD_DELETE:
		return true;
	default:
		return false;
	}
}

bool
request_closes(const struct options *o)
{
	return asks_for(o, "Connection", "close") ||
	       (o->http10 && !asks_for(o, "Connection", "keep-alive"));
}

/* A field that goes by itself, unless -H has it. */
static void
add_own(struct buf *to, const struct request *r, const struct options *o,
    const char *name, struct span value)
{
	if (is_given(o, name) &&
	    !(r->foreign && is_one_of(span_str(name), secret)))
		return;
	h1_print_field(to, span_str(name), value);
}

static void
add_host(struct buf *to, const struct request *r, const struct options *o)
{
	struct buf host;

	buf_init(&host, 1 << 16);
	buf_add_span(&host, r->url->host);
	if (r->url->port_given)
		buf_printf(&host, ":%d", r->url->port);
	add_own(to, r, o, "Host", buf_span(&host));
	buf_release(&host);
}

/* RFC 4648, 4. */
static void
add_base64(struct buf *to, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		unsigned bits = (unsigned)(unsigned char)s.ptr[i] << 16;

		if (left > 1)
			bits |= (unsigned)(unsigned char)s.ptr[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)s.ptr[i + 2];
		buf_add_char(to, digits[bits >> 18]);
		buf_add_char(to, digits[bits >> 12 & 63]);
		buf_add_char(to, left > 1 ? digits[bits >> 6 & 63] : '=');
		buf_add_char(to, left > 2 ? digits[bits & 63] : '=');
	}
}

/* -u, else what stands in the URL, which is escaped there. */
static bool
add_credentials(
    struct buf *to, const struct request *r, const struct options *o)
{
	struct span from = r->userinfo;
	char *room;
	long len;

	if (o->user != NULL && !r->foreign) {
		buf_add_str(to, o->user);
	} else if (from.len > 0) {
		room = buf_reserve(to, from.len);
		len = room != NULL ? uri_decode(from, room) : -1;
		if (len < 0)
			return false;
		buf_commit(to, (size_t)len);
	}
	if (to->len > 0 && span_find(buf_span(to), ':') == to->len)
		buf_add_char(to, ':');
	return to->len > 0;
}

static void
add_authorization(
    struct buf *to, const struct request *r, const struct options *o)
{
	struct buf credentials, value;

	buf_init(&credentials, 1 << 16);
	buf_init(&value, 1 << 17);
	if (add_credentials(&credentials, r, o)) {
		buf_add_str(&value, "Basic ");
		add_base64(&value, buf_span(&credentials));
		add_own(to, r, o, "Authorization", buf_span(&value));
	}
	buf_release(&value);
	buf_release(&credentials);
}

static void
add_range(struct buf *to, const struct request *r, const struct options *o)
{
	struct buf range;

	if (o->range == NULL)
		return;
	buf_init(&range, 1 << 16);
	buf_printf(&range, "bytes=%s", o->range);
	add_own(to, r, o, "Range", buf_span(&range));
	buf_release(&range);
}

static void
add_body_fields(
    struct buf *to, const struct request *r, const struct options *o)
{
	char number[NUMBER_TEXT_SIZE];
	const char *type = r->upload->content_type;
	size_t len;

	if (type != NULL)
		add_own(to, r, o, "Content-Type", span_str(type));
	if (r->chunked) {
		add_own(to, r, o, "Transfer-Encoding",
		    (struct span)SPAN("chunked"));
	} else if (r->upload->length >= 0) {
		len = number_print(number, (uint64_t)r->upload->length);
		add_own(to, r, o, "Content-Length", span_of(number, len));
	}
	if (r->expect)
		add_own(to, r, o, "Expect", (struct span)SPAN("100-continue"));
}

/* -H, but for what this request should not have. */
static void
add_given(struct buf *to, const struct request *r, const struct options *o)
{
	bool body_left_out =
	    r->upload == NULL && (o->data_count > 0 || o->upload != NULL);

	for (size_t i = 0; i < o->headers.count; i++) {
		struct span name, value;
		bool removes;

		header_parse(o->headers.items[i], &name, &value, &removes);
		if (removes || (r->foreign && is_one_of(name, secret)) ||
		    (body_left_out && is_one_of(name, of_body)))
			continue;
		h1_print_field(to, name, value);
	}
}

enum outcome
request_print(const struct request *r, const struct options *o, struct buf *to,
    struct err *err)
{
	static const char program[] = "drover-request/" PACKAGE_VERSION;
	const char *agent = o->user_agent != NULL ? o->user_agent : program;

	buf_add_str(to, r->method);
	buf_add_char(to, ' ');
	if (r->target != NULL)
		buf_add_str(to, r->target);
	else
		buf_add_span(to, r->url->target);
	buf_add_str(to, o->http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
	add_host(to, r, o);
	add_authorization(to, r, o);
	if (agent[0] != '\0')
		add_own(to, r, o, "User-Agent", span_str(agent));
	add_own(to, r, o, "Accept", (struct span)SPAN("*/*"));
	if (o->referer != NULL)
		add_own(to, r, o, "Referer", span_str(o->referer));
	add_range(to, r, o);
	if (r->upload != NULL)
		add_body_fields(to, r, o);
	add_given(to, r, o);
	h1_print_end(to);
	if (buf_failed(to))
		return outcome_set(
		    err, OUTCOME_SEND, "the head of the request is too long");
	return OUTCOME_OK;
}

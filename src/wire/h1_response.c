/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The status line (RFC 9112, 4).  Everything up to the reason has a fixed
 * form, so the place in it is the state; behind the line h1_parse.c goes on.
 */
#include "config.h"

#include <string.h>

#include "wire/h1_response.h"
#include "wire/h1_scan.h"

enum state {
	STATE_FORM,	/* in "HTTP/1.1 200" */
	STATE_CODE_END, /* behind the code */
	STATE_REASON,
	STATE_LINE_LF, /* CR of the status line was seen */
	STATE_FIELDS,
	STATE_BAD,
};

/* d: a digit; 1: a digit that begins a status code. */
static const char form[] = "HTTP/v.d 1dd";

enum {
	VERSION_AT = 5,
	MINOR_AT = 7,
	CODE_AT = 9,
	FORM_LEN = sizeof(form) - 1,
};

void
h1_response_init(struct h1_response *r, const struct h1_limits *limits,
    struct h1_field *fields)
{
	*r = (struct h1_response){ .state = STATE_FORM };
	h1_parser_init(&r->head, limits, fields);
}

static size_t
fail(struct h1_response *r, size_t at, const char *why)
{
	r->state = STATE_BAD;
	r->why = why;
	return at;
}

static bool
fits(char c, char place)
{
	switch (place) {
	case 'v':
		return c == '1';
	case 'd':
		return c >= '0' && c <= '9';
	case '1':
		return c >= '1' && c <= '9';
	default:
		return c == place;
	}
}

static const char *
form_fault(size_t at)
{
	if (at < VERSION_AT)
		return "not an HTTP response";
	return at < CODE_AT ? "bad HTTP version" : "bad status code";
}

static size_t
in_form(struct h1_response *r, char c, size_t i)
{
	if (!fits(c, form[i]))
		return fail(r, i, form_fault(i));
	if (i == MINOR_AT)
		r->minor = (uint8_t)(c - '0');
	if (i >= CODE_AT)
		r->status = r->status * 10 + (c - '0');
	if (i + 1 == FORM_LEN)
		r->state = STATE_CODE_END;
	return i + 1;
}

static size_t
at_line_end(struct h1_response *r, char c, size_t i)
{
	if (c == '\r') {
		r->state = STATE_LINE_LF;
		return i + 1;
	}
	r->state = STATE_FIELDS;
	h1_parser_start_fields(&r->head, (uint32_t)i + 1);
	return i + 1;
}

static size_t
at_code_end(struct h1_response *r, char c, size_t i)
{
	r->reason = (uint32_t)i;
	if (c == '\r' || c == '\n')
		return at_line_end(r, c, i);
	if (c != ' ')
		return fail(r, i, "bad status code");
	r->reason++;
	r->state = STATE_REASON;
	return i + 1;
}

static size_t
in_reason(struct h1_response *r, const char *data, size_t i, size_t end)
{
	uint32_t limit = r->head.limits->line;
	size_t stop = end < limit ? end : limit;

	i = h1_scan_value(data, i, stop);
	if (i == end)
		return i;
	if (data[i] != '\r' && data[i] != '\n')
		return fail(r, i,
		    i == limit ? "status line too long"
			       : "bad byte in the reason");
	r->reason_len = (uint32_t)i - r->reason;
	return at_line_end(r, data[i], i);
}

static size_t
step(struct h1_response *r, const char *data, size_t i, size_t end)
{
	switch ((enum state)r->state) {
	case STATE_FORM:
		return in_form(r, data[i], i);
	case STATE_CODE_END:
		return at_code_end(r, data[i], i);
	case STATE_REASON:
		return in_reason(r, data, i, end);
	case STATE_LINE_LF:
		if (data[i] != '\n')
			return fail(r, i, "CR without LF");
		return at_line_end(r, data[i], i);
	case STATE_FIELDS:
	case STATE_BAD:
		break;
	}
	return i;
}

/* What there is of the status line; the place is kept where fields begin. */
static void
parse_line(struct h1_response *r, const char *data, size_t len)
{
	size_t total = r->head.limits->total;
	size_t end = len < total ? len : total;
	size_t i = r->head.at;

	while (i < end && r->state < STATE_FIELDS)
		i = step(r, data, i, end);
	if (r->state < STATE_FIELDS && i == total)
		fail(r, i, "head too long");
	r->head.at = (uint32_t)i;
}

long
h1_parse_response(struct h1_response *r, const char *data, size_t len)
{
	long used;

	parse_line(r, data, len);
	if (r->state != STATE_FIELDS)
		return r->state == STATE_BAD ? -1 : 0;
	used = h1_parse_request(&r->head, data, len);
	if (used < 0)
		r->why = r->head.why;
	return used;
}

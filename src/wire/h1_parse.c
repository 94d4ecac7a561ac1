/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a request, from bytes to offsets (RFC 9112, 2 to 5).  One
 * function per state takes as many bytes as it can; the state is all that is
 * kept between calls, so a head may be split at any byte.  The runs of bytes
 * inside a token, target or value are h1_scan.h's.
 *
 * A limit is never looked at byte by byte: a scan ends at the limit, and only
 * then does what stands there decide between "ends just here" and "too long".
 */
#include "config.h"

#include <string.h>

#include "wire/h1_parse.h"
#include "wire/h1_scan.h"

enum state {
	STATE_START,	 /* before the request line */
	STATE_EMPTY_LF,	 /* CR of the empty line before it was seen */
	STATE_START_NOW, /* the empty line was seen: no second one */
	STATE_METHOD,
	STATE_TARGET,
	STATE_VERSION,
	STATE_LINE_END, /* behind the version */
	STATE_LINE_LF,	/* CR of the request line was seen */
	STATE_FIELD,	/* before a field line or the empty line */
	STATE_NAME,
	STATE_OWS, /* behind the colon */
	STATE_VALUE,
	STATE_VALUE_LF, /* CR of a field line was seen */
	STATE_END_LF,	/* CR of the empty line was seen */
	STATE_DONE,
	STATE_BAD,
};

static const size_t VERSION_LEN = 8; /* "HTTP/1.1" (9112, 2.3) */

void
h1_parser_init(struct h1_parser *parser, const struct h1_limits *limits,
    struct h1_field *fields)
{
	*parser = (struct h1_parser){
		.limits = limits,
		.fields = fields,
		.state = STATE_START,
	};
}

void
h1_parser_start_fields(struct h1_parser *parser, uint32_t at)
{
	parser->state = STATE_FIELD;
	parser->at = at;
	parser->lone_lf = true;
}

bool
h1_parser_idle(const struct h1_parser *parser)
{
	return parser->state < STATE_METHOD;
}

/* Returns at so that a state can `return fail(…)`. */
static size_t
fail(struct h1_parser *parser, size_t at, int status, const char *why)
{
	parser->state = STATE_BAD;
	parser->status = status;
	parser->why = why;
	return at;
}

static inline size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline bool
is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

/* True when c would be a byte of the line beyond its limit. */
static inline bool
beyond(const struct h1_parser *parser, size_t i, uint32_t limit, char c)
{
	return i - parser->mark >= limit && !is_line_end(c);
}

static size_t
fail_line(struct h1_parser *parser, size_t i, char c, const char *why)
{
	if (beyond(parser, i, parser->limits->line, c))
		return fail(parser, i, 414, "request line too long");
	return fail(parser, i, 400, why);
}

static size_t
fail_field(struct h1_parser *parser, size_t i, char c, const char *why)
{
	if (beyond(parser, i, parser->limits->field_size, c))
		return fail(parser, i, 431, "header field too long");
	return fail(parser, i, 400, why);
}

/* The bytes of the current line end here at the latest. */
static inline size_t
line_stop(const struct h1_parser *parser, size_t end, uint32_t limit)
{
	return min_size(end, (size_t)parser->mark + limit);
}

/*
 * At a CR, or an LF without one: on_cr waits for its LF, next is behind it.
 * A lone LF would be a line end to us and a byte of the line to somebody in
 * front of us, who may thus have passed on more fields than he has seen.
 */
static size_t
end_line(struct h1_parser *parser, char c, size_t i, enum state on_cr,
    enum state next)
{
	if (c == '\n' && !parser->lone_lf)
		return fail(parser, i, 400, "LF without CR");
	parser->state = (uint8_t)(c == '\r' ? on_cr : next);
	return i + 1;
}

/* Before the request line, where one empty line is forgiven (9112, 2.2). */
static size_t
at_start(struct h1_parser *parser, char c, size_t i)
{
	if (parser->state == STATE_START && is_line_end(c))
		return end_line(parser, c, i, STATE_EMPTY_LF, STATE_START_NOW);
	if (!h1_is_tchar((unsigned char)c))
		return fail(
		    parser, i, 400, "request does not start with a method");
	parser->method = (uint32_t)i;
	parser->mark = (uint32_t)i;
	parser->state = STATE_METHOD;
	return i;
}

static size_t
in_method(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t stop = line_stop(parser, end, parser->limits->line);

	i = h1_scan_token(data, i, stop);
	if (i == end)
		return i;
	if (beyond(parser, i, parser->limits->line, data[i]))
		return fail(parser, i, 501, "method too long"); /* 9112, 3 */
	if (i == stop || data[i] != ' ')
		return fail(parser, i, 400, "method is no token");
	parser->method_len = (uint32_t)i - parser->method;
	parser->target = (uint32_t)i + 1;
	parser->state = STATE_TARGET;
	return i + 1;
}

static size_t
in_target(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t stop = line_stop(parser, end, parser->limits->line);

	i = h1_scan_target(data, i, stop);
	if (i == end)
		return i;
	if (i == stop || data[i] != ' ')
		return fail_line(parser, i, data[i],
		    is_line_end(data[i]) ? "request line without version"
					 : "invalid characters in URI");
	if (i == parser->target)
		return fail(parser, i, 400, "request target is empty");
	parser->target_len = (uint32_t)i - parser->target;
	parser->state = STATE_VERSION;
	return i + 1;
}

/* One byte of the version; at counts from its first. */
static bool
take_version_byte(struct h1_parser *parser, size_t i, size_t at, char c)
{
	static const char form[] = "HTTP/d.d";
	bool digit = c >= '0' && c <= '9';

	if (beyond(parser, i, parser->limits->line, c) ||
	    (form[at] == 'd' ? !digit : c != form[at])) {
		fail_line(parser, i, c, "bad HTTP version");
		return false;
	}
	if (at == 5)
		parser->major = (uint8_t)(c - '0');
	if (at == 7)
		parser->minor = (uint8_t)(c - '0');
	if (at == 7 && parser->major != 1) {
		fail(parser, i, 505, "HTTP version not supported");
		return false;
	}
	return true;
}

static size_t
in_version(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t start = (size_t)parser->target + parser->target_len + 1;
	size_t stop = min_size(end, start + VERSION_LEN);

	for (; i < stop; i++)
		if (!take_version_byte(parser, i, i - start, data[i]))
			return i;
	if (i == start + VERSION_LEN)
		parser->state = STATE_LINE_END;
	return i;
}

static size_t
at_line_end(struct h1_parser *parser, char c, size_t i)
{
	if (!is_line_end(c))
		return fail_line(
		    parser, i, c, "erroneous characters after protocol string");
	return end_line(parser, c, i, STATE_LINE_LF, STATE_FIELD);
}

/* The byte behind a CR; nothing but LF may stand there (9112, 2.2). */
static size_t
after_cr(struct h1_parser *parser, char c, size_t i, enum state next)
{
	if (c != '\n')
		return fail(parser, i, 400, "CR without LF");
	parser->state = (uint8_t)next;
	return i + 1;
}

static size_t
at_field(struct h1_parser *parser, char c, size_t i)
{
	if (is_line_end(c))
		return end_line(parser, c, i, STATE_END_LF, STATE_DONE);
	if (c == ' ' || c == '\t') /* 9112, 2.2 and 5.2 */
		return fail(parser, i, 400, "folded header field");
	if (!h1_is_tchar((unsigned char)c))
		return fail(parser, i, 400, "header name is no token");
	if (parser->field_count == parser->limits->fields)
		return fail(parser, i, 431, "too many header fields");
	parser->mark = (uint32_t)i;
	parser->state = STATE_NAME;
	return i;
}

static size_t
in_name(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t stop = line_stop(parser, end, parser->limits->field_size);
	size_t name_stop = (size_t)parser->mark + UINT16_MAX;
	struct h1_field *field;

	i = h1_scan_token(data, i, min_size(stop, name_stop));
	if (i == end)
		return i;
	if (i == name_stop && h1_is_tchar((unsigned char)data[i]))
		return fail(parser, i, 431, "header name too long");
	if (i == stop || data[i] != ':')
		return fail_field(
		    parser, i, data[i], "no colon right behind a header name");
	field = &parser->fields[parser->field_count];
	field->name = parser->mark;
	field->name_len = (uint16_t)(i - parser->mark);
	parser->state = STATE_OWS;
	return i + 1;
}

static size_t
in_ows(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t stop = line_stop(parser, end, parser->limits->field_size);

	while (i < stop && (data[i] == ' ' || data[i] == '\t'))
		i++;
	if (i == end)
		return i;
	parser->fields[parser->field_count].value = (uint32_t)i;
	parser->state = STATE_VALUE;
	return i;
}

static size_t
in_value(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	size_t stop = line_stop(parser, end, parser->limits->field_size);
	struct h1_field *field = &parser->fields[parser->field_count];
	size_t last;

	i = h1_scan_value(data, i, stop);
	if (i == end)
		return i;
	if (!is_line_end(data[i]))
		return fail_field(
		    parser, i, data[i], "bad byte in a header value");
	for (last = i; last > field->value; last--)
		if (data[last - 1] != ' ' && data[last - 1] != '\t')
			break;
	field->value_len = (uint32_t)(last - field->value);
	parser->field_count++;
	return end_line(parser, data[i], i, STATE_VALUE_LF, STATE_FIELD);
}

/* Takes bytes in the current state; at least one, or the state changes. */
static inline size_t
step(struct h1_parser *parser, const char *data, size_t i, size_t end)
{
	switch ((enum state)parser->state) {
	case STATE_START:
	case STATE_START_NOW:
		return at_start(parser, data[i], i);
	case STATE_EMPTY_LF:
		return after_cr(parser, data[i], i, STATE_START_NOW);
	case STATE_METHOD:
		return in_method(parser, data, i, end);
	case STATE_TARGET:
		return in_target(parser, data, i, end);
	case STATE_VERSION:
		return in_version(parser, data, i, end);
	case STATE_LINE_END:
		return at_line_end(parser, data[i], i);
	case STATE_LINE_LF:
	case STATE_VALUE_LF:
		return after_cr(parser, data[i], i, STATE_FIELD);
	case STATE_FIELD:
		return at_field(parser, data[i], i);
	case STATE_NAME:
		return in_name(parser, data, i, end);
	case STATE_OWS:
		return in_ows(parser, data, i, end);
	case STATE_VALUE:
		return in_value(parser, data, i, end);
	case STATE_END_LF:
		return after_cr(parser, data[i], i, STATE_DONE);
	case STATE_DONE:
	case STATE_BAD:
		break;
	}
	return i;
}

long
h1_parse_request(struct h1_parser *parser, const char *data, size_t len)
{
	size_t end = min_size(len, parser->limits->total);
	size_t i = parser->at;

	while (i < end && parser->state < STATE_DONE)
		i = step(parser, data, i, end);
	parser->at = (uint32_t)i;
	if (parser->state == STATE_DONE)
		return (long)i;
	if (parser->state != STATE_BAD && i == parser->limits->total)
		fail(parser, i, parser->state < STATE_FIELD ? 414 : 431,
		    "head too long");
	return parser->state == STATE_BAD ? -1 : 0;
}

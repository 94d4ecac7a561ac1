/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms with files, in pieces; see multipart.h.  A delimiter is CRLF "--" and
 * the boundary; its CR occurs nowhere else in it, so what only looked like one
 * is data, and the byte behind may begin another.
 */
#include "config.h"

#include <string.h>

#include "http/multipart.h"
#include "http/parameter.h"

enum state {
	STATE_DATA,	/* of a part, or in front of the first */
	STATE_BOUNDARY, /* behind a delimiter */
	STATE_DASH,	/* behind that and "-" */
	STATE_PADDING,	/* white space behind a delimiter */
	STATE_PADDING_LF,
	STATE_LINE, /* of a part's header */
	STATE_LINE_LF,
	STATE_ENDED, /* the rest means nothing */
};

/* ---- the boundary ---- */

/* RFC 2046, 5.1.1: bchars, of which a space is not the last. */
static bool
is_boundary(struct span text)
{
	static const char others[] = "'()+_,-./:=? ";

	if (text.len == 0 || text.len > MULTIPART_BOUNDARY_MAX ||
	    text.ptr[text.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = span_fold(text.ptr[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return true;
}

bool
multipart_boundary(struct span content_type, struct span *boundary_r)
{
	size_t semicolon = span_find(content_type, ';');
	struct span type = span_of(content_type.ptr, semicolon);
	struct span rest = span_skip(content_type, semicolon);
	struct parameter p;
	unsigned found = 0;
	int result;

	if (!span_is_nocase(span_trim(type), "multipart/form-data"))
		return false;
	while ((result = parameter_next(&rest, &p)) == 1) {
		if (!span_is_nocase(p.name, "boundary"))
			continue;
		*boundary_r = p.value;
		found++;
	}
	return result == 0 && found == 1 && is_boundary(*boundary_r);
}

void
multipart_init(struct multipart *m, struct span boundary,
    struct multipart_part *parts, size_t count_max, char *text, size_t text_max,
    size_t span_max)
{
	memset(m, 0, offsetof(struct multipart, line));
	m->parts = parts;
	m->count_max = count_max;
	m->text = text;
	m->text_max = text_max;
	m->span_max = span_max;
	m->line_len = m->lines = 0;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.ptr, boundary.len);
	m->delimiter_len = 4 + boundary.len;
	/* A first one needs no line in front of it. */
	m->matched = m->assumed = 2;
}

/* ---- parts ---- */

static bool
is_kept(const struct multipart *m)
{
	return m->count < m->count_max;
}

/* Adds to a span of the part, which is the last in the text. */
static void
put(struct multipart *m, struct span *to, const char *bytes, size_t len)
{
	size_t room = m->text_max - m->text_len;

	if (!is_kept(m))
		return;
	if (room > m->span_max - to->len)
		room = m->span_max - to->len;
	m->part.cut |= len > room;
	if (len > room)
		len = room;
	if (to->len == 0)
		to->ptr = m->text + m->text_len;
	if (len > 0)
		memcpy(m->text + m->text_len, bytes, len);
	m->text_len += len;
	to->len += len;
}

static void
put_data(struct multipart *m, const char *bytes, size_t len)
{
	if (!m->in_part)
		return;
	m->part.size += len;
	if (!m->part.is_file)
		put(m, &m->part.value, bytes, len);
}

static void
begin_part(struct multipart *m)
{
	struct span none = { m->text, 0 };

	m->part = (struct multipart_part){
		.name = none, .file_name = none, .type = none, .value = none
	};
	m->in_part = true;
	m->has_disposition = m->has_type = false;
	m->seen++;
	m->line_len = m->lines = 0;
}

static void
end_part(struct multipart *m)
{
	if (m->in_part && is_kept(m))
		m->parts[m->count++] = m->part;
	m->in_part = false;
}

/* One of which the header is not all there, or is none. */
static void
drop_part(struct multipart *m)
{
	if (m->in_part)
		m->seen--;
	m->in_part = false;
}

/* ---- a part's header ---- */

/* Of a quoted string a backslash escapes these two alone: there are clients
 * that send paths. */
static void
put_parameter(struct multipart *m, struct span *to, const struct parameter *p)
{
	const char *at = p->value.ptr, *end = at + p->value.len;

	for (; at < end; at++) {
		if (p->quoted && *at == '\\' && at + 1 < end &&
		    (at[1] == '"' || at[1] == '\\'))
			at++;
		put(m, to, at, 1);
	}
}

/* False: it cannot be understood. */
static bool
read_disposition(struct multipart *m, struct span value)
{
	size_t semicolon = span_find(value, ';');
	struct span rest = span_skip(value, semicolon);
	struct multipart_part *part = &m->part;
	bool named = false;
	struct parameter p;
	int result;

	if (!span_is_nocase(
		span_trim(span_of(value.ptr, semicolon)), "form-data"))
		return false;
	while ((result = parameter_next(&rest, &p)) == 1) {
		/* "filename*" must not be, and is nothing (7578, 4.2). */
		if (span_is_nocase(p.name, "name")) {
			if (named)
				return false;
			named = true;
			put_parameter(m, &part->name, &p);
		} else if (span_is_nocase(p.name, "filename")) {
			if (part->is_file)
				return false;
			part->is_file = true;
			put_parameter(m, &part->file_name, &p);
		}
	}
	return result == 0;
}

static bool
read_line(struct multipart *m)
{
	struct span line = span_of(m->line, m->line_len), name, value;
	size_t colon = span_find(line, ':');

	if (colon == 0 || colon == line.len || line.ptr[0] == ' ' ||
	    line.ptr[0] == '\t' || ++m->lines > MULTIPART_LINES_MAX)
		return false;
	name = span_of(line.ptr, colon);
	value = span_trim(span_skip(line, colon + 1));
	if (span_is_nocase(name, "Content-Disposition")) {
		if (m->has_disposition)
			return false;
		m->has_disposition = true;
		return read_disposition(m, value);
	}
	if (span_is_nocase(name, "Content-Type")) {
		if (m->has_type)
			return false;
		m->has_type = true;
		put(m, &m->part.type, value.ptr, value.len);
	}
	return true;
}

/* ---- bytes ---- */

static enum state
give_up(struct multipart *m)
{
	m->malformed = true;
	drop_part(m);
	return STATE_ENDED;
}

static enum state
end_line(struct multipart *m)
{
	if (m->line_len == 0) {
		/* The empty line may be the next delimiter's. */
		m->matched = m->assumed = 2;
		return STATE_DATA;
	}
	if (!read_line(m))
		return give_up(m);
	m->line_len = 0;
	return STATE_LINE;
}

static enum state
in_line(struct multipart *m, char c)
{
	if (c == '\r')
		return STATE_LINE_LF;
	if (m->line_len == sizeof(m->line) || c == '\n' || c == '\0')
		return give_up(m);
	m->line[m->line_len++] = c;
	return STATE_LINE;
}

/* One byte that is no data. */
static enum state
next_state(struct multipart *m, char c)
{
	switch ((enum state)m->state) {
	case STATE_BOUNDARY:
		if (c == '-')
			return STATE_DASH;
		/* fallthrough */
	case STATE_PADDING:
		if (c == ' ' || c == '\t')
			return STATE_PADDING;
		return c == '\r' ? STATE_PADDING_LF : give_up(m);
	case STATE_DASH:
		m->complete = c == '-';
		return m->complete ? STATE_ENDED : give_up(m);
	case STATE_PADDING_LF:
		if (c != '\n')
			return give_up(m);
		begin_part(m);
		return STATE_LINE;
	case STATE_LINE:
		return in_line(m, c);
	case STATE_LINE_LF:
		return c == '\n' ? end_line(m) : give_up(m);
	default:
		return STATE_ENDED;
	}
}

/* What was taken for the beginning of a delimiter is data. */
static void
give_back(struct multipart *m)
{
	put_data(m, m->delimiter + m->assumed, m->matched - m->assumed);
	m->matched = m->assumed = 0;
}

/* Uses some of the data; how many bytes, maybe none. */
static size_t
take_data(struct multipart *m, struct span piece)
{
	size_t n = m->matched == 0 ? span_find(piece, '\r') : 0;

	if (n > 0) {
		put_data(m, piece.ptr, n);
		return n;
	}
	if (piece.ptr[0] != m->delimiter[m->matched]) {
		give_back(m);
		return 0;
	}
	if (++m->matched == m->delimiter_len) {
		end_part(m);
		m->matched = m->assumed = 0;
		m->state = STATE_BOUNDARY;
	}
	return 1;
}

void
multipart_add(struct multipart *m, struct span piece)
{
	while (piece.len > 0 && m->state != STATE_ENDED) {
		size_t n = 1;

		if (m->state == STATE_DATA)
			n = take_data(m, piece);
		else
			m->state = next_state(m, piece.ptr[0]);
		piece = span_skip(piece, n);
	}
}

void
multipart_end(struct multipart *m)
{
	if (m->state == STATE_DATA) {
		give_back(m);
		end_part(m);
	}
	drop_part(m);
	m->state = STATE_ENDED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 and its absence; see text.h. */
#include "config.h"

#include <stdint.h>

#include "base/text.h"

/* ---- UTF-8 ---- */

/* By the first byte: how many follow, and the range of the first of these
 * (the others are 80 to BF). */
struct sequence {
	uint8_t from, to; /* first bytes */
	uint8_t more;
	uint8_t min, max; /* of the second byte */
};

static const struct sequence sequences[] = {
	{ 0x00, 0x7f, 0, 0, 0 },
	{ 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f },
	{ 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static bool
follows(const struct sequence *s, const unsigned char *bytes, size_t len)
{
	if (s->more == 0)
		return true;
	if (len <= s->more || bytes[1] < s->min || bytes[1] > s->max)
		return false;
	for (size_t i = 2; i <= s->more; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t
text_utf8_length(struct span text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;

	if (text.len == 0)
		return 0;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
		const struct sequence *s = &sequences[i];

		if (bytes[0] >= s->from && bytes[0] <= s->to)
			return follows(s, bytes, text.len) ? (size_t)s->more + 1
							   : 0;
	}
	return 0;
}

/* C0 but for those that texts have, DEL, and C1 (C2 80 to C2 9F). */
static bool
is_control(const char *c, size_t len)
{
	if (len == 2)
		return c[0] == '\xc2' && (unsigned char)c[1] < 0xa0;
	return len == 1 &&
	       (*c == 0x7f ||
		   ((unsigned char)*c < ' ' &&
		       (*c == '\0' || strchr("\t\n\r\f\x1b", *c) == NULL)));
}

bool
text_is_readable(struct span text)
{
	while (text.len > 0) {
		size_t n = text_utf8_length(text);

		if (n == 0 || is_control(text.ptr, n))
			return false;
		text = span_skip(text, n);
	}
	return true;
}

/* ---- printing ---- */

/* Takes the longest piece off the front that is readable for HTML. */
static struct span
take_readable(struct span *rest)
{
	struct span piece = { rest->ptr, 0 };

	while (rest->len > 0) {
		size_t n = text_utf8_length(*rest);

		if (n == 0 || is_control(rest->ptr, n) || *rest->ptr == '\f' ||
		    *rest->ptr == '\x1b')
			break;
		piece.len += n;
		*rest = span_skip(*rest, n);
	}
	return piece;
}

void
text_add_html(struct buf *b, struct span text)
{
	while (text.len > 0) {
		buf_add_html(b, take_readable(&text));
		if (text.len > 0)
			buf_printf(b, "\\x%02x", (unsigned char)*text.ptr);
		text = span_skip(text, 1);
	}
}

static void
add_json_char(struct buf *b, char c)
{
	switch (c) {
	case '\n':
		buf_add_str(b, "\\n");
		break;
	case '\r':
		buf_add_str(b, "\\r");
		break;
	case '\t':
		buf_add_str(b, "\\t");
		break;
	case '"':
	case '\\':
		buf_add_char(b, '\\');
		buf_add_char(b, c);
		break;
	default:
		if ((unsigned char)c < ' ' || c == 0x7f)
			buf_printf(b, "\\u%04x", (unsigned char)c);
		else
			buf_add_char(b, c);
	}
}

void
text_add_json(struct buf *b, struct span text)
{
	buf_add_char(b, '"');
	while (text.len > 0) {
		size_t n = text_utf8_length(text);

		if (n == 0)
			buf_printf(b, "\\\\x%02x", (unsigned char)*text.ptr);
		else if (n == 1)
			add_json_char(b, *text.ptr);
		else
			buf_add(b, text.ptr, n);
		text = span_skip(text, n == 0 ? 1 : n);
	}
	buf_add_char(b, '"');
}

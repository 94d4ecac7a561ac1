/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be shown on a terminal, decided character by character. */
#include "config.h"

#include "client/visible.h"

/* What there is in front of a span. */
enum kind {
	KIND_PRINTABLE,
	KIND_CONTROL, /* C0 but NUL, DEL, C1 */
	KIND_NUL,
	KIND_BAD,   /* a byte that is not UTF-8 */
	KIND_SHORT, /* a character that is not whole */
};

/* The bytes of a character that begins with c; 0: none does. */
static size_t
sequence_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if ((c & 0xf0) == 0xe0)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* The second byte is what overlong forms and surrogates show in. */
static bool
second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

static enum kind
classify(struct span s, size_t *len_r)
{
	const unsigned char *at = (const unsigned char *)s.ptr;
	size_t len = sequence_len(at[0]);

	*len_r = 1;
	if (at[0] == '\0')
		return KIND_NUL;
	if (len == 0)
		return KIND_BAD;
	for (size_t i = 1; i < len; i++) {
		if (i == s.len)
			return KIND_SHORT;
		if ((at[i] & 0xc0) != 0x80 ||
		    (i == 1 && !second_fits(at[0], at[1])))
			return KIND_BAD;
	}
	*len_r = len;
	if (at[0] < ' ' || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0))
		return KIND_CONTROL;
	return KIND_PRINTABLE;
}

static void
add_hex(struct buf *to, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(to, "\\x%02x", (unsigned char)bytes.ptr[i]);
}

static void
add_one_line(struct buf *to, struct span one, enum kind kind)
{
	if (kind == KIND_PRINTABLE)
		buf_add_span(to, one);
	else if (one.ptr[0] == '\n')
		buf_add_str(to, "\\n");
	else if (one.ptr[0] == '\r')
		buf_add_str(to, "\\r");
	else if (one.ptr[0] == '\t')
		buf_add_str(to, "\\t");
	else
		add_hex(to, one);
}

void
visible_add(struct buf *to, struct span s)
{
	while (s.len > 0) {
		size_t len;
		enum kind kind = classify(s, &len);

		add_one_line(to, span_of(s.ptr, len), kind);
		s = span_skip(s, len);
	}
}

const char *
visible(struct span s, char to[VISIBLE_SIZE])
{
	struct buf buf;

	buf_init(&buf, VISIBLE_SIZE - 1);
	visible_add(&buf, s);
	if (buf.len > 0)
		memcpy(to, buf.data, buf.len);
	to[buf.len] = '\0';
	buf_release(&buf);
	return to;
}

/* A CR is part of a line end, or it would go over what stands in the line. */
static bool
is_layout(struct span s)
{
	return s.ptr[0] == '\n' || s.ptr[0] == '\t' ||
	       (s.ptr[0] == '\r' && s.len > 1 && s.ptr[1] == '\n');
}

long
visible_text(struct buf *to, struct span text, bool at_end)
{
	struct span s = text;

	while (s.len > 0) {
		size_t len;
		enum kind kind = classify(s, &len);

		if (!at_end && (kind == KIND_SHORT || span_is(s, "\r")))
			break;
		if (kind >= KIND_NUL)
			return -1;
		if (kind == KIND_PRINTABLE || is_layout(s))
			buf_add(to, s.ptr, len);
		else
			add_hex(to, span_of(s.ptr, len));
		s = span_skip(s, len);
	}
	return (long)(text.len - s.len);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Escaping for logs, where nearly all text needs none: sixteen bytes are
 * copied and looked at together, and only text with something in it is gone
 * through byte by byte.
 */
#include "config.h"

#include "log/log_out.h"

#define MARK "\\..."
#define MARK_LEN (sizeof(MARK) - 1)

void
log_out_init(struct log_out *out, char *to, size_t room)
{
	out->at = to;
	out->end = to + room - MARK_LEN;
	out->cut = false;
}

static void
add_mark(struct log_out *out)
{
	memcpy(out->at, MARK, MARK_LEN);
	out->at += MARK_LEN;
}

size_t
log_out_end(struct log_out *out, const char *to)
{
	if (out->cut)
		add_mark(out);
	return (size_t)(out->at - to);
}

void
log_out_span(struct log_out *out, struct span text)
{
	if (!log_out_room(out, text.len))
		return;
	memcpy(out->at, text.ptr, text.len);
	out->at += text.len;
}

void
log_out_signed(struct log_out *out, int64_t value)
{
	uint64_t magnitude = (uint64_t)value;

	if (value < 0) {
		log_out_char(out, '-');
		magnitude = -magnitude;
	}
	log_out_number(out, magnitude);
}

#define BLOCK 16
typedef signed char block_bytes __attribute__((vector_size(BLOCK)));
typedef uint64_t block_words __attribute__((vector_size(BLOCK)));

/*
 * Copies a block; false if any byte of it needs an escape: controls and bytes
 * from 0x80 on (both are less than a space when signed), DEL, " and \.
 */
static inline bool
copy_block(char *to, const char *from)
{
	block_bytes b, bad;
	block_words any;

	memcpy(&b, from, BLOCK);
	memcpy(to, &b, BLOCK);
	bad = (b < 0x20) | (b == 0x7f) | (b == '"') | (b == '\\');
	memcpy(&any, &bad, BLOCK);
	return (any[0] | any[1]) == 0;
}

static inline bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static size_t
escape(char *to, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\n\r\t\b\v\"\\";
	static const char letter[] = "nrtbv\"\\";
	const char *named = c == '\0' ? NULL : strchr(from, c);

	to[0] = '\\';
	if (named != NULL) {
		to[1] = letter[named - from];
		return 2;
	}
	to[1] = 'x';
	to[2] = hex[(unsigned char)c >> 4];
	to[3] = hex[(unsigned char)c & 15];
	return 4;
}

/* Byte by byte; false when it stopped for want of room. */
static bool
copy_bytes(char **to_p, const char *room, struct span text)
{
	const char *p = text.ptr, *end = p + text.len;
	char *to = *to_p;

	for (; p < end; p++) {
		if (is_plain(*p) && to < room)
			*to++ = *p;
		else if (room - to >= 4)
			to += escape(to, *p);
		else
			break;
	}
	*to_p = to;
	return p == end;
}

/*
 * Copies text that needs no escape, the last block overlapping the one before
 * it; false (and anything at to) if some byte needs one.
 */
static bool
copy_plain(char *to, struct span text)
{
	size_t at = 0;

	if (text.len < BLOCK) {
		for (; at < text.len && is_plain(text.ptr[at]); at++)
			to[at] = text.ptr[at];
		return at == text.len;
	}
	for (; at < text.len - BLOCK; at += BLOCK)
		if (!copy_block(to + at, text.ptr + at))
			return false;
	at = text.len - BLOCK;
	return copy_block(to + at, text.ptr + at);
}

static void
escape_slowly(struct log_out *out, struct span text)
{
	char *room = out->end;

	if ((size_t)(room - out->at) > LOG_FIELD_MAX + MARK_LEN)
		room = out->at + LOG_FIELD_MAX;
	if (copy_bytes(&out->at, room, text))
		return;
	if (room == out->end)
		out->cut = true;
	else
		add_mark(out);
}

void
log_out_escaped(struct log_out *out, struct span text)
{
	if (out->cut)
		return;
	if (text.len <= LOG_FIELD_MAX &&
	    text.len <= (size_t)(out->end - out->at) &&
	    copy_plain(out->at, text))
		out->at += text.len;
	else
		escape_slowly(out, text);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Escaping for logs, where nearly all text needs none: sixteen bytes are
 * copied and looked at together, and only text with something in it is gone
 * through byte by byte.
 */
#include "config.h"

#include "base/text.h"
#include "log/log_out.h"

#define MARK "\\..."
#define MARK_LEN (sizeof(MARK) - 1)
#define JSON_MARK "\xe2\x80\xa6"

void
log_out_init(struct log_out *out, char *to, size_t room)
{
	out->at = to;
	out->end = to + room - MARK_LEN;
	out->cut = false;
	out->json = false;
}

static void
add_mark(struct log_out *out)
{
	struct span mark = SPAN(MARK);

	if (out->json)
		mark = (struct span)SPAN(JSON_MARK);
	memcpy(out->at, mark.ptr, mark.len);
	out->at += mark.len;
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
typedef unsigned char block_bytes __attribute__((vector_size(BLOCK)));
typedef uint64_t block_words __attribute__((vector_size(BLOCK)));

/*
 * Copies a block and adds to *seen what it has: a byte's highest bit gets set
 * in the first sum for DEL and what is above it, in the difference for
 * controls (and 255), and in the comparisons for " and \.
 */
static inline void
copy_block(char *to, const char *from, block_bytes *seen)
{
	block_bytes b;

	memcpy(&b, from, BLOCK);
	memcpy(to, &b, BLOCK);
	*seen |= (b + 1) | (b - ' ') | (block_bytes)(b == '"') |
		 (block_bytes)(b == '\\');
}

static inline bool
is_all_plain(const block_bytes *seen)
{
	block_words w;

	memcpy(&w, seen, BLOCK);
	return ((w[0] | w[1]) & 0x8080808080808080u) == 0;
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

/* A NUL is JSON, but ends the text for many who read it: so it is U+FFFD. */
static size_t
escape_json(char *to, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\n\r\t\b\f\"\\";
	static const char letter[] = "nrtbf\"\\";
	const char *named = strchr(from, c);

	if (c == '\0') {
		memcpy(to, "\\ufffd", 6);
		return 6;
	}
	if (named == NULL) {
		memcpy(to, "\\u00", 4);
		to[4] = hex[(unsigned char)c >> 4];
		to[5] = hex[(unsigned char)c & 15];
		return 6;
	}
	to[0] = '\\';
	to[1] = letter[named - from];
	return 2;
}

/* Character by character; false when it stopped for want of room. */
static bool
copy_json(char **to_p, const char *room, struct span text)
{
	char *to = *to_p;

	while (text.len > 0) {
		size_t n = text_utf8_length(text);

		if (n > 1 || (n == 1 && is_plain(*text.ptr))) {
			if ((size_t)(room - to) < n)
				break;
			memcpy(to, text.ptr, n);
			to += n;
		} else if (room - to >= 6) {
			to += escape_json(to, *text.ptr);
		} else {
			break;
		}
		text = span_skip(text, n > 1 ? n : 1);
	}
	*to_p = to;
	return text.len == 0;
}

/*
 * Copies text that needs no escape, the last block overlapping the one before
 * it; false (and anything at to) if some byte needs one.
 */
static bool
copy_plain(char *to, struct span text)
{
	block_bytes seen = { 0 };
	size_t at = 0;

	if (text.len < BLOCK) {
		for (; at < text.len && is_plain(text.ptr[at]); at++)
			to[at] = text.ptr[at];
		return at == text.len;
	}
	for (; at < text.len - BLOCK; at += BLOCK)
		copy_block(to + at, text.ptr + at, &seen);
	at = text.len - BLOCK;
	copy_block(to + at, text.ptr + at, &seen);
	return is_all_plain(&seen);
}

/* Kept apart: its registers would be saved for every field otherwise. */
__attribute__((cold, noinline)) static void
escape_slowly(struct log_out *out, struct span text)
{
	char *room = out->end;

	if (out->cut)
		return;
	if ((size_t)(room - out->at) > LOG_FIELD_MAX + MARK_LEN)
		room = out->at + LOG_FIELD_MAX;
	if (out->json ? copy_json(&out->at, room, text)
		      : copy_bytes(&out->at, room, text))
		return;
	if (room == out->end)
		log_out_cut(out);
	else
		add_mark(out);
}

void
log_out_escaped(struct log_out *out, struct span text)
{
	if (text.len <= LOG_FIELD_MAX &&
	    text.len <= (size_t)(out->end - out->at) &&
	    copy_plain(out->at, text))
		out->at += text.len;
	else
		escape_slowly(out, text);
}

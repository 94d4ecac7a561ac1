/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The growing buffer.  All growth goes through grow(), which keeps one byte
 * behind the contents free, so ending the text with a NUL never fails and
 * never counts against the bound.
 */
#include "config.h"

#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* The first allocation; a header line or a short message fits. */
#define FIRST_SIZE 256

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

/* Room for extra bytes and a NUL behind the contents; false: failed. */
static bool
grow(struct buf *b, size_t extra)
{
	size_t need, size;
	char *data;

	if (b->failed)
		return false;
	if (extra > b->max - b->len || b->len + extra == SIZE_MAX) {
		b->failed = true;
		return false;
	}
	need = b->len + extra + 1;
	if (need <= b->size)
		return true;
	size = b->size > SIZE_MAX / 2 ? need : b->size * 2;
	if (size < FIRST_SIZE)
		size = FIRST_SIZE;
	if (size > b->max)
		size = b->max + (b->max < SIZE_MAX);
	if (size < need)
		size = need;
	data = realloc(b->data, size);
	if (data == NULL) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->size = size;
	return true;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !grow(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void
buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.ptr, s.len);
}

void
buf_add_str(struct buf *b, const char *str)
{
	buf_add(b, str, strlen(str));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_add_number(struct buf *b, int64_t value)
{
	char text[1 + NUMBER_TEXT_SIZE];
	size_t len = 0;
	uint64_t size = (uint64_t)value;

	if (value < 0) {
		text[len++] = '-';
		size = 0 - size;
	}
	len += number_print(text + len, size);
	buf_add(b, text, len);
}

void
buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int len;

	/* What is free now is enough in most cases. */
	if (!grow(b, 0))
		return;
	va_copy(again, args);
	len = vsnprintf(b->data + b->len, b->size - b->len, format, again);
	va_end(again);
	if (len < 0)
		b->failed = true;
	else if (grow(b, (size_t)len)) {
		vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
		b->len += (size_t)len;
	}
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

/*
 * Writes the replacement of c to the 8 bytes at to and returns its length; 0
 * when c stays as it is.
 */
typedef size_t replace_char(char c, char *to);

/*
 * Copies runs of plain characters whole.  All or nothing: without room for
 * the whole text the contents are as before.
 */
static void
add_replaced(struct buf *b, struct span text, replace_char *replace)
{
	size_t before = b->len, start = 0, i, len;
	char to[8];

	for (i = 0; i < text.len; i++) {
		len = replace(text.ptr[i], to);
		if (len == 0)
			continue;
		buf_add(b, text.ptr + start, i - start);
		buf_add(b, to, len);
		start = i + 1;
	}
	buf_add_span(b, span_skip(text, start));
	if (b->failed)
		b->len = before;
}

static size_t
put(char *to, const char *str)
{
	size_t len = strlen(str);

	memcpy(to, str, len);
	return len;
}

static size_t
replace_html(char c, char *to)
{
	switch (c) {
	case '&':
		return put(to, "&amp;");
	case '<':
		return put(to, "&lt;");
	case '>':
		return put(to, "&gt;");
	case '"':
		return put(to, "&quot;");
	case '\'':
		return put(to, "&#39;");
	default:
		return 0;
	}
}

/* The two hexadecimal digits of c. */
static void
put_hex(char *to, char c, const char *digits)
{
	to[0] = digits[(unsigned char)c >> 4];
	to[1] = digits[(unsigned char)c & 15];
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static size_t
replace_url_path(char c, char *to)
{
	if (is_unreserved(c) || c == '/')
		return 0;
	to[0] = '%';
	put_hex(to + 1, c, "0123456789ABCDEF");
	return 3;
}

static size_t
replace_escaped(char c, char *to)
{
	switch (c) {
	case '\n':
		return put(to, "\\n");
	case '\r':
		return put(to, "\\r");
	case '\t':
		return put(to, "\\t");
	case '"':
		return put(to, "\\\"");
	case '\\':
		return put(to, "\\\\");
	default:
		if (c >= ' ' && c <= '~')
			return 0;
		put_hex(to + put(to, "\\x"), c, "0123456789abcdef");
		return 4;
	}
}

void
buf_add_html(struct buf *b, struct span text)
{
	add_replaced(b, text, replace_html);
}

void
buf_add_url_path(struct buf *b, struct span path)
{
	add_replaced(b, path, replace_url_path);
}

void
buf_add_escaped(struct buf *b, struct span text)
{
	add_replaced(b, text, replace_escaped);
}

char *
buf_reserve(struct buf *b, size_t len)
{
	return grow(b, len) ? b->data + b->len : NULL;
}

void
buf_commit(struct buf *b, size_t len)
{
	assert(len < b->size - b->len && len <= b->max - b->len);
	b->len += len;
}

void
buf_consume(struct buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->data, b->data + n, b->len);
}

const char *
buf_str(struct buf *b)
{
	if (b->failed || b->data == NULL)
		return "";
	b->data[b->len] = '\0';
	return b->data;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an HTTP/1 message, from parts to bytes (RFC 9112, 2 to 5).  The
 * last gate before the wire: what would end a line early does not get through,
 * whichever handler or backend it came from.
 */
#include "config.h"

#include <assert.h>

#include "wire/h1_print.h"
#include "wire/h1_scan.h"

static char *
put(char *to, struct span s)
{
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

static bool
is_value(struct span s)
{
	return h1_scan_value(s.ptr, 0, s.len) == s.len;
}

static bool
is_token(struct span s)
{
	return s.len > 0 && h1_scan_token(s.ptr, 0, s.len) == s.len;
}

void
h1_print_status_line(struct buf *buf, int status, struct span reason)
{
	static const struct span version = SPAN("HTTP/1.1 ");
	size_t len;
	char *to;

	assert(status >= 100 && status <= 999);
	if (!is_value(reason))
		reason = span_of(NULL, 0);
	len = version.len + 4 + reason.len + 2;
	to = buf_reserve(buf, len);
	if (to == NULL)
		return;
	to = put(to, version);
	*to++ = (char)('0' + status / 100);
	*to++ = (char)('0' + status / 10 % 10);
	*to++ = (char)('0' + status % 10);
	*to++ = ' ';
	to = put(to, reason);
	put(to, (struct span)SPAN("\r\n"));
	buf_commit(buf, len);
}

bool
h1_print_field(struct buf *buf, struct span name, struct span value)
{
	size_t len = name.len + 2 + value.len + 2;
	char *to;

	if (!is_token(name) || !is_value(value))
		return false;
	to = buf_reserve(buf, len);
	if (to == NULL)
		return true;
	to = put(to, name);
	to = put(to, (struct span)SPAN(": "));
	to = put(to, value);
	put(to, (struct span)SPAN("\r\n"));
	buf_commit(buf, len);
	return true;
}

void
h1_print_end(struct buf *buf)
{
	buf_add(buf, "\r\n", 2);
}

struct span
h1_chunk_size(size_t len, char to[H1_CHUNK_SIZE_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i = H1_CHUNK_SIZE_MAX;

	to[--i] = '\n';
	to[--i] = '\r';
	do {
		to[--i] = digits[len % 16];
		len /= 16;
	} while (len > 0);
	return span_of(to + i, H1_CHUNK_SIZE_MAX - i);
}

void
h1_print_chunk_size(struct buf *buf, size_t len)
{
	char text[H1_CHUNK_SIZE_MAX];

	buf_add_span(buf, h1_chunk_size(len, text));
}

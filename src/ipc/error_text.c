/* SPDX-License-Identifier: BSD-2-Clause */
/* Escaping for the error log, byte by byte: its lines are few. */
#include "config.h"

#include "ipc/error_text.h"

#include <string.h>

#include "base/text.h"

/* The longest escape: "\u001b" of JSON. */
#define ESCAPE_MAX 6

/* Bytes of the character at the front that stands as it is; 0: none does. */
static size_t
plain_length(struct span text, bool json)
{
	unsigned char c = (unsigned char)text.ptr[0];

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f && c != '\\' &&
		       !(json && c == '"');
	/* C1 controls */
	if (c == 0xc2 && text.len > 1 && (unsigned char)text.ptr[1] < 0xa0)
		return 0;
	return text_utf8_length(text);
}

static size_t
escape(char *to, unsigned char c, bool json)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\n\r\t", letters[] = "nrt";
	const char *named = c == '\0' ? NULL : strchr(from, c);
	char *at = to;

	*at++ = '\\';
	if (named != NULL) {
		*at++ = letters[named - from];
		return 2;
	}
	if (c == '"' || c == '\\') {
		*at++ = (char)c;
		return 2;
	}
	if (json)
		at = stpcpy(at, c < 0x80 ? "u00" : "\\x");
	else
		*at++ = 'x';
	*at++ = hex[c >> 4];
	*at++ = hex[c & 15];
	return (size_t)(at - to);
}

size_t
error_text(char *to, size_t room, struct span text, bool json)
{
	size_t used = 0;

	while (text.len > 0 && used + ESCAPE_MAX <= room) {
		size_t len = plain_length(text, json);

		if (len == 0) {
			used +=
			    escape(to + used, (unsigned char)text.ptr[0], json);
			len = 1;
		} else {
			memcpy(to + used, text.ptr, len);
			used += len;
		}
		text = span_skip(text, len);
	}
	return used;
}

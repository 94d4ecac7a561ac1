/* SPDX-License-Identifier: BSD-2-Clause */
/* See h1_reference.h. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "h1_reference.h"

/* Cuts a line off the front, without its end; false if there is none. */
static bool
cut_line(struct span *rest, struct span *line_r)
{
	const char *end = memmem(rest->ptr, rest->len, "\r\n", 2);

	if (end == NULL)
		return false;
	*line_r = span_of(rest->ptr, (size_t)(end - rest->ptr));
	*rest = span_skip(*rest, line_r->len + 2);
	return true;
}

bool
h1_reference_head(struct span *rest, struct span *head_r, struct span *line_r)
{
	struct span at = *rest;
	const char *end;

	if (at.len >= 2 && memcmp(at.ptr, "\r\n", 2) == 0)
		at = span_skip(at, 2);
	end = at.len == 0 ? NULL : memmem(at.ptr, at.len, "\r\n\r\n", 4);
	if (end == NULL)
		return false;
	*head_r = span_of(at.ptr, (size_t)(end - at.ptr) + 2);
	*rest = span_skip(at, head_r->len + 2);
	*line_r = span_of(at.ptr, span_find(at, '\r'));
	return true;
}

/* The value of the first field of a name; false if there is none. */
static bool
find_field(struct span head, const char *name, struct span *value_r)
{
	size_t len = strlen(name);
	struct span line;

	while (cut_line(&head, &line)) {
		if (line.len <= len || line.ptr[len] != ':' ||
		    strncasecmp(line.ptr, name, len) != 0)
			continue;
		*value_r = span_skip(line, len + 1);
		return true;
	}
	return false;
}

/* Of the digits that it begins with, behind spaces and any number of zeros. */
static size_t
number_at(struct span text, int base)
{
	char digits[32];
	size_t n = 0;

	while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t'))
		text = span_skip(text, 1);
	while (text.len > 0 && *text.ptr == '0')
		text = span_skip(text, 1);
	while (n < text.len && n < sizeof(digits) - 1 &&
	       isxdigit((unsigned char)text.ptr[n])) {
		digits[n] = text.ptr[n];
		n++;
	}
	digits[n] = '\0';
	return strtoull(digits, NULL, base);
}

static bool
skip_chunks(struct span *rest)
{
	struct span line;
	size_t size;

	do {
		if (!cut_line(rest, &line))
			return false;
		size = number_at(line, 16);
		if (size > 0 && (rest->len < 2 || size > rest->len - 2))
			return false;
		*rest = span_skip(*rest, size > 0 ? size + 2 : 0);
	} while (size > 0);
	do {
		if (!cut_line(rest, &line))
			return false;
	} while (line.len > 0);
	return true;
}

bool
h1_reference_chunked(struct span head)
{
	struct span value;

	return find_field(head, "Transfer-Encoding", &value);
}

bool
h1_reference_body(struct span *rest, struct span head)
{
	struct span value;
	size_t size;

	if (h1_reference_chunked(head))
		return skip_chunks(rest);
	if (!find_field(head, "Content-Length", &value))
		return true;
	size = number_at(value, 10);
	if (size > rest->len)
		return false;
	*rest = span_skip(*rest, size);
	return true;
}

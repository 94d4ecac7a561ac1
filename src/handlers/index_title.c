/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Titles of HTML files.  Who writes a file does not write the listing: of its
 * title only character references are left as they are, for in a title there
 * are no tags.
 */
#include "config.h"

#include "handlers/index_title.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

/* A title that begins behind these bytes is not found. */
#define READ_SIZE 4096

/* The index of the first part, in any case, or html.len. */
static size_t
find_nocase(struct span html, const char *part)
{
	for (size_t i = 0; i < html.len; i++)
		if (span_starts_nocase(span_skip(html, i), part))
			return i;
	return html.len;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What stands for a byte; empty: it is printed as it is. */
static const char *
escape_of(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "";
	}
}

/* One space for several; a long title ends between two characters. */
static size_t
print_title(struct span title, char to[INDEX_TITLE_SIZE])
{
	size_t len = 0, n;

	title = span_trim(title);
	for (; title.len > 0; title = span_skip(title, n)) {
		const char *escape = escape_of(*title.ptr);

		n = text_utf8_length(title);
		if (n == 0 || len + 6 + n >= INDEX_TITLE_SIZE)
			break;
		if (is_space(*title.ptr)) {
			if (len > 0 && to[len - 1] != ' ')
				to[len++] = ' ';
			continue;
		}
		if (*escape != '\0') {
			memcpy(to + len, escape, strlen(escape));
			len += strlen(escape);
			continue;
		}
		memcpy(to + len, title.ptr, n);
		len += n;
	}
	to[len] = '\0';
	return len;
}

bool
index_title_find(struct span html, char to[INDEX_TITLE_SIZE])
{
	struct span title = span_skip(html, find_nocase(html, "<title"));
	size_t open = span_find(title, '>');

	/* What is no UTF-8 has a charset of its own. */
	title = span_skip(title, open + 1);
	title.len = find_nocase(title, "</title");
	return title.len > 0 && text_is_readable(title) &&
	       print_title(title, to) > 0;
}

bool
index_title_read(int directory, const char *name, char to[INDEX_TITLE_SIZE])
{
	char html[READ_SIZE];
	ssize_t n;
	int fd;

	fd = openat(directory, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = pread(fd, html, sizeof(html), 0);
	close(fd);
	return n > 0 && index_title_find(span_of(html, (size_t)n), to);
}

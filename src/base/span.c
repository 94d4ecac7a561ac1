/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at borrowed bytes: comparing, searching, cutting.  Pure functions
 * without locale; nothing here reads past a span or expects a NUL.  A span of
 * length 0 may have any pointer, so none is handed to memchr and its like.
 */
#include "config.h"

#include "base/span.h"

/* True if the n bytes at a and b are equal but for the case of letters. */
static bool
equal_nocase(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (a[i] != b[i] && span_fold(a[i]) != span_fold(b[i]))
			return false;
	return true;
}

bool
span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && equal_nocase(a.ptr, b.ptr, a.len);
}

bool
span_is(struct span s, const char *str)
{
	return span_equal(s, span_str(str));
}

bool
span_is_nocase(struct span s, const char *str)
{
	return span_equal_nocase(s, span_str(str));
}

bool
span_starts(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return len <= s.len && (len == 0 || memcmp(s.ptr, prefix, len) == 0);
}

bool
span_starts_nocase(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return len <= s.len && equal_nocase(s.ptr, prefix, len);
}

bool
span_ends_nocase(struct span s, const char *suffix)
{
	size_t len = strlen(suffix);

	return len <= s.len &&
	       span_equal_nocase(span_skip(s, s.len - len), span_str(suffix));
}

size_t
span_find_last(struct span s, char c)
{
	const char *at;

	at = s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);
	return at == NULL ? s.len : (size_t)(at - s.ptr);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span
span_cut(struct span *rest, char c)
{
	struct span part = span_of(rest->ptr, span_find(*rest, c));

	*rest = span_skip(*rest, part.len + 1);
	return part;
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/*
 * The index of the comma that ends the first element, or s.len.  A quoted
 * string that is never closed runs to the end (RFC 9110, 5.6.4).
 */
static size_t
element_end(struct span s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (quoted && s.ptr[i] == '\\')
			i++;
		else if (!quoted && s.ptr[i] == ',')
			return i;
	}
	return s.len;
}

bool
span_next_element(struct span *rest, struct span *element_r)
{
	struct span element;
	size_t end;

	while (rest->len > 0) {
		end = element_end(*rest);
		element = span_trim(span_of(rest->ptr, end));
		*rest = span_skip(*rest, end + 1);
		if (element.len > 0) {
			*element_r = element;
			return true;
		}
	}
	return false;
}

size_t
span_merge_slashes(struct span s, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '/' || i == 0 || s.ptr[i - 1] != '/')
			to[len++] = s.ptr[i];
	return len;
}

bool
span_copy(struct span s, char *to, size_t size)
{
	if (size == 0)
		return false;
	to[0] = '\0';
	if (s.len >= size)
		return false;
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	to[s.len] = '\0';
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wildcards without recursion.  A mismatch goes back to the last * alone: what
 * an earlier one could take in addition, the last one can as well.  In a path
 * that holds for each segment, since "/" is matched by itself only.
 */
#include "config.h"

#include "base/wildcard.h"

/* One member of a set; moves behind it. */
static unsigned char
take_member(const char **p)
{
	if (**p == '\\' && (*p)[1] != '\0')
		(*p)++;
	return (unsigned char)*(*p)++;
}

/* What follows the set that begins at p, behind "["; NULL: nothing closes it.
 */
static const char *
match_set(const char *p, unsigned char c, bool *matches_r)
{
	bool inverted = *p == '!' || *p == '^', first = true, found = false;

	if (inverted)
		p++;
	for (; first || *p != ']'; first = false) {
		unsigned char from, to;

		if (*p == '\0')
			return NULL;
		from = to = take_member(&p);
		if (*p == '-' && p[1] != '\0' && p[1] != ']') {
			p++;
			to = take_member(&p);
		}
		found = found || (from <= c && c <= to);
	}
	*matches_r = found != inverted;
	return p + 1;
}

/* What follows the element at p if that stands for c; NULL: it does not.  It
 * is no star. */
static const char *
match_one(const char *p, char c, unsigned flags)
{
	const char *end;
	bool matches;

	if (*p == '\0')
		return NULL;
	if (*p == '?' || *p == '[') {
		if (c == '/' && (flags & WILDCARD_PATH))
			return NULL;
		if (*p == '?')
			return p + 1;
		end = match_set(p + 1, (unsigned char)c, &matches);
		if (end)
			return matches ? end : NULL;
	}
	if (*p == '\\' && p[1] != '\0')
		p++;
	if (flags & WILDCARD_NOCASE)
		return span_fold(*p) == span_fold(c) ? p + 1 : NULL;
	return *p == c ? p + 1 : NULL;
}

bool
wildcard_match(const char *pattern, struct span text, unsigned flags)
{
	const char *star = NULL;
	size_t i = 0, from = 0;

	while (i < text.len) {
		const char *next = NULL;

		if (*pattern == '*') {
			star = ++pattern;
			from = i;
			continue;
		}
		next = match_one(pattern, text.ptr[i], flags);
		if (next) {
			pattern = next;
			i++;
			continue;
		}
		if (!star || (text.ptr[from] == '/' && (flags & WILDCARD_PATH)))
			return false;
		pattern = star;
		i = ++from;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

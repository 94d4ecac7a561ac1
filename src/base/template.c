/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of a regular expression put into a text. */
#include "config.h"

#include "base/template.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t
template_fixed(const char *text)
{
	size_t i = 0;

	while (text[i] != '\0' && text[i] != '\\' &&
	       !(text[i] == '$' && is_digit(text[i + 1])))
		i++;
	return i;
}

struct span
template_next(
    struct span *rest, const struct span groups[REGEX_GROUPS], bool *is_group_r)
{
	struct span piece = { rest->ptr, 1 };
	char next = rest->len > 1 ? rest->ptr[1] : '\0';

	*is_group_r = piece.ptr[0] == '$' && is_digit(next);
	if (*is_group_r)
		piece = groups[next - '0'];
	else if (piece.ptr[0] == '\\' && next != '\0')
		piece.ptr++;
	else
		next = '\0';
	*rest = span_skip(*rest, next == '\0' ? 1 : 2);
	return piece;
}

struct span
template_expand(struct arena *arena, struct span text,
    const struct span groups[REGEX_GROUPS])
{
	struct span rest = text;
	size_t len = 0;
	char *room, *to;
	bool is_group;

	while (rest.len > 0)
		len += template_next(&rest, groups, &is_group).len;
	room = to = arena_alloc(arena, len + 1);
	if (room == NULL)
		return span_of(NULL, 0);
	for (rest = text; rest.len > 0;) {
		struct span piece = template_next(&rest, groups, &is_group);

		if (piece.len > 0)
			memcpy(to, piece.ptr, piece.len);
		to += piece.len;
	}
	*to = '\0';
	return span_of(room, len);
}

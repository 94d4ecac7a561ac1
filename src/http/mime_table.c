/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extensions and their types in one open-addressed array, half empty or more.
 * For its hash see extension.c.
 */
#include "config.h"

#include <stdint.h>

#include "http/extension.h"
#include "http/mime_table.h"
#include "wire/h1_scan.h"

struct mime_entry {
	struct span extension, type; /* extension.len 0: free */
};

struct mime_table {
	struct mime_entry *entries;
	size_t size; /* a power of two */
};

bool
mime_is_type(struct span s)
{
	size_t slash = h1_scan_token(s.ptr, 0, s.len);
	size_t end;

	if (slash == 0 || slash == s.len || s.ptr[slash] != '/')
		return false;
	end = h1_scan_token(s.ptr, slash + 1, s.len);
	if (end == slash + 1)
		return false;
	return end == s.len || ((s.ptr[end] == ';' || s.ptr[end] == ' ') &&
				   h1_scan_value(s.ptr, end, s.len) == s.len);
}

/* Where the extension is, or the free entry where it would be. */
static struct mime_entry *
place_of(const struct mime_table *table, const struct extension *extension)
{
	size_t i = extension->hash & (table->size - 1);

	for (; table->entries[i].extension.len > 0;
	     i = (i + 1) & (table->size - 1))
		if (span_equal_nocase(
			table->entries[i].extension, extension->text))
			break;
	return &table->entries[i];
}

struct span
mime_table_find(
    const struct mime_table *table, const struct extension *extension)
{
	if (extension->text.len == 0)
		return (struct span){ NULL, 0 };
	return place_of(table, extension)->type;
}

static struct span
next_line(struct span *rest)
{
	struct span line = span_cut(rest, '\n');

	line.len = span_find(line, '#');
	return line;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool
next_word(struct span *line, struct span *word_r)
{
	size_t end = 0;

	while (line->len > 0 && is_blank(line->ptr[0]))
		*line = span_skip(*line, 1);
	while (end < line->len && !is_blank(line->ptr[end]))
		end++;
	*word_r = span_of(line->ptr, end);
	*line = span_skip(*line, end);
	return end > 0;
}

/* Every word but the types; those do no harm in a table of this size. */
static size_t
count_words(struct span text)
{
	struct span line, word;
	size_t count = 0;

	while (text.len > 0)
		for (line = next_line(&text); next_word(&line, &word);)
			count++;
	return count;
}

static bool
parse_line(struct mime_table *table, struct span line)
{
	struct span type, word;

	if (!next_word(&line, &type))
		return true;
	if (!mime_is_type(type))
		return false;
	while (next_word(&line, &word)) {
		struct extension extension = extension_of(word);

		/* What has a dot in it is the extension of nothing. */
		if (extension.text.len == word.len)
			*place_of(table, &extension) =
			    (struct mime_entry){ word, type };
	}
	return true;
}

const struct mime_table *
mime_table_parse(struct arena *arena, struct span text, unsigned *bad_line_r)
{
	struct mime_table *table = arena_alloc(arena, sizeof(*table));
	size_t words = count_words(text);
	unsigned line = 0;

	*bad_line_r = 0;
	if (table == NULL)
		return NULL;
	for (table->size = 16; table->size < 2 * words;)
		table->size *= 2;
	table->entries =
	    arena_calloc(arena, table->size, sizeof(*table->entries));
	if (table->entries == NULL)
		return NULL;
	while (text.len > 0) {
		line++;
		if (!parse_line(table, next_line(&text))) {
			*bad_line_r = line;
			return NULL;
		}
	}
	return table;
}

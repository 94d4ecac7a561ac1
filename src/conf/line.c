/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines and words of Apache's syntax.  What they mean is the reader's matter.
 * Every byte knows its physical line and column, so that a caret points to
 * the right place in a continued line.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>

#include "conf/line.h"

void
line_init(struct line *l, const struct source *source)
{
	*l = (struct line){ .source = source, .next_number = 1 };
	buf_init(&l->joined, LINE_MAX_BYTES);
}

void
line_release(struct line *l)
{
	buf_release(&l->joined);
	free(l->parts);
	l->parts = NULL;
}

/* The next line of the file without its end; *continued: it ended in \. */
static struct span
take_physical(struct line *l, bool *continued)
{
	struct span rest = span_skip(l->source->text, l->next);
	size_t len = span_find(rest, '\n');
	bool at_end = len == rest.len;

	l->next += at_end ? len : len + 1;
	l->next_number++;
	rest.len = len;
	if (rest.len > 0 && rest.ptr[rest.len - 1] == '\r')
		rest.len--;
	*continued = rest.len > 0 && rest.ptr[rest.len - 1] == '\\';
	if (*continued)
		rest.len--;
	return rest;
}

static bool
add_part(struct line *l, size_t offset)
{
	struct line_part *parts;
	size_t size = l->part_size ? l->part_size * 2 : 8;

	if (l->part_count == l->part_size) {
		parts = realloc(l->parts, size * sizeof(*parts));
		if (!parts)
			return false;
		l->parts = parts;
		l->part_size = size;
	}
	l->parts[l->part_count++] = (struct line_part){
		.offset = offset,
		.number = l->next_number,
	};
	return true;
}

/* Reads one line with its continuations; false: too long, or no memory. */
static bool
take_logical(struct line *l)
{
	bool continued, ok;
	struct span part;

	l->part_count = 0;
	buf_clear(&l->joined);
	ok = add_part(l, 0);
	part = take_physical(l, &continued);
	l->text = part;
	if (!continued)
		return ok && part.len <= LINE_MAX_BYTES;
	buf_add_span(&l->joined, part);
	while (continued && l->next < l->source->text.len) {
		ok = ok && add_part(l, l->joined.len);
		part = take_physical(l, &continued);
		buf_add_span(&l->joined, part);
	}
	l->text = buf_span(&l->joined);
	return ok && !buf_failed(&l->joined);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

static size_t
skip_spaces(struct span text, size_t from, size_t end)
{
	while (from < end && is_space(text.ptr[from]))
		from++;
	return from;
}

/* Two signs that look like others and are none. */
static void
warn_of_lookalikes(
    const struct line *l, size_t start, size_t stop, struct diag *diag)
{
	static const char *const quotes[] = { "\u2018", "\u2019", "\u201c",
		"\u201d", "\u201e" };
	struct conf_place place;

	for (size_t i = start; i < stop; i++) {
		struct span rest = span_of(l->text.ptr + i, stop - i);

		place = line_place(l, i);
		if (span_starts(rest, "\u00a0"))
			diag_warn(diag, &place,
			    "a no-break space (U+00A0) is none of the spaces "
			    "between words");
		for (size_t j = 0; i == start && j < 5; j++) {
			if (span_starts(rest, quotes[j]))
				diag_warn(diag, &place,
				    "%s is no quote here: \" and ' are",
				    quotes[j]);
		}
	}
}

/* A backslash with spaces behind it continues nothing. */
static void
warn_of_spaces(const struct line *l, size_t len, struct diag *diag)
{
	struct conf_place place;

	if (l->text.len == len || l->text.len == 0 ||
	    l->text.ptr[l->text.len - 1] != '\\')
		return;
	place = line_place(l, l->text.len - 1);
	diag_warn(diag, &place,
	    "the line is not continued: there are spaces behind its \\");
}

bool
line_next(struct line *l, unsigned *order, struct diag *diag)
{
	size_t start, len;
	bool ok;

	while (l->next < l->source->text.len) {
		ok = take_logical(l);
		len = l->text.len;
		while (
		    l->text.len > 0 && is_space(l->text.ptr[l->text.len - 1]))
			l->text.len--;
		start = skip_spaces(l->text, 0, l->text.len);
		if (ok && start == l->text.len)
			continue;
		if (start < l->text.len && l->text.ptr[start] == '#')
			continue;
		l->order = ++*order;
		if (ok) {
			warn_of_spaces(l, len, diag);
			return true;
		}
		diag_error(diag,
		    &(struct conf_place){ .file = l->source->name,
			.line = l->parts ? l->parts[0].number : 0,
			.order = l->order },
		    "a line with its continuations has at most %d bytes",
		    LINE_MAX_BYTES);
	}
	return false;
}

struct conf_place
line_place(const struct line *l, size_t offset)
{
	size_t low = 0, high = l->part_count;

	assert(l->part_count > 0);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (l->parts[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return (struct conf_place){
		.file = l->source->name,
		.line = l->parts[low].number,
		.column = (int)(offset - l->parts[low].offset) + 1,
		.order = l->order,
	};
}

/* The end of a quoted word whose quote stands at start, or end: not closed. */
static size_t
find_quote(struct span text, size_t start, size_t end)
{
	char quote = text.ptr[start];
	size_t i;

	for (i = start + 1; i < end && text.ptr[i] != quote; i++) {
		if (text.ptr[i] == '\\' && i + 1 < end &&
		    (text.ptr[i + 1] == '\\' || text.ptr[i + 1] == quote))
			i++;
	}
	return i;
}

/* A copy without the backslashes that quote; quote 0: a bare word. */
static char *
unescape(struct arena *arena, const char *text, size_t len, char quote)
{
	char *copy = arena_alloc(arena, len + 1), *to = copy;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len &&
		    (text[i + 1] == '\\' || (quote && text[i + 1] == quote)))
			i++;
		*to++ = text[i];
	}
	*to = '\0';
	return copy;
}

/* A word that begins with the quote at start, up to end at most. */
static enum word_status
quoted_word(const struct line *l, size_t start, size_t end, size_t *offset,
    struct arena *arena, struct diag *diag, struct word *word_r)
{
	char quote = l->text.ptr[start];
	size_t stop = find_quote(l->text, start, end);
	bool closed = stop < end;
	struct conf_place place;

	*offset = closed ? stop + 1 : end;
	if (!closed) {
		stop = end;
		diag_error(diag, &word_r->place,
		    "unterminated quote: the closing %c is missing", quote);
	} else if (*offset < end && !is_space(l->text.ptr[*offset])) {
		place = line_place(l, *offset);
		diag_warn(diag, &place,
		    "a space is missing here: what "
		    "follows a closing quote is an argument of its own");
	}
	word_r->text =
	    unescape(arena, l->text.ptr + start + 1, stop - start - 1, quote);
	if (!word_r->text)
		return WORD_NO_MEMORY;
	return closed ? WORD_OK : WORD_UNTERMINATED;
}

enum word_status
line_word(const struct line *l, size_t *offset, size_t end, struct arena *arena,
    struct diag *diag, struct word *word_r)
{
	size_t start = skip_spaces(l->text, *offset, end), stop = start;

	if (start >= end)
		return WORD_NONE;
	word_r->place = line_place(l, start);
	if (l->text.ptr[start] == '"' || l->text.ptr[start] == '\'')
		return quoted_word(l, start, end, offset, arena, diag, word_r);
	while (stop < end && !is_space(l->text.ptr[stop]))
		stop++;
	warn_of_lookalikes(l, start, stop, diag);
	*offset = stop;
	word_r->text = unescape(arena, l->text.ptr + start, stop - start, 0);
	return word_r->text ? WORD_OK : WORD_NO_MEMORY;
}

size_t
line_inside_word(struct span line, size_t start, size_t inside)
{
	char quote = start < line.len ? line.ptr[start] : '\0';
	size_t i = start;

	if (quote == '"' || quote == '\'')
		i++;
	else
		quote = '\0';
	for (;; i++, inside--) {
		struct span rest = span_skip(line, i);

		if (rest.len == 0 || span_starts(rest, "${"))
			return start;
		if (inside == 0)
			return i;
		if (span_starts(rest, "\\\\") ||
		    (quote != '\0' && rest.len > 1 && rest.ptr[0] == '\\' &&
			rest.ptr[1] == quote))
			i++;
	}
}

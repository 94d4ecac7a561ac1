/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collects what is wrong and prints it as compilers do:
 *
 *	conf/httpd.conf:3:9: error: Timeout: "10x" is not a duration
 *	    Timeout 10x
 *	            ^
 *
 * A place is a file, a line and a byte; what a quote is, line.c knows.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/span.h"
#include "base/text.h"
#include "conf/diag.h"
#include "conf/line.h"
#include "conf/source.h"

enum {
	DIAG_PRINTED = 100,   /* as many are printed */
	DIAG_TEXT = 2048,     /* bytes of one sentence */
	EXCERPT = 160,	      /* bytes shown of a line */
	EXCERPT_BEFORE = 100, /* of these before the caret */
};

struct diag_entry {
	struct diag_entry *next;
	struct conf_place place;
	unsigned sequence;
	bool error;
	bool printed;
	const char *text;
};

void
diag_init(struct diag *d)
{
	*d = (struct diag){ .errors = 0 };
	arena_init(&d->arena, NULL, 0, 0);
}

void
diag_release(struct diag *d)
{
	arena_release(&d->arena);
}

void
diag_vadd(struct diag *d, bool error, const struct conf_place *place,
    const char *format, va_list args)
{
	char text[DIAG_TEXT];
	struct diag_entry *e;
	int len;

	/* Warnings must not take the room of errors. */
	if ((error ? d->errors++ : d->warnings++) >= DIAG_MAX)
		return;
	len = vsnprintf(text, sizeof(text), format, args);
	if (len >= (int)sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	e = arena_calloc(&d->arena, 1, sizeof(*e));
	if (!e)
		return;
	e->text = arena_strdup(&d->arena, len < 0 ? format : text);
	if (!e->text)
		return;
	if (place)
		e->place = *place;
	e->error = error;
	e->sequence = d->kept++;
	e->next = d->entries;
	d->entries = e;
}

void
diag_error(
    struct diag *d, const struct conf_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_vadd(d, true, place, format, args);
	va_end(args);
}

void
diag_warn(
    struct diag *d, const struct conf_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_vadd(d, false, place, format, args);
	va_end(args);
}

static int
compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct diag_entry *x = *(struct diag_entry *const *)a;
	const struct diag_entry *y = *(struct diag_entry *const *)b;
	int order = compare_numbers(x->place.order, y->place.order);

	if (order == 0)
		order = compare_numbers(
		    (unsigned)x->place.line, (unsigned)y->place.line);
	if (order == 0)
		order = compare_numbers(
		    (unsigned)x->place.column, (unsigned)y->place.column);
	return order != 0 ? order : compare_numbers(x->sequence, y->sequence);
}

/* A terminal shall not obey what stands in a file. */
static void
add_printable(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			c = '?';
		buf_add_char(to, (char)c);
	}
}

static bool
is_continuation_byte(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The part of a long line around byte at. */
static struct span
excerpt(struct span line, size_t at)
{
	size_t start = 0;

	if (line.len <= EXCERPT)
		return line;
	if (at > EXCERPT_BEFORE)
		start = at - EXCERPT_BEFORE;
	while (start < line.len && is_continuation_byte(line.ptr[start]))
		start++;
	line = span_skip(line, start);
	if (line.len > EXCERPT)
		line.len = EXCERPT;
	while (line.len > 0 && is_continuation_byte(line.ptr[line.len - 1]))
		line.len--;
	return line;
}

/* column 0: not known, no caret. */
static void
print_line(struct buf *to, struct span line, int column)
{
	size_t at = column > 0 ? (size_t)column - 1 : 0;
	struct span shown = excerpt(line, at);
	const char *before = shown.ptr > line.ptr ? "..." : "";
	const char *after =
	    shown.ptr + shown.len < line.ptr + line.len ? "..." : "";

	at -= (size_t)(shown.ptr - line.ptr);
	buf_printf(to, "    %s", before);
	add_printable(to, shown);
	buf_printf(to, "%s\n", after);
	if (column == 0)
		return;
	buf_printf(to, "    %*s", (int)strlen(before), "");
	for (size_t i = 0; i < at && i < shown.len; i++) {
		if (!is_continuation_byte(shown.ptr[i]))
			buf_add_char(to, shown.ptr[i] == '\t' ? '\t' : ' ');
	}
	buf_add_str(to, "^\n");
}

/* Behind the name at column; the name's where it is in another line. */
static int
argument_column(struct span line, int column)
{
	size_t name = (size_t)column - 1, i = name;

	while (i < line.len && line.ptr[i] != ' ' && line.ptr[i] != '\t')
		i++;
	while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
		i++;
	return i < line.len && line.ptr[i] != '\\' ? (int)i + 1 : column;
}

/* Whether the text of the line is there; and the column, 0: not known. */
static bool
find_line(const struct conf_place *p, const struct source_list *sources,
    struct span *line_r, int *column_r)
{
	*column_r = p->column;
	if (!p->file || p->line <= 0 || !sources ||
	    !source_line(sources, p->file, p->line, line_r))
		return false;
	if (p->column > 0 && p->argument)
		*column_r = argument_column(*line_r, p->column);
	if (p->column > 0 && p->inside > 0)
		*column_r = (int)line_inside_word(
				*line_r, (size_t)p->column - 1, p->inside) +
			    1;
	return true;
}

static const struct conf_place *
includer(const struct source_list *sources, const struct conf_place *p)
{
	return sources && p->file ? source_includer(sources, p) : NULL;
}

/* Not again below errors of one file that follow each other. */
static void
print_includers(const struct source_list *sources, const struct conf_place *p,
    const struct conf_place **last, struct buf *to)
{
	p = includer(sources, p);
	if (p == *last)
		return;
	*last = p;
	for (; p; p = includer(sources, p)) {
		buf_add_str(to, "    included from ");
		add_printable(to, span_str(p->file));
		buf_printf(to, ":%d\n", p->line);
	}
}

static void
print_entry(const struct diag_entry *e, const struct source_list *sources,
    struct buf *to)
{
	const struct conf_place *p = &e->place;
	struct span line;
	int column;
	bool known = find_line(p, sources, &line, &column);

	if (p->file) {
		add_printable(to, span_str(p->file));
		if (p->line > 0)
			buf_printf(to, ":%d", p->line);
		if (column > 0)
			buf_printf(to, ":%d", column);
		buf_add_str(to, ": ");
	}
	buf_add_str(to, e->error ? "error: " : "warning: ");
	add_printable(to, span_str(e->text));
	buf_add_char(to, '\n');
	if (known)
		print_line(to, line, column);
}

/* Marks what will be printed: errors first, then warnings, up to the limit. */
static void
choose(struct diag_entry **sorted, unsigned count)
{
	unsigned left = DIAG_PRINTED;

	for (int error = 1; error >= 0; error--) {
		for (unsigned i = 0; i < count && left > 0; i++) {
			if (sorted[i]->error == (bool)error) {
				sorted[i]->printed = true;
				left--;
			}
		}
	}
}

/* All d->kept entries in the order of the text; NULL without memory. */
static struct diag_entry **
sort(const struct diag *d)
{
	struct diag_entry **sorted = calloc(d->kept + 1, sizeof(*sorted));
	unsigned count = 0;

	if (!sorted)
		return NULL;
	for (struct diag_entry *e = d->entries; e; e = e->next)
		sorted[count++] = e;
	qsort(sorted, count, sizeof(*sorted), compare_entries);
	return sorted;
}

void
diag_print(
    const struct diag *d, const struct source_list *sources, struct buf *to)
{
	const struct conf_place *last = NULL;
	struct diag_entry **sorted = sort(d);
	unsigned count = d->kept, all = d->errors + d->warnings;

	if (!sorted) {
		buf_add_str(to, "error: out of memory\n");
		return;
	}
	choose(sorted, count);
	for (unsigned i = 0; i < count; i++) {
		if (!sorted[i]->printed)
			continue;
		print_entry(sorted[i], sources, to);
		if (sorted[i]->error)
			print_includers(sources, &sorted[i]->place, &last, to);
	}
	if (all > DIAG_PRINTED)
		buf_printf(to, "… and %u more\n", all - DIAG_PRINTED);
	free(sorted);
}

/* ---- JSON ---- */

void
diag_place_json(const struct conf_place *p, struct buf *to)
{
	buf_add_str(to, "\"file\":");
	if (p->file)
		text_add_json(to, span_str(p->file));
	else
		buf_add_str(to, "null");
	if (p->file && p->line > 0)
		buf_printf(to, ",\"line\":%d", p->line);
	else
		buf_add_str(to, ",\"line\":null");
	if (p->file && p->column > 0)
		buf_printf(to, ",\"column\":%d", p->column);
	else
		buf_add_str(to, ",\"column\":null");
}

static void
print_includers_json(const struct source_list *sources,
    const struct conf_place *p, struct buf *to)
{
	const char *before = ",\"included_from\":[{";

	for (p = includer(sources, p); p; p = includer(sources, p)) {
		buf_add_str(to, before);
		diag_place_json(p, to);
		before = "},{";
	}
	if (*before == '}')
		buf_add_str(to, "}]");
}

static void
print_entry_json(const struct diag_entry *e, const struct source_list *sources,
    struct buf *to)
{
	struct conf_place place = e->place;
	struct span line;

	(void)find_line(&e->place, sources, &line, &place.column);
	buf_printf(to, "{\"severity\":\"%s\",", e->error ? "error" : "warning");
	diag_place_json(&place, to);
	buf_add_str(to, ",\"text\":");
	text_add_json(to, span_str(e->text));
	print_includers_json(sources, &e->place, to);
	buf_add_char(to, '}');
}

void
diag_print_json(
    const struct diag *d, const struct source_list *sources, struct buf *to)
{
	struct diag_entry **sorted = sort(d);

	buf_add_char(to, '[');
	for (unsigned i = 0; sorted && i < d->kept; i++) {
		if (i > 0)
			buf_add_char(to, ',');
		print_entry_json(sorted[i], sources, to);
	}
	buf_add_char(to, ']');
	free(sorted);
}

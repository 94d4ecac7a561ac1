/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apache's syntax: one directive on a line, sections between <Name ...> and
 * </Name>.  Knows the form of a statement; what a name means, the reader and
 * the rows know.
 */
#include "config.h"

#include "conf/line.h"
#include "conf/macro.h"
#include "conf/reader_private.h"

/* One text on its way. */
struct syntax {
	struct reader *reader;
	struct line line;
	struct arena words;	 /* of one line */
	struct frame *outermost; /* what was open before this text */
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

/* Puts variables into a word; false after an error. */
static bool
expand(struct syntax *s, struct word *w, size_t *total)
{
	struct reader *r = s->reader;

	w->text = variables_expand(
	    &r->variables, &s->words, r->in->diag, &w->place, w->text);
	if (!w->text)
		return false;
	*total += strlen(w->text);
	if (*total <= LINE_MAX_BYTES)
		return true;
	diag_error(r->in->diag, &w->place,
	    "with its variables put in this line has more than %d bytes",
	    LINE_MAX_BYTES);
	return false;
}

/*
 * Splits the bytes from..end into expanded words; false after an error, with
 * the words before it.
 */
static bool
take_words(struct syntax *s, size_t from, size_t end, struct statement *st)
{
	struct reader *r = s->reader;
	enum word_status status = WORD_OK;
	size_t max = (end - from) / 2 + 1, total = 0;
	struct word *words = arena_calloc(&s->words, max, sizeof(*words));

	st->args = words;
	st->arg_count = 0;
	while (words && status == WORD_OK) {
		struct word *w = &words[st->arg_count];

		status =
		    line_word(&s->line, &from, end, &s->words, r->in->diag, w);
		if (status == WORD_NONE)
			return true;
		if (status == WORD_NO_MEMORY)
			break;
		if (!expand(s, w, &total))
			return false;
		st->arg_count++;
	}
	if (status != WORD_UNTERMINATED)
		r->no_memory = true;
	return false;
}

/* The statement's name: the bytes from..end up to a space or a ">". */
static size_t
take_name(struct syntax *s, size_t from, size_t end, bool section,
    struct statement *st)
{
	const char *text = s->line.text.ptr;
	size_t stop = from;

	while (stop < end && !is_space(text[stop]) &&
	       !(section && text[stop] == '>'))
		stop++;
	st->place = line_place(&s->line, from);
	st->name = arena_strndup(&s->words, text + from, stop - from);
	if (!st->name)
		s->reader->no_memory = true;
	return stop;
}

static void
read_directive(struct syntax *s, size_t from)
{
	struct statement st;
	size_t end = s->line.text.len;

	if (reader_skips(s->reader))
		return;
	from = take_name(s, from, end, false, &st);
	if (st.name && take_words(s, from, end, &st))
		reader_directive(s->reader, &st);
}

/* </Name>; false without a name or memory. */
static bool
take_close(struct syntax *s, size_t from, struct statement *st)
{
	struct diag *diag = s->reader->in->diag;
	size_t end = s->line.text.len, stop;
	struct conf_place place;

	stop = take_name(s, from + 2, end, true, st);
	if (!st->name)
		return false;
	st->place = line_place(&s->line, from);
	if (*st->name == '\0') {
		diag_error(diag, &st->place,
		    "the name of a section follows its </ directly");
		return false;
	}
	while (stop < end && is_space(s->line.text.ptr[stop]))
		stop++;
	if (stop == end || s->line.text.ptr[stop] != '>') {
		place = line_place(&s->line, stop);
		diag_error(
		    diag, &place, "</%s is to be followed by >", st->name);
	} else if (stop + 1 < end) {
		place = line_place(&s->line, stop + 1);
		diag_error(diag, &place, "nothing may follow </%s>", st->name);
	}
	return true;
}

/* 1: the line opens a <Macro>, -1: it closes one, and st is its end. */
static int
macro_step(struct syntax *s, struct statement *st)
{
	struct span text = s->line.text;
	size_t from = 0;
	int step = 1;

	while (is_space(text.ptr[from]))
		from++;
	if (text.ptr[from] != '<')
		return 0;
	if (from + 1 < text.len && text.ptr[from + 1] == '/')
		step = -1;
	take_name(s, from + (step > 0 ? 1 : 2), text.len, true, st);
	if (!st->name || !span_is_nocase(span_str(st->name), "Macro"))
		return 0;
	if (step < 0)
		take_close(s, from, st);
	return step;
}

/* What is inside is text: it need not be balanced, nor make sense. */
static void
read_macro(struct syntax *s, const struct statement *open)
{
	struct reader *r = s->reader;
	size_t from = s->line.next, end = from;
	struct statement st;
	int depth = 1;

	while (
	    reader_goes_on(r) && line_next(&s->line, &r->order, r->in->diag)) {
		depth += macro_step(s, &st);
		if (depth == 0 && !reader_skips(r))
			macro_define(r, open,
			    span_of(
				s->line.source->text.ptr + from, end - from));
		if (depth == 0)
			return;
		end = s->line.next;
	}
	if (reader_goes_on(r))
		diag_error(r->in->diag, &open->place,
		    "<Macro> is not closed: </Macro> is missing");
}

/* Where the > that ends a section's first line is, or should be. */
static size_t
find_end(struct syntax *s)
{
	struct span text = s->line.text;
	size_t end = text.len - 1, i;
	struct conf_place place;
	char quote = '\0';

	if (text.ptr[end] == '>')
		return end;
	for (i = 1; i < end; i++) {
		if (quote == text.ptr[i])
			quote = '\0';
		else if (!quote && strchr("\"'", text.ptr[i]))
			quote = text.ptr[i];
		/* Not the one of "> 2.4". */
		if (!quote && text.ptr[i] == '>' && is_space(text.ptr[i + 1]) &&
		    !is_space(text.ptr[i - 1]))
			break;
	}
	if (i >= end) {
		place = line_place(&s->line, text.len);
		diag_error(s->reader->in->diag, &place,
		    "the > at the end of the line is missing");
		return text.len;
	}
	for (end = i + 1; is_space(text.ptr[end]); end++)
		continue;
	place = line_place(&s->line, end);
	diag_error(s->reader->in->diag, &place,
	    text.ptr[end] == '#' ? "a comment needs a line of its own"
				 : "nothing may follow the > of a section");
	return i;
}

/* <Directory> within <Directory /srv>: of those that take arguments none may be
 * within itself, so it is an end without its slash. */
static bool
is_meant_as_end(struct syntax *s, const struct statement *st)
{
	struct reader *r = s->reader;
	struct frame *f = r->frame;

	if (reader_skips(r) || f == s->outermost || !f->has_arguments ||
	    st->arg_count > 0 || !span_is_nocase(span_str(f->name), st->name))
		return false;
	diag_error(r->in->diag, &st->place,
	    "<%s> is open already, since line %d: is </%s> meant?", f->name,
	    f->place.line, f->name);
	reader_close(r);
	return true;
}

static void
read_open(struct syntax *s, size_t from)
{
	struct diag *diag = s->reader->in->diag;
	struct statement st = { .name = NULL };
	size_t end = find_end(s), stop;

	stop = take_name(s, from + 1, end, true, &st);
	if (!st.name)
		return;
	st.place = line_place(&s->line, from);
	if (stop == from + 1) {
		diag_error(diag, &st.place,
		    "the name of a section follows "
		    "its < directly");
		return;
	}
	if (!reader_skips(s->reader))
		take_words(s, stop, end, &st);
	if (span_is_nocase(span_str(st.name), "Macro"))
		read_macro(s, &st);
	else if (!is_meant_as_end(s, &st))
		reader_open(s->reader, &st);
}

/* The innermost open section of that name in this text, or NULL. */
static struct frame *
find_open(const struct syntax *s, const char *name)
{
	struct frame *f = s->reader->frame;

	while (f != s->outermost && !span_is_nocase(span_str(f->name), name))
		f = f->outer;
	return f == s->outermost ? NULL : f;
}

static void
close_section(struct syntax *s, const struct statement *st)
{
	struct reader *r = s->reader;
	struct frame *open = find_open(s, st->name), *innermost = r->frame;

	if (!open && innermost == s->outermost) {
		diag_error(r->in->diag, &st->place,
		    "</%s> closes nothing: no <%s> is open", st->name,
		    st->name);
	} else if (open != innermost) {
		diag_error(r->in->diag, &st->place,
		    "</%s> stands where </%s> is expected, which closes the "
		    "<%s> of line %d",
		    st->name, innermost->name, innermost->name,
		    innermost->place.line);
	}
	/* A name that fits nothing is taken for the innermost, misspelt. */
	if (!open && innermost != s->outermost)
		open = innermost;
	while (open && r->frame != open)
		reader_close(r);
	if (open)
		reader_close(r);
}

static void
read_close(struct syntax *s, size_t from)
{
	struct statement st = { .name = NULL };

	if (take_close(s, from, &st))
		close_section(s, &st);
}

static void
read_line(struct syntax *s)
{
	struct span text = s->line.text;
	size_t from = 0;

	while (is_space(text.ptr[from]))
		from++;
	if (text.ptr[from] != '<')
		read_directive(s, from);
	else if (from + 1 < text.len && text.ptr[from + 1] == '/')
		read_close(s, from);
	else
		read_open(s, from);
	arena_reset(&s->words);
}

void
syntax_read(struct reader *r, const struct source *source)
{
	struct syntax s = { .reader = r, .outermost = r->frame };

	line_init(&s.line, source);
	arena_init(&s.words, NULL, 0, 0);
	while (reader_goes_on(r) && line_next(&s.line, &r->order, r->in->diag))
		read_line(&s);
	while (r->frame != s.outermost) {
		if (reader_goes_on(r))
			diag_error(r->in->diag, &r->frame->place,
			    "<%s> is not closed: </%s> is missing",
			    r->frame->name, r->frame->name);
		reader_close(r);
	}
	arena_release(&s.words);
	line_release(&s.line);
}

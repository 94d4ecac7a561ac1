/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros are texts: a parameter is replaced wherever it stands, in quotes or
 * in the middle of a word, and only then is the text read.  Where several
 * begin at one place the longest counts; what was put in is not looked at
 * again.
 */
#include "config.h"

#include "conf/macro.h"
#include "conf/suggest.h"

enum {
	MAX_PARAMETERS = 64,
	MAX_DEEP = 64,
	/* As many may have been meant by one that is not there: a file of
	 * thousands of mistakes is read in no time. */
	OFFERS_MAX = 1000,
};

struct macro {
	const char *name;
	struct conf_place place;
	const char *const *parameters;
	int count;
	struct span body;
};

/* A Use on the way from the file to what is being read. */
struct macro_expansion {
	struct macro_expansion *outer;
	const struct macro *macro;
	unsigned depth;
};

/* The longest one that the text begins with; -1: none. */
static int
parameter_at(const struct macro *m, struct span text)
{
	size_t longest = 0;
	int found = -1;

	for (int i = 0; i < m->count; i++) {
		size_t len = strlen(m->parameters[i]);

		if (len > longest && span_starts(text, m->parameters[i])) {
			longest = len;
			found = i;
		}
	}
	return found;
}

/* Appends the body; values NULL: nothing, to see what is used. */
static void
put_in(const struct macro *m, const struct word *values, struct buf *to,
    bool used_r[MAX_PARAMETERS])
{
	struct span rest = m->body;
	char firsts[MAX_PARAMETERS + 1] = "";

	for (int i = 0; i < m->count; i++)
		firsts[i] = m->parameters[i][0];
	while (rest.len > 0) {
		size_t plain = 0;
		int i;

		while (plain < rest.len && !strchr(firsts, rest.ptr[plain]))
			plain++;
		buf_add(to, rest.ptr, plain);
		rest = span_skip(rest, plain);
		if (rest.len == 0)
			break;
		i = parameter_at(m, rest);
		if (i >= 0) {
			used_r[i] = true;
			buf_add_str(to, values ? values[i].text : "");
			rest = span_skip(rest, strlen(m->parameters[i]));
		} else {
			buf_add_char(to, rest.ptr[0]);
			rest = span_skip(rest, 1);
		}
	}
}

/* ---- definitions ---- */

static bool
check_parameter(struct reader *r, const struct statement *st, int i)
{
	const struct word *w = &st->args[i];

	if (*w->text == '\0') {
		diag_error(r->in->diag, &w->place, "a parameter has a name");
		return false;
	}
	for (int j = 1; j < i; j++) {
		if (span_is(span_str(w->text), st->args[j].text)) {
			diag_error(r->in->diag, &w->place, "%s is there twice",
			    w->text);
			return false;
		}
	}
	if (!strchr("$%@", *w->text))
		diag_warn(r->in->diag, &w->place,
		    "each \"%s\" in the text will be replaced; $%s would tell "
		    "it from other words",
		    w->text, w->text);
	return true;
}

static bool
check_definition(struct reader *r, const struct statement *st)
{
	bool ok = true;

	if (!reader_takes(r, st, 1, -1))
		return false;
	if (st->arg_count - 1 > MAX_PARAMETERS) {
		diag_error(r->in->diag, &st->args[MAX_PARAMETERS + 1].place,
		    "more than %d parameters", MAX_PARAMETERS);
		return false;
	}
	for (int i = 1; i < st->arg_count; i++)
		ok = check_parameter(r, st, i) && ok;
	return ok;
}

static struct macro *
make(struct reader *r, const struct statement *st, struct span body)
{
	struct macro *m = arena_alloc(&r->memory, sizeof(*m));
	int count = st->arg_count - 1;
	const char **parameters =
	    arena_calloc(&r->memory, (size_t)count + 1, sizeof(*parameters));

	if (!m || !parameters)
		return NULL;
	for (int i = 0; i < count; i++) {
		parameters[i] = arena_strdup(&r->memory, st->args[i + 1].text);
		if (!parameters[i])
			return NULL;
	}
	*m = (struct macro){
		.name = arena_strdup(&r->memory, st->args[0].text),
		.place = st->place,
		.parameters = parameters,
		.count = count,
		.body = body,
	};
	return m->name ? m : NULL;
}

static void
warn_of_unused(
    struct reader *r, const struct statement *st, const struct macro *m)
{
	bool used[MAX_PARAMETERS] = { false };
	struct buf text;

	buf_init(&text, SOURCE_MAX_BYTES);
	put_in(m, NULL, &text, used);
	buf_release(&text);
	for (int i = 0; i < m->count; i++) {
		if (!used[i])
			diag_warn(r->in->diag, &st->args[i + 1].place,
			    "%s is not used in the macro", m->parameters[i]);
	}
}

void
macro_define(struct reader *r, const struct statement *st, struct span body)
{
	const struct macro *before;
	struct macro *m;

	if (!check_definition(r, st))
		return;
	before = table_get(&r->macros, span_str(st->args[0].text));
	if (before)
		diag_warn(r->in->diag, &st->args[0].place,
		    "a macro %s was defined at %s:%d; this one takes its place",
		    before->name, before->place.file, before->place.line);
	m = make(r, st, body);
	if (!m || table_put(&r->macros, span_str(m->name), m) == -1)
		r->no_memory = true;
	else
		warn_of_unused(r, st, m);
}

/* ---- uses ---- */

static struct macro *
find(struct reader *r, const struct word *name)
{
	struct macro *m = table_get(&r->macros, span_str(name->text));
	struct table_entry *e;
	struct suggestion s;
	size_t position = 0, offered = 0;

	if (m)
		return m;
	suggestion_init(&s, name->text);
	while (offered++ < OFFERS_MAX &&
	       (e = table_next(&r->macros, &position)) != NULL)
		suggestion_offer(&s, ((struct macro *)e->value)->name);
	diag_error(r->in->diag, &name->place, "there is no macro %s%s%s%s",
	    name->text, s.best ? "; did you mean " : "", s.best ? s.best : "",
	    s.best ? "?" : "");
	return NULL;
}

static bool
may_use(struct reader *r, const struct statement *st, const struct macro *m)
{
	const struct macro_expansion *x = r->expansion;
	int values = st->arg_count - 1;

	while (x && x->macro != m)
		x = x->outer;
	if (x)
		diag_error(r->in->diag, &st->args[0].place,
		    "macro %s uses itself", m->name);
	else if (r->expansion && r->expansion->depth >= MAX_DEEP)
		diag_error(r->in->diag, &st->args[0].place,
		    "more than %d macros inside each other", MAX_DEEP);
	else if (values != m->count)
		diag_error(r->in->diag, &st->args[0].place,
		    "macro %s has %d parameter%s, and here %s %d value%s "
		    "(%s:%d)",
		    m->name, m->count, m->count == 1 ? "" : "s",
		    values == 1 ? "is" : "are", values, values == 1 ? "" : "s",
		    m->place.file, m->place.line);
	else
		return true;
	return false;
}

/* The macro's text as a source; NULL after an error. */
static const struct source *
expand(struct reader *r, const struct statement *st, const struct macro *m)
{
	const char *name = arena_printf(&r->memory, "macro %s (used at %s:%d)",
	    m->name, st->place.file, st->place.line);
	bool used[MAX_PARAMETERS];
	const struct source *s = NULL;
	struct buf text;
	struct err err;

	buf_init(&text, SOURCE_MAX_BYTES);
	put_in(m, st->args + 1, &text, used);
	if (buf_failed(&text))
		diag_error(r->in->diag, &st->place,
		    "the text of macro %s has more than %d bytes", m->name,
		    SOURCE_MAX_BYTES);
	else if (!name)
		r->no_memory = true;
	else if (reader_charge(
		     r, &st->place, text.len + 2 * strlen(name) + 256)) {
		s = source_add(r->in->sources, name, buf_span(&text), &err);
		r->no_memory = !s || !reader_note_source(r, s);
	}
	buf_release(&text);
	return s;
}

void
macro_use(struct reader *r, const struct statement *st)
{
	struct macro_expansion x = {
		.outer = r->expansion,
		.depth = r->expansion ? r->expansion->depth + 1 : 1,
	};
	const struct source *s;

	x.macro = find(r, &st->args[0]);
	if (!x.macro || !may_use(r, st, x.macro))
		return;
	s = expand(r, st, x.macro);
	if (!s)
		return;
	r->expansion = &x;
	syntax_read(r, s);
	r->expansion = x.outer;
}

void
macro_undefine(struct reader *r, const struct statement *st)
{
	if (find(r, &st->args[0]))
		table_remove(&r->macros, span_str(st->args[0].text));
}

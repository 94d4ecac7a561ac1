/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One use of a directive: whether it may stand there, whether it has the
 * arguments that its row asks for, whether it was there before; then its
 * value.  And the defaults, which are uses too.
 */
#include "config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/arguments.h"
#include "conf/build.h"
#include "conf/parse.h"

const char *
build_text(struct conf_builder *b, const char *text)
{
	char *copy = arena_strdup(b->arena, text);

	if (!copy)
		b->no_memory = true;
	return copy;
}

const char *
build_shown(struct conf_builder *b, const char *name)
{
	char *text = arena_printf(&b->scratch, "<%s>", name);

	if (!text)
		b->no_memory = true;
	return text;
}

const char *
build_context_words(unsigned contexts)
{
	switch (contexts) {
	case IN_SERVER:
		return "outside of all sections";
	case IN_HOST:
		return "in <VirtualHost>";
	case IN_DIRECTORY:
		return "in <Directory>, <Files> or <Location>";
	case IN_SERVER | IN_HOST:
		return "outside of all sections or in <VirtualHost>";
	case IN_HOST | IN_DIRECTORY:
		return "in a section";
	case IN_SERVER | IN_DIRECTORY:
		return "outside of <VirtualHost>";
	default:
		return "anywhere";
	}
}

static bool
check_context(struct conf_builder *b, const struct row_ref *ref,
    const struct statement *st, const struct build_context *at)
{
	const struct directive *row = ref->directive;

	if (at->limit && !row->in_limit) {
		diag_error(b->diag, &st->place,
		    "%s may not stand inside %s, which is for rules of access",
		    row->name, at->inside);
		return false;
	}
	if (at->container &&
	    !(row->in_container && at->container->section == ref->section)) {
		diag_error(b->diag, &st->place,
		    "%s may not stand inside %s, which is for rules of access",
		    row->name, at->inside);
		return false;
	}
	if (row->contexts & at->in)
		return true;
	diag_error(b->diag, &st->place, "%s may not stand %s%s, only %s",
	    row->name, at->inside ? "inside " : "outside of all sections",
	    at->inside ? at->inside : "", build_context_words(row->contexts));
	return false;
}

static bool
check_arguments(struct conf_builder *b, const struct directive *row,
    const struct statement *st)
{
	bool custom = row->type == DIRECTIVE_TYPE_CUSTOM;

	return arguments_check(b->diag, st,
	    &(struct argument_rule){ row->name, row->syntax, row->container,
		custom ? row->min_args : 1, custom ? row->max_args : 1 });
}

/* -C and -c are there to override. */
static bool
from_command_line(const struct conf_place *p)
{
	return p->file[0] == '-';
}

static void
warn_repeated(struct conf_builder *b, const struct directive *row,
    const struct conf_place *first, const struct conf_place *again)
{
	if (from_command_line(first) || from_command_line(again))
		return;
	diag_warn(b->diag, again,
	    "%s is set again; its value of %s:%d no longer holds", row->name,
	    first->file, first->line);
}

/* A regular expression is none. */
static const char *
section_path(const struct section *section)
{
	if (section && section->kind == SECTION_FILES)
		section = section->parent;
	return section && !section->regex ? section->pattern : NULL;
}

/* The use, with all that it points to in the arena. */
static bool
make_use(struct conf_builder *b, const struct directive *row,
    const struct statement *st, const struct build_context *at,
    struct directive_use *use)
{
	size_t count = (size_t)st->arg_count;
	const char **args = arena_calloc(b->arena, count + 1, sizeof(*args));
	struct conf_place *places =
	    arena_calloc(&b->scratch, count + 1, sizeof(*places));

	if (!args || !places)
		return false;
	for (size_t i = 0; i < count; i++) {
		args[i] = build_text(b, st->args[i].text);
		places[i] = st->args[i].place;
	}
	*use = (struct directive_use){
		.row = row,
		.builder = b,
		.arena = b->arena,
		.server_root = b->conf->server_root,
		.context = at->in,
		.section_path = section_path(at->section),
		.section = at->section,
		.limit = at->limit,
		.args = args,
		.arg_count = st->arg_count,
		.places = places,
		.place = st->place,
		.skip_roots = b->conf->skip_roots,
	};
	return !b->no_memory;
}

/* Whether no other row fills the field of this one. */
static bool
is_alone(const struct layout_section *l, unsigned row)
{
	for (unsigned i = 0; i < l->row_count; i++) {
		if (i != row && l->slots[i] == l->slots[row])
			return false;
	}
	return true;
}

/* Puts the value of a use into a scope. */
static void
apply(struct conf_builder *b, const struct row_ref *ref,
    const struct directive_use *use, struct scope *scope)
{
	const struct directive *row = ref->directive;
	const struct layout_section *l = &b->layout->sections[ref->section];
	struct scope_part *part = scope_part(scope, ref->section, b->arena);
	struct conf_place *place;
	unsigned errors = b->diag->errors;
	void *field;

	if (!part) {
		b->no_memory = true;
		return;
	}
	field = scope_field(part, l, row - ref->row, ref->row);
	place = &part->places[ref->row];
	if (place->file && !row->repeats) {
		warn_repeated(b, row, place, &use->place);
		if (is_alone(l, ref->row))
			memset(field, 0, row->size);
	}
	if (!place->file || !row->repeats)
		*place = use->place;
	if (parse_use(use, field) == -1 && b->diag->errors == errors)
		b->no_memory = true;
}

/* Counts what the use comes to; noted: what its parser had noted before. */
static void
tell_fate(
    struct conf_builder *b, const struct directive_use *use, unsigned noted)
{
	const struct directive *row = use->row;
	struct fidelity *f = b->fidelity;
	bool as_always = row->preset && use->arg_count == 1 &&
			 strcasecmp(row->preset, use->args[0]) == 0;

	if (row->no_effect && !as_always)
		directive_no_effect(use, -1, row->no_effect);
	else if (fidelity_noted(f) == noted)
		f->applied++;
}

void
build_row(struct conf_builder *b, const struct row_ref *ref,
    const struct statement *st, const struct build_context *at)
{
	struct directive_use use;
	unsigned errors = b->diag->errors, noted = fidelity_noted(b->fidelity);

	if (!check_context(b, ref, st, at) ||
	    !check_arguments(b, ref->directive, st))
		return;
	if (!make_use(b, ref->directive, st, at, &use)) {
		b->no_memory = true;
		return;
	}
	apply(b, ref, &use, at->scope);
	if (b->diag->errors == errors)
		tell_fate(b, &use, noted);
}

void
build_container(struct conf_builder *b, const struct row_ref *ref,
    const struct statement *st, const config_setting_t *body,
    const struct build_context *at)
{
	struct build_context inside = *at;
	struct directive_use use;
	unsigned errors = b->diag->errors;

	if (!check_context(b, ref, st, at) ||
	    !check_arguments(b, ref->directive, st))
		return;
	inside.inside = build_shown(b, ref->directive->name);
	inside.container = ref;
	if (b->no_memory || !make_use(b, ref->directive, st, at, &use)) {
		b->no_memory = true;
		return;
	}
	use.part = DIRECTIVE_OPEN;
	apply(b, ref, &use, at->scope);
	build_scope(b, body, &inside);
	use.part = DIRECTIVE_CLOSE;
	if (b->diag->errors > errors || b->no_memory)
		return;
	apply(b, ref, &use, at->scope);
	b->fidelity->applied++;
}

/* Splits a default into words; the places say "nowhere". */
static bool
split_preset(struct conf_builder *b, const char *text, struct statement *st)
{
	struct source source = { .text = span_str(text) };
	struct line line;
	struct word *words =
	    arena_calloc(&b->scratch, source.text.len / 2 + 2, sizeof(*words));
	size_t offset = 0;
	unsigned order = 0;

	*st = (struct statement){ .args = words };
	line_init(&line, &source);
	if (words && line_next(&line, &order, b->diag)) {
		while (line_word(&line, &offset, line.text.len, b->arena,
			   b->diag, &words[st->arg_count]) == WORD_OK)
			words[st->arg_count++].place =
			    (struct conf_place){ .file = NULL };
	}
	line_release(&line);
	if (words && source.text.len == 0)
		words[st->arg_count++].text = "";
	return words != NULL;
}

/* A default that its own row refuses is a fault in the program. */
static void
preset_is_bad(const struct directive *row, struct conf_builder *b)
{
	struct buf text;

	if (b->no_memory || b->diag->errors == 0)
		return;
	buf_init(&text, 65536);
	diag_print(b->diag, NULL, &text);
	fprintf(stderr, "%s: bad default\n%s", row->name, buf_str(&text));
	abort();
}

static void
preset(struct conf_builder *b, const struct row_ref *ref, struct scope *scope)
{
	const struct build_context at = { .in = IN_SERVER };
	struct diag diag, *outer = b->diag;
	struct directive_use use;
	struct statement st;

	if (!ref->directive->preset)
		return;
	diag_init(&diag);
	b->diag = &diag;
	if (!split_preset(b, ref->directive->preset, &st) ||
	    !make_use(b, ref->directive, &st, &at, &use))
		b->no_memory = true;
	else if (check_arguments(b, ref->directive, &st))
		apply(b, ref, &use, scope);
	preset_is_bad(ref->directive, b);
	b->diag = outer;
	diag_release(&diag);
}

struct scope *
build_presets(struct conf_builder *b)
{
	struct scope *scope = scope_create(b->layout, b->arena);

	for (unsigned i = 0; scope && i < b->layout->schema->count; i++) {
		const struct conf_section *s = b->layout->schema->sections[i];

		if (!scope_part(scope, i, b->arena))
			return NULL;
		for (unsigned j = 0; s->rows[j].name; j++)
			preset(
			    b, &(struct row_ref){ &s->rows[j], i, j }, scope);
	}
	return scope;
}

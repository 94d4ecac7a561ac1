/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of -t: what of a configuration is done, and what is not. */
#include "config.h"

#include "conf/fidelity.h"

#include <string.h>

#include "base/text.h"

struct fidelity_entry {
	struct fidelity_entry *next;
	enum fidelity_kind kind;
	const char *name, *why, *warning;
	struct conf_place place; /* of the first use */
	unsigned count;
	unsigned warned; /* uses that had a warning */
};

void
fidelity_init(struct fidelity *f)
{
	*f = (struct fidelity){ .applied = 0 };
	f->last = &f->first;
	arena_init(&f->arena, NULL, 0, 0);
	for (int i = 0; i < FIDELITY_KINDS; i++)
		table_init(&f->names[i], true);
}

void
fidelity_release(struct fidelity *f)
{
	for (int i = 0; i < FIDELITY_KINDS; i++)
		table_release(&f->names[i]);
	arena_release(&f->arena);
}

/* The entry of the name; NULL without memory. */
static struct fidelity_entry *
find_entry(struct fidelity *f, const struct fidelity_note *note)
{
	struct table *names = &f->names[note->kind];
	struct fidelity_entry *e = table_get(names, span_str(note->name));

	if (e)
		return e;
	e = arena_calloc(&f->arena, 1, sizeof(*e));
	if (!e)
		return NULL;
	e->kind = note->kind;
	e->name = arena_strdup(&f->arena, note->name);
	e->why = arena_strdup(&f->arena, note->why);
	e->place = *note->place;
	if (!e->name || !e->why || table_put(names, span_str(e->name), e) == -1)
		return NULL;
	*f->last = e;
	f->last = &e->next;
	return e;
}

void
fidelity_note(struct fidelity *f, const struct fidelity_note *note)
{
	struct fidelity_entry *e = find_entry(f, note);

	f->counts[note->kind]++;
	f->words += note->word;
	if (!e)
		return;
	e->count++;
	if (!note->warning)
		return;
	if (e->warned++ == 0) {
		e->warning = arena_strdup(&f->arena, note->warning);
		e->place = *note->place;
	}
}

unsigned
fidelity_noted(const struct fidelity *f)
{
	unsigned noted = 0;

	for (int i = 0; i < FIDELITY_KINDS; i++)
		noted += f->counts[i];
	return noted - f->words;
}

void
fidelity_warn(const struct fidelity *f, struct diag *diag)
{
	const struct fidelity_entry *e;

	for (e = f->first; e; e = e->next) {
		if (!e->warning)
			continue;
		if (e->warned == 1)
			diag_warn(diag, &e->place, "%s", e->warning);
		else
			diag_warn(diag, &e->place, "%s (and %u more)",
			    e->warning, e->warned - 1);
	}
}

/* ---- for people ---- */

static const char *const titles[FIDELITY_KINDS] = {
	[FIDELITY_NO_EFFECT] = "Accepted without effect",
	[FIDELITY_UNSUPPORTED] = "Unsupported",
};

static void
print_kind(const struct fidelity *f, enum fidelity_kind kind, struct buf *to)
{
	const struct fidelity_entry *e;

	if (f->counts[kind] == 0)
		return;
	buf_printf(to, "%s:\n", titles[kind]);
	for (e = f->first; e; e = e->next) {
		if (e->kind != kind)
			continue;
		buf_printf(to, "  %s", e->name);
		if (e->count > 1)
			buf_printf(to, " (%u times)", e->count);
		buf_printf(to, ": %s\n    %s", e->why,
		    e->place.file ? e->place.file : "?");
		if (e->place.line > 0)
			buf_printf(to, ":%d", e->place.line);
		buf_add_char(to, '\n');
	}
}

void
fidelity_print(const struct fidelity *f, struct buf *to)
{
	/* There was nothing to read. */
	if (f->applied == 0 && f->first == NULL)
		return;
	buf_printf(to, "Directives: %u applied", f->applied);
	if (f->counts[FIDELITY_NO_EFFECT] > 0)
		buf_printf(to, ", %u accepted without effect",
		    f->counts[FIDELITY_NO_EFFECT]);
	if (f->counts[FIDELITY_UNSUPPORTED] > 0)
		buf_printf(
		    to, ", %u unsupported", f->counts[FIDELITY_UNSUPPORTED]);
	buf_add_char(to, '\n');
	for (int i = 0; i < FIDELITY_KINDS; i++)
		print_kind(f, (enum fidelity_kind)i, to);
}

/* ---- JSON ---- */

static void
print_entry_json(const struct fidelity_entry *e, struct buf *to)
{
	buf_add_str(to, "{\"name\":");
	text_add_json(to, span_str(e->name));
	buf_printf(to, ",\"count\":%u,\"why\":", e->count);
	text_add_json(to, span_str(e->why));
	buf_add_char(to, ',');
	diag_place_json(&e->place, to);
	buf_add_char(to, '}');
}

void
fidelity_print_json(const struct fidelity *f, struct buf *to)
{
	static const char *const names[FIDELITY_KINDS] = {
		[FIDELITY_NO_EFFECT] = "without_effect",
		[FIDELITY_UNSUPPORTED] = "unsupported",
	};
	const struct fidelity_entry *e;
	const char *comma;

	buf_printf(to, "{\"applied\":%u", f->applied);
	for (int i = 0; i < FIDELITY_KINDS; i++) {
		buf_printf(to, ",\"%s\":{\"count\":%u,\"names\":[", names[i],
		    f->counts[i]);
		comma = "";
		for (e = f->first; e; e = e->next) {
			if (e->kind != (enum fidelity_kind)i)
				continue;
			buf_add_str(to, comma);
			print_entry_json(e, to);
			comma = ",";
		}
		buf_add_str(to, "]}");
	}
	buf_add_char(to, '}');
}

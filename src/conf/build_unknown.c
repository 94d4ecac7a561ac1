/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that are neither a row nor a section of Drover: those of Apache's
 * modules that it lacks, and those that nobody knows.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "conf/apache_directives.h"
#include "conf/build.h"
#include "conf/module_name.h"
#include "conf/suggest.h"

static void
offer_help(const struct conf_help *h, bool section, struct suggestion *s)
{
	for (; h->name; h++) {
		if (h->section == section)
			suggestion_offer(s, h->name);
	}
}

static void
offer_all(struct conf_builder *b, bool section, struct suggestion *s)
{
	const struct conf_schema *schema = b->layout->schema;

	offer_help(reader_help, section, s);
	offer_help(section_help, section, s);
	for (unsigned i = 0; i < schema->count; i++) {
		const struct directive *row = schema->sections[i]->rows;

		for (; row->name; row++) {
			if (row->container == section)
				suggestion_offer(s, row->name);
		}
	}
}

/* The name as a user would write it. */
struct shown {
	const char *open, *name, *close;
};

static struct shown
show(const char *name, bool section)
{
	return (struct shown){ section ? "<" : "", name, section ? ">" : "" };
}

/* LoadModule gave its one warning for all that has no effect.  Of a module that
 * Drover has it gave none. */
static bool
was_warned_of(const struct conf_builder *b, const char *module)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.c", module);
	return conf_module_loaded(b->conf, name) &&
	       !module_is_known(b->layout->schema, name);
}

/* closes: even who puts up with what is missing may not. */
static void
refuse(struct conf_builder *b, const struct statement *st, const char *name,
    const char *module, bool closes)
{
	if (closes)
		diag_error(b->diag, &st->place,
		    "%s (%s) is not supported by Drover, and without it "
		    "something may be open or be shown as a source: not even "
		    "UnsupportedModules warn leaves it out",
		    name, module);
	else
		diag_error(b->diag, &st->place,
		    "%s (%s) is not supported by Drover, and without it "
		    "something else would be served; UnsupportedModules warn "
		    "allows that",
		    name, module);
}

static void
say_unsupported(struct conf_builder *b, const struct statement *st,
    struct shown shown, const char *module, bool decides)
{
	bool closes = apache_directive_closes(st);
	struct fidelity_note note = {
		.kind = decides ? FIDELITY_UNSUPPORTED : FIDELITY_NO_EFFECT,
		.place = &st->place,
	};
	struct buf name, why, warning;

	buf_init(&name, 256);
	buf_init(&why, 256);
	buf_init(&warning, 1024);
	buf_printf(&name, "%s%s%s", shown.open, shown.name, shown.close);
	buf_printf(&why, "Drover does not have this of %s", module);
	if (closes || (decides && b->refuse_unsupported))
		refuse(b, st, buf_str(&name), module, closes);
	else if (decides || !was_warned_of(b, module))
		buf_printf(&warning, "%s (%s) %s", buf_str(&name), module,
		    decides ? "is not supported by Drover and is left out"
			    : "has no effect in Drover");
	note.name = buf_str(&name);
	note.why = buf_str(&why);
	note.warning = warning.len > 0 ? buf_str(&warning) : NULL;
	fidelity_note(b->fidelity, &note);
	buf_release(&name);
	buf_release(&why);
	buf_release(&warning);
}

/* What is wrong may only be how it is written. */
static bool
is_other_form(struct conf_builder *b, const struct statement *st, bool section)
{
	const struct conf_help *h = section_help;
	const struct row_ref *row = table_get(&b->rows, span_str(st->name));

	while (h->name && !span_is_nocase(span_str(st->name), h->name))
		h++;
	if (section && row)
		diag_error(b->diag, &st->place,
		    "%s is a directive and stands "
		    "without < and >",
		    st->name);
	else if (!section && (h->name || row))
		diag_error(b->diag, &st->place, "%s is a section: <%s ...>",
		    st->name, st->name);
	else
		return false;
	return true;
}

void
build_unknown(struct conf_builder *b, const struct statement *st, bool section)
{
	struct shown shown = show(st->name, section), meant;
	struct suggestion s;
	const char *module;
	bool decides;

	if (is_other_form(b, st, section))
		return;
	module = apache_directive_module(st, section, &decides);
	if (module) {
		say_unsupported(b, st, shown, module, decides);
		return;
	}
	suggestion_init(&s, st->name);
	offer_all(b, section, &s);
	meant = show(s.best, section);
	if (s.best)
		diag_error(b->diag, &st->place,
		    "unknown %s %s%s%s; did you mean %s%s%s?",
		    section ? "section" : "directive", shown.open, shown.name,
		    shown.close, meant.open, meant.name, meant.close);
	else
		diag_error(b->diag, &st->place, "unknown %s %s%s%s",
		    section ? "section" : "directive", shown.open, shown.name,
		    shown.close);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* -L: all that may stand in a configuration, by name. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/apache_directives.h"
#include "conf/build.h"
#include "conf/conf.h"

/* A terminal's 80, but for the tab. */
#define HELP_COLUMNS 72

/* A row or a help entry, made alike. */
struct listed {
	const char *name, *syntax, *help, *no_effect, *differs, *preset;
	const char *module;
	unsigned contexts;
	bool section;
};

static size_t
add_help(const struct conf_help *h, struct listed *to)
{
	size_t n = 0;

	for (; h->name; h++) {
		if (to)
			to[n] = (struct listed){
				.name = h->name,
				.syntax = h->syntax,
				.help = h->help,
				.differs = h->differs,
				.module = "core",
				.contexts = h->contexts,
				.section = h->section,
			};
		n++;
	}
	return n;
}

static size_t
add_rows(const struct conf_section *s, struct listed *to)
{
	size_t n = 0;

	for (const struct directive *row = s->rows; row->name; row++) {
		if (to)
			to[n] = (struct listed){
				.name = row->name,
				.syntax = row->syntax,
				.help = row->help,
				.no_effect = row->no_effect,
				.differs = row->differs,
				.preset = row->preset,
				.module = s->name,
				.contexts = row->contexts,
				.section = row->container,
			};
		n++;
	}
	return n;
}

/* Counts all; writes them too unless to is NULL. */
static size_t
add_all(const struct conf_schema *schema, struct listed *to)
{
	size_t n = add_help(reader_help, to);

	n += add_help(section_help, to ? to + n : NULL);
	for (unsigned i = 0; i < schema->count; i++)
		n += add_rows(schema->sections[i], to ? to + n : NULL);
	return n;
}

static int
compare_names(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

/* In lines that fit on a terminal, each behind a tab. */
static void
print_help(const char *help, struct buf *to)
{
	size_t column = 0, len;

	for (; *help != '\0'; help += len + strspn(help + len, " ")) {
		len = strcspn(help, " ");
		if (column + len > HELP_COLUMNS) {
			buf_add_str(to, "\n");
			column = 0;
		}
		buf_printf(
		    to, "%s%.*s", column == 0 ? "\t" : " ", (int)len, help);
		column += len + 1;
	}
}

/* A paragraph of its own, if there is something to say. */
static void
print_paragraph(const char *title, const char *said, struct buf *to)
{
	struct buf text;

	if (!said)
		return;
	buf_init(&text, 4096);
	buf_printf(&text, "%s: %s", title, said);
	print_help(buf_str(&text), to);
	buf_add_char(to, '\n');
	buf_release(&text);
}

static void
print(const struct listed *l, struct buf *to)
{
	static const struct {
		unsigned bit;
		const char *words;
	} contexts[] = {
		{ IN_SERVER, "server" },
		{ IN_HOST, "virtual host" },
		{ IN_DIRECTORY, "directory" },
	};
	const char *comma = "";

	buf_printf(to, "%s%s%s%s%s (%s)\n", l->section ? "<" : "", l->name,
	    l->syntax && *l->syntax ? " " : "", l->syntax ? l->syntax : "",
	    l->section ? ">" : "", l->module);
	if (l->help) {
		print_help(l->help, to);
		buf_add_char(to, '\n');
	}
	print_paragraph("Accepted without effect", l->no_effect, to);
	print_paragraph("Differs from Apache", l->differs, to);
	if (!apache_has_directive(l->name, l->section))
		buf_add_str(to, "\tNot in Apache\n");
	buf_add_str(to, "\tIn: ");
	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
		if (l->contexts & contexts[i].bit) {
			buf_printf(to, "%s%s", comma, contexts[i].words);
			comma = ", ";
		}
	}
	if (l->preset)
		buf_printf(to, "\n\tDefault: %s", l->preset);
	buf_add_char(to, '\n');
}

void
conf_list_directives(const struct conf_schema *schema, struct buf *to)
{
	size_t count = add_all(schema, NULL);
	struct listed *all = calloc(count, sizeof(*all));

	if (!all)
		return;
	add_all(schema, all);
	qsort(all, count, sizeof(*all), compare_names);
	for (size_t i = 0; i < count; i++)
		print(&all[i], to);
	free(all);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings as they were written: a value has no text of its own any more, but
 * the line that set it does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "worker/explain_private.h"

#define TEXT_COLUMNS 50
#define WIDTH 78
#define LINE_SHOWN 512

void
explain_place(struct explain *e, const struct conf_place *place)
{
	buf_add_str(e->out, place->file == NULL ? "default" : place->file);
	if (place->file != NULL && place->line > 0)
		buf_printf(e->out, ":%d", place->line);
}

void
explain_text(struct explain *e, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		buf_add_char(e->out, c == '\t'		    ? ' '
				     : c < ' ' || c == 0x7f ? '?'
							    : (char)c);
	}
}

/* The line, without blanks around it; its length, 0: it cannot be read. */
static size_t
read_line(const struct conf_place *place, char *to, size_t size)
{
	FILE *in = place->file[0] == '/' ? fopen(place->file, "re") : NULL;
	size_t len = 0, blanks;
	int line = 0;

	if (in == NULL)
		return 0;
	while (line < place->line && fgets(to, (int)size, in) != NULL) {
		len = strlen(to);
		if (len > 0 && (to[len - 1] == '\n' || len + 1 < size))
			line++;
	}
	fclose(in);
	if (line < place->line)
		return 0;
	blanks = strspn(to, " \t");
	while (len > blanks && strchr(" \t\r\n", to[len - 1]) != NULL)
		len--;
	memmove(to, to + blanks, len - blanks);
	to[len - blanks] = '\0';
	return len - blanks;
}

/* Text, and the place in a column where there is room. */
static void
print_line(struct explain *e, const char *text, const char *more,
    const struct conf_place *place)
{
	size_t begin = e->out->len, len;

	buf_add_str(e->out, "    ");
	explain_text(e, span_str(text));
	buf_add_str(e->out, more);
	len = e->out->len - begin;
	buf_printf(e->out, "%*s  ",
	    len < TEXT_COLUMNS ? (int)(TEXT_COLUMNS - len) : 0, "");
	explain_place(e, place);
	buf_add_char(e->out, '\n');
}

void
explain_line(struct explain *e, const struct conf_place *place)
{
	char line[LINE_SHOWN];

	if (read_line(place, line, sizeof(line)) == 0)
		line[0] = '\0';
	print_line(e, line, "", place);
}

static void
print_setting(struct explain *e, const struct directive *row,
    const struct conf_place *place)
{
	char line[LINE_SHOWN];
	const char *text = row->name;

	/* What a macro or -c wrote stands nowhere as it came to be. */
	if (read_line(place, line, sizeof(line)) > 0 &&
	    strcasestr(line, row->name) != NULL)
		text = line;
	print_line(e, text, row->repeats ? " ..." : "", place);
}

bool
explain_section(struct explain *e, const struct exchange *x,
    const struct conf_section *section)
{
	const struct directive *row;
	struct conf_place place;
	bool any = false;

	for (row = section->rows; row->name != NULL; row++) {
		if (row->no_effect != NULL || row->contexts == IN_SERVER ||
		    !settings_place(x->settings, section, row->name, &place))
			continue;
		print_setting(e, row, &place);
		any = true;
	}
	return any;
}

void
explain_setting(
    struct explain *e, const struct exchange *x, const char *directive)
{
	const struct conf_section *s = explain_owner(e->conf, directive);
	const struct directive *row = s == NULL ? NULL : s->rows;
	struct conf_place place;

	while (row != NULL && strcmp(row->name, directive) != 0)
		row++;
	if (row != NULL && settings_place(x->settings, s, directive, &place))
		print_setting(e, row, &place);
}

const struct conf_section *
explain_owner(const struct server_conf *conf, const char *directive)
{
	const struct directive *row;

	for (unsigned i = 0; i < conf->schema->count; i++)
		for (row = conf->schema->sections[i]->rows; row->name; row++)
			if (strcmp(row->name, directive) == 0)
				return conf->schema->sections[i];
	return NULL;
}

/* Of what may differ from folder to folder. */
static void
print_defaults(struct explain *e, const struct exchange *x)
{
	const struct conf_schema *schema = e->conf->schema;
	const struct directive *row;
	struct conf_place place;
	const char *line_end = "";
	size_t column = WIDTH;

	for (unsigned i = 0; i < schema->count; i++) {
		for (row = schema->sections[i]->rows; row->name; row++) {
			size_t len;

			if (row->preset == NULL || row->no_effect != NULL ||
			    !(row->contexts & IN_DIRECTORY) ||
			    settings_place(x->settings, schema->sections[i],
				row->name, &place))
				continue;
			len = strlen(row->name) + strlen(row->preset) + 3;
			if (column + len > WIDTH) {
				buf_printf(e->out, "%s    ", line_end);
				line_end = ";\n";
				column = 4;
			} else {
				buf_add_str(e->out, "; ");
			}
			buf_printf(e->out, "%s %s", row->name, row->preset);
			column += len;
		}
	}
	buf_add_char(e->out, '\n');
}

void
explain_settings(struct explain *e, const struct exchange *x)
{
	const struct conf_schema *schema = e->conf->schema;

	explain_label(e, "Settings");
	buf_add_char(e->out, '\n');
	for (unsigned i = 0; i < schema->count; i++)
		(void)explain_section(e, x, schema->sections[i]);
	explain_label(e, "Defaults");
	buf_add_char(e->out, '\n');
	print_defaults(e, x);
}

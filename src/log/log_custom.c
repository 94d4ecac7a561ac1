/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LogFormat and the access logs.  Formats are compiled where they are read,
 * names of formats looked up when everything was read: a LogFormat may follow
 * the CustomLog that names it.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "log/log_conf.h"
#include "log/log_parse.h"

/* ---- formats ---- */

static const struct log_format *
compile(const struct directive_use *use, int arg, bool json)
{
	const char *text = use->args[arg];
	const struct log_format *format;
	size_t offset = 0;
	struct err err;

	format = log_format_compile(use->arena, text, json, &err, &offset);
	if (format == NULL)
		directive_error_inside(use, arg, offset, "%s", err.text);
	return format;
}

static int
refuse_escape(const struct directive_use *use, int arg)
{
	return directive_error(use, arg,
	    "how values of a named format are escaped is said by its "
	    "LogFormat");
}

/* What follows the format and its name, in any order. */
struct trailing {
	bool json;
	struct custom_log *conditions; /* NULL: none are taken */
};

/* "variable" or "!variable" */
static int
take_condition(const struct directive_use *use, int arg, const char *text,
    struct custom_log *custom)
{
	if (custom->variable.ptr != NULL)
		return directive_error(
		    use, arg, "one condition is all that may follow");
	custom->unless = *text == '!';
	custom->variable = span_str(text + custom->unless);
	if (custom->variable.len == 0)
		return directive_error(
		    use, arg, "a variable's name is missing behind \"env=\"");
	return 0;
}

static int
take_trailing(const struct directive_use *use, int arg, struct trailing *to)
{
	const char *text = use->args[arg];

	if (strcmp(text, "escape=json") == 0) {
		to->json = true;
		return 0;
	}
	if (to->conditions != NULL && strncasecmp(text, "env=", 4) == 0)
		return take_condition(use, arg, text + 4, to->conditions);
	if (to->conditions != NULL && strncasecmp(text, "expr=", 5) == 0)
		return directive_error(use, arg,
		    "conditions by expr= are not supported yet, only env=");
	return directive_error(use, arg,
	    to->conditions != NULL
		? "nothing but env= and escape=json may follow: a program or a "
		  "format of several words stands in quotes"
		: "nothing but escape=json may follow: a format of several "
		  "words stands in quotes");
}

static int
parse_unnamed(
    const struct directive_use *use, bool json, struct log_formats *formats)
{
	struct unnamed_format *unnamed =
	    arena_calloc(use->arena, 1, sizeof(*unnamed));

	if (unnamed == NULL)
		return -1;
	formats->unnamed = unnamed;
	if (strchr(use->args[0], '%') != NULL) {
		unnamed->format = compile(use, 0, json);
		return unnamed->format == NULL ? -1 : 0;
	}
	if (json)
		return refuse_escape(use, 0);
	unnamed->wanted = use->args[0];
	unnamed->place = use->places[0];
	return 0;
}

int
log_parse_format(const struct directive_use *use, void *field)
{
	struct log_formats *formats = field;
	bool named =
	    use->arg_count > 1 && strncmp(use->args[1], "escape=", 7) != 0;
	struct trailing trailing = { .json = false };
	const struct log_format *format;
	struct named_format *name;

	for (int i = 1 + named; i < use->arg_count; i++)
		if (take_trailing(use, i, &trailing) == -1)
			return -1;
	if (!named)
		return parse_unnamed(use, trailing.json, formats);
	format = compile(use, 0, trailing.json);
	if (format == NULL)
		return -1;
	if (strchr(use->args[1], '%') != NULL)
		return directive_error(
		    use, 1, "a format's name has no \"%%\" in it");
	name = arena_calloc(use->arena, 1, sizeof(*name));
	if (name == NULL)
		return -1;
	name->name = use->args[1];
	name->format = format;
	name->next = formats->named;
	formats->named = name;
	return 0;
}

/* What the outer scope defines holds as well; outer outlives this one. */
int
log_merge_formats(struct arena *arena, void *field, const void *outer)
{
	struct log_formats *formats = field;

	(void)arena;
	formats->outer = outer;
	return 0;
}

static const struct log_format *
find_format(const struct log_formats *formats, const char *name)
{
	const struct named_format *n;

	for (; formats != NULL; formats = formats->outer)
		for (n = formats->named; n != NULL; n = n->next)
			if (strcasecmp(n->name, name) == 0)
				return n->format;
	return NULL;
}

static const struct unnamed_format *
unnamed_format(const struct log_formats *formats)
{
	for (; formats != NULL; formats = formats->outer)
		if (formats->unnamed != NULL)
			return formats->unnamed;
	return NULL;
}

/* ---- access logs ---- */

/* All in the order of the file: lines appear in that order, too. */
static int
add_custom(struct custom_log **list, const struct custom_log *custom,
    struct arena *arena)
{
	struct custom_log *copy = arena_calloc(arena, 1, sizeof(*copy));

	if (copy == NULL)
		return -1;
	*copy = *custom;
	copy->next = NULL;
	while (*list != NULL)
		list = &(*list)->next;
	*list = copy;
	return 0;
}

static int
parse_custom(const struct directive_use *use, void *field, bool global)
{
	struct custom_log custom = {
		.target = { log_parse_dest(use), use->places[0] },
		.global = global,
	};
	struct trailing trailing = { .conditions = &custom };

	if (custom.target.dest == NULL)
		return -1;
	for (int i = 2; i < use->arg_count; i++)
		if (take_trailing(use, i, &trailing) == -1)
			return -1;
	if (strchr(use->args[1], '%') != NULL) {
		custom.format = compile(use, 1, trailing.json);
		if (custom.format == NULL)
			return -1;
	} else if (trailing.json) {
		return refuse_escape(use, 1);
	} else {
		custom.wanted = use->args[1];
		custom.place = use->places[1];
	}
	return add_custom(field, &custom, use->arena);
}

int
log_parse_custom(const struct directive_use *use, void *field)
{
	return parse_custom(use, field, false);
}

int
log_parse_global(const struct directive_use *use, void *field)
{
	return parse_custom(use, field, true);
}

int
log_parse_transfer(const struct directive_use *use, void *field)
{
	struct custom_log custom = {
		.target = { log_parse_dest(use), use->places[0] },
		.place = use->place,
		.has_unnamed = true,
	};

	if (custom.target.dest == NULL)
		return -1;
	return add_custom(field, &custom, use->arena);
}

/* ---- when all is read ---- */

static int
resolve_name(struct custom_log *custom, const char *name,
    const struct log_formats *formats, const struct conf_check *check)
{
	custom->format = find_format(formats, name);
	if (custom->format == NULL)
		custom->format = log_format_builtin(check->arena, name);
	return custom->format == NULL ? -1 : 0;
}

/* TransferLog's. */
static int
resolve_unnamed(struct custom_log *custom, const struct log_formats *formats,
    const struct conf_check *check)
{
	const struct unnamed_format *unnamed = unnamed_format(formats);

	if (unnamed == NULL)
		custom->format = log_format_builtin(check->arena, "common");
	else if (unnamed->format != NULL)
		custom->format = unnamed->format;
	else if (resolve_name(custom, unnamed->wanted, formats, check) == -1)
		return conf_check_error_at(check, &unnamed->place,
		    "LogFormat: \"%s\" has no letter, and no LogFormat "
		    "defines it",
		    unnamed->wanted);
	return custom->format == NULL ? -1 : 0;
}

static int
resolve(struct custom_log *custom, const struct log_formats *formats,
    const struct conf_check *check)
{
	const char *name = custom->wanted;

	if (name == NULL)
		return resolve_unnamed(custom, formats, check);
	if (resolve_name(custom, name, formats, check) == 0)
		return 0;
	return conf_check_error_at(check, &custom->place,
	    "%s: no LogFormat defines \"%s\"",
	    custom->global ? "GlobalLog" : "CustomLog", name);
}

/* Adds those of the other list that are global, or all as they hold here. */
static int
add_all(struct log_conf *c, const struct custom_log *from, bool only_global,
    struct arena *arena)
{
	for (; from != NULL; from = from->next) {
		struct custom_log copy = *from;

		if (only_global && !from->global)
			continue;
		if (from->has_unnamed)
			copy.format = NULL;
		if (add_custom(&c->customs, &copy, arena) == -1)
			return -1;
	}
	return 0;
}

/*
 * As in Apache a host without a log has all of the server's, one with a log
 * the global ones behind its own; TransferLog's format is the host's.  The
 * server's are finished first, so the others have their formats and are
 * shared if they can be.
 */
static int
inherit(struct log_conf *c, const struct conf_check *check)
{
	const struct log_conf *main = conf_get(check->conf, &log_section);
	bool own = c->customs != main->customs;

	if (!own &&
	    unnamed_format(&c->formats) == unnamed_format(&main->formats))
		return 0;
	if (!own)
		c->customs = NULL;
	return add_all(c, main->customs, own, check->arena);
}

int
log_finish_customs(void *conf, const struct conf_check *check)
{
	struct log_conf *c = conf;
	struct custom_log *custom;
	int status = 0;

	if (check->host->index != 0 && inherit(c, check) == -1)
		return -1;
	for (custom = c->customs; custom != NULL; custom = custom->next)
		if (custom->format == NULL &&
		    resolve(custom, &c->formats, check) == -1)
			status = -1;
	return status;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the logs.  Formats are compiled where they are read, names of
 * formats looked up when everything was read (a LogFormat may follow the
 * CustomLog that names it), and destinations made one when all hosts are
 * known.
 */
#include "config.h"

#include "log/log_conf.h"

#include <string.h>
#include <strings.h>

#include "base/table.h"
#include "log/log_parse.h"

/* ---- formats ---- */

static const struct log_format *
compile(const struct directive_use *use, int arg, const char *text)
{
	const struct log_format *format;
	size_t offset = 0;
	struct err err;

	format = log_format_compile(use->arena, text, &err, &offset);
	if (format == NULL)
		directive_error(
		    use, arg, "at \"%.20s\": %s", text + offset, err.text);
	return format;
}

static int
parse_log_format(const struct directive_use *use, void *field)
{
	struct log_formats *formats = field;
	const struct log_format *format = compile(use, 0, use->args[0]);
	struct named_format *named;

	if (format == NULL)
		return -1;
	if (use->arg_count == 1) {
		formats->unnamed = format;
		return 0;
	}
	if (strchr(use->args[1], '%') != NULL)
		return directive_error(
		    use, 1, "a format's name has no \"%%\" in it");
	named = arena_calloc(use->arena, 1, sizeof(*named));
	if (named == NULL)
		return -1;
	named->name = use->args[1];
	named->format = format;
	named->next = formats->named;
	formats->named = named;
	return 0;
}

/* What the outer scope defines holds as well; outer outlives this one. */
static int
merge_formats(struct arena *arena, void *field, const void *outer)
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
			if (strcmp(n->name, name) == 0)
				return n->format;
	return NULL;
}

static const struct log_format *
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
	while (*list != NULL)
		list = &(*list)->next;
	*list = copy;
	return 0;
}

static int
parse_custom_log(const struct directive_use *use, void *field)
{
	struct custom_log custom = { .target.dest = log_parse_dest(use) };

	if (custom.target.dest == NULL)
		return -1;
	if (use->arg_count == 3)
		return directive_error(
		    use, 2, "conditions (env=, expr=) are not supported");
	if (strchr(use->args[1], '%') != NULL) {
		custom.format = compile(use, 1, use->args[1]);
		if (custom.format == NULL)
			return -1;
	} else {
		custom.wanted = use->args[1];
		custom.place = use->places[1];
	}
	return add_custom(field, &custom, use->arena);
}

static int
parse_transfer_log(const struct directive_use *use, void *field)
{
	struct custom_log custom = { .target.dest = log_parse_dest(use),
		.place = use->place };

	if (custom.target.dest == NULL)
		return -1;
	return add_custom(field, &custom, use->arena);
}

/* Names that Apache's own httpd.conf defines; everybody expects them. */
static const struct log_format *
builtin_format(struct arena *arena, const char *name)
{
	size_t offset;
	struct err err;

	if (strcmp(name, "common") == 0)
		return log_format_compile(
		    arena, LOG_FORMAT_COMMON, &err, &offset);
	if (strcmp(name, "combined") == 0)
		return log_format_compile(
		    arena, LOG_FORMAT_COMBINED, &err, &offset);
	return NULL;
}

static int
resolve(struct custom_log *custom, const struct log_formats *formats,
    const struct conf_check *check)
{
	const char *name = custom->wanted;

	if (name == NULL) {
		custom->format = unnamed_format(formats);
		name = "common";
	} else {
		custom->format = find_format(formats, name);
	}
	if (custom->format == NULL)
		custom->format = builtin_format(check->arena, name);
	if (custom->format != NULL)
		return 0;
	return conf_check_error_at(check, &custom->place,
	    "CustomLog: no LogFormat defines \"%s\"", name);
}

/*
 * Those inherited from the main server got theirs when that was finished,
 * with the formats that hold there.
 */
static int
finish(void *conf, const struct conf_check *check)
{
	struct log_conf *c = conf;
	struct custom_log *custom;
	int status = 0;

	for (custom = c->customs; custom != NULL; custom = custom->next)
		if (custom->format == NULL &&
		    resolve(custom, &c->formats, check) == -1)
			status = -1;
	return status;
}

/* A look-up would hold a worker and all its connections for as long as a name
 * server likes. */
static int
parse_lookups(const struct directive_use *use, void *field)
{
	(void)field;
	if (strcasecmp(use->args[0], "Off") == 0)
		return 0;
	if (strcasecmp(use->args[0], "On") == 0 ||
	    strcasecmp(use->args[0], "Double") == 0)
		return directive_error(use, 0,
		    "names of clients are not looked up while they are "
		    "served; only Off is supported (a log may be given to "
		    "logresolve later)");
	return directive_error(
	    use, 0, "\"%s\" is neither Off, On nor Double", use->args[0]);
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("ErrorLog", IN_SERVER_HOST, log_conf, error,
	    struct log_output *, "logs/error_log",
	    "file|\"|program\"|syslog[:facility[:tag]]|stderr",
	    "where errors are logged", .parse = log_parse_error_log,
	    .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("ErrorLogFormat", IN_SERVER_HOST, log_conf,
	    error_formats, struct error_formats, NULL,
	    "[connection|request] format [escape=json]",
	    "how lines of the error log look",
	    .parse = log_parse_error_format, .merge = log_merge_error_format,
	    .min_args = 1, .max_args = 3, .repeats = true),
	DIRECTIVE_CUSTOM("LogLevel", IN_ANY, log_conf, levels,
	    struct log_levels, "warn", "[module:]level ...",
	    "the least urgent messages that are logged",
	    .parse = log_parse_level, .merge = log_merge_level, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("HostnameLookups", IN_ANY, log_conf, hostname_lookups,
	    bool, "Off", "Off", "whether logs have names of clients: never",
	    .parse = parse_lookups, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("LogFormat", IN_SERVER_HOST, log_conf, formats,
	    struct log_formats, NULL, "format [name]",
	    "names a format for CustomLog, or sets TransferLog's",
	    .parse = parse_log_format, .merge = merge_formats, .min_args = 1,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_CUSTOM("CustomLog", IN_SERVER_HOST, log_conf, customs,
	    struct custom_log *, NULL, "file|\"|program\"|stdout format|name",
	    "where requests are logged, and how", .parse = parse_custom_log,
	    .min_args = 2, .max_args = 3, .repeats = true),
	DIRECTIVE_CUSTOM("TransferLog", IN_SERVER_HOST, log_conf, customs,
	    struct custom_log *, NULL, "file|\"|program\"",
	    "where requests are logged, in the format without a name",
	    .parse = parse_transfer_log, .min_args = 1, .max_args = 1,
	    .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_log_config.c", NULL };

static unsigned section_id;
const struct conf_section log_section = {
	.name = "log",
	.rows = rows,
	.size = sizeof(struct log_conf),
	.id = &section_id,
	.finish = finish,
	.apache_modules = apache_modules,
};

/* ---- all destinations ---- */

struct collection {
	struct arena *arena;
	struct table known; /* kind and target -> struct log_dest */
	struct log_dest *first, **last;
};

/* The first of its kind and target takes the place of the others. */
static void
collect(struct collection *c, struct log_output *target)
{
	struct log_dest *dest = target->dest, *known;
	struct span key;
	char kind = (char)('0' + dest->kind);
	char *text;

	text = arena_printf(c->arena, "%c%s", kind, dest->target);
	key = span_str(text == NULL ? "" : text);
	known = text == NULL ? NULL : table_get(&c->known, key);
	if (known != NULL) {
		target->dest = known;
		return;
	}
	if (text != NULL)
		(void)table_put(&c->known, key, dest);
	dest->next = NULL;
	*c->last = dest;
	c->last = &dest->next;
}

static const struct log_conf *
host_conf(const struct server_conf *conf, size_t i)
{
	return settings_get(conf->hosts[i].settings, &log_section);
}

struct log_dest *
log_destinations(const struct server_conf *conf)
{
	struct collection c = { .first = NULL };
	struct custom_log *custom;
	struct arena arena;
	size_t i;

	arena_init(&arena, NULL, 0, 0);
	c.arena = &arena;
	c.last = &c.first;
	table_init(&c.known, false);
	for (i = 0; i < conf->host_count; i++) {
		collect(&c, host_conf(conf, i)->error);
		for (custom = host_conf(conf, i)->customs; custom != NULL;
		     custom = custom->next)
			collect(&c, &custom->target);
	}
	table_release(&c.known);
	arena_release(&arena);
	return c.first;
}

struct log_dest *
log_error_dest(const struct server_conf *conf)
{
	return host_conf(conf, 0)->error->dest;
}

const struct error_formats *
log_error_formats(const struct server_conf *conf)
{
	return &host_conf(conf, 0)->error_formats;
}

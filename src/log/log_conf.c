/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the logs.  Formats are compiled where they are read, names of
 * formats looked up when everything was read (a LogFormat may follow the
 * CustomLog that names it), and destinations made one when all hosts are
 * known.
 */
#include "config.h"

#include "log/log_conf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/table.h"

/* ---- where to ---- */

static struct log_dest *
make_dest(const struct directive_use *use, enum log_dest_kind kind,
    const char *target)
{
	struct log_dest *dest = arena_calloc(use->arena, 1, sizeof(*dest));

	if (dest == NULL || target == NULL)
		return NULL;
	dest->kind = kind;
	dest->target = target;
	dest->id = -1;
	return dest;
}

static const char *
skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

/* "|program", "||program" (the same, as in Apache), "|$command for a shell" */
static struct log_dest *
program_dest(const struct directive_use *use, const char *command)
{
	enum log_dest_kind kind = LOG_DEST_PROGRAM;

	if (*command == '$')
		kind = LOG_DEST_SHELL;
	if (*command == '$' || *command == '|')
		command++;
	command = skip_spaces(command);
	if (*command == '\0') {
		directive_error(use, 0, "a program is missing behind \"|\"");
		return NULL;
	}
	return make_dest(use, kind, command);
}

static bool
is_stream(const char *path, int number)
{
	static const char *const names[] = { "/dev/stdout", "/dev/stderr" };
	char numbered[32];

	if (strcmp(path, names[number - 1]) == 0)
		return true;
	snprintf(numbered, sizeof(numbered), "/proc/self/fd/%d", number);
	if (strcmp(path, numbered) == 0)
		return true;
	snprintf(numbered, sizeof(numbered), "/dev/fd/%d", number);
	return strcmp(path, numbered) == 0;
}

/* The first argument; NULL after an error (or without memory). */
static struct log_dest *
parse_dest(const struct directive_use *use)
{
	const char *arg = use->args[0], *path;

	if (*arg == '|')
		return program_dest(use, arg + 1);
	if (*arg == '\0') {
		directive_error(use, 0, "a file or |program is missing");
		return NULL;
	}
	path = directive_path(use, arg);
	if (path != NULL && is_stream(path, 1))
		return make_dest(use, LOG_DEST_STDOUT, "");
	if (path != NULL && is_stream(path, 2))
		return make_dest(use, LOG_DEST_STDERR, "");
	return make_dest(use, LOG_DEST_FILE, path);
}

static int
parse_error_log(const struct directive_use *use, void *field)
{
	struct log_output **target_p = field;
	struct span arg = span_str(use->args[0]), tag;
	struct log_dest *dest;

	if (span_is(arg, "syslog") || span_starts(arg, "syslog:")) {
		arg = span_skip(arg, strlen("syslog:"));
		if (log_dest_syslog(arg, &tag) == -1)
			return directive_error(
			    use, 0, "syslog has no such facility");
		dest = make_dest(use, LOG_DEST_SYSLOG, arg.ptr);
	} else {
		dest = parse_dest(use);
	}
	*target_p = arena_calloc(use->arena, 1, sizeof(**target_p));
	if (dest == NULL || *target_p == NULL)
		return -1;
	(*target_p)->dest = dest;
	return 0;
}

/* ---- levels ---- */

static bool
find_level(const char *word, enum report_level *level_r)
{
	enum report_level level;

	for (level = REPORT_EMERG; level <= REPORT_TRACE8; level++) {
		if (strcasecmp(word, report_level_name(level)) == 0) {
			*level_r = level;
			return true;
		}
	}
	return false;
}

/* Modules by any of Apache's names: "ssl", "ssl_module", "mod_ssl.c". */
static const char *
room_name(struct arena *arena, struct span name)
{
	if (span_starts_nocase(name, "mod_"))
		name = span_skip(name, 4);
	if (span_ends_nocase(name, "_module"))
		name.len -= strlen("_module");
	else if (span_ends_nocase(name, ".c"))
		name.len -= 2;
	return arena_strndup(arena, name.ptr, name.len);
}

static int
add_room_level(const struct directive_use *use, struct log_levels *levels,
    struct span name, enum report_level level)
{
	struct room_level *room = arena_calloc(use->arena, 1, sizeof(*room));

	if (room == NULL)
		return -1;
	room->room = room_name(use->arena, name);
	room->level = level;
	room->next = levels->rooms;
	levels->rooms = room;
	return room->room == NULL ? -1 : 0;
}

static int
parse_log_level(const struct directive_use *use, void *field)
{
	struct log_levels *levels = field;
	int i;

	for (i = 0; i < use->arg_count; i++) {
		struct span arg = span_str(use->args[i]);
		size_t colon = span_find(arg, ':');
		const char *word = use->args[i];
		enum report_level level;

		if (colon < arg.len)
			word += colon + 1;
		if (!find_level(word, &level) || colon == 0)
			return directive_error(use, i,
			    "\"%s\" is no level: emerg, alert, crit, error, "
			    "warn, notice, info, debug or trace1 to trace8, "
			    "or room:level",
			    use->args[i]);
		if (colon == arg.len)
			*levels =
			    (struct log_levels){ .set = true, .level = level };
		else if (add_room_level(
			     use, levels, span_of(arg.ptr, colon), level) == -1)
			return -1;
	}
	return 0;
}

/* outer outlives this one. */
static int
merge_levels(struct arena *arena, void *field, const void *outer)
{
	struct log_levels *levels = field;

	(void)arena;
	if (levels->set)
		return 0;
	levels->outer = outer;
	levels->level = levels->outer->level;
	return 0;
}

enum report_level
log_level_of(const struct log_levels *levels, const char *room)
{
	enum report_level level = levels->level;
	const struct room_level *r;

	for (; levels != NULL; levels = levels->outer)
		for (r = levels->rooms; r != NULL; r = r->next)
			if (strcasecmp(r->room, room) == 0)
				return r->level;
	return level;
}

enum report_level
log_level_max(const struct log_levels *levels)
{
	enum report_level level = levels->level;
	const struct room_level *r;

	for (; levels != NULL; levels = levels->outer)
		for (r = levels->rooms; r != NULL; r = r->next)
			if (r->level > level)
				level = r->level;
	return level;
}

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
	struct custom_log custom = { .target.dest = parse_dest(use) };

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
	struct custom_log custom = { .target.dest = parse_dest(use),
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

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("ErrorLog", IN_SERVER_HOST, log_conf, error,
	    struct log_output *, "logs/error_log",
	    "file|\"|program\"|syslog[:facility[:tag]]",
	    "where errors are logged", .parse = parse_error_log, .min_args = 1,
	    .max_args = 1),
	DIRECTIVE_CUSTOM("LogLevel", IN_SERVER_HOST, log_conf, levels,
	    struct log_levels, "warn", "[room:]level ...",
	    "the least urgent messages that are logged",
	    .parse = parse_log_level, .merge = merge_levels, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("LogFormat", IN_SERVER_HOST, log_conf, formats,
	    struct log_formats, NULL, "format [name]",
	    "names a format for CustomLog, or sets TransferLog's",
	    .parse = parse_log_format, .merge = merge_formats, .min_args = 1,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_CUSTOM("CustomLog", IN_SERVER_HOST, log_conf, customs,
	    struct custom_log *, NULL, "file|\"|program\" format|name",
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

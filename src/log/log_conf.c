/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the logs, and all destinations of a configuration, which are
 * made one when all hosts are known.
 */
#include "config.h"

#include "log/log_conf.h"

#include <string.h>
#include <strings.h>

#include "base/table.h"
#include "log/log_parse.h"

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

#define CUSTOM_LOG(name_, contexts_, syntax_, parse_, min_, max_, ...)        \
	DIRECTIVE_CUSTOM(name_, contexts_, log_conf, customs,                 \
	    struct custom_log *, NULL, syntax_, __VA_ARGS__, .parse = parse_, \
	    .min_args = min_, .max_args = max_, .repeats = true)

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("ErrorLog", IN_SERVER_HOST, log_conf, error,
	    struct log_output *, "logs/error_log",
	    "file|\"|program\"|syslog[:facility[:tag]]|stderr",
	    "where the server's own messages are logged",
	    .parse = log_parse_error_log, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("ErrorLogFormat", IN_SERVER_HOST, log_conf,
	    error_formats, struct error_formats, NULL,
	    "[connection|request] format [escape=json]",
	    "how lines of the error log look; with connection or request a "
	    "line that is written once, before the first message about each",
	    .differs = "escape=json is Drover's own; %F, %T without {g} and "
		       "%{name}n never have a value",
	    .parse = log_parse_error_format, .merge = log_merge_error_format,
	    .min_args = 1, .max_args = 3, .repeats = true),
	DIRECTIVE_CUSTOM("LogLevel", IN_ANY, log_conf, levels,
	    struct log_levels, "warn", "[module:]level ...",
	    "the least urgent messages that are logged, of all modules or of "
	    "one",
	    .differs = "a module that Drover lacks is a warning, not an error",
	    .parse = log_parse_level, .merge = log_merge_level, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("HostnameLookups", IN_ANY, log_conf, hostname_lookups,
	    bool, "Off", "Off", "whether logs have the names of clients",
	    .differs = "they are never looked up: On and Double are errors",
	    .parse = parse_lookups, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("LogFormat", IN_SERVER_HOST, log_conf, formats,
	    struct log_formats, NULL, "format [name] [escape=json]",
	    "gives a format its name; one without a name, or the name of one "
	    "alone, is TransferLog's",
	    .differs = "escape=json is Drover's own; common, combined and the "
		       "like are there without it; %l, %u, %{name}n and "
		       "%{name}^to have "
		       "no values yet",
	    .parse = log_parse_format, .merge = log_merge_formats,
	    .min_args = 1, .max_args = 3, .repeats = true),
	CUSTOM_LOG("CustomLog", IN_SERVER_HOST,
	    "file|\"|program\"|syslog:facility:tag|stdout format|name "
	    "[env=[!]variable] [escape=json]",
	    log_parse_custom, 2, 4,
	    "a log of requests: where it goes, and its format or the name of "
	    "one. With env= it has the requests alone for which the variable "
	    "is set, with ! those for which it is not",
	    .differs = "escape=json, syslog, stdout and stderr are Drover's "
		       "own; there are no expressions (expr=)"),
	CUSTOM_LOG("GlobalLog", IN_SERVER,
	    "file|\"|program\"|syslog:facility:tag|stdout format|name "
	    "[env=[!]variable] [escape=json]",
	    log_parse_global, 2, 4,
	    "as CustomLog, also for hosts that have logs of their own",
	    .differs = "as for CustomLog"),
	CUSTOM_LOG("TransferLog", IN_SERVER_HOST,
	    "file|\"|program\"|syslog:facility:tag|stdout", log_parse_transfer,
	    1, 1, "a log of requests in the format that has no name",
	    .differs = "syslog, stdout and stderr are Drover's own"),
	DIRECTIVE_FLAG("LogIOTrackTTFB", IN_ANY, log_conf, track_first_byte,
	    "Off",
	    "measure when the first byte of an answer was sent, for %^FB"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_log_config.c", "mod_logio.c",
	NULL };

static unsigned section_id;
const struct conf_section log_section = {
	.name = "log",
	.rows = rows,
	.size = sizeof(struct log_conf),
	.id = &section_id,
	.finish = log_finish_customs,
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

struct conf_place
log_dest_place(const struct server_conf *conf, const struct log_dest *dest)
{
	const struct custom_log *custom;
	size_t i;

	for (i = 0; i < conf->host_count; i++) {
		const struct log_conf *c = host_conf(conf, i);

		if (c->error->dest == dest)
			return c->error->place;
		for (custom = c->customs; custom != NULL; custom = custom->next)
			if (custom->target.dest == dest)
				return custom->target.place;
	}
	return (struct conf_place){ .file = NULL };
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* ErrorLogFormat [connection|request] format [escape=json] */
#include "config.h"

#include <strings.h>

#include "log/log_conf.h"
#include "log/log_parse.h"

/* The formats of connections or of requests that the directive adds to; NULL:
 * it is about messages. */
static struct error_once **
list_of(const struct directive_use *use, struct error_formats *formats)
{
	if (strcasecmp(use->args[0], "connection") == 0) {
		formats->connection_set = true;
		return &formats->connection;
	}
	if (strcasecmp(use->args[0], "request") == 0) {
		formats->request_set = true;
		return &formats->request;
	}
	return NULL;
}

static const struct error_format *
compile(const struct directive_use *use, int arg, enum error_format_kind kind,
    bool json)
{
	const char *text = use->args[arg];
	const struct error_format *format;
	size_t offset;
	struct err err;

	format =
	    error_format_compile(use->arena, text, kind, json, &err, &offset);
	if (format == NULL)
		directive_error_inside(use, arg, offset, "%s", err.text);
	return format;
}

/* An empty format adds none, and keeps those of the main server off. */
static int
add_once(const struct directive_use *use, int arg, struct error_once **list,
    bool json)
{
	struct error_once *once = arena_calloc(use->arena, 1, sizeof(*once));

	if (use->args[arg][0] == '\0')
		return 0;
	if (once == NULL)
		return -1;
	once->format = compile(use, arg, ERROR_FORMAT_ONCE, json);
	if (once->format == NULL)
		return -1;
	while (*list != NULL)
		list = &(*list)->next;
	*list = once;
	return 0;
}

int
log_parse_error_format(const struct directive_use *use, void *field)
{
	struct error_formats *formats = field;
	const char *last = use->args[use->arg_count - 1];
	bool json = strcasecmp(last, "escape=json") == 0;
	int count = use->arg_count - json;
	struct error_once **list;

	if (count == 0)
		return directive_error(use, -1, "a format is missing");
	if (count == 1) {
		formats->line = compile(use, 0, ERROR_FORMAT_LINE, json);
		formats->text = use->args[0];
		formats->json = json;
		return formats->line == NULL ? -1 : 0;
	}
	list = list_of(use, formats);
	if (list == NULL)
		return directive_error(use, count == 2 && !json ? 0 : 1,
		    count == 2 && !json
			? "neither connection nor request: a format of "
			  "several words stands in quotes"
			: "nothing but escape=json may follow: a format of "
			  "several words stands in quotes");
	return add_once(use, 1, list, json);
}

/* Each of the three is inherited by itself. */
int
log_merge_error_format(struct arena *arena, void *field, const void *outer)
{
	const struct error_formats *from = outer;
	struct error_formats *to = field;

	(void)arena;
	if (to->line == NULL) {
		to->line = from->line;
		to->text = from->text;
		to->json = from->json;
	}
	if (!to->connection_set)
		to->connection = from->connection;
	if (!to->request_set)
		to->request = from->request;
	return 0;
}

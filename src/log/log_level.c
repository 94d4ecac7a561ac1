/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LogLevel: one level for all rooms, others for some; and which of them holds
 * for a room, here or in the scope around.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "log/log_conf.h"
#include "log/log_parse.h"

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

int
log_parse_level(const struct directive_use *use, void *field)
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
int
log_merge_level(struct arena *arena, void *field, const void *outer)
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LogLevel: one level for all rooms, others for some; and which of them holds
 * for a room, here or in the scope around.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "conf/apache_directives.h"
#include "conf/module_name.h"
#include "log/log_conf.h"
#include "log/log_override.h"
#include "log/log_parse.h"

bool
log_find_level(const char *word, enum report_level *level_r)
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

/* Who speaks in the error log besides the modules: rooms of the source, and
 * modules of Apache's whose messages others say. */
static const char *const speakers[] = { "base", "conf", "core", "files",
	"framing", "http", "ipc", "log", "logger", "master", "net", "os",
	"reqtimeout", "sandbox", "upgrade", "wire", "worker" };

/* Any of Apache's names: "ssl", "mod_ssl", "ssl_module", "mod_ssl.c". */
static struct span
stem_of(const char *name)
{
	struct span stem = module_stem(name);

	if (span_starts_nocase(stem, "mod_"))
		stem = span_skip(stem, 4);
	if (span_ends_nocase(stem, ".c"))
		stem.len -= 2;
	return stem;
}

static int
add_room_level(struct arena *arena, struct log_levels *levels, struct span name,
    enum report_level level)
{
	struct room_level *room = arena_calloc(arena, 1, sizeof(*room));

	if (room == NULL)
		return -1;
	room->room = arena_strndup(arena, name.ptr, name.len);
	room->level = level;
	room->next = levels->rooms;
	levels->rooms = room;
	return room->room == NULL ? -1 : 0;
}

/* Whether the section does the work of the module of Apache's. */
static bool
does_work_of(const struct conf_section *section, struct span stem)
{
	const char *const *m = section->apache_modules;

	for (; m != NULL && *m != NULL; m++)
		if (span_equal_nocase(module_stem(*m), stem))
			return true;
	return false;
}

int
log_add_module(const struct conf_schema *schema, struct arena *arena,
    struct log_levels *levels, const char *name, enum report_level level,
    struct suggestion *s)
{
	struct span stem = stem_of(name);
	int known = 0;
	unsigned i;

	for (i = 0; i < sizeof(speakers) / sizeof(*speakers); i++) {
		suggestion_offer(s, speakers[i]);
		known |= span_is_nocase(stem, speakers[i]);
	}
	for (i = 0; i < schema->count; i++) {
		const struct conf_section *section = schema->sections[i];

		suggestion_offer(s, section->name);
		known |= span_is_nocase(stem, section->name);
		if (!does_work_of(section, stem))
			continue;
		known = 1;
		if (add_room_level(
			arena, levels, span_str(section->name), level) == -1)
			return -1;
	}
	return add_room_level(arena, levels, stem, level) == -1 ? -1 : known;
}

static int
parse_module(const struct directive_use *use, int arg,
    struct log_levels *levels, struct span name, enum report_level level)
{
	char *text = arena_strndup(use->arena, name.ptr, name.len);
	struct suggestion s;
	struct span stem;
	int known;

	if (text == NULL)
		return -1;
	stem = stem_of(text);
	suggestion_init(&s, arena_strndup(use->arena, stem.ptr, stem.len));
	known = log_add_module(
	    directive_schema(use), use->arena, levels, text, level, &s);
	if (known != 0)
		return known == -1 ? -1 : 0;
	if (apache_has_module(stem, &s)) {
		directive_word_no_effect(use, arg,
		    &(struct directive_word){ text, true, false },
		    "Drover has no such module, so nobody speaks at this "
		    "level");
		return 0;
	}
	if (s.best != NULL)
		return directive_error(use, arg,
		    "unknown module %s; did you mean %s?", text, s.best);
	return directive_error(use, arg, "unknown module %s", text);
}

int
log_parse_level(const struct directive_use *use, void *field)
{
	struct log_levels *levels = field;
	int i, status = 0;

	for (i = 0; i < use->arg_count; i++) {
		struct span arg = span_str(use->args[i]);
		size_t colon = span_find(arg, ':');
		const char *word = use->args[i];
		enum report_level level;

		if (colon < arg.len)
			word += colon + 1;
		if (!log_find_level(word, &level) || colon == 0)
			return directive_error(use, i,
			    "\"%s\" is no level: emerg, alert, crit, error, "
			    "warn, notice, info, debug or trace1 to trace8, "
			    "or module:level",
			    use->args[i]);
		if (colon == arg.len)
			*levels =
			    (struct log_levels){ .set = true, .level = level };
		else if (parse_module(use, i, levels, span_of(arg.ptr, colon),
			     level) == -1)
			status = -1;
	}
	return status;
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

	if (log_override_level(room, &level))
		return level;
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
	return log_override_max(level);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log levels set while the server runs: in the master, which its new children
 * inherit them from, and in workers, who are told.
 */
#include "config.h"

#include "log/log_override.h"

#include <strings.h>

#include "conf/suggest.h"
#include "log/log_conf.h"
#include "log/log_parse.h"

/* A request has room for some dozens. */
#define MEMORY_MAX 65536

struct override {
	struct arena arena;
	struct log_levels levels;
	const char *words;   /* in the arena */
	uint64_t generation; /* of the configuration; 0: nothing is set */
};

static struct override current;

static int
no_memory(struct err *err)
{
	return err_set(err, "out of memory");
}

static int
add_module(struct override *o, const struct conf_schema *schema,
    const char *name, enum report_level level, struct err *err)
{
	struct suggestion s;

	suggestion_init(&s, name);
	switch (
	    log_add_module(schema, &o->arena, &o->levels, name, level, &s)) {
	case 1:
		return 0;
	case 0:
		return err_set(err, "unknown module %s%s%s%s", name,
		    s.best == NULL ? "" : "; did you mean ",
		    s.best == NULL ? "" : s.best, s.best == NULL ? "" : "?");
	default:
		return no_memory(err);
	}
}

static int
add_word(struct override *o, const struct conf_schema *schema, struct span word,
    struct err *err)
{
	size_t colon = span_find(word, ':');
	struct span rest = colon < word.len ? span_skip(word, colon + 1) : word;
	char *name = arena_strndup(&o->arena, word.ptr, colon);
	char *text = arena_strndup(&o->arena, rest.ptr, rest.len);
	enum report_level level;

	if (name == NULL || text == NULL)
		return no_memory(err);
	if (!log_find_level(text, &level) || colon == 0)
		return err_set(err,
		    "\"%.*s\" is no level: emerg, alert, crit, error, warn, "
		    "notice, info, debug or trace1 to trace8, or module:level",
		    SPAN_ARG(word));
	if (colon < word.len)
		return add_module(o, schema, name, level, err);
	o->levels = (struct log_levels){ .set = true, .level = level };
	return 0;
}

static int
build(struct override *o, const struct server_conf *conf, struct span words,
    struct err *err)
{
	struct span rest = span_trim(words);
	size_t len;

	if (span_is(rest, "reset"))
		return 0;
	if (rest.len == 0)
		return err_set(err, "no level is given");
	o->generation = conf->generation;
	o->words = arena_strndup(&o->arena, rest.ptr, rest.len);
	if (o->words == NULL)
		return no_memory(err);
	for (; rest.len > 0; rest = span_trim(span_skip(rest, len))) {
		len = span_find(rest, ' ');
		if (add_word(o, conf->schema, span_of(rest.ptr, len), err) < 0)
			return -1;
	}
	return 0;
}

static void
forget(void)
{
	arena_release(&current.arena);
	current = (struct override){ .generation = 0 };
}

int
log_override_set(
    const struct server_conf *conf, struct span words, struct err *err)
{
	struct override next = { .generation = 0 };

	arena_init(&next.arena, NULL, 0, MEMORY_MAX);
	if (build(&next, conf, words, err) < 0) {
		arena_release(&next.arena);
		return -1;
	}
	forget();
	current = next;
	return 0;
}

void
log_override_follow(const struct server_conf *conf)
{
	if (current.generation != conf->generation)
		forget();
}

bool
log_override_level(const char *room, enum report_level *level_r)
{
	const struct room_level *r;

	if (current.generation == 0)
		return false;
	for (r = current.levels.rooms; r != NULL; r = r->next) {
		if (strcasecmp(r->room, room) == 0) {
			*level_r = r->level;
			return true;
		}
	}
	if (current.levels.set)
		*level_r = current.levels.level;
	return current.levels.set;
}

const char *
log_override_words(void)
{
	return current.words;
}

enum report_level
log_override_max(enum report_level configured)
{
	enum report_level level =
	    current.levels.set ? current.levels.level : configured;
	const struct room_level *r;

	for (r = current.levels.rooms; r != NULL; r = r->next)
		if (r->level > level)
			level = r->level;
	return level;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directive is one row in a table of the file that uses it.  Parsing, range
 * checks, the default, merging, `drover -L`, the dump and the manual's table
 * all come from the row; nothing else lists directives.
 *
 *	struct autoindex_conf { bool enable; const char *header; };
 *
 *	static const struct directive rows[] = {
 *		DIRECTIVE_FLAG("AutoIndex", IN_ANY, autoindex_conf, enable,
 *		    "Off", "list a directory that has no index file"),
 *		{ .name = NULL }
 *	};
 *	static unsigned section_id;
 *	const struct conf_section autoindex_section = {
 *		"autoindex", rows, sizeof(struct autoindex_conf), &section_id,
 *	};
 *	...
 *	const struct autoindex_conf *c =
 *	    settings_get(settings, &autoindex_section);
 */
#ifndef DROVER_CONF_DIRECTIVE_H
#define DROVER_CONF_DIRECTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

/* Where a directive may stand (Apache's contexts). */
enum directive_context {
	IN_SERVER = 1,		/* outside of every section */
	IN_HOST = 2,		/* <VirtualHost> */
	IN_DIRECTORY = 4,	/* <Directory>, <Files>, <Location>, … */
	IN_SERVER_HOST = IN_SERVER | IN_HOST,
	IN_ANY = IN_SERVER | IN_HOST | IN_DIRECTORY,
};

enum directive_type {
	DIRECTIVE_TYPE_FLAG,	/* bool: On, Off */
	DIRECTIVE_TYPE_INT,	/* int within min..max */
	DIRECTIVE_TYPE_SIZE,	/* int64_t bytes within min..max */
	DIRECTIVE_TYPE_SECONDS,	/* int64_t milliseconds; "5", "500ms", "2min"
				 * as Apache's time-units; min..max in ms */
	DIRECTIVE_TYPE_STRING,	/* const char *, one argument */
	DIRECTIVE_TYPE_PATH,	/* const char *, made absolute by ServerRoot */
	DIRECTIVE_TYPE_KEYWORD,	/* int, one of a table of words */
	DIRECTIVE_TYPE_CUSTOM,	/* any field, by a function of its own */
};

struct directive_keyword {
	const char *word;	/* NULL ends the table */
	int value;
};

/* Where an argument stands; file is borrowed from the conf's arena. */
struct conf_place {
	const char *file;	/* NULL: nowhere (a default) */
	int line, column;	/* from 1; 0: not known (column in a .cfg) */
	unsigned order;		/* grows as text is read; sorts diagnostics */
	size_t inside;		/* of a diagnostic: so many bytes into the
				 * argument that begins there */
	bool argument;		/* of a diagnostic: the first argument behind
				 * the name that stands there is meant */
};

struct conf_schema;
struct regex;
struct section;
struct conf_builder;	/* build.c's: errors, arena, scope; see build.h */

/* A <Limit> or <LimitExcept>: the requests that it speaks of. */
struct conf_limit {
	const char *const *methods;
	int method_count;
	bool except;		/* all methods but these */
};

/* A row with container set is a section: it is parsed where that opens and,
 * unless there was an error, where it ends. */
enum directive_part {
	DIRECTIVE_WHOLE,
	DIRECTIVE_OPEN,
	DIRECTIVE_CLOSE,
};

/* One occurrence of a directive while the configuration is built. */
struct directive_use {
	const struct directive *row;
	struct conf_builder *builder;
	struct arena *arena;		/* lives as long as the conf */
	const char *server_root;	/* absolute, for directive_path */
	enum directive_part part;
	unsigned context;		/* the one IN_ bit of where it stands */
	const char *section_path;	/* argument of the enclosing
					 * <Directory> or <Location>, or NULL;
					 * a regular expression is none */
	const struct section *section;	/* the enclosing one, or NULL */
	const struct conf_limit *limit;	/* for a row with in_limit; NULL: it
					 * stands in none */
	const char *const *args;	/* unquoted, variables put in; they
					 * live as long as the conf */
	int arg_count;
	const struct conf_place *places;	/* one for each argument */
	struct conf_place place;	/* of the name */
	bool skip_roots;		/* a DocumentRoot need not be there */
};

/*
 * Parses a use into field (the member named in the row, zeroed at its first
 * use in this scope and kept between uses, so lists can append).  Memory comes
 * from use->arena.  0, or -1 after directive_error().
 *
 * Several rows of one table may name the same field (Redirect and
 * RedirectMatch fill one list): it is zeroed at the first use of any of them,
 * and they inherit as one, so they must give the same merge function.
 */
typedef int directive_parse(const struct directive_use *, void *field);
/*
 * Called where field is set in a scope: makes *field what holds inside.  outer
 * is the field of the scope around it: set there, or the preset's value, or
 * zero.  -1 without memory.  Without such a function the inner one replaces.
 * Runs at load and, for sections, at the first request that matches them: it
 * must change nothing but *field (what field points to is shared).
 */
typedef int directive_merge(struct arena *, void *field, const void *outer);

struct directive {
	const char *name;		/* as documented; matched nocase */
	unsigned contexts;
	enum directive_type type;
	size_t offset;			/* of the field in the section's struct */
	size_t size;			/* of the field */
	const char *preset;		/* the default as a user would type it,
					 * quotes included; NULL: the field is
					 * zero */
	const char *help;		/* one line for -L and the manual; NULL
					 * where no_effect says it all */
	const char *differs;		/* what is not as in Apache 2.4, for
					 * those who know that: one line or a
					 * few sentences; NULL: nothing.  That
					 * Apache lacks a name needs no word */
	const char *no_effect;		/* why it is accepted and does nothing;
					 * NULL: it is applied.  A value that is
					 * the preset asks for nothing else */
	int64_t min, max;
	const struct directive_keyword *keywords;
	directive_parse *parse;		/* CUSTOM only */
	directive_merge *merge;
	int min_args, max_args;		/* CUSTOM; max -1: no bound */
	bool repeats;			/* a second use adds and is no warning */
	bool in_limit;			/* may stand in <Limit>, and heeds it */
	bool container;			/* <Name ...>: a section whose contents
					 * go into the scope around it; CUSTOM,
					 * and repeats */
	bool in_container;		/* may stand in containers of its table,
					 * and nothing else may */
	const char *syntax;		/* of the arguments, for help */
};

/* Behind the help may stand further members (.differs).
 * The field's type is proved at compile time: a row with a field of another
 * type does not compile. */
#define DIRECTIVE_FIELD_(struct_name, field, type_, row_type) \
	.type = (row_type), .offset = offsetof(struct struct_name, field), \
	.size = sizeof(((struct struct_name *)0)->field) + \
	    0 * sizeof(_Generic(&((struct struct_name *)0)->field, \
		type_ *: (char)0))

#define DIRECTIVE_FLAG(name_, contexts_, struct_, field_, preset_, ...)        \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .syntax = "On|Off",                       \
		DIRECTIVE_FIELD_(struct_, field_, bool, DIRECTIVE_TYPE_FLAG)   \
	}

#define DIRECTIVE_INT(                                                         \
    name_, contexts_, struct_, field_, preset_, min_, max_, ...)               \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .min = (min_), .max = (max_),             \
		.syntax = "number",                                            \
		DIRECTIVE_FIELD_(struct_, field_, int, DIRECTIVE_TYPE_INT)     \
	}

#define DIRECTIVE_SIZE(                                                        \
    name_, contexts_, struct_, field_, preset_, min_, max_, ...)               \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .min = (min_), .max = (max_),             \
		.syntax = "bytes",                                             \
		DIRECTIVE_FIELD_(                                              \
		    struct_, field_, int64_t, DIRECTIVE_TYPE_SIZE)             \
	}

#define DIRECTIVE_SECONDS(                                                     \
    name_, contexts_, struct_, field_, preset_, min_, max_, ...)               \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .min = (min_), .max = (max_),             \
		.syntax = "seconds",                                           \
		DIRECTIVE_FIELD_(                                              \
		    struct_, field_, int64_t, DIRECTIVE_TYPE_SECONDS)          \
	}

#define DIRECTIVE_STRING(                                                      \
    name_, contexts_, struct_, field_, preset_, syntax_, ...)                  \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .syntax = (syntax_),                      \
		DIRECTIVE_FIELD_(                                              \
		    struct_, field_, const char *, DIRECTIVE_TYPE_STRING)      \
	}

#define DIRECTIVE_PATH(name_, contexts_, struct_, field_, preset_, ...)        \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .syntax = "path",                         \
		DIRECTIVE_FIELD_(                                              \
		    struct_, field_, const char *, DIRECTIVE_TYPE_PATH)        \
	}

#define DIRECTIVE_KEYWORD(                                                     \
    name_, contexts_, struct_, field_, keywords_, preset_, syntax_, ...)       \
	{                                                                      \
		.name = (name_), .contexts = (contexts_), .preset = (preset_), \
		.help = __VA_ARGS__, .keywords = (keywords_),                  \
		.syntax = (syntax_),                                           \
		DIRECTIVE_FIELD_(struct_, field_, int, DIRECTIVE_TYPE_KEYWORD) \
	}

/* field_type is the C type of the field; parse and what follows as members. */
#define DIRECTIVE_CUSTOM(name_, contexts_, struct_, field_, field_type_, \
    preset_, syntax_, help_, ...) \
	{ .name = (name_), .contexts = (contexts_), .preset = (preset_), \
	  .help = (help_), .syntax = (syntax_), \
	  DIRECTIVE_FIELD_(struct_, field_, field_type_, \
	    DIRECTIVE_TYPE_CUSTOM), \
	  __VA_ARGS__ }

/*
 * An error at an argument (0 is the first; -1: at the name).  Returns -1, and
 * the build goes on to find the other errors.  For directive_parse.
 */
int directive_error(const struct directive_use *, int arg,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same, at a byte of the argument as it came to the parser; where it stands
 * in the line is worked out, else the argument is pointed at. */
int directive_error_inside(const struct directive_use *, int arg,
    size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void directive_warn(const struct directive_use *, int arg,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/*
 * For what Drover lacks and cannot pass over: an error, or where
 * UnsupportedModules is warn a warning and 0.  Then the parser's value must
 * keep closed what it cannot serve.
 */
int directive_unsupported(const struct directive_use *, int arg,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for what is no reason not to start: always a warning. */
void directive_closed(const struct directive_use *, int arg,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Whether a LoadModule names Apache's module ("mod_cgid.c"). */
bool directive_module_loaded(const struct directive_use *, const char *name);
/* For directive.parse of a row with no_effect.  Each argument is one of the
 * row's keywords or, where the row has a max, a whole number within min..max;
 * where it has neither, anything. */
int directive_without_effect(const struct directive_use *, void *field);
/* Keywords for such a row. */
extern const struct directive_keyword directive_on_off[];
/*
 * For a parser whose row has effect, but not with this value: -t reports it,
 * and a warning says it once for all uses of the name.
 */
void directive_no_effect(const struct directive_use *, int arg,
    const char *why);
/* The same about one word of it, which is told along with its name. */
struct directive_word {
	const char *text;
	bool rest_applies;	/* the directive does something all the same */
	bool silent;		/* nothing warns, -t reports it */
};
void directive_word_no_effect(const struct directive_use *, int arg,
    const struct directive_word *, const char *why);
/* All sections of the program. */
const struct conf_schema *directive_schema(const struct directive_use *);
/* -1 after an error about the first character that a URL cannot have; those of
 * except are let through. */
int directive_check_url(const struct directive_use *, int arg,
    const char *except);
/* The path made absolute by ServerRoot, without "//", "." and ".." segments
 * and without a slash at the end; NULL without memory. */
const char *directive_path(const struct directive_use *, const char *path);
/* For directive.parse of a const char * field: a path, or NULL for "none". */
int directive_path_or_none(const struct directive_use *, void *field);
/* The regular expression that begins skip bytes into the argument, in the conf's
 * arena; NULL after an error that points into it. */
const struct regex *directive_regex(const struct directive_use *, int arg,
    size_t skip, bool nocase);

/*
 * The generic parsers, also for custom ones.  0, or -1 after an error at arg.
 * A size is a number of bytes without a unit; a duration is a whole number of
 * seconds, or one with ms, s, min or h.
 */
int directive_flag(const struct directive_use *, int arg, bool *value_r);
int directive_int(const struct directive_use *, int arg, int64_t min,
    int64_t max, int64_t *value_r);
int directive_size(const struct directive_use *, int arg, int64_t min,
    int64_t max, int64_t *bytes_r);
int directive_duration(const struct directive_use *, int arg, int64_t min_ms,
    int64_t max_ms, int64_t *ms_r);
int directive_keyword(const struct directive_use *, int arg,
    const struct directive_keyword *, int *value_r);

struct settings;
struct conf_check;

/*
 * The settings of one concern: its struct is made once for the server, once
 * per virtual host (merged with the server's) and once per section, merged for
 * each set of sections that a request matches.
 */
struct conf_section {
	const char *name;
	const struct directive *rows;
	size_t size;			/* of the struct */
	unsigned *id;			/* given by conf_schema_add */
	/*
	 * After merging, for the server and each host: settings that act
	 * together are checked, and what follows from them is computed, here
	 * (optional; members without a row are zero before, and sections
	 * inherit them).  Not run if anything before was an error.  0, or -1
	 * after conf_check_error.
	 */
	int (*finish)(void *conf, const struct conf_check *);
	/* Names of the Apache modules whose work this does, NULL-terminated,
	 * for <IfModule>, LoadModule, -l and -M: "mod_dir.c". */
	const char *const *apache_modules;
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two syntaxes (syntax.c, cfg.c), the conditions and the reader
 * share.  A syntax turns its text into calls of reader_directive, reader_open
 * and reader_close.
 */
#ifndef DROVER_CONF_READER_PRIVATE_H
#define DROVER_CONF_READER_PRIVATE_H

#include "conf/reader.h"
#include "conf/tree.h"
#include "conf/variable.h"

/* Sections within sections, conditions counted too. */
#define READER_MAX_DEPTH 64

enum frame_kind {
	FRAME_SCOPE,		/* a section of the tree */
	FRAME_TRUE,		/* a condition that holds: not in the tree */
	FRAME_SKIPPED,		/* inside a condition that does not hold */
};

/* A section that was opened and not closed. */
struct frame {
	struct frame *outer;
	enum frame_kind kind;
	const char *name;
	struct conf_place place;
	config_setting_t *outer_scope;
	unsigned depth;
	bool has_arguments;
};

/* A file on the way from the main file to the one being read. */
struct open_file {
	struct open_file *from;
	const char *path;
	const struct conf_place *place;	/* of its Include, or NULL */
	unsigned depth;
};

struct macro_expansion;	/* macro.c */

struct reader {
	const struct reader_input *in;
	struct conf_tree *tree;
	struct arena memory;		/* until all is read */
	struct variables variables;
	struct table macros;		/* name, any case -> struct macro */
	struct macro_expansion *expansion; /* innermost, NULL: none */
	config_setting_t *scope;	/* where statements are added */
	struct frame *frame;		/* innermost, NULL: none */
	struct open_file *file;		/* innermost, NULL: -C or -c */
	const char **modules;		/* that LoadModule named; NULL ends */
	size_t module_count;
	/* Those that an <IfModule> found since no LoadModule decided. */
	const char **assumed;
	size_t assumed_count;
	const struct conf_include **last_include;
	unsigned order;			/* lines read so far */
	size_t used;			/* of the bound on its size */
	bool no_memory;			/* ends everything */
	bool ended;			/* a bound was passed, an error added */
};

/* Whether to go on: not after a bound was passed or memory ran out. */
static inline bool
reader_goes_on(const struct reader *r)
{
	return !r->no_memory && !r->ended && !diag_is_full(r->in->diag);
}

static inline bool
reader_skips(const struct reader *r)
{
	return r->frame && r->frame->kind == FRAME_SKIPPED;
}

/* Carries out a directive, or adds it to the tree. */
void reader_directive(struct reader *, const struct statement *);
/* Whether it has as many arguments as it takes, else after an error; for those
 * of reader_help. */
bool reader_takes(struct reader *, const struct statement *, int min, int max);
/* Opens a section or a condition; its frame decides about what follows. */
void reader_open(struct reader *, const struct statement *);
void reader_close(struct reader *);
/*
 * For <IfModule>: module_is_there, and what was once there stays, since a
 * LoadModule within <IfModule !...> was passed over then.
 */
bool reader_has_module(struct reader *, const char *name);
/* Counts bytes against the bound on the whole; false (an error) past it. */
bool reader_charge(struct reader *, const struct conf_place *, size_t bytes);

/* reader_file.c: all of a file; from: the Include, NULL for the main file. */
void reader_file(struct reader *, const char *path,
    const struct conf_place *from);

/* Notes where the file being read was included, for the source that stands in
 * it or is its text; false without memory. */
bool reader_note_source(struct reader *, const struct source *);

/* syntax.c: a text in Apache's syntax. */
void syntax_read(struct reader *, const struct source *);
/* cfg.c: a text in libconfig's syntax. */
void cfg_read(struct reader *, const struct source *);

/* Whether such a section is a condition, and if so, whether it holds. */
bool condition_test(struct reader *, const struct statement *, bool *holds_r);

#endif

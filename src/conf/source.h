/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The texts of a configuration.  Each file is read once and kept until the
 * diagnostics that quote it are printed.
 */
#ifndef DROVER_CONF_SOURCE_H
#define DROVER_CONF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/table.h"
#include "conf/directive.h"

/* A file of more bytes is refused. */
#define SOURCE_MAX_BYTES (16 * 1024 * 1024)

/* One time that a source was included. */
struct source_inclusion {
	const struct source_inclusion *earlier;
	struct conf_place from;
	unsigned order;		/* what is read there has no lower one */
};

struct source {
	const char *name;	/* what conf_place.file points to */
	struct span text;	/* a NUL follows */
	const struct source_inclusion *inclusions;	/* newest first */
	struct source *next;
};

struct source_list {
	struct arena *arena;	/* of the configuration: names live on */
	struct table names;
	struct source *first;
};

void source_list_init(struct source_list *, struct arena *);
void source_list_release(struct source_list *);

/* A regular file, or /dev/null; the same path gives the same source. */
const struct source *source_open(struct source_list *, const char *path,
    struct err *);
/* A text that is no file, such as the arguments of -c; it is copied. */
const struct source *source_add(struct source_list *, const char *name,
    struct span text, struct err *);

/* Notes that it is read because of what stands at from, as from order on;
 * -1 without memory. */
int source_included(struct source_list *, const struct source *,
    const struct conf_place *from, unsigned order);
/* Where the text of the place was included; NULL: the main file, or none. */
const struct conf_place *source_includer(const struct source_list *,
    const struct conf_place *);

/* The line of that number, from 1, without its end. */
bool source_line(const struct source_list *, const char *name, int number,
    struct span *line_r);

#endif

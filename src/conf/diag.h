/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with a configuration.  Everything found in one run is
 * collected here, by the reader and by the build, and printed at the end in
 * the order of the text, each with its line and a caret.
 */
#ifndef DROVER_CONF_DIAG_H
#define DROVER_CONF_DIAG_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/directive.h"

struct source_list;

struct diag_entry;

struct diag {
	struct arena arena;
	struct diag_entry *entries;	/* newest first */
	unsigned errors, warnings;
	unsigned kept;
};

/*
 * As many errors and as many warnings are kept; after as many errors reading
 * and building end.
 */
#define DIAG_MAX 10000

static inline bool
diag_is_full(const struct diag *d)
{
	return d->errors >= DIAG_MAX;
}

void diag_init(struct diag *);
void diag_release(struct diag *);

/* place is copied, its file borrowed until diag_print; NULL: nowhere. */
void diag_error(struct diag *, const struct conf_place *, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void diag_warn(struct diag *, const struct conf_place *, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void diag_vadd(struct diag *, bool error, const struct conf_place *,
    const char *format, va_list);

/* At most 100, errors before warnings where not all have room. */
void diag_print(const struct diag *, const struct source_list *,
    struct buf *to);
/* All that were kept, as an array of JSON. */
void diag_print_json(const struct diag *, const struct source_list *,
    struct buf *to);
/* "file":...,"line":...,"column":...; null for what is not known. */
void diag_place_json(const struct conf_place *, struct buf *to);

#endif

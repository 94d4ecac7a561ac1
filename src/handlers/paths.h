/* SPDX-License-Identifier: BSD-2-Clause */
/* What alias, redirect and static have in common: parts of a URI's path. */
#ifndef DROVER_HANDLERS_PATHS_H
#define DROVER_HANDLERS_PATHS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

struct directive_use;
struct exchange;

/*
 * How much of path its prefix is, by whole segments, or -1: "/a" stands for
 * "/a" and "/a/b", not for "/ab"; "/a/" for "/a/" and "/a/b", not for "/a".
 * Several slashes in a row are as good as one.
 */
long paths_match(struct span path, struct span prefix);

/*
 * A path of the configuration of which only the first fixed bytes are so
 * whatever is asked for: the last folder that these name whole, absolute, for a
 * root, and where what is below it begins.  NULL after an error; "/" is one.
 */
const char *paths_fixed_folder(const struct directive_use *, int arg,
    size_t fixed, size_t *below_r);
/* What comes of names in a request can make dot segments of what stands beside
 * it: a path with one must not be looked for. */
bool paths_lead_out(struct span below);

/* The path as it stands in a URL. */
void paths_print(struct buf *, struct span path);

/*
 * A reference for Location: base as it is, then path, which is escaped, then
 * the exchange's query unless base has one; a fragment of base stays last.  It never begins with "//", which
 * would name another host.  ptr NULL without memory.
 */
struct span paths_location(struct exchange *, struct span base,
    struct span path);
/* The URI's path with one "/" for several in a row, which MergeSlashes may leave
 * and which lead to the same file; ptr NULL without memory. */
struct span paths_merged(struct exchange *);

#endif

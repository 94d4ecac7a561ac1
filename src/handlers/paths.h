/* SPDX-License-Identifier: BSD-2-Clause */
/* What alias, redirect and static have in common: parts of a URI's path. */
#ifndef DROVER_HANDLERS_PATHS_H
#define DROVER_HANDLERS_PATHS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

struct exchange;

/*
 * How much of path its prefix is, by whole segments, or -1: "/a" stands for
 * "/a" and "/a/b", not for "/ab"; "/a/" for "/a/" and "/a/b", not for "/a".
 * Several slashes in a row are as good as one.
 */
long paths_match(struct span path, struct span prefix);

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

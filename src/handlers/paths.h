/* SPDX-License-Identifier: BSD-2-Clause */
/* What alias, redirect and static have in common: parts of a URI's path. */
#ifndef DROVER_HANDLERS_PATHS_H
#define DROVER_HANDLERS_PATHS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

struct exchange;

/*
 * Whether path begins with prefix by whole segments: "/a" stands for "/a" and
 * "/a/b", not for "/ab"; "/a/" for "/a/" and "/a/b", not for "/a".
 */
bool paths_match(struct span path, struct span prefix);

/*
 * A reference for Location: base as it is, then path, which is escaped, then
 * the exchange's query unless base has one.  It never begins with "//", which
 * would name another host.  ptr NULL without memory.
 */
struct span paths_location(struct exchange *, struct span base,
    struct span path);

#endif

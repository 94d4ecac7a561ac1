/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the virtual hosts of one address, and those that they share. */
#ifndef DROVER_CONF_HOST_NAMES_H
#define DROVER_CONF_HOST_NAMES_H

#include "base/table.h"
#include "conf/conf.h"
#include "conf/diag.h"

struct wild_name;

/*
 * Names with wildcards by a part of them that has none and begins or ends with
 * a ".", so that no name is tried with the patterns of other domains.
 */
struct wild_index {
	struct table table;
	uint64_t lengths;	/* bit n: a key has n bytes; 63: or more */
};

struct host_names {
	struct table exact;		/* -> host */
	struct wild_index suffixes;	/* "*.a.org" by ".a.org": -> host */
	struct wild_index tails;	/* "www*.a.org" by ".a.org": -> list */
	struct wild_index heads;	/* "www.a.*" by "www.a.": -> list */
	struct wild_name *others, **others_end;
};

void host_names_init(struct host_names *);
/* What is not the arena's. */
void host_names_release(struct host_names *);
/* Hosts come in the order of the file: the first with a name keeps it.  That it
 * is another one's is a warning.  False without memory. */
bool host_names_add(struct host_names *, const char *name, const struct host *,
    struct arena *, struct diag *);
/* The first host in the order of the file that has the name; NULL: none. */
const struct host *host_names_find(const struct host_names *,
    struct span name);

#endif

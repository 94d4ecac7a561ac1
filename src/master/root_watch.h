/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the roots of a configuration (DocumentRoot, Alias...) lead.  Workers
 * hold them open and may be let at nothing else, so when a link is switched
 * ("current -> releases/7") or a directory replaced, it takes new workers to
 * serve what is there now.
 */
#ifndef DROVER_MASTER_ROOT_WATCH_H
#define DROVER_MASTER_ROOT_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

struct watched_root;

struct root_watch {
	struct watched_root *roots; /* owned; paths are the configuration's */
	size_t count, room;
	bool files_too; /* single files that are replaced */
	bool failed;	/* out of memory */
};

enum root_change {
	ROOT_SAME,
	ROOT_ANOTHER,
	ROOT_APPEARED, /* there was nothing */
};

/* Notes where all roots lead now; -1 without memory.  To be called before the
 * workers that open them are forked: what changes in between is noticed. */
int root_watch_open(struct root_watch *, const struct server_conf *);
void root_watch_close(struct root_watch *);
/*
 * The first root that does not lead to where it led, and how.  One that leads
 * nowhere is waited for: it is as it was.
 */
enum root_change root_watch_find(
    const struct root_watch *, const char **path_r);

/*
 * How often a change is followed: at once, but if they come one after the
 * other, after 1 s, then 2 s, up to 60 s, until there was none for that long.
 */
struct root_pace {
	int64_t last_ms, wait_ms;
};

bool root_pace_allows(struct root_pace *, int64_t now_ms);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the latest paths came to.  Clients ask for few paths many times, and to
 * match one with all sections costs as much as there are with wildcards and
 * regular expressions: those that are known cost nothing of that.
 */
#ifndef DROVER_CONF_KNOWN_PATHS_H
#define DROVER_CONF_KNOWN_PATHS_H

#include "conf/lookup.h"
#include "conf/merged.h"

struct known_paths;

/* Where a path that is asked for would be. */
struct known_path {
	const struct host *host;	/* NULL: free */
	struct merged *merged;		/* NULL: the host's own settings hold */
	unsigned uri_len, file_len;
	bool no_regex, slash_added;
	char paths[160];		/* both, together; longer ones are not
					 * kept */
};

/* Room for about count of them: from 512 to 16,384. */
struct known_paths *known_paths_create(size_t count);
void known_paths_destroy(struct known_paths **);

/* Where what is asked for is or would be.  known_r tells; NULL: too long. */
struct known_path *known_paths_find(struct known_paths *,
    const struct lookup_subject *, bool *known_r);
/* Keeps what it came to in the place that find has told, in the place of what
 * was there. */
void known_path_keep(struct known_path *, const struct lookup_subject *,
    struct merged *);

#endif

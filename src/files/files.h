/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's one file cache and its roots, and the rows that say where files
 * are: DocumentRoot, Options.
 */
#ifndef DROVER_FILES_FILES_H
#define DROVER_FILES_FILES_H

#include "conf/conf.h"
#include "files/cache.h"

extern const struct conf_section files_section;

enum option {
	OPTION_INDEXES = 1,
	OPTION_FOLLOW_SYM_LINKS = 2,
	OPTION_SYM_LINKS_IF_OWNER_MATCH = 4,
	OPTION_MULTI_VIEWS = 8,		/* accepted, explained, no effect */
	OPTION_EXEC_CGI = 16,
	OPTION_INCLUDES = 32,
};

struct files_conf {
	const char *document_root;
	/* Options: what is on, and what + and - change of the outer scope. */
	struct options_value { int set, add, remove; } options;
};

/* Opens the roots of the configuration (every host's DocumentRoot and what
 * other rows added by files_add_root) and makes the cache; in each worker,
 * before its sandbox. */
int files_start(const struct server_conf *, struct err *);
void files_stop(void);
struct cache *files_cache(void);
/* For modules' start hooks that ran before: another root (Alias). */
int files_add_root(const char *path, struct err *);
enum link_rule files_link_rule(const struct settings *);
bool files_option(const struct settings *, enum option);

#endif

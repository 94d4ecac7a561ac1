/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's one file cache and its roots, and the rows that say where files
 * are and what may be done with them: DocumentRoot, Options, AllowOverride,
 * FileETag, PrecompressedFiles.
 */
#ifndef DROVER_FILES_FILES_H
#define DROVER_FILES_FILES_H

#include "conf/conf.h"
#include "files/cache.h"

struct exchange;

extern const struct conf_section files_section;

enum option {
	OPTION_INDEXES = 1,
	OPTION_FOLLOW_SYM_LINKS = 2,
	OPTION_SYM_LINKS_IF_OWNER_MATCH = 4,
	OPTION_MULTI_VIEWS = 8,		/* accepted, has no effect */
	OPTION_EXEC_CGI = 16,
	OPTION_INCLUDES = 32,
};

/* Words that may be added to those of the outer scope, or taken away. */
struct words_value {
	unsigned on;		/* a bit for each; what holds, once merged */
	unsigned add, remove;	/* what + and - change of the outer scope */
	bool absolute;		/* the outer scope does not matter */
};

struct files_conf {
	const char *document_root;
	struct words_value options;	/* enum option */
	struct words_value etag;	/* enum etag_part */
	bool precompressed;	/* siblings in a coding stand for files */
	bool allow_override;	/* AllowOverride other than None */
	bool allow_listed;	/* AllowOverrideList other than None */
	const char *const *access_files; /* AccessFileName, NULL-terminated */
};

/* In each worker, before its sandbox: opens every host's DocumentRoot and
 * makes the cache.  A root that cannot be opened is reported, no error; not
 * even that if it is the default. */
int files_start(const struct server_conf *, struct err *);
void files_stop(void);
struct cache *files_cache(void);
/* The same for another root (Alias). */
void files_add_root(const char *path);
/* Names every host's DocumentRoot; needs no start. */
void files_roots(const struct server_conf *,
    void (*visit)(const char *path, void *data), void *data);
/* The sandbox: which roots it lets in; and that there will be no others. */
void files_each_root(
    void (*visit)(const struct root *, void *context), void *context);
void files_pin_roots(void);

/*
 * For map hooks: file_path becomes root and what of the URI's path is behind
 * its first prefix_len bytes (nothing, or "/" and more).  -1 without memory.
 */
int files_map(struct exchange *, struct span root, size_t prefix_len);
/* The same with what is below the root given, without dot segments. */
int files_map_below(struct exchange *, struct span root, struct span below,
    size_t prefix_len);
/*
 * If file_path names a directory without its "/", adds that: true, and the
 * settings are to be looked up again (HOOK_AGAIN).  <Directory> holds for
 * what is behind a "/", so until then nothing is decided about it.
 */
bool files_enter_directory(struct exchange *);
/*
 * If file_path leads through what is a file or is not there, it ends with that,
 * and what follows becomes path_info: true, and the settings are to be looked
 * up again (HOOK_AGAIN).
 */
bool files_end_path(struct exchange *);
/* A file below the exchange's root, typed; errno as cache_get. */
struct cached_file *files_get(const struct exchange *, struct span path,
    struct span content_type);
/* The same of what is sent with that Content-Encoding. */
struct cached_file *files_get_coded(const struct exchange *, struct span path,
    struct span content_type, enum coding);
/* The directory at path below the exchange's root, open for reading; -1 with
 * errno as cache_get. */
int files_open_directory(const struct exchange *, struct span path);
/* What path leads to, as files_get would open it (links as they may be
 * followed); false: nowhere, or it would be refused. */
bool files_stat(const struct exchange *, struct span path, struct stat *);
/* The status for an errno of files_get. */
int files_status(int error);

bool files_option(const struct settings *, enum option);
/* Which link rule holds where, for this host: by <Directory> alone. */
const struct link_policy *files_links(const struct host *);
/* True if a .htaccess that AllowOverride lets count stands on the way to the
 * exchange's file: what it says is not known, so nothing may be sent. */
bool files_overridden(const struct exchange *);

#endif

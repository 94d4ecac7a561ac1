/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files of a worker: descriptor, stat, type, ready-made field block, and
 * the bytes of small bodies, found by one look-up.  Correct before fast: an
 * entry is checked by one stat each CACHE_CHECK_MS at most, so a rename is
 * seen, and looked up anew each CACHE_RESOLVE_MS, so are links and their
 * owners; a file that changed less than 50 ms before its stat is not kept and
 * has a weak ETag; one without links is never kept; entries unused for 30 s
 * are closed; the number of descriptors and bytes is bounded.
 */
#ifndef DROVER_FILES_CACHE_H
#define DROVER_FILES_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/span.h"
#include "files/resolve.h"
#include "http/coding.h"
#include "http/response.h"

#define CACHE_CHECK_MS 5
#define CACHE_RESOLVE_MS 1000
#define CACHE_UNUSED_MS 30000
#define CACHE_SMALL_MAX (32 * 1024)

struct cache;

/* Of what an entity tag is made (FileETag). */
enum etag_part {
	ETAG_INODE = 1,
	ETAG_MTIME = 2,		/* without it a tag is weak */
	ETAG_SIZE = 4,
};

/* What is asked for; an entry is for one such. */
struct file_key {
	struct span root;	/* prefix of path */
	struct span path;	/* absolute, normalised, NUL-terminated; one
				 * with a "/" at its end is a directory's */
	struct span content_type;	/* kept in the entry */
	/* Of two with one address the answers are taken to be the same. */
	const struct link_policy *policy;
	unsigned etag_parts;	/* 0: no tag */
	enum coding coding;	/* what it is sent as; the tag tells */
	bool beside;		/* siblings are looked for */
};

/* An open file or directory.  Counted: valid until cache_put. */
struct cached_file {
	int fd;				/* -1: a directory, or all in memory */
	mode_t mode;
	uint64_t size;
	struct timespec modified;
	struct validators validators;	/* of a file */
	/* In which codings a file was there as well, not older, when it was
	 * looked at last, CACHE_RESOLVE_MS ago at most; identity is none. */
	struct coding_set siblings;
	struct span content;		/* whole body if small, else empty */
	struct span block;		/* as response.block */
	struct span content_type;
};

/* NULL without memory.  Borrows the roots. */
struct cache *cache_create(struct root_set *, unsigned max_files,
    size_t max_bytes);
/* What is in use now lives on until its cache_put. */
void cache_destroy(struct cache **);

/* NULL with errno as resolve_open. */
struct cached_file *cache_get(struct cache *, const struct file_key *);
void cache_put(struct cached_file *);
/* Whether a sibling was made of an earlier version of the file. */
bool cached_is_older(
    const struct cached_file *sibling, const struct cached_file *);
/* Once a second: closes what is unused. */
void cache_tick(struct cache *);
/* Closes all that nobody uses: descriptors ran out.  Returns how many. */
unsigned cache_give_back(struct cache *);

/* The body of a response over a cached file; takes the caller's count over. */
void cache_body(struct cached_file *, struct body *, uint64_t offset,
    uint64_t length);

#endif

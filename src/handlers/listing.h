/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of a directory in order.  They are sorted in runs as they come,
 * and the runs are merged as entries are taken out, so that no call works on
 * all of them.
 */
#ifndef DROVER_HANDLERS_LISTING_H
#define DROVER_HANDLERS_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct entry {
	struct span name;
	int64_t size;		 /* of a file */
	int64_t modified;	 /* seconds since 1970 */
	const char *description; /* HTML, borrowed; NULL: none */
	bool directory;
};

enum listing_key {
	LISTING_NAME,
	LISTING_MODIFIED,
	LISTING_SIZE,
	LISTING_DESCRIPTION,
};

/* Directories come first in any order; equal ones by name, letters of both
 * cases together; descending turns round all but the first. */
struct listing_order {
	enum listing_key key;
	bool descending;
	bool mixed;	 /* directories are among the files */
	bool exact_case; /* capitals go before small letters */
	bool versions;	 /* "a-9" goes before "a-10" */
};

/* Of one listing and of all in this process: 250,000 names of 30 bytes. */
#define LISTING_BYTES_MAX (16 * 1024 * 1024)
#define LISTINGS_BYTES_MAX (64 * 1024 * 1024)

struct listing;

/* NULL without memory, or where others have all that there may be. */
struct listing *listing_create(struct listing_order);
void listing_destroy(struct listing **);
/* The name is copied.  -1: no room for more. */
int listing_add(struct listing *, const struct entry *);
/* A copy that lives as long as the listing; NULL: no room for more. */
const char *listing_keep(struct listing *, const char *text);
/* The next one in order, NULL behind the last; nothing is added any more.  It
 * lives as long as the listing. */
const struct entry *listing_next(struct listing *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* From a directory to the entries of its listing. */
#ifndef DROVER_HANDLERS_INDEX_READER_H
#define DROVER_HANDLERS_INDEX_READER_H

#include "handlers/autoindex_private.h"

struct index_reader {
	/* Set by who opens it, and not owned. */
	struct exchange *x;
	const struct autoindex_conf *conf;
	struct lookup_cache *lookups;
	const char *pattern; /* as in struct autoindex_wish */
	const struct listing_look *look;
	struct listing *listing; /* to which entries are added */

	DIR *directory; /* NULL: all is read */
	size_t longest; /* name, in characters of the look */
	bool cut;	/* there was no room for all */
	/* Room for an entry's name behind the directory's. */
	char *uri_path, *file_path;
};

/* Takes the directory over, unless there is no memory (-1). */
int index_reader_open(struct index_reader *, DIR *);
void index_reader_close(struct index_reader *);
/* Reads for the time of a slice, or to the end; false: it cannot be read. */
bool index_reader_go_on(struct index_reader *);
/* The path of an entry's file; lasts until the next call. */
struct span index_reader_path(struct index_reader *, const struct entry *);

#endif

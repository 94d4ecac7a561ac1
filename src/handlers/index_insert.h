/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is shown in a listing: HeaderName, ReadmeName. */
#ifndef DROVER_HANDLERS_INDEX_INSERT_H
#define DROVER_HANDLERS_INDEX_INSERT_H

#include "base/buf.h"
#include "conf/lookup.h"
#include "handlers/listing_print.h"
#include "http/exchange.h"

struct index_insert {
	struct cached_file *file; /* NULL: there is none */
	enum listing_insert kind;
	uint64_t offset;
};

/*
 * The file at a URL relative to the exchange's, if its client would be sent it
 * and it is text; else the insert has none.  Nothing is reported.
 */
void index_insert_open(struct index_insert *, struct exchange *,
    struct lookup_cache *, const char *url);
void index_insert_close(struct index_insert *);
/* Prints a piece of it; false: there was nothing left, or it cannot be read. */
bool index_insert_print(struct index_insert *, struct buf *);

#endif

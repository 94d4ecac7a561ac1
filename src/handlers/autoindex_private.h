/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the module autoindex share. */
#ifndef DROVER_HANDLERS_AUTOINDEX_PRIVATE_H
#define DROVER_HANDLERS_AUTOINDEX_PRIVATE_H

#include <dirent.h>

#include "handlers/listing_print.h"
#include "http/exchange.h"

/* ---- autoindex.c ---- */

/* Whether IndexIgnore names it. */
bool autoindex_ignores(const struct exchange *, const char *name);

/* ---- autoindex_body.c ---- */

/* In each worker, before the first body; -1 without memory. */
int autoindex_body_start(const struct server_conf *);
/*
 * Makes the listing of the exchange's directory, which is open, the body of
 * its response.  Takes the directory over; -1 without memory.
 */
int autoindex_body(struct exchange *, DIR *, struct listing_order,
    const struct listing_format *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks on behalf of one request what would become of another. */
#ifndef DROVER_HANDLERS_PROBE_H
#define DROVER_HANDLERS_PROBE_H

#include "conf/lookup.h"
#include "http/exchange.h"

/*
 * Whether a GET of uri_path, which is the file at file_path (NUL-terminated,
 * below the exchange's root), would pass every module's check: Require, names
 * that are not served, .htaccess.  A redirect passes.  Nothing is reported.
 */
bool probe_allows(struct exchange *, struct lookup_cache *,
    struct span uri_path, struct span file_path);
/* Whether a URI leads to a file, or to what a handler is for. */
bool probe_finds(struct exchange *, struct span uri_path);

/*
 * Takes the probe, on which exchange_init was called, through map, settings
 * and checks as a GET of uri_path.  True: it names a file that would be
 * answered for, by what its settings say.  exchange_release ends it.
 */
bool probe_open(struct exchange *probe, const struct exchange *,
    struct lookup_cache *, struct span uri_path);

#endif

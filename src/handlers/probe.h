/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks on behalf of one request what would become of another.  The probe is an
 * exchange on which exchange_init was called, and which exchange_release ends.
 */
#ifndef DROVER_HANDLERS_PROBE_H
#define DROVER_HANDLERS_PROBE_H

#include <sys/types.h>

#include "conf/lookup.h"
#include "http/exchange.h"

/*
 * Whether a GET of uri_path, which is the file at file_path (NUL-terminated,
 * below the exchange's root), would pass every module's check: Require, names
 * that are not served, .htaccess.  A redirect passes.  Nothing is reported.
 */
bool probe_file(struct exchange *probe, const struct exchange *,
    struct lookup_cache *, struct span uri_path, struct span file_path);
/* The same of the file that uri_path is mapped to, if it is to any. */
bool probe_uri(struct exchange *probe, const struct exchange *,
    struct lookup_cache *, struct span uri_path);
/* Whether a URI leads to a file, or to what a handler is for. */
bool probe_finds(struct exchange *, struct span uri_path);
/*
 * Of a probe that passes: whether the bytes of its file, of that mode, are what
 * would be sent; no handler, no filter makes anything else of them, and they
 * are in no encoding.  Its type lives as long as the probe.
 */
bool probe_sends(struct exchange *probe, mode_t mode, struct span *type_r);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters of Apache's, of which Drover has none.  Those that pack what is sent
 * or slow it down may be missing; without those that make a page of a source
 * (INCLUDES, PHP, or one that nobody knows) the file is not sent.  Rows:
 * AddOutputFilter, SetOutputFilter, AddOutputFilterByType, XBitHack and those
 * about input.
 */
#ifndef DROVER_HTTP_FILTER_H
#define DROVER_HTTP_FILTER_H

#include <sys/types.h>

#include "conf/conf.h"

extern const struct conf_section filter_section;

/* The name of a filter that is lacking for this file of this type; NULL: it
 * may be sent. */
const char *filter_lacking(const struct settings *, struct span path,
    struct span type, mode_t mode);

#endif

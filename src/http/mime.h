/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Content types by file name: the file of TypesConfig (one type a line, then
 * its extensions) and AddType.  Rows: TypesConfig, AddType.
 */
#ifndef DROVER_HTTP_MIME_H
#define DROVER_HTTP_MIME_H

#include "base/span.h"
#include "conf/conf.h"

extern const struct conf_section mime_section;

/*
 * The type for the last segment of a path, by its last known extension (any
 * case); empty when none is known, then no Content-Type is sent (RFC 9110,
 * 8.3: better none than a guess).  Borrowed from the configuration.
 */
struct span mime_type(const struct settings *, struct span path);

#endif

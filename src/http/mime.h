/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Content types by file name: the file of TypesConfig (one type a line, then
 * its extensions) and AddType.  Rows: TypesConfig, AddType, DefaultType.
 */
#ifndef DROVER_HTTP_MIME_H
#define DROVER_HTTP_MIME_H

#include <stdbool.h>

#include "base/span.h"
#include "conf/conf.h"

extern const struct conf_section mime_section;

/*
 * The type for the last segment of a path, by its last known extension (any
 * case), else that of DefaultType; empty for "none", then no Content-Type is
 * sent (RFC 9110, 8.3).  Borrowed from the configuration.
 */
struct span mime_type(const struct settings *, struct span path);

/*
 * True for a type that stands for a program ("AddType application/x-httpd-php
 * .php"): it is no content type, and the bytes of such a file, being a script,
 * are never sent.
 */
bool mime_names_handler(struct span type);

#endif

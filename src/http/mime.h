/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the name of a file says about its content, by the file of TypesConfig
 * (one type a line, then its extensions) and by the rows of mime_conf.c:
 * AddType, AddCharset, AddEncoding, AddLanguage and what takes these away,
 * ForceType, DefaultType, DefaultLanguage, AddDefaultCharset.
 */
#ifndef DROVER_HTTP_MIME_H
#define DROVER_HTTP_MIME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "conf/conf.h"

extern const struct conf_section mime_section;

/* Values of the fields Content-Type, Content-Encoding and Content-Language;
 * empty: it is not sent.  Of the configuration, or of an arena. */
struct mime_info {
	struct span type;	/* with charset and other parameters */
	struct span encoding;	/* by AddEncoding alone */
	struct span language;
};

/*
 * All extensions of the path's last segment have their say, in any case.  Of
 * several that name a type, or a charset, the last one holds; encodings and
 * languages add up.  What takes the place of the whole type (ForceType) has
 * its own charset or none.  -1 without memory.
 */
int mime_describe(const struct settings *, struct span path, struct arena *,
    struct mime_info *info_r);

/* The type alone, without what AddCharset and AddDefaultCharset add; empty for
 * "none".  Borrowed from the configuration. */
struct span mime_type(const struct settings *, struct span path);

/*
 * True for a type that stands for a program ("AddType application/x-httpd-php
 * .php") or for what a module makes of the file (server-parsed HTML, a type
 * map): it is no content type, and the bytes of such a file, being a source,
 * are never sent.
 */
bool mime_names_handler(struct span type);
/* Whether two are the same but for parameters; a pattern may have a star in
 * place of the subtype. */
bool mime_is_same(struct span type, struct span pattern);

#endif

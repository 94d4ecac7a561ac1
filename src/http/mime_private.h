/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings of mime_section, which mime_conf.c makes and mime.c reads. */
#ifndef DROVER_HTTP_MIME_PRIVATE_H
#define DROVER_HTTP_MIME_PRIVATE_H

#include "conf/conf.h"
#include "http/extension.h"
#include "http/mime_table.h"

enum mime_attr {
	MIME_TYPE,
	MIME_CHARSET,
	MIME_ENCODING,
	MIME_LANGUAGE,
	MIME_ATTRS,
};

/* What one scope says of an extension. */
struct mime_extension {
	struct span value[MIME_ATTRS];	/* empty: none, whatever the scopes
					 * outside say */
	unsigned set;			/* 1 << enum mime_attr: it is said */
	unsigned removed;		/* ... by a Remove row */
};

/* What AddDefaultCharset adds, ready-made for those that are met most. */
struct default_charset {
	struct span name;	/* empty: nothing */
	struct span html, plain;	/* both types with it */
};

struct mime_conf {
	const char *types_file;
	struct extension_map extensions;	/* struct mime_extension */
	const struct mime_table *table;	/* of the types file, or NULL */
	struct span fallback;		/* DefaultType; empty: none */
	struct span forced;		/* ForceType; empty: none */
	struct span language;		/* DefaultLanguage; empty: none */
	struct default_charset charset;
};

/* mime_file.c: fills table; 0, or -1 after an error. */
int mime_load_types(struct mime_conf *, const struct conf_check *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ErrorDocument: what stands in place of the small page of an error.  Which
 * one holds is found here; worker/error_answer.c makes it the answer.
 */
#ifndef DROVER_HTTP_ERROR_DOCUMENT_H
#define DROVER_HTTP_ERROR_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "conf/conf.h"
#include "http/uri.h"

enum error_document_kind {
	ERROR_DOCUMENT_DEFAULT,	/* the small page, whatever is set outside */
	ERROR_DOCUMENT_TEXT,	/* HTML */
	ERROR_DOCUMENT_PATH,	/* of this host */
	ERROR_DOCUMENT_URL,	/* a redirect to it */
};

struct error_document {
	int status;
	enum error_document_kind kind;
	struct span text;	/* or the URL */
	struct uri uri;		/* of a path: decoded and normalised */
	struct conf_place set_at;
};

extern const struct conf_section error_document_section;

/* NULL: the small page. */
const struct error_document *error_document_find(const struct settings *,
    int status);

#endif

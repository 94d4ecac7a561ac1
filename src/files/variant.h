/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a file and those that hold the same in a content coding is sent
 * (PrecompressedFiles). */
#ifndef DROVER_FILES_VARIANT_H
#define DROVER_FILES_VARIANT_H

#include "files/cache.h"
#include "http/accept.h"
#include "http/exchange.h"

struct cached_file *variant_choose_among(
    struct exchange *, struct cached_file *);

/*
 * The file, or the sibling of it that the client rather has; takes the
 * caller's count of file over.  Adds Vary and Content-Encoding to the
 * response.  NULL: it is answered, 406 if the client accepts none of them.
 */
static inline struct cached_file *
variant_choose(struct exchange *x, struct cached_file *file)
{
	/* Nearly all files and clients: nothing to choose. */
	if (file->siblings.there == 0 &&
	    !accept_may_refuse_identity(&x->request))
		return file;
	return variant_choose_among(x, file);
}

#endif

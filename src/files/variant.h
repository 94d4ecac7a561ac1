/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a file and those that hold the same in a content coding is sent
 * (PrecompressedFiles). */
#ifndef DROVER_FILES_VARIANT_H
#define DROVER_FILES_VARIANT_H

struct cached_file;
struct exchange;

/*
 * The file, or the sibling of it that the client rather has; takes the
 * caller's count of file over.  Adds Vary and Content-Encoding to the
 * response.  NULL: it is answered, 406 if the client accepts none of them.
 */
struct cached_file *variant_choose(struct exchange *, struct cached_file *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* ScanHTMLTitles: the title of a file as its description. */
#ifndef DROVER_HANDLERS_INDEX_TITLE_H
#define DROVER_HANDLERS_INDEX_TITLE_H

#include <stdbool.h>

#include "base/span.h"

/* A title as HTML is not longer, with its NUL. */
#define INDEX_TITLE_SIZE 256

/*
 * Reads the title of a file in the directory, which is no link, from its first
 * bytes.  False: there is none.
 */
bool index_title_read(
    int directory, const char *name, char to[INDEX_TITLE_SIZE]);
/* The title within the HTML, safe to stand in another page. */
bool index_title_find(struct span html, char to[INDEX_TITLE_SIZE]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a peer as text to be read: what is well-formed UTF-8 and visible
 * stands as it is, every other byte as \xhh.
 */
#ifndef DROVER_BASE_TEXT_H
#define DROVER_BASE_TEXT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The bytes of the well-formed character that the text begins with (RFC 3629:
 * no overlong form, no surrogate, nothing above U+10FFFF); 0: none does.
 */
size_t text_utf8_length(struct span);
/* Well-formed, and of control characters only tab, LF, CR, FF and ESC. */
bool text_is_readable(struct span);

/* Appends for HTML: buf_add_html, and \xhh for what cannot be read.  Tabs and
 * line ends stay as they are. */
void text_add_html(struct buf *, struct span);
/* Appends as a string of JSON (RFC 8259), with its quotes; bytes that are no
 * UTF-8 as \xhh too, which JSON writes "\\xhh". */
void text_add_json(struct buf *, struct span);

#endif

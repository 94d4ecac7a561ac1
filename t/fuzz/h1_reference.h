/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where requests begin and end, read in the plainest way: right for all that
 * the server accepts, and by nothing that the server uses.
 */
#ifndef FUZZ_H1_REFERENCE_H
#define FUZZ_H1_REFERENCE_H

#include <stdbool.h>

#include "base/span.h"

/*
 * Goes to the next head and behind it; *line_r is its first line.  False if no
 * whole head is left.
 */
bool h1_reference_head(
    struct span *rest, struct span *head_r, struct span *line_r);
bool h1_reference_chunked(struct span head);
/* Goes behind the body of that head.  False if not all of it is there. */
bool h1_reference_body(struct span *rest, struct span head);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The second syntax. */
#include "config.h"

#include "conf/reader_private.h"

void
cfg_read(struct reader *r, const struct source *s)
{
	diag_error(r->in->diag, &(struct conf_place){ .file = s->name },
	    "this syntax is not yet read");
}

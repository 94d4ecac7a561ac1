/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree as text. */
#ifndef DROVER_CONF_DUMP_H
#define DROVER_CONF_DUMP_H

#include "base/buf.h"
#include "conf/reader.h"

/*
 * libconfig text that means the same when it is read as a .cfg file; a comment
 * says of each statement where it was written.
 */
void dump_tree(const struct conf_tree *, struct buf *);

#endif

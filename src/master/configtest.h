/* SPDX-License-Identifier: BSD-2-Clause */
/* drover -t: whether a configuration is right, and how much of it is done. */
#ifndef DROVER_MASTER_CONFIGTEST_H
#define DROVER_MASTER_CONFIGTEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "conf/conf.h"

/*
 * True if a server could start with it.  out gets what is for standard output,
 * the report that the options ask for; said what is for standard error, which
 * is nothing where the report is JSON.
 */
bool configtest(const struct conf_schema *, const struct conf_options *,
    struct buf *out, struct buf *said);

#endif

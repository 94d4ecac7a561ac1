/* SPDX-License-Identifier: BSD-2-Clause */
/* drover explain: as whom, and by what configuration. */
#ifndef DROVER_MASTER_EXPLAIN_COMMAND_H
#define DROVER_MASTER_EXPLAIN_COMMAND_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "worker/explain.h"

/* Becomes whom workers run as, where root asks.  -1 with err. */
int explain_command(const struct server_conf *, const struct explain_request *,
    struct buf *out, struct err *);
/* The same text as JSON: an array of { "step": ..., "lines": [...] }. */
void explain_as_json(struct span text, struct buf *out);

#endif

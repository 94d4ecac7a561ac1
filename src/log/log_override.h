/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log levels that were set while the server runs.  They hold in this process
 * for all hosts and directories, before those of the configuration, and end
 * with it.
 */
#ifndef DROVER_LOG_LOG_OVERRIDE_H
#define DROVER_LOG_LOG_OVERRIDE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/report.h"
#include "base/span.h"
#include "conf/conf.h"

/*
 * words: arguments of LogLevel, separated by spaces, or "reset" alone.  What
 * was set before is forgotten.  -1 with err: nothing has changed.
 */
int log_override_set(
    const struct server_conf *, struct span words, struct err *);
/* Forgets what was set for another configuration than this. */
void log_override_follow(const struct server_conf *);

/* The level of a room, if it was set. */
bool log_override_level(const char *room, enum report_level *level_r);
/* The words by which they were set; NULL: they were not. */
const char *log_override_words(void);
/* The least urgent level of any room, where configured is that of the
 * configuration. */
enum report_level log_override_max(enum report_level configured);

#endif

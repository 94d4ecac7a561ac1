/* SPDX-License-Identifier: BSD-2-Clause */
/* systemd's journal, which reads what services write to standard error. */
#ifndef DROVER_OS_JOURNAL_H
#define DROVER_OS_JOURNAL_H

#include <stdbool.h>

/*
 * Whether the descriptor is the stream that JOURNAL_STREAM in the environment
 * names (systemd.exec(5)): then a line may begin with "<3>", its severity, and
 * needs no time.  The variable alone does not say so: it is inherited by those
 * whose output goes elsewhere.
 */
bool journal_reads(int fd);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which descriptors a process keeps.  A forked child inherits all of the
 * master's: listeners, logs, other children's channels.  It names those that
 * it needs and loses the rest, so none is passed on by being forgotten.
 */
#ifndef DROVER_MASTER_DESCRIPTORS_H
#define DROVER_MASTER_DESCRIPTORS_H

#include <stddef.h>

/*
 * Closes all descriptors above 2 but those listed, in any order (the list is
 * sorted here; numbers below 3 in it do no harm).  NULL with count 0: all.
 */
void descriptors_keep(int *keep, size_t count);

#endif

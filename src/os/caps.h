/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities: root's power in pieces, of which most are never needed. */
#ifndef DROVER_OS_CAPS_H
#define DROVER_OS_CAPS_H

#include <stdint.h>

/* A set, by the kernel's numbers. */
#define CAPS_BIT(number) (UINT64_C(1) << (number))

/*
 * Gives up for good what is not in the set.  The first is about what could be
 * had again by executing a program, which takes CAP_SETPCAP: without that
 * nothing changes.  The second is about the process itself; -1 with errno.
 */
void caps_limit_executed(uint64_t keep);
int caps_limit(uint64_t keep);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Who listens on an address that we cannot have: for a message only. */
#ifndef DROVER_NET_PORT_HOLDER_H
#define DROVER_NET_PORT_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/addr.h"

struct port_holder {
	pid_t pid;
	char command[32]; /* as ps shows it */
};

/*
 * Looks through /proc, as far as this user may.  False: not to be found.  Of
 * several processes that share the socket the one above the others is named.
 */
bool port_holder_find(const struct addr *, struct port_holder *);

#endif

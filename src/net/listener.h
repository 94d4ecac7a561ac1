/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening sockets: opened once by the master (or adopted by name from who
 * ran before), shared with workers by fork.  Rows: ListenBacklog,
 * AcceptFilter.
 */
#ifndef DROVER_NET_LISTENER_H
#define DROVER_NET_LISTENER_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/err.h"
#include "conf/conf.h"

extern const struct conf_section listener_section;

struct listener {
	char name[ADDR_TEXT_SIZE];	/* "0.0.0.0:80", "[::]:80" */
	struct addr addr;		/* as bound: a real port for port 0 */
	int fd;				/* non-blocking, CLOEXEC, owned */
};

struct listener_set {
	struct listener *listeners;	/* owned */
	size_t count;
};

/*
 * Opens every Listen of the configuration; one with a name that old (may be
 * NULL) has is taken from there (its descriptor is duplicated, so that either
 * set can be closed alone).  SO_REUSEADDR, IPV6_V6ONLY; "Listen 80" where the
 * machine has no IPv6 is IPv4 alone.  A port in use is tried again for a
 * second; then err names the address and, where /proc tells, who holds it.
 * -1: nothing is left open.
 */
int listener_set_open(struct listener_set *, const struct server_conf *,
    const struct listener_set *old, struct err *);
void listener_set_close(struct listener_set *);
const struct listener *listener_find(const struct listener_set *,
    const char *name);
/*
 * From now on SYNs are dropped, handshakes under way still finish: after 30 ms
 * of grace everybody who has connected can be accepted, and the listener be
 * closed without a reset.
 */
void listener_refuse_new(const struct listener *);
/* Takes that back. */
void listener_refuse_undo(const struct listener *);
/* Finds out how SYNs can be dropped here; done by listener_set_open. */
void listener_refuse_prepare(void);

/*
 * For every accepted socket: where a filter is not allowed, refusing leaves a
 * mark on those that come of the last handshakes.
 */
extern bool listener_refuses_by_ttl;
void listener_free_accepted(const struct listener *, int fd);
static inline void
listener_accepted(const struct listener *l, int fd)
{
	if (listener_refuses_by_ttl)
		listener_free_accepted(l, fd);
}

#endif

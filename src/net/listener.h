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
	char name[ADDR_TEXT_SIZE]; /* "0.0.0.0:80", "[::]:80" */
	struct addr addr;	   /* as bound: a real port for port 0 */
	int fd;			   /* non-blocking, CLOEXEC, owned */
	bool kept;		   /* a service manager has it open too:
				    * without a Listen it is spare */
	bool leaving;		   /* the next master has no Listen for
				    * it */
};

struct listener_set {
	struct listener *listeners; /* owned */
	size_t count;
	struct listener *spare; /* owned; nobody accepts on them */
	size_t spare_count;
};

/*
 * Opens every Listen of the configuration; one with a name that old (may be
 * NULL) has is taken from there (its descriptor is duplicated, so that either
 * set can be closed alone), spare ones too; those of old that are kept and have
 * no Listen now become spare.  One for both families ("[::]:80" that takes
 * IPv4 as well, a service manager's) stands for "0.0.0.0:80", too.
 * SO_REUSEADDR, IPV6_V6ONLY; "Listen 80" where the machine has no IPv6 is IPv4
 * alone.  A port that old has on another address is not in use (0.0.0.0:80
 * becomes 127.0.0.1:80).  One in use is tried again for a second; then err
 * names the address and, where /proc tells, who holds it.  -1: nothing is left
 * open.
 */
int listener_set_open(struct listener_set *, const struct server_conf *,
    const struct listener_set *old, struct err *);
/*
 * Sockets that were taken from old are as they were until this: ListenBacklog
 * and AcceptFilter are those of the configuration from now on, and nobody is
 * refused any more.
 */
void listener_set_configure(
    const struct listener_set *, const struct server_conf *);
void listener_set_close(struct listener_set *);
const struct listener *listener_find(
    const struct listener_set *, const char *name);
/*
 * Adds a socket that somebody else has opened; it is owned from then on.  name
 * NULL: that of its address.  -1 with err: it is none that listens for TCP,
 * or there is no memory; it stays open and the caller's.
 */
int listener_set_add(
    struct listener_set *, int fd, const char *name, bool kept, struct err *);
/*
 * From now on SYNs are dropped, handshakes under way still finish: after 30 ms
 * of grace everybody who has connected can be accepted, and the listener be
 * closed without a reset.
 */
void listener_refuse_new(const struct listener *);
/*
 * Puts right what a worker that was taken over may have done to the sockets,
 * which are everybody's.  None of them refuses.
 */
void listener_set_mend(const struct listener_set *, const struct server_conf *);
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

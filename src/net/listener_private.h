/* SPDX-License-Identifier: BSD-2-Clause */
/* What listener.c asks of the sets of listeners. */
#ifndef DROVER_NET_LISTENER_PRIVATE_H
#define DROVER_NET_LISTENER_PRIVATE_H

#include "net/listener.h"

/* Not in every libc's headers. */
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

/* A listening socket's address is the kernel's to say; -1 with errno: fd stays
 * the caller's. */
int listener_fill(struct listener *, int fd, const char *name, bool kept);
/* Of either list; NULL: none, or no set. */
const struct listener *listener_known(
    const struct listener_set *, const char *name);
/* True if a socket for both families is there that another Listen names. */
bool listener_is_covered(const struct listener_set *old,
    const struct server_conf *, const struct listen_conf *);
/* Puts right what a worker may have done to it. */
void listener_mend(const struct listener *, int backlog);
/* Takes listener_refuse_new() back, but for AcceptFilter. */
void listener_refuse_undo(const struct listener *);
/* What is kept of old and is not in set; -1 with err. */
int listener_keep_spare(
    struct listener_set *, const struct listener_set *old, struct err *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host calls itself: in URLs that lead back to it, and in logs.  By
 * ServerName, or as the client does: UseCanonicalName.
 */
#ifndef DROVER_HTTP_CANONICAL_H
#define DROVER_HTTP_CANONICAL_H

#include <stdint.h>

#include "base/addr.h"
#include "base/span.h"

struct exchange;

/* Of ServerName, the host's or else the main server's; empty: neither has one,
 * and the address has to do. */
struct span canonical_name(const struct exchange *);
/* The port of ServerName, else that of its scheme: %p. */
uint16_t canonical_port(const struct exchange *);
/* The port in a URL that leads back to the host: the client's, or as
 * UseCanonicalName and UseCanonicalPhysicalPort say. */
uint16_t canonical_url_port(const struct exchange *);
/* The name to be used for this request as the client wrote it, empty where
 * canonical_name is to be used: it gave none, or UseCanonicalName is On. */
struct span canonical_client_name(const struct exchange *);

/* Of these the one to be used, or else the address, as it stands in a URL, IPv6
 * in brackets; in scratch or borrowed. */
struct span canonical_used_name(
    const struct exchange *, char scratch[ADDR_TEXT_SIZE]);

/*
 * Where a path of this host is: a path still, which a client completes by the
 * name and the port that it has used, or a URL where the server is to say them
 * (UseCanonicalName, UseCanonicalPhysicalPort).  ptr NULL without memory.
 */
struct span canonical_location(struct exchange *, struct span path);

#endif

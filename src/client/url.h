/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The URL of a request (RFC 3986), and what a Location means against it.
 * Pure.  http:// is all that can be asked for; it may be left out.
 */
#ifndef DROVER_CLIENT_URL_H
#define DROVER_CLIENT_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "client/outcome.h"

struct url {
	struct span host;     /* in brackets if IPv6 */
	uint16_t port;	      /* 80 unless given */
	bool port_given;      /* then it is named in Host too */
	struct span userinfo; /* as it stands, maybe empty */
	struct span target;   /* path and query, from "/" on */
	char *text;	      /* owned: what the spans borrow from */
};

/*
 * The target is sent as it is written ("/../" too), but bytes that have no
 * place in a request line are percent-encoded; the fragment is left out.
 * OUTCOME_URL for what is malformed, OUTCOME_PROTOCOL for another scheme;
 * url is then as after url_release().
 */
enum outcome url_parse(struct url *, struct span text, struct err *);
/*
 * A reference (the value of Location) resolved against base (RFC 3986, 5.2).
 * url is not base.
 */
enum outcome url_resolve(struct url *url, const struct url *base,
    struct span reference, struct err *);
void url_release(struct url *);

/* True when both are the same host and port. */
bool url_same_server(const struct url *, const struct url *);
/* The last segment of the path, without the query; may be empty. */
struct span url_file_name(const struct url *);

#endif

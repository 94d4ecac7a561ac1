/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request target (RFC 9112, 3.2; RFC 3986): taken apart, decoded once,
 * normalised.  Pure.  Nothing below ever sees a path with a NUL, a ".."
 * segment or an encoded slash.
 */
#ifndef DROVER_HTTP_URI_H
#define DROVER_HTTP_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum uri_form {
	URI_ORIGIN,	/* /path?query */
	URI_ABSOLUTE,	/* http://host/path?query */
	URI_AUTHORITY,	/* host:port, CONNECT only */
	URI_ASTERISK,	/* *, OPTIONS only */
};

struct uri {
	enum uri_form form;
	struct span raw_path;	/* as received, from the first "/" to "?" */
	struct span path;	/* decoded, dot segments removed, "//" merged;
				 * begins with "/"; the very bytes of raw_path
				 * if that has no escape, "//" or "/." */
	struct span query;	/* behind "?", as received; empty: none */
	bool has_query;
	struct span host;	/* of absolute and authority form, lower case
				 * is not implied; without port and brackets
				 * kept for IPv6 */
	uint16_t port;		/* 0: none given */
};

/*
 * Parses a target.  connect: the method is CONNECT (authority form), options:
 * it is OPTIONS (asterisk form allowed).  Returns 0 or the status to send:
 * 400 for bad escapes in the path, %00, control bytes, raw non-ASCII, "#", a
 * path above the root, a bad or empty host, CONNECT without a port; 404 for %2F (AllowEncodedSlashes Off); 500 without
 * memory.  Schemes http and https, any case; another is 400.  Userinfo in an
 * absolute target is 400 (RFC 9110, 4.2.4).
 */
int uri_parse_target(struct uri *, struct arena *, struct span target,
    bool connect, bool options);

/*
 * A Host value: uri-host [":" port] (RFC 9110, 7.2; RFC 3986, 3.2.2): a
 * registered name, IPv4, "[" IPv6 or IPvFuture "]".  Empty is valid, a port
 * alone is not.  The host without port (brackets kept) in *host_r.
 */
bool uri_parse_host(struct span value, struct span *host_r, uint16_t *port_r);

/* %XX decoded once into to (room for from.len); -1 for a bad escape or %00. */
long uri_decode(struct span from, char *to);

#endif

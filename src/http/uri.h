/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request target (RFC 9112, 3.2; RFC 3986): taken apart, decoded once,
 * normalised.  Pure.  Nothing below ever sees a path with a NUL or a dot
 * segment.
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

/* What is done with "%2F" in a path: no server can know what it means. */
enum encoded_slashes {
	ENCODED_SLASHES_REFUSED,	/* 404 */
	ENCODED_SLASHES_DECODED,	/* to "/", like any other */
	ENCODED_SLASHES_KEPT,		/* as "%2F" */
};

/* Of a virtual host. */
struct uri_rules {
	enum encoded_slashes encoded_slashes;
	bool merge_slashes;		/* "//" is "/" */
};

struct uri {
	enum uri_form form;
	bool secure;			/* absolute form, scheme https */
	struct span raw_path;	/* as received, from the first "/" to "?" */
	struct span path;	/* decoded, dot segments removed, "//" merged;
				 * begins with "/"; the very bytes of raw_path
				 * if that has no escape, "//" or "/.", else
				 * empty until uri_normalise */
	struct span query;	/* behind "?", as received; empty: none */
	bool has_query;
	struct span host;	/* of absolute and authority form, lower case
				 * is not implied; without port and brackets
				 * kept for IPv6 */
	uint16_t port;		/* 0: none given */
};

/*
 * Takes a target apart.  connect: the method is CONNECT (authority form),
 * options: it is OPTIONS (asterisk form allowed).  Returns 0, or 400: control
 * bytes, raw non-ASCII, "#", a bad or empty host, CONNECT without a port, a
 * scheme other than http and https (any case), userinfo in an absolute target
 * (RFC 9110, 4.2.4).
 */
int uri_parse_target(struct uri *, struct span target, bool connect,
    bool options);

/* True if path is what it will be: uri_normalise has nothing to do. */
static inline bool
uri_is_normal(const struct uri *uri)
{
	return uri->path.len > 0 || uri->raw_path.len == 0;
}

/*
 * Decodes and normalises the path by the rules of its host.  Returns 0 or the
 * status to send: 400 for bad escapes, %00 and a path above the root, 404 for
 * %2F that is refused, 500 without memory.
 */
int uri_normalise(struct uri *, struct arena *, const struct uri_rules *);

/*
 * A Host value: uri-host [":" port] (RFC 9110, 7.2; RFC 3986, 3.2.2): a
 * registered name, IPv4, "[" IPv6 or IPvFuture "]".  Empty is valid, a port
 * alone is not.  The host without port (brackets kept) in *host_r.
 */
bool uri_parse_host(struct span value, struct span *host_r, uint16_t *port_r);

/* %XX decoded once into to (room for from.len); -1 for a bad escape or %00. */
long uri_decode(struct span from, char *to);

#endif

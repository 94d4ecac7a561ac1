/* SPDX-License-Identifier: BSD-2-Clause */
/* The proxies that RemoteIP... trusts. */
#ifndef DROVER_HANDLERS_REMOTEIP_H
#define DROVER_HANDLERS_REMOTEIP_H

#include "base/subnet.h"
#include "conf/directive.h"

struct proxy {
	struct subnet subnet;
	bool internal;
};

struct proxy_list {
	const struct proxy *proxies;
	size_t count;
};

/* directive.parse of a list: adds the arguments, or what stands in a file:
 * addresses with spaces and line ends between, "#" and what follows is a
 * comment. */
directive_parse proxy_list_parse;
directive_parse proxy_list_parse_file;
/* The first one that has the address tells *internal_r; of an empty list
 * anybody is a proxy, and not internal. */
bool proxy_list_has(
    const struct proxy_list *, const struct addr *, bool *internal_r);
/* What is of no use to others: RFC 1918, loopback, link-local, and of IPv6 all
 * that is not 2000::/3. */
bool proxy_address_is_private(const struct addr *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses with ports in the forms of the configuration.  No name is looked
 * up: what a server listens on must not depend on a resolver at boot.
 */
#include "config.h"

#include "base/number.h"
#include "conf/address.h"

int
address_parse_port(struct span text, uint16_t *port_r, struct err *err)
{
	uint64_t port;

	switch (number_parse(text, UINT16_MAX, &port)) {
	case NUMBER_OK:
		if (port > 0) {
			*port_r = (uint16_t)port;
			return 0;
		}
		/* fallthrough */
	case NUMBER_RANGE:
		return err_set(err,
		    "port %.*s is out of range: from 1 to "
		    "65535",
		    SPAN_ARG(text));
	case NUMBER_BAD:
		break;
	}
	return err_set(err, "\"%.*s\" is not a port", SPAN_ARG(text));
}

/*
 * Cuts "host:port" in two; port is empty where there is none.  A bare IPv6
 * address (more than one colon, no brackets) is all host.
 */
static void
split(struct span text, struct span *host_r, struct span *port_r)
{
	size_t colon = span_find_last(text, ':');
	size_t bracket = span_find_last(text, ']');

	*host_r = text;
	*port_r = span_of(text.ptr + text.len, 0);
	if (colon == text.len)
		return;
	if (bracket < text.len ? bracket > colon
			       : span_find(text, ':') != colon)
		return;
	host_r->len = colon;
	*port_r = span_skip(text, colon + 1);
}

static bool
is_any(struct span host)
{
	return span_is(host, "*") || span_is_nocase(host, "_default_");
}

static int
parse_ip(struct span host, uint16_t port, struct addr *addr, struct err *err)
{
	if (host.len > 0 && host.ptr[0] != '[' &&
	    span_find(host, ':') < host.len)
		return err_set(err,
		    "an IPv6 address stands in brackets: "
		    "[%.*s]",
		    SPAN_ARG(host));
	if (addr_parse(host, port, addr))
		return 0;
	return err_set(err,
	    "\"%.*s\" is not an IP address (names are not "
	    "looked up here)",
	    SPAN_ARG(host));
}

static void
set_any(struct listen_address *to, uint16_t port)
{
	addr_parse(span_str("0.0.0.0"), port, &to->addr[0]);
	addr_parse(span_str("::"), port, &to->addr[1]);
	to->count = 2;
}

/* A port and nothing else, even if it is none: "80", "eighty". */
static bool
is_port_only(struct span text)
{
	return span_find(text, '.') == text.len &&
	       span_find(text, ':') == text.len && !is_any(text);
}

static int
without_port(struct span all, struct span host, struct err *err)
{
	bool bare = host.len > 0 && host.ptr[0] != '[' &&
		    span_find(host, ':') < host.len;

	if (bare)
		return err_set(err,
		    "an IPv6 address stands in brackets: [%.*s]:port",
		    SPAN_ARG(host));
	if (span_starts(host, "[") && span_find(host, ']') == host.len)
		return err_set(err, "the ] behind the address is missing");
	return err_set(err, "\"%.*s\" has no port: write %.*s:80",
	    SPAN_ARG(all), SPAN_ARG(host));
}

int
address_parse_listen(
    const char *text, struct listen_address *to, struct err *err)
{
	struct span all = span_str(text), host, port_text;
	uint16_t port;

	split(all, &host, &port_text);
	if (is_port_only(all)) {
		host = span_str("*");
		port_text = all;
	} else if (port_text.len == 0) {
		return without_port(all, host, err);
	}
	if (address_parse_port(port_text, &port, err) == -1)
		return -1;
	if (is_any(host)) {
		set_any(to, port);
		return 0;
	}
	to->count = 1;
	return parse_ip(host, port, &to->addr[0], err);
}

int
address_parse_host(const char *text, struct addr *addr, struct err *err)
{
	struct span all = span_str(text), host, port_text;
	uint16_t port = 0;

	split(all, &host, &port_text);
	if (host.len < all.len && !span_is(port_text, "*") &&
	    address_parse_port(port_text, &port, err) == -1)
		return -1;
	if (is_any(host))
		host = span_str("0.0.0.0");
	if (host.len > 0 && strspn(text, "0123456789") == strlen(text))
		return err_set(
		    err, "a port stands behind an address: *:%s", text);
	return parse_ip(host, port, addr, err);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts as they stand in a Host field or a target (RFC 3986, 3.2.2 and 3.2.3).
 * Only the form is checked here; which site it is, if any, is conf/'s.
 */
#include "config.h"

#include <arpa/inet.h>

#include "base/number.h"
#include "http/uri.h"

/* unreserved or sub-delims (RFC 3986, 2.2 and 2.3). */
static bool
is_name_char(char c)
{
	static const char marks[] = "-._~!$&'()*+,;=";
	char letter = (char)(c | 0x20);

	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
	       memchr(marks, c, sizeof(marks) - 1) != NULL;
}

/* An IPv4 address has the form of a name as well. */
static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_name_char(s.ptr[i]))
			continue;
		if (s.ptr[i] != '%' || s.len - i < 3 ||
		    number_hex_digit(s.ptr[i + 1]) < 0 ||
		    number_hex_digit(s.ptr[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
}

/* Without a zone: RFC 6874 wants none from a browser. */
static bool
is_ipv6(struct span s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	return memchr(s.ptr, '\0', s.len) == NULL &&
	       span_copy(s, text, sizeof(text)) &&
	       inet_pton(AF_INET6, text, &addr) == 1;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool
is_ip_future(struct span s)
{
	size_t dot = span_find(s, '.');

	if (dot < 2 || dot + 1 >= s.len || (s.ptr[0] | 0x20) != 'v')
		return false;
	for (size_t i = 1; i < dot; i++)
		if (number_hex_digit(s.ptr[i]) < 0)
			return false;
	for (size_t i = dot + 1; i < s.len; i++)
		if (!is_name_char(s.ptr[i]) && s.ptr[i] != ':')
			return false;
	return true;
}

/* What stands between brackets. */
static bool
is_literal(struct span s)
{
	return s.len > 0 && (is_ipv6(s) || is_ip_future(s));
}

/* ":" *DIGIT, or nothing. */
static bool
parse_port(struct span s, uint16_t *port_r)
{
	uint64_t port = 0;

	if (s.len > 0 && s.ptr[0] != ':')
		return false;
	if (s.len > 1 &&
	    number_parse(span_skip(s, 1), UINT16_MAX, &port) != NUMBER_OK)
		return false;
	*port_r = (uint16_t)port;
	return true;
}

bool
uri_parse_host(struct span value, struct span *host_r, uint16_t *port_r)
{
	struct span host = value;

	if (value.len > 0 && value.ptr[0] == '[') {
		host.len = span_find(value, ']') + 1;
		if (host.len > value.len ||
		    !is_literal(span_of(host.ptr + 1, host.len - 2)))
			return false;
	} else {
		host.len = span_find(value, ':');
		if (!is_name(host))
			return false;
	}
	/* A port of no host is a mistake, though the grammar has it. */
	if ((host.len == 0 && value.len > 0) ||
	    !parse_port(span_skip(value, host.len), port_r))
		return false;
	*host_r = host;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket addresses and their text.  Printing makes no system call, so a
 * sandboxed worker may print any peer: a scope is printed as its number.
 */
#include "config.h"

#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "base/number.h"

static void
set_v4(struct addr *a, struct in_addr ip, uint16_t port)
{
	memset(a, 0, sizeof(*a));
	a->v4.sin_family = AF_INET;
	a->v4.sin_port = htons(port);
	a->v4.sin_addr = ip;
	a->len = sizeof(a->v4);
}

/* A mapped address becomes the IPv4 address that it stands for. */
static void
set_v6(struct addr *a, const struct in6_addr *ip, uint16_t port, uint32_t scope)
{
	struct in_addr mapped;

	if (IN6_IS_ADDR_V4MAPPED(ip)) {
		memcpy(&mapped, &ip->s6_addr[12], sizeof(mapped));
		set_v4(a, mapped, port);
		return;
	}
	memset(a, 0, sizeof(*a));
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = htons(port);
	a->v6.sin6_addr = *ip;
	a->v6.sin6_scope_id = scope;
	a->len = sizeof(a->v6);
}

/* A scope's number, or an interface's name; 0 if there is no such. */
static uint32_t
parse_scope(struct span text)
{
	char name[IF_NAMESIZE];
	uint64_t number;

	if (number_parse(text, UINT32_MAX, &number) == NUMBER_OK)
		return (uint32_t)number;
	return span_copy(text, name, sizeof(name)) ? if_nametoindex(name) : 0;
}

/* A scope is refused where it would mean nothing (RFC 4007, 6). */
static bool
parse_v6(struct span text, uint16_t port, struct addr *addr_r)
{
	char ip_text[INET6_ADDRSTRLEN];
	size_t percent = span_find(text, '%');
	struct in6_addr ip;
	uint32_t scope = 0;

	if (!span_copy(span_of(text.ptr, percent), ip_text, sizeof(ip_text)) ||
	    inet_pton(AF_INET6, ip_text, &ip) != 1)
		return false;
	if (percent < text.len) {
		if (!IN6_IS_ADDR_LINKLOCAL(&ip) &&
		    !IN6_IS_ADDR_MC_LINKLOCAL(&ip))
			return false;
		scope = parse_scope(span_skip(text, percent + 1));
		if (scope == 0)
			return false;
	}
	set_v6(addr_r, &ip, port, scope);
	return true;
}

bool
addr_parse(struct span text, uint16_t port, struct addr *addr_r)
{
	char ip_text[INET_ADDRSTRLEN];
	struct in_addr ip;

	/* inet_pton would take a NUL for the end. */
	if (span_find(text, '\0') < text.len)
		return false;
	if (text.len >= 2 && text.ptr[0] == '[' &&
	    text.ptr[text.len - 1] == ']')
		return parse_v6(
		    span_of(text.ptr + 1, text.len - 2), port, addr_r);
	if (span_find(text, ':') < text.len)
		return parse_v6(text, port, addr_r);
	if (!span_copy(text, ip_text, sizeof(ip_text)) ||
	    inet_pton(AF_INET, ip_text, &ip) != 1)
		return false;
	set_v4(addr_r, ip, port);
	return true;
}

void
addr_set(struct addr *a, const struct sockaddr *from, socklen_t len)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	/* Copied before use: from may be a sockaddr_storage on any boundary,
	 * or a itself. */
	if (len >= (socklen_t)sizeof(v4) && from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
		set_v4(a, v4.sin_addr, ntohs(v4.sin_port));
	} else if (len >= (socklen_t)sizeof(v6) &&
		   from->sa_family == AF_INET6) {
		memcpy(&v6, from, sizeof(v6));
		set_v6(a, &v6.sin6_addr, ntohs(v6.sin6_port), v6.sin6_scope_id);
	} else {
		memset(a, 0, sizeof(*a));
	}
}

static size_t
print_v4(const struct addr *a, char *to)
{
	const unsigned char *ip = (const unsigned char *)&a->v4.sin_addr;
	size_t len = 0;
	int i;

	for (i = 0; i < 4; i++) {
		if (i > 0)
			to[len++] = '.';
		len += number_print(to + len, ip[i]);
	}
	to[len] = '\0';
	return len;
}

static size_t
print_v6(const struct addr *a, char *to)
{
	size_t len;

	/* Cannot fail: ADDR_TEXT_SIZE is more than INET6_ADDRSTRLEN. */
	inet_ntop(AF_INET6, &a->v6.sin6_addr, to, INET6_ADDRSTRLEN);
	len = strlen(to);
	if (a->v6.sin6_scope_id != 0) {
		to[len++] = '%';
		len += number_print(to + len, a->v6.sin6_scope_id);
		to[len] = '\0';
	}
	return len;
}

static size_t
print_ip(const struct addr *a, char *to)
{
	if (a->len == 0) {
		memcpy(to, "-", 2);
		return 1;
	}
	return a->any.sa_family == AF_INET ? print_v4(a, to) : print_v6(a, to);
}

size_t
addr_print_ip(const struct addr *a, char to[ADDR_TEXT_SIZE])
{
	return print_ip(a, to);
}

size_t
addr_print(const struct addr *a, char to[ADDR_TEXT_SIZE])
{
	bool brackets = a->len != 0 && a->any.sa_family == AF_INET6;
	size_t len;

	if (a->len == 0)
		return print_ip(a, to);
	if (brackets)
		to[0] = '[';
	len = brackets + print_ip(a, to + brackets);
	if (brackets)
		to[len++] = ']';
	to[len++] = ':';
	len += number_print(to + len, addr_port(a));
	to[len] = '\0';
	return len;
}

uint16_t
addr_port(const struct addr *a)
{
	if (a->len == 0)
		return 0;
	return ntohs(
	    a->any.sa_family == AF_INET ? a->v4.sin_port : a->v6.sin6_port);
}

bool
addr_is_any(const struct addr *a)
{
	if (a->len == 0)
		return false;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
}

bool
addr_equal_ip(const struct addr *a, const struct addr *b)
{
	if (a->len != b->len || a->any.sa_family != b->any.sa_family)
		return false;
	if (a->len == 0)
		return true;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr) &&
	       a->v6.sin6_scope_id == b->v6.sin6_scope_id;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_equal_ip(a, b) && addr_port(a) == addr_port(b);
}

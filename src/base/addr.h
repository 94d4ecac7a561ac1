/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket addresses: IPv4, IPv6 and their text.  An IPv4-mapped IPv6 address
 * (a client on a dual-stack socket) is treated as the IPv4 address it is.
 */
#ifndef DROVER_BASE_ADDR_H
#define DROVER_BASE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/span.h"

struct addr {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;	/* 0: no address */
};

/* Room for "[v6%scope]:port" and a NUL. */
#define ADDR_TEXT_SIZE 80

/*
 * A literal address ("127.0.0.1", "::1", "[::1]"), no name; port in host
 * order.  The scope of a link-local one may be an interface's name, which the
 * kernel is asked for: not for what a peer sends.
 */
bool addr_parse(struct span text, uint16_t port, struct addr *addr_r);
/* Takes over a kernel's answer; mapped addresses become IPv4. */
void addr_set(struct addr *, const struct sockaddr *, socklen_t);
/* "127.0.0.1" or "::1" with a NUL; returns its length. */
size_t addr_print_ip(const struct addr *, char to[ADDR_TEXT_SIZE]);
/* "127.0.0.1:80" or "[::1]:80" with a NUL; returns its length. */
size_t addr_print(const struct addr *, char to[ADDR_TEXT_SIZE]);
uint16_t addr_port(const struct addr *);
bool addr_is_any(const struct addr *);		/* 0.0.0.0 or :: */
bool addr_equal(const struct addr *, const struct addr *);
bool addr_equal_ip(const struct addr *, const struct addr *);

#endif

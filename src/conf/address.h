/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses as Listen and <VirtualHost> write them. */
#ifndef DROVER_CONF_ADDRESS_H
#define DROVER_CONF_ADDRESS_H

#include "base/addr.h"
#include "base/err.h"

/* What a Listen names. */
struct listen_address {
	struct addr addr[2];	/* the second: IPv6 beside IPv4 */
	int count;
};

/* "80", "*:80", "1.2.3.4:80", "[::1]:80"; a port from 1 to 65535. */
int address_parse_listen(const char *text, struct listen_address *,
    struct err *);
/*
 * "*", "*:80", "_default_:80", "1.2.3.4", "[::1]:80": any address for "*",
 * port 0 where none, or "*", is given.
 */
int address_parse_host(const char *text, struct addr *, struct err *);
/* A port in decimal, from 1. */
int address_parse_port(struct span text, uint16_t *port_r, struct err *);

#endif

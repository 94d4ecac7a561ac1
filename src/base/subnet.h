/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of addresses as access rules write them. */
#ifndef DROVER_BASE_SUBNET_H
#define DROVER_BASE_SUBNET_H

#include "base/addr.h"
#include "base/err.h"

struct subnet {
	bool v6;
	uint8_t address[16];	/* 4 bytes of an IPv4 one; masked */
	uint8_t mask[16];
};

/*
 * "10.1.2.3", "2001:db8::1", the first octets of an IPv4 address ("10.1",
 * "10.1."), or an address with bits or with a mask behind it: "10.1.0.0/16",
 * "10.1.0.0/255.255.0.0", "2001:db8::/32".  What a mask leaves out of the
 * address does not count.  -1 with err.
 */
int subnet_parse(struct span text, struct subnet *subnet_r, struct err *);
/* 127.0.0.1 and ::1. */
extern const struct subnet subnet_localhost[2];

bool subnet_has(const struct subnet *, const struct addr *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rule by which workers share connections.  64 kept-alive connections on
 * 8 workers are 8 each; with the rule none takes more than 12.  It is pure.
 */
#include "config.h"

#include "worker/accept.h"

bool
balance_holds_back(unsigned own, double mean, unsigned patience)
{
	double few = 2 + mean / 8;

	/* Each fruitless turn of patience doubles what may be taken. */
	return own >=
	       mean + few * (double)(1u << (patience > 16 ? 16 : patience));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rule by which workers share connections.  64 kept-alive connections on
 * 8 workers are 8 each; with the rule none takes more than 12.  It is pure.
 */
#include "config.h"

#include "worker/accept.h"

/* Others may be slow to wake: patience is doubled after so many holds, of a
 * millisecond each, that brought nothing. */
#define HOLDS_A_STEP 8
/* Beyond, patience is more than any number of connections. */
#define STEPS_MAX 16

static bool
has_more(unsigned own, double mean, unsigned steps)
{
	double few = 2 + mean / 8;

	return own >= mean + few * (double)(1u << steps);
}

bool
balance_hold(struct balance *b, unsigned own, double mean, unsigned workers)
{
	double others = mean * workers - own;
	unsigned steps;

	if (workers < 2 || !has_more(own, mean, 0)) {
		*b = (struct balance){ 0, others };
		return false;
	}
	if (others > b->others)
		b->fruitless = 0;
	b->others = others;
	steps = b->fruitless / HOLDS_A_STEP;
	if (steps > STEPS_MAX || !has_more(own, mean, steps))
		return false;
	b->fruitless++;
	return true;
}

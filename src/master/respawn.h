/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a place stays empty after its process ended, so that one that
 * cannot live does not burn the machine, and one that was merely killed is
 * back at once.
 */
#ifndef DROVER_MASTER_RESPAWN_H
#define DROVER_MASTER_RESPAWN_H

#include <stdbool.h>
#include <stdint.h>

/* A process that lived shorter may die of what it does. */
#define RESPAWN_SHORT_MS 1000

enum respawn_cause {
	RESPAWN_STARTING, /* died before it said that it serves */
	RESPAWN_UNUSED,	  /* killed before it finished a request */
	RESPAWN_SHORT,	  /* finished some, but lived shorter */
	RESPAWN_USED,	  /* any other end */
};

/* One for each place; zeroed at first. */
struct respawn {
	bool begun;		  /* there was a death */
	enum respawn_cause cause; /* of the last one */
	int64_t delay_ms;	  /* that it was given */
};

/*
 * The delay for this death: 1 s doubling to 60 s while it dies in start-up,
 * 50 ms doubling to 500 ms while it is killed unused, else 0.  One that did
 * its work and was killed all the same is back at once, but not when that
 * comes in a row of such deaths: then it waits as one killed unused.
 */
int64_t respawn_delay(struct respawn *, enum respawn_cause);

#endif

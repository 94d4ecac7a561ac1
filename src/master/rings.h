/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings of all producers.  The master keeps the memory of each until the
 * logger has taken the last line out of it, whoever of the two dies before.
 */
#ifndef DROVER_MASTER_RINGS_H
#define DROVER_MASTER_RINGS_H

#include <stdint.h>

enum ring_state {
	RING_FREE,
	RING_LIVE, /* its producer lives */
	RING_DEAD, /* its producer was reaped, the logger still reads */
};

struct ring {
	enum ring_state state;
	int fd;		     /* owned unless free */
	uint64_t generation; /* of its producer */
};

struct rings {
	struct ring *rings; /* owned; by number */
	unsigned count;
};

/* A new ring: its number, or -1 with errno. */
int rings_take(struct rings *, uint64_t generation);
/* The logger is done with it. */
void rings_free(struct rings *, unsigned number);
void rings_release(struct rings *);

#endif

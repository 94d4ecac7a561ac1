/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and memory of log rings; who is told of them is not known here. */
#include "config.h"

#include "master/rings.h"

#include <stdlib.h>
#include <unistd.h>

#include "ipc/log_ring.h"

static int
grow(struct rings *r)
{
	unsigned count = r->count == 0 ? 16 : 2 * r->count, i;
	struct ring *more = reallocarray(r->rings, count, sizeof(*more));

	if (more == NULL)
		return -1;
	for (i = r->count; i < count; i++)
		more[i] = (struct ring){ .state = RING_FREE, .fd = -1 };
	r->rings = more;
	r->count = count;
	return 0;
}

int
rings_take(struct rings *r, uint64_t generation)
{
	unsigned number = 0;
	int fd;

	while (number < r->count && r->rings[number].state != RING_FREE)
		number++;
	if (number == r->count && grow(r) < 0)
		return -1;
	fd = log_ring_create();
	if (fd < 0)
		return -1;
	r->rings[number] = (struct ring){
		.state = RING_LIVE, .fd = fd, .generation = generation
	};
	return (int)number;
}

void
rings_free(struct rings *r, unsigned number)
{
	close(r->rings[number].fd);
	r->rings[number] = (struct ring){ .state = RING_FREE, .fd = -1 };
}

void
rings_release(struct rings *r)
{
	unsigned i;

	for (i = 0; i < r->count; i++)
		if (r->rings[i].state != RING_FREE)
			close(r->rings[i].fd);
	free(r->rings);
	*r = (struct rings){ 0 };
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The variable that tells of descriptors: what is taken can be what it says. */
#include "config.h"

#include "fuzz.h"
#include "master/inherit.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inherit_entry entries[INHERIT_MAX];
	int channel = -1, count, i;
	pid_t giver = 0;
	struct err err;

	count = inherit_parse(
	    span_of((const char *)data, size), &giver, &channel, entries, &err);
	if (count < 0)
		return 0;
	CHECK(count <= INHERIT_MAX && giver > 0 && channel >= 3);
	for (i = 0; i < count; i++) {
		CHECK(entries[i].fd >= 3 && entries[i].fd != channel);
		CHECK(entries[i].name[0] > ' ' || entries[i].name[0] < 0);
		CHECK(
		    strnlen(entries[i].name, ADDR_TEXT_SIZE) < ADDR_TEXT_SIZE);
		CHECK(i == 0 || entries[i].fd != entries[i - 1].fd);
	}
	return 0;
}

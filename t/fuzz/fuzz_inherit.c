/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables that tell of descriptors: what is taken can be what they say.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "master/inherit.h"

static void
try_logs(struct span text)
{
	struct inherit_logs logs;
	struct err err;
	size_t i;

	if (inherit_logs_parse(&logs, text, &err) < 0)
		return;
	CHECK(logs.messages[0] == -1 || logs.messages[0] >= 3);
	logs.messages[0] = logs.messages[1] = -1;
	for (i = 0; i < logs.count; i++) {
		struct inherit_pipe *p = &logs.pipes[i];

		CHECK(p->ends[0] >= 3 && p->ends[1] >= 3);
		CHECK(p->ends[0] != p->ends[1]);
		CHECK(p->number < LOG_DEST_MAX);
		CHECK(strlen(p->command) < text.len);
		p->ends[0] = p->ends[1] = -1;
	}
	inherit_logs_release(&logs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inherit_entry entries[INHERIT_MAX];
	int channel = -1, count, i;
	pid_t giver = 0;
	struct err err;

	try_logs(span_of((const char *)data, size));
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* Range: what is granted is there, within its bounds, and once in all. */
#include "config.h"

#include "fuzz.h"
#include "http/range.h"

static void
parse(struct span value, uint64_t length, const struct range_limits *limits)
{
	struct range ranges[8];
	struct range_list list = { ranges, 8, 0 };
	uint64_t sum = 0;
	enum range_result result = range_parse(value, length, limits, &list);

	CHECK(list.count <= 8 && list.count <= range_count_max(value));
	CHECK(result != RANGE_UNSATISFIABLE || list.count == 0);
	CHECK(result != RANGE_SATISFIABLE || list.count > 0);
	for (size_t i = 0; i < list.count; i++) {
		CHECK(ranges[i].first <= ranges[i].last);
		CHECK(ranges[i].last < length);
		sum += ranges[i].last - ranges[i].first + 1;
		CHECK(sum <= length);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t lengths[] = { 0, 1, 10, 5000000000, INT64_MAX };
	static const struct range_limits rows[] = { { 0, 0 }, { 2, 1 },
		{ RANGE_UNLIMITED, RANGE_UNLIMITED } };

	for (size_t i = 0; i < 15; i++)
		parse(span_of((const char *)data, size), lengths[i % 5],
		    &rows[i / 5]);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Accept: of two types at most one is preferred, and none to itself.
 * Accept-Encoding: what is chosen is there, and is chosen again from less. */
#include "config.h"

#include "fuzz.h"
#include "http/accept.h"

static void
check_codings(const struct request *request)
{
	for (unsigned there = 0; there < 1U << CODING_COUNT; there++) {
		struct coding_set set = { there, { 4, 1, 1, 2 } };
		enum coding chosen = accept_coding(request, &set);

		if (chosen == CODING_COUNT) {
			CHECK((there & 1) == 0 ||
			      accept_may_refuse_identity(request));
			continue;
		}
		CHECK((there & 1U << chosen) != 0);
		set.there = 1U << chosen;
		CHECK(accept_coding(request, &set) == chosen);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char json[] = "application/json", html[] = "text/html";
	struct span value = { (const char *)data, size };
	struct field fields[] = {
		{ SPAN("Accept"), value, FIELD_OTHER },
		{ SPAN("Accept-Encoding"), value, FIELD_OTHER },
	};
	struct request request = { 0 };

	request_index(&request, fields, 2);
	CHECK(!accept_prefers(&request, json, html) ||
	      !accept_prefers(&request, html, json));
	CHECK(!accept_prefers(&request, json, json));
	check_codings(&request);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Accept: of two types at most one is preferred, and none to itself. */
#include "config.h"

#include "fuzz.h"
#include "http/accept.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char json[] = "application/json", html[] = "text/html";
	struct field field = { SPAN("Accept"), { (const char *)data, size },
		FIELD_OTHER };
	struct request request = { 0 };

	request_index(&request, &field, 1);
	CHECK(!accept_prefers(&request, json, html) ||
	      !accept_prefers(&request, html, json));
	CHECK(!accept_prefers(&request, json, json));
	return 0;
}

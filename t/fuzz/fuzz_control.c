/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of the control socket: what is taken is a known command in one line
 * of text, and less of it is not yet one. */
#include "config.h"

#include "fuzz.h"
#include "ipc/control.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of((const char *)data, size);
	struct control_request r;
	const char *why = NULL;
	int n = control_request_parse(bytes, &r, &why);

	CHECK(n >= 0 || why != NULL);
	if (n <= 0)
		return 0;
	CHECK((size_t)n == size && data[size - 1] == '\n');
	CHECK(r.command < CONTROL_COMMANDS);
	CHECK(r.argument.len < CONTROL_REQUEST_MAX);
	CHECK(
	    control_request_parse(span_of(bytes.ptr, size - 1), &r, &why) == 0);
	return 0;
}

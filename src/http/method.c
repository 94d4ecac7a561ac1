/* SPDX-License-Identifier: BSD-2-Clause */
/* Request methods: their names both ways, and sets of them as text. */
#include "config.h"

#include "http/method.h"

/* In the order in which Allow lists them. */
static const struct span names[METHOD_COUNT] = {
	[METHOD_UNKNOWN] = SPAN(""),
	[METHOD_GET] = SPAN("GET"),
	[METHOD_HEAD] = SPAN("HEAD"),
	[METHOD_POST] = SPAN("POST"),
	[METHOD_OPTIONS] = SPAN("OPTIONS"),
	[METHOD_PUT] = SPAN("PUT"),
	[METHOD_DELETE] = SPAN("DELETE"),
	[METHOD_PATCH] = SPAN("PATCH"),
	[METHOD_TRACE] = SPAN("TRACE"),
	[METHOD_CONNECT] = SPAN("CONNECT"),
};

enum method
method_find(struct span name)
{
	for (int i = METHOD_GET; i < METHOD_COUNT; i++)
		if (span_equal(names[i], name))
			return (enum method)i;
	return METHOD_UNKNOWN;
}

const char *
method_name(enum method method)
{
	return names[method].ptr;
}

void
method_print_set(unsigned set, struct buf *buf)
{
	const char *separator = "";

	for (int i = METHOD_GET; i < METHOD_COUNT; i++) {
		if ((set & METHOD_BIT(i)) == 0)
			continue;
		buf_add_str(buf, separator);
		buf_add_span(buf, names[i]);
		separator = ", ";
	}
}

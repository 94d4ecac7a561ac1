/* SPDX-License-Identifier: BSD-2-Clause */
/* Request methods (RFC 9110, 9; the registry's common ones). */
#ifndef DROVER_HTTP_METHOD_H
#define DROVER_HTTP_METHOD_H

#include "base/buf.h"
#include "base/span.h"

enum method {
	METHOD_UNKNOWN,		/* any other token: 501 */
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_OPTIONS,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_PATCH,
	METHOD_TRACE,
	METHOD_CONNECT,
	METHOD_COUNT,
};

/* Methods are case-sensitive (RFC 9110, 9.1). */
enum method method_find(struct span);
/* "" for METHOD_UNKNOWN. */
const char *method_name(enum method);

/* A set of methods, for Allow and access rules. */
#define METHOD_BIT(m) (1u << (m))
/* What can be asked of things that are only read. */
#define METHODS_READ                                      \
	(METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD) | \
	    METHOD_BIT(METHOD_OPTIONS))

/* "GET, HEAD, OPTIONS": the value of Allow for the set. */
void method_print_set(unsigned set, struct buf *);

#endif

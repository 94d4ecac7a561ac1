/* SPDX-License-Identifier: BSD-2-Clause */
/* The redirects of RFC 9110, 15.4, as browsers and curl follow them. */
#include "config.h"

#include <string.h>

#include "client/redirect.h"

bool
redirect_applies(int status)
{
	switch (status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return true;
	default:
		return false;
	}
}

const char *
redirect_method(int status, const char *method)
{
	bool becomes_get;

	if (strcmp(method, "HEAD") == 0)
		return method;
	becomes_get = status == 303 || ((status == 301 || status == 302) &&
					   strcmp(method, "POST") == 0);
	return becomes_get ? "GET" : method;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Status codes (RFC 9110, 15; RFC 6585; RFC 8297). */
#ifndef DROVER_HTTP_STATUS_H
#define DROVER_HTTP_STATUS_H

#include <stdbool.h>

#include "base/span.h"

/* "Not Found"; empty for a code that is not registered. */
struct span status_reason(int status);
/* A sentence for the small page of an error: what happened and what a person
 * can do; the same for every request, names no file. */
const char *status_sentence(int status);
/* False for 1xx, 204 and 304 (RFC 9110, 6.4.1). */
bool status_has_body(int status);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client would rather have: Accept (RFC 9110, 12.5.1). */
#ifndef DROVER_HTTP_ACCEPT_H
#define DROVER_HTTP_ACCEPT_H

#include <stdbool.h>

#include "http/request.h"

/*
 * Whether the request's Accept gives a type ("application/json") a higher
 * quality than another; where both have the same, whether it names it more
 * exactly ("a/b" before "a/" and any, and that before anything).  An answer
 * made by it has "Vary: Accept".
 */
bool accept_prefers(const struct request *, const char *type,
    const char *other);

#endif

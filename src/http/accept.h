/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client would rather have: Accept and Accept-Encoding (RFC 9110,
 * 12.5.1 and 12.5.3). */
#ifndef DROVER_HTTP_ACCEPT_H
#define DROVER_HTTP_ACCEPT_H

#include <stdbool.h>

#include "http/coding.h"
#include "http/request.h"

/*
 * Whether the request's Accept gives a type ("application/json") a higher
 * quality than another; where both have the same, whether it names it more
 * exactly ("a/b" before "a/" and any, and that before anything).  An answer
 * made by it has "Vary: Accept".
 */
bool accept_prefers(const struct request *, const char *type,
    const char *other);

/* Whether an answer of that type is any use to the client. */
bool accept_takes(const struct request *, const char *type);

/*
 * The coding that the request's Accept-Encoding prefers among those that are
 * there: the highest weight, then the smallest size.  What it does not name is
 * not accepted, but for identity, which is the last resort unless it has
 * "identity;q=0" or "*;q=0".  Without the field it is identity, or what is
 * there.  CODING_COUNT: nothing that is there is accepted.
 */
enum coding accept_coding(const struct request *, const struct coding_set *);

/* Whether identity can be refused at all, for a short way past the above:
 * false where there are no weights. */
static inline bool
accept_may_refuse_identity(const struct request *r)
{
	struct span value = request_value(r, FIELD_ACCEPT_ENCODING);

	return r->repeated || (value.len > 0 &&
				  memchr(value.ptr, ';', value.len) != NULL);
}

#endif

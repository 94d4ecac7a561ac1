/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditional requests (RFC 9110, 13): validators against fields.  Pure.
 * response_conditions asks once, for every handler.
 */
#ifndef DROVER_HTTP_CONDITIONAL_H
#define DROVER_HTTP_CONDITIONAL_H

#include <stdbool.h>
#include <time.h>

#include "base/span.h"
#include "http/request.h"

struct validators {
	struct span etag;	/* with quotes, and W/ when weak; empty: none */
	time_t last_modified;	/* -1: none */
};

enum conditional_result {
	CONDITIONAL_PASS,		/* as if there were no conditions */
	CONDITIONAL_NOT_MODIFIED,	/* 304 for GET and HEAD */
	CONDITIONAL_FAILED,		/* 412 */
};

/* Steps 1 to 4 of RFC 9110, 13.2.2. */
enum conditional_result conditional_check(const struct request *,
    const struct validators *, time_t now);

/*
 * Step 5: true if a Range may be obeyed, as there is no If-Range, or it names
 * what would be sent (13.1.5).
 */
bool conditional_range(const struct request *, const struct validators *,
    time_t now);

/* True if the list (all lines of the field) has the tag or is "*". */
bool conditional_etag_listed(const struct request *, enum field_id,
    struct span etag, bool weak_allowed);

#endif

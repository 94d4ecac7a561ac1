/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts instead of the whole: 206 and 416 (RFC 9110, 14). */
#ifndef DROVER_HTTP_PARTIAL_H
#define DROVER_HTTP_PARTIAL_H

struct exchange;

/*
 * Step 5 of RFC 9110, 13.2.2, for a response with ranges set, once the other
 * conditions are decided.  For response_conditions.
 */
void partial_apply(struct exchange *);

#endif

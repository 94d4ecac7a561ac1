/* SPDX-License-Identifier: BSD-2-Clause */
/* Order, Allow, Deny and Satisfy: access by address as Apache 2.2 had it. */
#ifndef DROVER_HANDLERS_ACCESS_COMPAT_H
#define DROVER_HANDLERS_ACCESS_COMPAT_H

#include "conf/directive.h"
#include "http/method.h"

struct exchange;
struct compat_rule;

/* Replaced as a whole by what a section inside has of it, as in Apache. */
struct compat_rules {
	uint8_t order[METHOD_COUNT];
	uint8_t satisfy[METHOD_COUNT];
	const struct compat_rule *allow, *deny;
	size_t allow_count, deny_count;
};

directive_parse compat_parse_order;
directive_parse compat_parse_allow;
directive_parse compat_parse_deny;
directive_parse compat_parse_satisfy;

/* Whether Order, Allow and Deny let the request in; without any they do. */
bool compat_grants(const struct compat_rules *, const struct exchange *);
/* Satisfy Any: either that, or Require, is enough. */
bool compat_needs_one(const struct compat_rules *, const struct exchange *);

#endif

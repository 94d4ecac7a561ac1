/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Require and the sections that hold it: a tree of conditions, as
 * mod_authz_core has it.
 */
#ifndef DROVER_HANDLERS_REQUIRE_H
#define DROVER_HANDLERS_REQUIRE_H

#include "conf/directive.h"

struct exchange;
struct require;

/* What a scope says, and once merged, what holds there. */
struct require_rules {
	struct require *root;	      /* of a scope's own; NULL: none */
	struct require *open;	      /* while the scope is read: the innermost
				       * container */
	int merging;		      /* of AuthMerging; 0: not said */
	const struct require *merged; /* NULL: no Require holds */
};

directive_parse require_parse;
directive_parse require_parse_container;
directive_parse require_parse_merging;
directive_merge require_merge;

/* Whether a request with its method is granted. */
bool require_grants(const struct require_rules *, struct exchange *);

/* The methods of a <Limit>, as METHOD_BITs; all without one. */
unsigned require_methods(const struct conf_limit *);

#endif

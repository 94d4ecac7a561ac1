/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree that require.c makes and require_outcome.c asks. */
#ifndef DROVER_HANDLERS_REQUIRE_PRIVATE_H
#define DROVER_HANDLERS_REQUIRE_PRIVATE_H

#include "base/subnet.h"
#include "handlers/require.h"

enum require_kind {
	REQUIRE_ANY,
	REQUIRE_ALL,
	REQUIRE_NONE,
	REQUIRE_EVERYBODY, /* all granted */
	REQUIRE_NOBODY,	   /* all denied */
	REQUIRE_LOCAL,
	REQUIRE_IP,
	REQUIRE_ENV,
	REQUIRE_METHOD,
	REQUIRE_LACKING, /* something that Drover has not: stays closed */
};

struct require {
	enum require_kind kind;
	bool negated;	  /* "not" */
	unsigned methods; /* METHOD_BITs; of a container: of all inside */
	size_t count;	  /* of what the kind has */
	const struct require *const *inside;
	const struct subnet *subnets;
	const struct span *variables;
	unsigned named; /* by "method": METHOD_BITs */
	struct require *outer;
	struct conf_place place; /* of a leaf */
};

#endif

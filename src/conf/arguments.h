/* SPDX-License-Identifier: BSD-2-Clause */
/* How many arguments a statement takes. */
#ifndef DROVER_CONF_ARGUMENTS_H
#define DROVER_CONF_ARGUMENTS_H

#include <stdbool.h>

#include "conf/diag.h"
#include "conf/tree.h"

struct argument_rule {
	const char *name;
	const char *syntax;	/* of the arguments, for the message */
	bool section;
	int min, max;		/* max -1: no bound */
};

/* False after an error that points at what is too much and says what there is
 * to be. */
bool arguments_check(struct diag *, const struct statement *,
    const struct argument_rule *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters behind a value (RFC 9110, 5.6.6): those of Content-Type, and of
 * Content-Disposition, whose file names may hold any byte.
 *
 *	rest = span_skip(value, span_find(value, ';'));
 *	while ((result = parameter_next(&rest, &p)) == 1) ... p.name ...
 */
#ifndef DROVER_HTTP_PARAMETER_H
#define DROVER_HTTP_PARAMETER_H

#include <stdbool.h>

#include "base/span.h"

struct parameter {
	struct span name;
	struct span value; /* of a quoted one what is between the quotes */
	bool quoted;
};

/*
 * Takes the next parameter, with the semicolon in front of it, off *rest.
 * 1; 0: there is none; -1: what follows is none.
 */
int parameter_next(struct span *rest, struct parameter *parameter_r);

#endif

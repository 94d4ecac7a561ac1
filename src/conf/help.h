/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes what is no row: sections, and directives of the reader. */
#ifndef DROVER_CONF_HELP_H
#define DROVER_CONF_HELP_H

#include <stdbool.h>

/* An entry of a table that ends with a name of NULL. */
struct conf_help {
	const char *name;
	const char *syntax;	/* of the arguments */
	const char *help;
	unsigned contexts;	/* IN_ bits */
	bool section;
	const char *differs; /* from Apache, as a row's; NULL: nothing */
};

#endif

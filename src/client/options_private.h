/* SPDX-License-Identifier: BSD-2-Clause */
/* Between option_rows.c, which has the options, and options.c. */
#ifndef DROVER_CLIENT_OPTIONS_PRIVATE_H
#define DROVER_CLIENT_OPTIONS_PRIVATE_H

#include "client/options.h"

typedef enum outcome take_option(
    struct options *, const char *argument, struct err *);

struct option_row {
	char letter; /* '\0': none */
	const char *word;
	const char *argument; /* its name in --help; NULL: takes none */
	const char *help;
	take_option *take; /* NULL: sets the flag or the text at offset */
	size_t offset;
};

/* Ends with a row without word. */
extern const struct option_row option_rows[];

#endif

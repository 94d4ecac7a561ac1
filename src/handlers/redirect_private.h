/* SPDX-License-Identifier: BSD-2-Clause */
/* What redirect_conf.c reads and redirect.c does. */
#ifndef DROVER_HANDLERS_REDIRECT_PRIVATE_H
#define DROVER_HANDLERS_REDIRECT_PRIVATE_H

#include "base/regex.h"
#include "base/span.h"
#include "conf/directive.h"

/* Where one stands decides when it is asked. */
enum redirect_place {
	REDIRECT_HOST,		/* before there is a file */
	REDIRECT_LOCATION,	/* the same, and before those of the host */
	REDIRECT_FILES,		/* <Directory>, <Files>: once they are known to
				 * hold, after their rules of access */
};

struct redirect {
	struct span path;	/* empty: all that the section is for */
	const struct regex *regex;	/* in its place, or NULL */
	struct span target;	/* empty: none, the status says all; of a regex
				 * with its groups */
	int status;
	enum redirect_place place;
	struct conf_place set_at;
};

struct redirect_list {
	const struct redirect *redirects;
	size_t count;
};

struct redirect_conf {
	struct redirect_list list;	/* the inner ones first */
	bool relative;
};

extern const struct conf_section redirect_section;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What static_conf.c reads, static.c does for files and directory.c for what is
 * none. */
#ifndef DROVER_HANDLERS_STATIC_PRIVATE_H
#define DROVER_HANDLERS_STATIC_PRIVATE_H

#include "conf/directive.h"
#include "http/module.h"

struct index_names {
	const char *const *names;	/* with "/" before: of the host, decoded
					 * and normalised */
	size_t count;
};

struct static_conf {
	struct index_names index;
	bool slash;			/* DirectorySlash */
	bool check_handler;		/* accepted, has no effect */
	int index_redirect;		/* a status, or 0 */
	const char *fallback;		/* URL-path, decoded and normalised, or
					 * NULL */
	int fallback_for;		/* enum fallback_for */
	int path_info;			/* enum path_info */
};

/* What FallbackResource stands for. */
enum fallback_for {
	FALLBACK_PAGES,		/* what looks like a page, to a client that
				 * takes one */
	FALLBACK_ALL,		/* anything, as in Apache */
};

/* AcceptPathInfo; a file has none by default. */
enum path_info {
	PATH_INFO_DEFAULT,
	PATH_INFO_OFF,
	PATH_INFO_ON,
};

extern const struct conf_section static_section;

/* The answer for an errno of files_get, told to the log. */
enum hook_result static_refuse(struct exchange *, int error);
/* For a directory: its index, a redirect to its "/", or who lists it. */
enum hook_result directory_answer(struct exchange *);
/* For what is not there: AGAIN with what stands for it; or PASS. */
enum hook_result directory_fallback(struct exchange *);

#endif

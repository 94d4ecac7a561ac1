/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A configuration over a tree of files (tree.h), and requests that go the way
 * of worker/route.c through modules[], which the test defines.
 */
#ifndef UNIT_SITE_H
#define UNIT_SITE_H

#include "http/module.h"

/* A request and what is to come of it. */
struct site_row {
	/* "GET /path", with " Host: name" or not; NULL ends the table. */
	const char *request;
	/* "200 type: body", "301 location", "405 allow" or the status alone. */
	const char *answer;
};

/* "%T" in the text is the tree; fails the test on an error or a warning. */
void site_open(const char *conf);
/* The same; fails without a warning. */
void site_open_warned(const char *conf);
void site_close(void);
/* The errors and warnings of a configuration, without the place: static. */
const char *site_messages(const char *conf);

/* The exchange of a request that was answered; site_end releases it. */
struct exchange *site_request(const char *request);
void site_end(struct exchange *);
void site_check(const struct site_row *);

#endif

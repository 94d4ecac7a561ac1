/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of what holds for every response: ServerTokens, MaxRanges… */
#ifndef DROVER_HTTP_HTTP_CONF_H
#define DROVER_HTTP_HTTP_CONF_H

#include "conf/conf.h"

enum server_tokens {
	TOKENS_PROD,		/* Drover */
	TOKENS_MAJOR,		/* Drover/0 */
	TOKENS_MINOR,		/* Drover/0.1 */
	TOKENS_MIN,		/* Drover/0.1.0 */
	TOKENS_OS,		/* Drover/0.1.0 (Linux), Full as well */
};

struct http_conf {
	int server_tokens;	/* enum server_tokens */
	/* RANGE_UNLIMITED, or how many; 0: none */
	int max_ranges, max_range_overlaps, max_range_reversals;
};

extern const struct conf_section http_section;

/* The value of Server for these tokens; static storage. */
const char *http_server_name(int server_tokens);

#endif

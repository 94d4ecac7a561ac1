/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of what targets mean, and of what holds for every response. */
#ifndef DROVER_HTTP_HTTP_CONF_H
#define DROVER_HTTP_HTTP_CONF_H

#include "conf/conf.h"
#include "http/uri.h"

enum server_tokens {
	TOKENS_PROD,		/* Drover */
	TOKENS_MAJOR,		/* Drover/0 */
	TOKENS_MINOR,		/* Drover/0.1 */
	TOKENS_MIN,		/* Drover/0.1.0 */
	TOKENS_OS,		/* Drover/0.1.0 (Linux), Full as well */
};

enum server_signature {
	SIGNATURE_OFF,
	SIGNATURE_ON,
	SIGNATURE_EMAIL, /* with a link to ServerAdmin */
};

enum trace_enable {
	TRACE_OFF,
	TRACE_ON,		/* but not with a body */
	TRACE_EXTENDED,		/* with a body as well */
};

struct http_conf {
	int server_tokens;	/* enum server_tokens */
	int trace;		/* enum trace_enable */
	/* RANGE_UNLIMITED, or how many; 0: none */
	int max_ranges, max_range_overlaps, max_range_reversals;
	int encoded_slashes;	/* enum encoded_slashes */
	bool merge_slashes;
	bool canonical_name;	/* UseCanonicalName On */
	bool physical_port;	/* UseCanonicalPhysicalPort */
	int signature;		/* enum server_signature */
	const char *admin;	/* ServerAdmin; NULL: nobody */
};

extern const struct conf_section http_section;

/* How a host that has these settings normalises paths. */
static inline struct uri_rules
http_uri_rules(const struct http_conf *conf)
{
	return (struct uri_rules){
		.encoded_slashes = (enum encoded_slashes)conf->encoded_slashes,
		.merge_slashes = conf->merge_slashes,
	};
}

/* The value of Server for these tokens; static storage. */
const char *http_server_name(int server_tokens);

#endif

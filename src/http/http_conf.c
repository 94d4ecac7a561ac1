/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ServerTokens: what a response says of the server.  The default is Prod, not
 * Apache's Full: a version number helps nobody but who looks for holes.
 */
#include "config.h"

#include <stdio.h>

#include "http/http_conf.h"

static const struct directive_keyword tokens_words[] = {
	{ "Prod", TOKENS_PROD },
	{ "ProductOnly", TOKENS_PROD },
	{ "Major", TOKENS_MAJOR },
	{ "Minor", TOKENS_MINOR },
	{ "Min", TOKENS_MIN },
	{ "Minimal", TOKENS_MIN },
	{ "OS", TOKENS_OS },
	{ "Full", TOKENS_OS },
	{ NULL, 0 },
};

static const struct directive rows[] = {
	DIRECTIVE_KEYWORD("ServerTokens", IN_SERVER, http_conf, server_tokens,
	    tokens_words, "Prod", "Prod|Major|Minor|Min|OS|Full",
	    "how much the Server field of answers says: Prod is the name "
	    "alone, all others add the version"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section http_section = {
	.name = "http",
	.rows = rows,
	.size = sizeof(struct http_conf),
	.id = &section_id,
};

/* The length of the version up to its dot number `dots`, or of all of it. */
static int
version_length(int dots)
{
	const char *p;

	for (p = PACKAGE_VERSION; *p != '\0'; p++)
		if (*p == '.' && dots-- == 0)
			break;
	return (int)(p - PACKAGE_VERSION);
}

const char *
http_server_name(int server_tokens)
{
	static char name[64];
	int length = version_length(server_tokens - TOKENS_MAJOR);

	if (server_tokens == TOKENS_PROD)
		return "Drover";
	snprintf(name, sizeof(name), "Drover/%.*s%s", length, PACKAGE_VERSION,
	    server_tokens == TOKENS_OS ? " (Linux)" : "");
	return name;
}

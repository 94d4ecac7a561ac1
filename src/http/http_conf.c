/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ServerTokens: what a response says of the server.  The default is Prod, not
 * Apache's Full: a version number helps nobody but who looks for holes.
 * MaxRanges and what belongs to it: how far a Range is obeyed.
 * AllowEncodedSlashes and MergeSlashes: for uri.c, as in Apache.
 * TraceEnable: Off, and not Apache's On, since TRACE tells scripts in a browser
 * what they are not to know.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <strings.h>

#include "http/http_conf.h"
#include "http/range.h"

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

static int
parse_bound(const struct directive_use *use, int preset, int *bound)
{
	const char *word = use->args[0];
	int64_t value;

	if (strcasecmp(word, "none") == 0)
		value = 0;
	else if (strcasecmp(word, "default") == 0)
		value = preset;
	else if (strcasecmp(word, "unlimited") == 0)
		value = RANGE_UNLIMITED;
	else if (directive_int(use, 0, 1, INT_MAX, &value) != 0)
		return -1;
	*bound = (int)value;
	return 0;
}

static int
parse_ranges(const struct directive_use *use, void *field)
{
	return parse_bound(use, 200, field);
}

/* Overlaps and reversals. */
static int
parse_disorder(const struct directive_use *use, void *field)
{
	return parse_bound(use, 20, field);
}

static const char bound_syntax[] = "none|default|unlimited|number";

static const struct directive_keyword slash_words[] = {
	{ "Off", ENCODED_SLASHES_REFUSED },
	{ "On", ENCODED_SLASHES_DECODED },
	{ "NoDecode", ENCODED_SLASHES_KEPT },
	{ NULL, 0 },
};

static const struct directive_keyword trace_words[] = {
	{ "Off", TRACE_OFF },
	{ "On", TRACE_ON },
	{ "extended", TRACE_EXTENDED },
	{ NULL, 0 },
};

static const struct directive_keyword signature_words[] = {
	{ "Off", SIGNATURE_OFF },
	{ "On", SIGNATURE_ON },
	{ "EMail", SIGNATURE_EMAIL },
	{ NULL, 0 },
};

static int
parse_canonical(const struct directive_use *use, void *field)
{
	if (strcasecmp(use->args[0], "DNS") != 0)
		return directive_flag(use, 0, field);
	directive_word_no_effect(use, 0,
	    &(struct directive_word){ .text = "DNS" },
	    "no name is looked up for a request: as Off, for clients say which "
	    "host they mean");
	*(bool *)field = false;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_KEYWORD("AllowEncodedSlashes", IN_SERVER_HOST, http_conf,
	    encoded_slashes, slash_words, "Off", "Off|On|NoDecode",
	    "paths with %2F: Off answers 404, On takes it for a slash, "
	    "NoDecode leaves it as it is"),
	DIRECTIVE_FLAG("MergeSlashes", IN_SERVER_HOST, http_conf, merge_slashes,
	    "On",
	    "take several slashes in a row for one; where it is Off, they "
	    "still are one to sections, but for <LocationMatch>, and to "
	    "aliases, redirects and files"),
	DIRECTIVE_STRING("ServerAdmin", IN_SERVER_HOST, http_conf, admin, NULL,
	    "address|URL",
	    "whom to write to: stands on the page of the status 500, and in "
	    "the line of ServerSignature EMail"),
	DIRECTIVE_KEYWORD("ServerSignature", IN_ANY, http_conf, signature,
	    signature_words, "Off", "On|Off|EMail",
	    "a line below the pages of errors and redirects and below listings "
	    "without a ReadmeName: what ServerTokens says, the name of the "
	    "host "
	    "by UseCanonicalName, with EMail a link to ServerAdmin, and the "
	    "port"),
	DIRECTIVE_KEYWORD("ServerTokens", IN_SERVER, http_conf, server_tokens,
	    tokens_words, "Prod", "Prod|Major|Minor|Min|OS|Full",
	    "how much the Server field of answers says: Prod is the name "
	    "alone, all others add the version",
	    .differs = "the default is Prod, not Full; the version is "
		       "Drover's, and the modules are not named"),
	DIRECTIVE_CUSTOM("MaxRanges", IN_ANY, http_conf, max_ranges, int, "200",
	    bound_syntax,
	    "how many ranges of a file may be asked for at once: beyond that "
	    "all of it is sent; none sends no ranges at all",
	    .parse = parse_ranges, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("MaxRangeOverlaps", IN_ANY, http_conf,
	    max_range_overlaps, int, "20", bound_syntax,
	    "how many of the ranges may have bytes of the one before: beyond "
	    "that all of the file is sent",
	    .parse = parse_disorder, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("MaxRangeReversals", IN_ANY, http_conf,
	    max_range_reversals, int, "20", bound_syntax,
	    "how many of the ranges may begin before the one before: beyond "
	    "that all of the file is sent",
	    .parse = parse_disorder, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("UseCanonicalName", IN_ANY, http_conf, canonical_name,
	    bool, "Off", "On|Off|DNS",
	    "what the host is called in redirects to itself and by %V in "
	    "logs: On is ServerName with its scheme and port, Off what the "
	    "client calls it",
	    .differs =
		"with Off a redirect has a path alone, where Apache "
		"puts the name of the request's Host before it. DNS is as Off",
	    .parse = parse_canonical, .min_args = 1, .max_args = 1),
	DIRECTIVE_FLAG("UseCanonicalPhysicalPort", IN_ANY, http_conf,
	    physical_port, "Off",
	    "redirects of the host to itself say the port of the connection, "
	    "where neither ServerName (UseCanonicalName On) nor the request's "
	    "Host (Off) has one",
	    .differs = "%p in logs is ServerName's still"),
	DIRECTIVE_KEYWORD("TraceEnable", IN_SERVER_HOST, http_conf, trace,
	    trace_words, "Off", "On|Off|extended",
	    "answer TRACE with the request as it came; extended takes a body "
	    "too (64 KiB), On refuses one with 413",
	    .differs = "the default is Off, not On; cookies and credentials "
		       "do not come back"),
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

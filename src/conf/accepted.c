/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directives of Apache's core that have nothing to do here, so that files with
 * them load: each row says why.  A value that is what happens anyway is the
 * row's preset, and no word is lost about it.
 */
#include "config.h"

#include "conf/core.h"

struct accepted_conf {
	int any; /* the rows keep nothing */
};

/* What follows the reason says which arguments there are. */
#define ACCEPTED(name_, contexts_, preset_, max_, syntax_, why_, ...)        \
	DIRECTIVE_CUSTOM(name_, contexts_, accepted_conf, any, int, preset_, \
	    syntax_, NULL, .no_effect = (why_),                              \
	    .parse = directive_without_effect, .max_args = (max_),           \
	    .repeats = true, __VA_ARGS__)
#define FLAG(name_, contexts_, preset_, why_)                                 \
	ACCEPTED(name_, contexts_, preset_, 1, "On|Off", why_, .min_args = 1, \
	    .keywords = directive_on_off)
#define ANY .min_args = 1
#define NUMBERS .min_args = 1, .min = 0, .max = INT64_MAX
#define BYTES .min_args = 1, .min = 0, .max = UINT32_MAX
#define NUMBERS_OR_MAX NUMBERS, .keywords = resource_words

#define NO_PROGRAMS "Drover runs no programs"
#define OWN_BUFFERS "buffers have sizes of their own"

static const struct directive_keyword protocol_words[] = {
	{ "Strict", 0 },
	{ "Unsafe", 0 },
	{ "LenientMethods", 0 },
	{ "RegisteredMethods", 0 },
	{ "Require1.0", 0 },
	{ "Allow0.9", 0 },
	{ .word = NULL },
};

static const struct directive_keyword resource_words[] = {
	{ "max", 0 },
	{ .word = NULL },
};

static int
parse_cgi_var(const struct directive_use *use, void *field)
{
	if (strcmp(use->args[0], "REQUEST_URI") != 0)
		return directive_error(use, 0,
		    "\"%s\" is no variable that a rule is for: REQUEST_URI",
		    use->args[0]);
	if (strcmp(use->args[1], "current-uri") != 0 &&
	    strcmp(use->args[1], "original-uri") != 0)
		return directive_error(use, 1,
		    "\"%s\" is neither current-uri nor original-uri",
		    use->args[1]);
	return directive_without_effect(use, field);
}

static const struct directive rows[] = {
	FLAG("CGIPassAuth", IN_DIRECTORY, "Off", NO_PROGRAMS),
	DIRECTIVE_CUSTOM("CGIVar", IN_ANY, accepted_conf, any, int, NULL,
	    "REQUEST_URI current-uri|original-uri", NULL,
	    .no_effect = NO_PROGRAMS, .parse = parse_cgi_var, .min_args = 2,
	    .max_args = 2, .repeats = true),
	FLAG("ContentDigest", IN_ANY, "Off",
	    "Content-MD5 is obsolete and not sent"),
	ACCEPTED("CoreDumpDirectory", IN_SERVER, NULL, 1, "directory",
	    "the system says where cores go; the error log says where a worker "
	    "has crashed",
	    ANY),
	ACCEPTED("DefaultRuntimeDir", IN_SERVER, NULL, 1, "directory",
	    "what the server keeps while it runs is in memory; see PidFile and "
	    "ControlSocket",
	    ANY),
	FLAG("EnableMMAP", IN_ANY, "Off",
	    "no file is mapped into memory, for it may be cut off while it is "
	    "sent"),
	FLAG("EnableSendfile", IN_ANY, "On",
	    "the kernel sends files where it can"),
	ACCEPTED("FlushMaxPipelined", IN_SERVER_HOST, NULL, 1, "number",
	    OWN_BUFFERS, .min_args = 1, .min = -1, .max = INT32_MAX),
	ACCEPTED("FlushMaxThreshold", IN_SERVER_HOST, NULL, 1, "bytes",
	    OWN_BUFFERS, BYTES),
	ACCEPTED("HttpProtocolOptions", IN_SERVER_HOST, "Strict", 3,
	    "Strict|Unsafe ...",
	    "requests that are not well-formed are refused always",
	    .min_args = 1, .keywords = protocol_words),
	ACCEPTED("LimitInternalRecursion", IN_SERVER_HOST, "10", 2,
	    "number [number]", "ten things may stand for one another",
	    .min_args = 1, .min = 1, .max = INT32_MAX),
	ACCEPTED("LimitXMLRequestBody", IN_ANY, NULL, 1, "bytes",
	    "nothing here reads XML", NUMBERS),
	ACCEPTED("MaxMemFree", IN_SERVER, NULL, 1, "KBytes",
	    "what is kept of free memory has a bound of its own", NUMBERS),
	FLAG("MergeTrailers", IN_SERVER_HOST, "Off",
	    "fields behind the body of a request are passed over"),
	ACCEPTED("NameVirtualHost", IN_SERVER, NULL, 1, "address[:port]",
	    "hosts of one address are told apart by their names anyway", ANY),
	FLAG("QualifyRedirectURL", IN_ANY, "Off", "REDIRECT_URL is a path"),
	ACCEPTED(
	    "ReadBufferSize", IN_ANY, NULL, 1, "bytes", OWN_BUFFERS, BYTES),
	ACCEPTED("RegisterHttpMethod", IN_SERVER, NULL, -1, "method ...",
	    "methods that nobody knows are answered by 501", ANY),
	ACCEPTED("RLimitCPU", IN_ANY, NULL, 2, "seconds|max [seconds|max]",
	    NO_PROGRAMS, NUMBERS_OR_MAX),
	ACCEPTED("RLimitMEM", IN_ANY, NULL, 2, "bytes|max [bytes|max]",
	    NO_PROGRAMS, NUMBERS_OR_MAX),
	ACCEPTED("RLimitNPROC", IN_ANY, NULL, 2, "number|max [number|max]",
	    NO_PROGRAMS, NUMBERS_OR_MAX),
	FLAG("SeeRequestTail", IN_SERVER, "Off",
	    "server-status shows the beginning of a long request"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section accepted_section = {
	.name = "accepted",
	.rows = rows,
	.size = sizeof(struct accepted_conf),
	.id = &section_id,
};

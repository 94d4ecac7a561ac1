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

#define ACCEPTED(name_, contexts_, preset_, max_, syntax_, why_)             \
	DIRECTIVE_CUSTOM(name_, contexts_, accepted_conf, any, int, preset_, \
	    syntax_, NULL, .no_effect = (why_),                              \
	    .parse = directive_without_effect, .min_args = 1,                \
	    .max_args = (max_), .repeats = true)

#define NO_PROGRAMS "Drover runs no programs"
#define OWN_BUFFERS "buffers have sizes of their own"

static const struct directive rows[] = {
	ACCEPTED("CGIPassAuth", IN_DIRECTORY, "Off", 1, "On|Off", NO_PROGRAMS),
	ACCEPTED("CGIVar", IN_ANY, NULL, 2, "variable rule", NO_PROGRAMS),
	ACCEPTED("ContentDigest", IN_ANY, "Off", 1, "On|Off",
	    "Content-MD5 is obsolete and not sent"),
	ACCEPTED("CoreDumpDirectory", IN_SERVER, NULL, 1, "directory",
	    "the system says where cores go; the error log says where a worker "
	    "has crashed"),
	ACCEPTED("DefaultRuntimeDir", IN_SERVER, NULL, 1, "directory",
	    "what the server keeps while it runs is in memory; see PidFile and "
	    "ControlSocket"),
	ACCEPTED("EnableMMAP", IN_ANY, "Off", 1, "On|Off",
	    "no file is mapped into memory, for it may be cut off while it is "
	    "sent"),
	ACCEPTED("EnableSendfile", IN_ANY, "On", 1, "On|Off",
	    "the kernel sends files where it can"),
	ACCEPTED("FlushMaxPipelined", IN_SERVER_HOST, NULL, 1, "number",
	    OWN_BUFFERS),
	ACCEPTED(
	    "FlushMaxThreshold", IN_SERVER_HOST, NULL, 1, "bytes", OWN_BUFFERS),
	ACCEPTED("HttpProtocolOptions", IN_SERVER_HOST, "Strict", 3,
	    "Strict|Unsafe ...",
	    "requests that are not well-formed are refused always"),
	ACCEPTED("LimitInternalRecursion", IN_SERVER_HOST, "10", 2,
	    "number [number]", "ten things may stand for one another"),
	ACCEPTED("LimitXMLRequestBody", IN_ANY, NULL, 1, "bytes",
	    "nothing here reads XML"),
	ACCEPTED("MaxMemFree", IN_SERVER, NULL, 1, "KBytes",
	    "what is kept of free memory has a bound of its own"),
	ACCEPTED("MergeTrailers", IN_SERVER_HOST, "Off", 1, "On|Off",
	    "fields behind the body of a request are passed over"),
	ACCEPTED("NameVirtualHost", IN_SERVER, NULL, 1, "address[:port]",
	    "hosts of one address are told apart by their names anyway"),
	ACCEPTED("QualifyRedirectURL", IN_ANY, "Off", 1, "On|Off",
	    "REDIRECT_URL is a path"),
	ACCEPTED("ReadBufferSize", IN_ANY, NULL, 1, "bytes", OWN_BUFFERS),
	ACCEPTED("RegisterHttpMethod", IN_SERVER, NULL, -1, "method ...",
	    "methods that nobody knows are answered by 501"),
	ACCEPTED("RLimitCPU", IN_ANY, NULL, 2, "seconds|max [seconds|max]",
	    NO_PROGRAMS),
	ACCEPTED(
	    "RLimitMEM", IN_ANY, NULL, 2, "bytes|max [bytes|max]", NO_PROGRAMS),
	ACCEPTED("RLimitNPROC", IN_ANY, NULL, 2, "number|max [number|max]",
	    NO_PROGRAMS),
	ACCEPTED("SeeRequestTail", IN_SERVER, "Off", 1, "On|Off",
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of content negotiation (mod_negotiation, and what mod_mime has for
 * it).  Drover does not choose among files by their names but for ready-made
 * codings (files/variant.c): they are known so that files with them load.
 */
#include "config.h"

#include "http/negotiation.h"

struct negotiation_conf {
	bool without_effect;
};

#define WITHOUT_EFFECT(name_, contexts_, max_, syntax_, words_, why_)        \
	DIRECTIVE_CUSTOM(name_, contexts_, negotiation_conf, without_effect, \
	    bool, NULL, syntax_, NULL, .no_effect = (why_),                  \
	    .parse = directive_without_effect, .keywords = (words_),         \
	    .min_args = 1, .max_args = max_, .repeats = true)

#define NOT_CHOSEN "no file is chosen by the language that a client prefers"

static const struct directive_keyword priorities[] = {
	{ "None", 0 },
	{ "Prefer", 0 },
	{ "Fallback", 0 },
	{ .word = NULL },
};

static const struct directive_keyword matches[] = {
	{ "Any", 0 },
	{ "NegotiatedOnly", 0 },
	{ "Filters", 0 },
	{ "Handlers", 0 },
	{ .word = NULL },
};

static const struct directive rows[] = {
	WITHOUT_EFFECT(
	    "LanguagePriority", IN_ANY, -1, "language ...", NULL, NOT_CHOSEN),
	WITHOUT_EFFECT("ForceLanguagePriority", IN_ANY, 2,
	    "None|Prefer|Fallback [Prefer|Fallback]", priorities, NOT_CHOSEN),
	WITHOUT_EFFECT("CacheNegotiatedDocs", IN_SERVER_HOST, 1, "On|Off",
	    directive_on_off,
	    "what was chosen by Accept-Encoding says so in Vary, and caches "
	    "may keep it"),
	WITHOUT_EFFECT("MultiviewsMatch", IN_ANY, 2,
	    "Any|NegotiatedOnly|Filters|Handlers [Handlers|Filters]", matches,
	    "no file is searched for by a part of its name (MultiViews)"),
	WITHOUT_EFFECT("ModMimeUsePathInfo", IN_DIRECTORY, 1, "On|Off",
	    directive_on_off,
	    "extensions are those of the file that a URL leads to, and of "
	    "nothing behind it"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section negotiation_section = {
	.name = "negotiation",
	.rows = rows,
	.size = sizeof(struct negotiation_conf),
	.id = &section_id,
};

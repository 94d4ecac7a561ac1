/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RewriteRule, as far as it closes.  Drover rewrites nothing; a rule that
 * forbids (F, G, R=403), or that has another one answer (P, H, T of a script),
 * is kept for what it matches, so that nothing is open for want of it.  What
 * is not known is taken to close: conditions and earlier rules may have kept a
 * request from the rule, but here they do not.
 */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "base/regex.h"
#include "files/files.h"
#include "handlers/paths.h"
#include "http/mime.h"
#include "http/module.h"
#include "http/status.h"

/* No path that is asked for has more segments. */
#define SEGMENTS_MAX 200

struct rule {
	const struct regex *regex;
	bool negated;
	int status;
};

enum engine {
	ENGINE_UNSAID,
	ENGINE_ON,
	ENGINE_OFF,
};

/* What one scope says. */
struct rule_list {
	const struct rule *rules;
	size_t count;
	enum engine engine;
	bool in_location;
	unsigned context;
	bool inherits; /* RewriteOptions Inherit... */
	const struct rule_list *outer;
};

struct rewrite_conf {
	struct rule_list list;
};

/* ---- flags ---- */

struct flags {
	int status; /* 0: it closes nothing */
	bool nocase;
};

static bool
is_flag(struct span name, const char *brief, const char *full)
{
	return span_is_nocase(name, brief) || span_is_nocase(name, full);
}

static void
read_redirect(struct span value, struct flags *flags)
{
	uint64_t status;

	if (number_parse(value, 599, &status) != NUMBER_OK || status < 400)
		return;
	/* One that asks for a password would have to say which. */
	flags->status = status == 401 || status == 407 ||
				status_reason((int)status).len == 0
			    ? 403
			    : (int)status;
}

static void
read_flag(struct span flag, struct flags *flags)
{
	struct span value = flag;
	struct span name = span_trim(span_cut(&value, '='));

	value = span_trim(value);
	if (is_flag(name, "F", "forbidden"))
		flags->status = 403;
	else if (is_flag(name, "G", "gone"))
		flags->status = 410;
	else if (is_flag(name, "R", "redirect"))
		read_redirect(value, flags);
	else if (is_flag(name, "P", "proxy") || is_flag(name, "H", "handler") ||
		 (is_flag(name, "T", "type") && mime_names_handler(value)))
		flags->status = 501;
	else if (is_flag(name, "NC", "nocase"))
		flags->nocase = true;
}

/* "[F,L]"; what it says more is not looked at. */
static int
read_flags(const struct directive_use *use, struct flags *flags_r)
{
	struct span rest;

	*flags_r = (struct flags){ 0, false };
	if (use->arg_count < 3)
		return 0;
	rest = span_str(use->args[2]);
	if (!span_starts(rest, "[") || !span_ends_nocase(rest, "]"))
		return directive_error(
		    use, 2, "flags stand in brackets: [F,NC]");
	rest = span_of(rest.ptr + 1, rest.len - 2);
	while (rest.len > 0)
		read_flag(span_cut(&rest, ','), flags_r);
	return 0;
}

/* ---- rows ---- */

static int
keep_rule(const struct directive_use *use, struct rule_list *list,
    const struct rule *rule)
{
	list->context = use->context;
	list->rules = arena_append(
	    use->arena, list->rules, list->count, rule, 1, sizeof(*rule));
	if (list->rules == NULL)
		return -1;
	list->count++;
	return 0;
}

static int
parse_rule(const struct directive_use *use, void *field)
{
	struct rule rule = { .negated = use->args[0][0] == '!' };
	struct flags flags;

	if (read_flags(use, &flags) != 0)
		return -1;
	rule.status = flags.status;
	rule.regex = directive_regex(use, 0, rule.negated, flags.nocase);
	if (rule.regex == NULL)
		return -1;
	if (rule.status == 0)
		return directive_unsupported(use, -1,
		    "Drover rewrites nothing; UnsupportedModules warn leaves "
		    "this rule out");
	if (keep_rule(use, field, &rule) != 0)
		return -1;
	return directive_unsupported(use, -1,
	    "Drover rewrites nothing; with UnsupportedModules warn what this "
	    "pattern matches is answered by %d, whatever conditions there are",
	    flags.status);
}

static int
parse_engine(const struct directive_use *use, void *field)
{
	struct rule_list *list = field;
	bool on;

	if (directive_flag(use, 0, &on) != 0)
		return -1;
	list->engine = on ? ENGINE_ON : ENGINE_OFF;
	list->in_location =
	    use->section != NULL && use->section->kind == SECTION_LOCATION;
	list->context = use->context;
	return 0;
}

static const struct directive_keyword options[] = {
	{ "Inherit", 1 },
	{ "InheritBefore", 1 },
	{ "InheritDown", 1 },
	{ "InheritDownBefore", 1 },
	{ "IgnoreInherit", 0 },
	{ "AllowAnyURI", 0 },
	{ "AllowNoSlash", 0 },
	{ "IgnoreContextInfo", 0 },
	{ "LegacyPrefixDocRoot", 0 },
	{ "LongURLOptimization", 0 },
	{ "MergeBase", 0 },
	{ "UnsafeAllow3F", 0 },
	{ "UnsafePrefixStat", 0 },
	{ .word = NULL },
};

static int
parse_options(const struct directive_use *use, void *field)
{
	struct rule_list *list = field;

	for (int i = 0; i < use->arg_count; i++) {
		struct span word = span_str(use->args[i]);
		int inherits = 0;

		if (!span_starts_nocase(word, "MaxRedirects=") &&
		    directive_keyword(use, i, options, &inherits) != 0)
			return -1;
		if (inherits != 0)
			list->inherits = true;
	}
	list->context = use->context;
	return 0;
}

static int
merge(struct arena *arena, void *field, const void *outer)
{
	struct rule_list *list = field;

	(void)arena;
	list->outer = outer;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("RewriteEngine", IN_ANY, rewrite_conf, list,
	    struct rule_list, NULL, "On|Off",
	    "whether a RewriteRule has an effect; where it is On and a section "
	    "speaks of rewriting, Options has to allow links (FollowSymLinks "
	    "or SymLinksIfOwnerMatch), or else the answer is 403",
	    .differs = "as for RewriteRule", .parse = parse_engine,
	    .merge = merge, .min_args = 1, .max_args = 1, .repeats = true),
	DIRECTIVE_CUSTOM("RewriteRule", IN_ANY, rewrite_conf, list,
	    struct rule_list, NULL, "regex substitution [flags]",
	    "another URL for those that a regular expression matches",
	    .differs =
		"Drover rewrites nothing: it is an error. With "
		"UnsupportedModules warn a rule that closes (F, G, R=403) "
		"does, "
		"for all that the pattern matches, and what one was to give to "
		"somebody else (P, H) is answered by 501; RewriteCond is not "
		"asked. In a section the pattern is tried behind each slash of "
		"the path. Other rules are left out",
	    .parse = parse_rule, .merge = merge, .min_args = 2, .max_args = 3,
	    .repeats = true),
	DIRECTIVE_CUSTOM("RewriteOptions", IN_ANY, rewrite_conf, list,
	    struct rule_list, NULL, "option ...",
	    "Inherit and its like: the main server's rules hold in virtual "
	    "hosts as well",
	    .differs = "other options have no effect", .parse = parse_options,
	    .merge = merge, .min_args = 1, .max_args = -1, .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
static const struct conf_section rewrite_section = {
	.name = "rewrite",
	.rows = rows,
	.size = sizeof(struct rewrite_conf),
	.id = &section_id,
};

/* ---- check ---- */

/* A pattern that gives up may have matched, and may have not. */
static bool
is_met(const struct rule *rule, struct span subject)
{
	struct span groups[REGEX_GROUPS];
	enum regex_result result = regex_match(rule->regex, subject, groups);

	return result == REGEX_GAVE_UP || (result == REGEX_NO) == rule->negated;
}

/* For a rule of a section, which is about what is behind the directory. */
static bool
is_met_below(const struct rule *rule, struct span path)
{
	for (int i = 0; i < SEGMENTS_MAX; i++) {
		size_t slash = span_find(path, '/');

		if (slash == path.len)
			return false;
		path = span_of(path.ptr + slash + 1, path.len - slash - 1);
		if (is_met(rule, path))
			return true;
	}
	return true;
}

static int
find_rule(
    const struct rule_list *list, const struct exchange *x, struct span uri)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct rule *rule = &list->rules[i];

		if (list->context == IN_DIRECTORY
			? is_met_below(rule, x->file_path) ||
			      is_met_below(rule, uri)
			: is_met(rule, uri))
			return rule->status;
	}
	return 0;
}

/*
 * In a section rules hold unless the innermost that says so has turned them
 * off; those of a host where it, or a <Location>, has turned them on, and the
 * main server's in a virtual host only if they are inherited.
 */
static int
find_status(
    const struct rule_list *list, const struct exchange *x, struct span uri)
{
	bool off = false, said = false, inherits = false, on = false;
	bool virtual = x->route.host->index != 0;

	for (; list != NULL; list = list->outer) {
		bool here = list->context == IN_DIRECTORY;
		int status;

		inherits |= list->inherits;
		on |= list->in_location && list->engine == ENGINE_ON;
		if (here && !said && list->engine != ENGINE_UNSAID) {
			off = list->engine == ENGINE_OFF;
			said = true;
		}
		if (here ? off : list->engine != ENGINE_ON && !on)
			continue;
		if (list->context == IN_SERVER && virtual && !inherits)
			continue;
		status = find_rule(list, x, uri);
		if (status != 0)
			return status;
	}
	return 0;
}

/* A section that rewrites might lead where links may not. */
static bool
lacks_links(const struct rule_list *list, const struct exchange *x)
{
	enum engine engine = ENGINE_UNSAID;
	bool in_section = false;

	for (; list != NULL; list = list->outer) {
		in_section |= list->context == IN_DIRECTORY;
		if (engine == ENGINE_UNSAID)
			engine = list->engine;
	}
	return in_section && engine == ENGINE_ON &&
	       !files_option(x->settings, OPTION_FOLLOW_SYM_LINKS) &&
	       !files_option(x->settings, OPTION_SYM_LINKS_IF_OWNER_MATCH);
}

static enum hook_result
refuse_without_links(struct exchange *x)
{
	if (files_enter_directory(x))
		return HOOK_AGAIN;
	exchange_report(x, REPORT_ERROR, "rewrite",
	    "AH00670: closed by RewriteEngine On, for which Options has to "
	    "have FollowSymLinks or SymLinksIfOwnerMatch: %.*s",
	    SPAN_ARG(
		x->file_path.len > 0 ? x->file_path : x->request.uri.path));
	response_error(x, 403);
	return HOOK_DONE;
}

/* Apart, so that those who have none of it pay next to nothing. */
__attribute__((cold, noinline)) static enum hook_result
check(struct exchange *x, const struct rule_list *list)
{
	struct span uri = paths_merged(x);
	int status = uri.ptr == NULL ? 500 : find_status(list, x, uri);

	if (lacks_links(list, x))
		return refuse_without_links(x);
	if (status == 0)
		return HOOK_PASS;
	exchange_report(x, REPORT_WARN, "rewrite",
	    "closed by a RewriteRule, of which nothing else is supported: %.*s",
	    SPAN_ARG(x->request.uri.path));
	response_error(x, status);
	return HOOK_DONE;
}

static enum hook_result
rewrite_check(struct exchange *x)
{
	const struct rewrite_conf *conf = exchange_conf(x, &rewrite_section);

	if (conf->list.count == 0 && conf->list.engine != ENGINE_ON &&
	    conf->list.outer == NULL)
		return HOOK_PASS;
	return check(x, &conf->list);
}

const struct module rewrite_module = {
	.conf = &rewrite_section,
	.only_where_set = &rewrite_section,
	.check = rewrite_check,
};

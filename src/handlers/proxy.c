/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ProxyPass: URLs that another server answers.  Drover asks none yet, and what
 * lies at these URLs is not sent in its place: it may be the source of what
 * that server runs (ProxyPassMatch for \.php).
 */
#include "config.h"

#include <string.h>

#include "base/regex.h"
#include "handlers/paths.h"
#include "http/module.h"

struct proxied {
	struct span url;
	const struct regex *regex; /* NULL: url is a prefix */
	bool except;		   /* "!" */
};

/* <Location> is asked first, then the host's in their order, then the main
 * server's. */
struct proxied_list {
	const struct proxied *entries;
	size_t count;
	const struct proxied_list *outer;
	enum {
		HERE_UNSAID,
		HERE_PROXIED,
		HERE_EXCEPT,
	} here;
};

struct proxy_conf {
	struct proxied_list list;
};

static int
append(const struct directive_use *use, struct proxied_list *list,
    const struct proxied *one)
{
	list->entries = arena_append(
	    use->arena, list->entries, list->count, one, 1, sizeof(*one));
	if (list->entries == NULL)
		return -1;
	list->count++;
	return 0;
}

/* False: it stands in a section, whose URLs it is about. */
static bool
has_pattern(const struct directive_use *use)
{
	return use->context != IN_DIRECTORY;
}

static int
refuse(const struct directive_use *use)
{
	return directive_unsupported(use, -1,
	    "Drover asks no other server; with UnsupportedModules warn these "
	    "URLs are answered by 501");
}

static int
read_use(const struct directive_use *use, struct proxied_list *list,
    struct proxied *one)
{
	int target = has_pattern(use) ? 1 : 0;

	if (use->arg_count <= target)
		return directive_error(
		    use, -1, "an argument is missing: %s", use->row->syntax);
	one->except = strcmp(use->args[target], "!") == 0;
	if (has_pattern(use))
		return append(use, list, one);
	list->here = one->except ? HERE_EXCEPT : HERE_PROXIED;
	return 0;
}

static int
parse_pass(const struct directive_use *use, void *field)
{
	struct proxied one = { .url = span_str(use->args[0]) };

	if (has_pattern(use) && use->args[0][0] != '/')
		return directive_error(
		    use, 0, "what is passed on begins with \"/\"");
	return read_use(use, field, &one) == 0 ? refuse(use) : -1;
}

static int
parse_pass_match(const struct directive_use *use, void *field)
{
	struct proxied one = { .regex = NULL };

	if (has_pattern(use)) {
		one.regex = directive_regex(use, 0, 0, false);
		if (one.regex == NULL)
			return -1;
	}
	return read_use(use, field, &one) == 0 ? refuse(use) : -1;
}

static int
merge(struct arena *arena, void *field, const void *outer_field)
{
	const struct proxied_list *outer = outer_field;
	struct proxied_list *list = field;

	(void)arena;
	list->outer = outer->count > 0 ? outer : outer->outer;
	if (list->here == HERE_UNSAID)
		list->here = outer->here;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("ProxyPass", IN_ANY, proxy_conf, list,
	    struct proxied_list, NULL, "[URL-path] URL|! [name=value ...]",
	    "URLs that another server answers; in <Location> all of these, "
	    "and !: none",
	    .differs = "Drover asks no other server: it is an error, or with "
		       "UnsupportedModules warn these URLs are answered by "
		       "501, be there "
		       "a file or not",
	    .parse = parse_pass, .merge = merge, .min_args = 1, .max_args = -1,
	    .repeats = true),
	DIRECTIVE_CUSTOM("ProxyPassMatch", IN_ANY, proxy_conf, list,
	    struct proxied_list, NULL, "[regex] URL|! [name=value ...]",
	    "the same for the URLs that a regular expression matches",
	    .differs = "as for ProxyPass", .parse = parse_pass_match,
	    .merge = merge, .min_args = 1, .max_args = -1, .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
static const struct conf_section proxy_section = {
	.name = "proxy",
	.rows = rows,
	.size = sizeof(struct proxy_conf),
	.id = &section_id,
};

static bool
is_matched(const struct proxied *one, struct span path)
{
	struct span groups[REGEX_GROUPS];

	if (one->regex == NULL)
		return paths_match(path, one->url) >= 0;
	/* One that gives up may have matched: closed, if it closes. */
	switch (regex_match(one->regex, path, groups)) {
	case REGEX_YES:
		return true;
	case REGEX_GAVE_UP:
		return !one->except;
	case REGEX_NO:
		break;
	}
	return false;
}

static bool
is_proxied(const struct proxied_list *list, struct span path)
{
	if (list->here != HERE_UNSAID)
		return list->here == HERE_PROXIED;
	for (; list != NULL; list = list->outer)
		for (size_t i = 0; i < list->count; i++)
			if (is_matched(&list->entries[i], path))
				return !list->entries[i].except;
	return false;
}

/* Apart, so that those who have none of it pay next to nothing. */
__attribute__((cold, noinline)) static enum hook_result
check(struct exchange *x, const struct proxied_list *list)
{
	struct span path = paths_merged(x);

	if (path.ptr != NULL && !is_proxied(list, path))
		return HOOK_PASS;
	exchange_report(x, REPORT_WARN, "proxy",
	    "the server that answers here is not asked: %.*s",
	    SPAN_ARG(x->request.uri.path));
	response_error(x, 501);
	return HOOK_DONE;
}

static enum hook_result
proxy_check(struct exchange *x)
{
	const struct proxy_conf *conf = exchange_conf(x, &proxy_section);
	const struct proxied_list *list = &conf->list;

	if (list->count == 0 && list->outer == NULL &&
	    list->here == HERE_UNSAID)
		return HOOK_PASS;
	return check(x, list);
}

const struct module proxy_module = {
	.conf = &proxy_section,
	.only_where_set = &proxy_section,
	.check = proxy_check,
};

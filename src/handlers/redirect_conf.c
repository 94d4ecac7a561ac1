/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of Redirect and its short forms. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "conf/conf.h"
#include "handlers/paths.h"
#include "handlers/redirect_private.h"
#include "http/status.h"

static int
append(struct arena *arena, struct redirect_list *list,
    const struct redirect *more, size_t count)
{
	void *all;

	if (count == 0)
		return 0;
	all = arena_append(
	    arena, list->redirects, list->count, more, count, sizeof(*more));
	if (all == NULL)
		return -1;
	*list = (struct redirect_list){ all, list->count + count };
	return 0;
}

static const struct directive_keyword status_words[] = {
	{ "permanent", 301 },
	{ "temp", 302 },
	{ "seeother", 303 },
	{ "gone", 410 },
	{ NULL, 0 },
};

/* The status that a word names; 0: it is none. */
static int
find_status(const char *word)
{
	uint64_t number;

	for (size_t i = 0; status_words[i].word != NULL; i++)
		if (strcasecmp(status_words[i].word, word) == 0)
			return status_words[i].value;
	if (number_parse(span_str(word), 599, &number) != NUMBER_OK)
		return 0;
	return (int)number;
}

static bool
has_target(int status)
{
	return status >= 300 && status < 400;
}

static enum redirect_place
place_of(const struct directive_use *use)
{
	if (use->section == NULL)
		return REDIRECT_HOST;
	return use->section->kind == SECTION_LOCATION ? REDIRECT_LOCATION
						      : REDIRECT_FILES;
}

/* template: a path may come of a group, and "\" takes "$" its meaning. */
static int
check_target(const struct directive_use *use, int arg, bool template)
{
	const char *target = use->args[arg];

	if (strstr(target, "%{") != NULL)
		return directive_error(use, arg,
		    "expressions are not supported: RedirectMatch takes $1");
	if (directive_check_url(use, arg, template ? "\\" : "") != 0)
		return -1;
	if (target[0] != '/' && strstr(target, "://") == NULL &&
	    !(template && target[0] == '$'))
		return directive_error(use, arg,
		    "\"%s\" is neither a URL nor a path that begins with "
		    "\"/\"",
		    target);
	return 0;
}

/* The URL behind what is matched; the clients would go round for ever. */
static int
parse_target(const struct directive_use *use, int arg, struct redirect *r)
{
	if (check_target(use, arg, r->regex != NULL) != 0)
		return -1;
	r->target = span_str(use->args[arg]);
	if (r->path.len > 0 && r->target.ptr[0] == '/' &&
	    paths_match(r->target, r->path) >= 0)
		directive_warn(use, arg,
		    "this leads to itself: \"%s\" is a part of what is "
		    "redirected",
		    use->args[arg]);
	return 0;
}

/* [path] target, from args[first] on; a section needs no path. */
static int
parse_rest(
    const struct directive_use *use, int first, struct redirect *redirect)
{
	bool in_section = use->context == IN_DIRECTORY;
	int wanted = has_target(redirect->status) ? 2 : 1;
	int count = use->arg_count - first, arg = first;

	if (count > 2 && first == 0)
		return directive_error(use, 0,
		    "\"%s\" is no status: permanent, temp, seeother, gone or "
		    "a number from 300 to 599",
		    use->args[0]);
	if (count > wanted)
		return directive_error(
		    use, first + wanted, "this status needs a path and no URL");
	if (count < wanted && !(in_section && count == wanted - 1))
		return directive_error(use, -1, "%s",
		    wanted == 2 ? "it needs a path and a URL"
				: "this status needs a path and no URL");
	if (count == wanted) {
		redirect->path = span_str(use->args[arg++]);
		if (!span_starts(redirect->path, "/"))
			return directive_error(use, arg - 1,
			    "\"%s\" is no path that begins with \"/\"",
			    use->args[arg - 1]);
	}
	return arg < use->arg_count ? parse_target(use, arg, redirect) : 0;
}

/* One without a path is for all of its section: as in Apache the last one
 * holds, before any that has a path. */
static bool
is_bare(const struct redirect *redirect)
{
	return redirect->path.len == 0 && redirect->regex == NULL;
}

static bool
begins_bare(const struct redirect_list *list)
{
	return list->count > 0 && is_bare(&list->redirects[0]);
}

static int
put_first(const struct directive_use *use, struct redirect_list *list,
    const struct redirect *redirect)
{
	size_t taken = begins_bare(list) ? 1 : 0;
	struct redirect_list all = { NULL, 0 };

	if (taken > 0)
		directive_warn(use, -1,
		    "the one of line %d no longer holds: both are for all of "
		    "this section",
		    list->redirects[0].set_at.line);
	if (append(use->arena, &all, redirect, 1) != 0 ||
	    append(use->arena, &all, list->redirects + taken,
		list->count - taken) != 0)
		return -1;
	*list = all;
	return 0;
}

static int
parse(const struct directive_use *use, void *field, int status, int first)
{
	struct redirect redirect = {
		.status = status, .place = place_of(use), .set_at = use->place
	};

	if (parse_rest(use, first, &redirect) != 0)
		return -1;
	return is_bare(&redirect)
		   ? put_first(use, field, &redirect)
		   : append(use->arena, field, &redirect, 1);
}

/* -1 after an error; *first_r: the argument behind the status. */
static int
parse_status(const struct directive_use *use, int *status_r, int *first_r)
{
	int status = find_status(use->args[0]);

	*first_r = status == 0 ? 0 : 1;
	*status_r = status == 0 ? 302 : status;
	if (status != 0 &&
	    (status < 300 || status == 304 || status_reason(status).len == 0))
		return directive_error(use, 0,
		    "\"%s\" is no status that a request can be sent away with",
		    use->args[0]);
	return 0;
}

static int
parse_redirect(const struct directive_use *use, void *field)
{
	int status, first;

	if (parse_status(use, &status, &first) != 0)
		return -1;
	return parse(use, field, status, first);
}

static int
parse_match(const struct directive_use *use, void *field)
{
	struct redirect r = { .place = place_of(use), .set_at = use->place };
	int arg;

	if (parse_status(use, &r.status, &arg) != 0)
		return -1;
	if (use->arg_count != arg + (has_target(r.status) ? 2 : 1))
		return directive_error(use, -1, "%s",
		    has_target(r.status)
			? "it needs a regular expression and a URL"
			: "this status needs a regular expression and no URL");
	r.regex = directive_regex(use, arg, 0, false);
	if (r.regex == NULL)
		return -1;
	if (++arg < use->arg_count && parse_target(use, arg, &r) != 0)
		return -1;
	return append(use->arena, field, &r, 1);
}

/* As in Apache a section is no reason to leave the path out. */
static int
parse_fixed(const struct directive_use *use, void *field, int status)
{
	if (use->arg_count != 2 && use->context == IN_DIRECTORY)
		return directive_error(use, -1,
		    "it needs a path and a URL; in a section Redirect %d takes "
		    "a URL alone",
		    status);
	return parse(use, field, status, 0);
}

static int
parse_permanent(const struct directive_use *use, void *field)
{
	return parse_fixed(use, field, 301);
}

static int
parse_temp(const struct directive_use *use, void *field)
{
	return parse_fixed(use, field, 302);
}

/* In an array of its own: the inner scope's is part of other sets as well. */
static int
merge_redirects(struct arena *arena, void *field, const void *outer_field)
{
	const struct redirect_list *outer = outer_field;
	struct redirect_list *inner = field, all = { NULL, 0 };
	size_t bare = begins_bare(outer) ? 1 : 0;

	if (outer->count == 0)
		return 0;
	if ((bare > 0 && !begins_bare(inner) &&
		append(arena, &all, outer->redirects, 1) != 0) ||
	    append(arena, &all, inner->redirects, inner->count) != 0 ||
	    append(arena, &all, outer->redirects + bare,
		outer->count - bare) != 0)
		return -1;
	*inner = all;
	return 0;
}

#define REDIRECT(name_, syntax_, parse_, max_, ...)                            \
	DIRECTIVE_CUSTOM(name_, IN_ANY, redirect_conf, list,                   \
	    struct redirect_list, NULL, syntax_, __VA_ARGS__, .parse = parse_, \
	    .merge = merge_redirects, .min_args = 1, .max_args = max_,         \
	    .repeats = true)

static const struct directive rows[] = {
	REDIRECT("Redirect", "[status] [URL-path] [URL]", parse_redirect, 3,
	    "answer below URL-path with the place that takes its part: for "
	    "now (temp, 302, unless another status is given), for ever "
	    "(permanent, 301), by GET (seeother, 303); or say that it is gone "
	    "(410). The first that matches holds; those in <Location> go "
	    "before those of the host, and none of either asks who may have "
	    "what is there. In a section URL-path may be left out, then all "
	    "of it leads to the same URL; of such ones the last holds, before "
	    "any with a path",
	    .differs =
		"a path is sent as a path, without a name before it, "
		"unless UseCanonicalName is On; there are no expressions"),
	REDIRECT("RedirectMatch", "[status] regex [URL]", parse_match, 3,
	    "the same for the paths that a regular expression matches: the "
	    "URL may have $0 to $9, for what the groups took",
	    .differs = "what a group took is escaped as a part of a path, or "
		       "of a query behind ?; otherwise as for Redirect"),
	REDIRECT("RedirectPermanent", "URL-path URL", parse_permanent, 2,
	    "as Redirect permanent", .differs = "as for Redirect"),
	REDIRECT("RedirectTemp", "URL-path URL", parse_temp, 2,
	    "as Redirect temp", .differs = "as for Redirect"),
	DIRECTIVE_FLAG("RedirectRelative", IN_ANY, redirect_conf, relative,
	    "Off",
	    "a path as URL of a Redirect is sent as it is, also where "
	    "UseCanonicalName asks for more",
	    .differs =
		"Off sends it so as well, where UseCanonicalName is Off"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section redirect_section = {
	.name = "redirect",
	.rows = rows,
	.size = sizeof(struct redirect_conf),
	.id = &section_id,
};

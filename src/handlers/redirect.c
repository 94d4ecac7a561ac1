/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redirect and its short forms.  Those of a host are asked first of all, what
 * is behind the matched part of the path and the query going along; those of a
 * section where it holds, after its access rules.  The first one that matches
 * holds, the inner ones before the outer.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "handlers/paths.h"
#include "http/module.h"
#include "http/status.h"

struct redirect {
	struct span path;   /* empty: all that the section is for */
	struct span target; /* empty: none, the status says all */
	int status;
	bool in_section;
};

struct redirect_list {
	const struct redirect *redirects;
	size_t count;
};

struct redirect_conf {
	struct redirect_list list;
};

static int
append(struct arena *arena, struct redirect_list *list,
    const struct redirect *more, size_t count)
{
	void *all = arena_append(
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

static int
check_target(const struct directive_use *use, int arg)
{
	const char *target = use->args[arg];

	for (const char *c = target; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("\"<>\\^`{|}", *c))
			return directive_error(use, arg,
			    "\"%c\" cannot stand in a URL: write it as "
			    "%%%02X",
			    *c, (unsigned char)*c);
	if (target[0] != '/' && strstr(target, "://") == NULL)
		return directive_error(use, arg,
		    "\"%s\" is neither a URL nor a path that begins with "
		    "\"/\"",
		    target);
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

	if (count != wanted && !(in_section && count == wanted - 1))
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
	if (arg < use->arg_count) {
		if (check_target(use, arg) != 0)
			return -1;
		redirect->target = span_str(use->args[arg]);
	}
	redirect->in_section = in_section;
	return 0;
}

static int
parse(const struct directive_use *use, void *field, int status, int first)
{
	struct redirect redirect = { .status = status };

	if (parse_rest(use, first, &redirect) != 0)
		return -1;
	return append(use->arena, field, &redirect, 1);
}

static int
parse_redirect(const struct directive_use *use, void *field)
{
	int status = find_status(use->args[0]);

	if (status == 0)
		return parse(use, field, 302, 0);
	if (status < 300 || status == 304 || status_reason(status).len == 0)
		return directive_error(use, 0,
		    "\"%s\" is no status that a request can be sent away with",
		    use->args[0]);
	return parse(use, field, status, 1);
}

static int
parse_permanent(const struct directive_use *use, void *field)
{
	return parse(use, field, 301, 0);
}

static int
parse_temp(const struct directive_use *use, void *field)
{
	return parse(use, field, 302, 0);
}

/* In an array of its own: the inner scope's is part of other sets as well. */
static int
merge_redirects(struct arena *arena, void *field, const void *outer_field)
{
	const struct redirect_list *outer = outer_field;
	struct redirect_list *inner = field, all = { NULL, 0 };

	if (outer->count == 0)
		return 0;
	if ((inner->count > 0 &&
		append(arena, &all, inner->redirects, inner->count) != 0) ||
	    append(arena, &all, outer->redirects, outer->count) != 0)
		return -1;
	*inner = all;
	return 0;
}

#define REDIRECT(name_, syntax_, help_, parse_, max_)                    \
	DIRECTIVE_CUSTOM(name_, IN_ANY, redirect_conf, list,             \
	    struct redirect_list, NULL, syntax_, help_, .parse = parse_, \
	    .merge = merge_redirects, .min_args = 1, .max_args = max_,   \
	    .repeats = true)

static const struct directive rows[] = {
	REDIRECT("Redirect", "[status] [URL-path] [URL]",
	    "answer below URL-path with the place that takes its part: for now "
	    "(temp, 302, unless another status is given), for ever (permanent, "
	    "301), by GET (seeother, 303); or say that it is gone (410)",
	    parse_redirect, 3),
	REDIRECT("RedirectPermanent", "URL-path URL", "as Redirect permanent",
	    parse_permanent, 2),
	REDIRECT(
	    "RedirectTemp", "URL-path URL", "as Redirect temp", parse_temp, 2),
	{ .name = NULL },
};

static unsigned section_id;
static const struct conf_section redirect_section = {
	.name = "redirect",
	.rows = rows,
	.size = sizeof(struct redirect_conf),
	.id = &section_id,
};

/* True for "http://host": what follows must not become part of the name. */
static bool
ends_with_host(struct span url)
{
	size_t colon = span_find(url, ':');
	struct span rest = span_skip(url, colon + 3);

	return url.ptr[0] != '/' && span_find(rest, '/') == rest.len &&
	       span_find(rest, '?') == rest.len &&
	       span_find(rest, '#') == rest.len;
}

/* The target, joined by one "/" to what is behind the part that matched. */
static struct span
make_location(struct exchange *x, const struct redirect *redirect)
{
	struct span target = redirect->target;
	struct span path = x->request.uri.path, rest = { "", 0 };

	if (redirect->path.len > 0)
		rest =
		    span_skip(path, (size_t)paths_match(path, redirect->path));
	if (rest.len > 0 && rest.ptr[0] == '/' &&
	    target.ptr[target.len - 1] == '/')
		rest = span_skip(rest, 1);
	else if (rest.len > 0 && rest.ptr[0] != '/' && ends_with_host(target))
		/* The "/" that the path matched with. */
		rest = span_of(rest.ptr - 1, rest.len + 1);
	return paths_location(x, target, rest);
}

static void
redirect_send(struct exchange *x, const struct redirect *redirect)
{
	struct span location;

	if (redirect->target.len == 0) {
		response_error(x, redirect->status);
		return;
	}
	location = make_location(x, redirect);
	if (location.ptr == NULL)
		response_error(x, 500);
	else
		response_redirect(x, redirect->status, location);
}

static enum hook_result
redirect_first(struct exchange *x, bool in_section)
{
	const struct redirect_conf *conf = exchange_conf(x, &redirect_section);
	struct span path = x->request.uri.path;

	for (size_t i = 0; i < conf->list.count; i++) {
		const struct redirect *redirect = &conf->list.redirects[i];

		if (redirect->in_section != in_section ||
		    paths_match(path, redirect->path) < 0)
			continue;
		redirect_send(x, redirect);
		return HOOK_DONE;
	}
	return HOOK_PASS;
}

static enum hook_result
redirect_map(struct exchange *x)
{
	return redirect_first(x, false);
}

static enum hook_result
redirect_handle(struct exchange *x)
{
	return redirect_first(x, true);
}

const struct module redirect_module = {
	.conf = &redirect_section,
	.map = redirect_map,
	.handle = redirect_handle,
};

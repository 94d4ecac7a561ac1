/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redirect and its short forms.  Those of a <Location> and then those of the
 * host are asked first of all, what is behind the matched part of the path and
 * the query going along; those of a <Directory> where it holds, after its
 * access rules.  The first one that matches holds, the inner ones before the
 * outer.
 */
#include "config.h"

#include "base/buf.h"
#include "base/template.h"
#include "handlers/location.h"
#include "handlers/paths.h"
#include "handlers/redirect_private.h"
#include "http/module.h"

/* Eight times what a request line may be by default. */
#define LOCATION_MAX 65536

static struct location_rules locations;

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

/* ---- RedirectMatch ---- */

/* Where in a URL the next piece stands. */
enum url_part {
	URL_HOST,
	URL_PATH,
	URL_QUERY,
};

static enum url_part
part_of(struct span url)
{
	size_t scheme = span_find(url, ':');
	struct span rest = url;

	if (span_find(url, '?') < url.len || span_find(url, '#') < url.len)
		return URL_QUERY;
	if (!span_starts(span_skip(url, scheme), "://"))
		return URL_PATH;
	rest = span_skip(url, scheme + 3);
	return span_find(rest, '/') < rest.len ? URL_PATH : URL_HOST;
}

static bool
is_alphanumeric(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/*
 * In the name of a host only what such names have stands for itself.  Where
 * that seems to be whole, a group at the end of all cannot add to it: it is
 * the path.
 */
static void
add_to_host(struct buf *url, struct span group, bool at_end)
{
	struct span so_far = buf_span(url);
	size_t slash = span_find(group, '/');

	if (at_end && slash > 0 && group.len > 0 &&
	    is_alphanumeric((unsigned char)so_far.ptr[so_far.len - 1])) {
		buf_add_char(url, '/');
		slash = 0;
	}
	for (size_t i = 0; i < slash; i++) {
		unsigned char c = (unsigned char)group.ptr[i];

		if (is_alphanumeric(c) || c == '.' || c == '-' || c == ':')
			buf_add_char(url, (char)c);
		else
			buf_printf(url, "%%%02X", c);
	}
	paths_print(url, span_skip(group, slash));
}

static void
add_group(struct buf *url, struct span group, bool at_end)
{
	switch (part_of(buf_span(url))) {
	case URL_HOST:
		add_to_host(url, group, at_end);
		break;
	case URL_PATH:
		paths_print(url, group);
		break;
	case URL_QUERY:
		buf_add_url_path(url, group);
		break;
	}
}

static struct span
make_matched(struct exchange *x, const struct redirect *redirect,
    const struct span groups[REGEX_GROUPS])
{
	struct span rest = redirect->target, location = { NULL, 0 };
	struct buf url;

	buf_init(&url, LOCATION_MAX);
	while (rest.len > 0) {
		bool is_group;
		struct span piece = template_next(&rest, groups, &is_group);

		if (is_group)
			add_group(&url, piece, rest.len == 0);
		else
			buf_add_span(&url, piece);
	}
	if (!buf_failed(&url))
		location = paths_location(x, buf_span(&url), span_of("", 0));
	buf_release(&url);
	return location;
}

/* ---- hooks ---- */

/* What groups alone make up may be no URL. */
static bool
is_url(struct span location)
{
	return span_starts(location, "/") ||
	       span_starts(
		   span_skip(location, span_find(location, ':')), "://");
}

static void
redirect_send(struct exchange *x, const struct redirect *redirect,
    const struct span groups[REGEX_GROUPS], bool relative)
{
	struct span location;

	if (redirect->target.len == 0) {
		response_error(x, redirect->status);
		return;
	}
	location = redirect->regex != NULL ? make_matched(x, redirect, groups)
					   : make_location(x, redirect);
	if (location.ptr == NULL) {
		response_error(x, 500);
	} else if (!is_url(location)) {
		exchange_report(x, REPORT_ERROR, "alias",
		    "AH00674: cannot redirect '%.*s' to '%.*s'; target is not "
		    "a valid absoluteURI or abs_path",
		    SPAN_ARG(x->request.uri.path), SPAN_ARG(location));
		response_error(x, 500);
	} else if (relative) {
		response_redirect_verbatim(x, redirect->status, location);
	} else {
		response_redirect(x, redirect->status, location);
	}
}

/* One that closes a part of the paths does so where that cannot be told. */
static bool
is_matched(const struct redirect *redirect, struct span path,
    struct span groups_r[REGEX_GROUPS])
{
	enum regex_result result;

	if (redirect->regex == NULL)
		return paths_match(path, redirect->path) >= 0;
	result = regex_match(redirect->regex, path, groups_r);
	return result == REGEX_YES ||
	       (result == REGEX_GAVE_UP && redirect->target.len == 0);
}

static enum hook_result
redirect_first(struct exchange *x, const struct redirect_conf *conf, bool late)
{
	struct span groups[REGEX_GROUPS];

	for (size_t i = 0; i < conf->list.count; i++) {
		const struct redirect *redirect = &conf->list.redirects[i];

		if ((late ? redirect->place == REDIRECT_HOST &&
				x->route.again == 0
			  : redirect->place == REDIRECT_FILES) ||
		    !is_matched(redirect, x->request.uri.path, groups))
			continue;
		x->route.decided_at = &redirect->set_at;
		redirect_send(x, redirect, groups, conf->relative);
		return HOOK_DONE;
	}
	return HOOK_PASS;
}

static enum hook_result
redirect_map(struct exchange *x)
{
	return redirect_first(x, location_rules_find(&locations, x), false);
}

extern const struct module redirect_module;

/* Whatever handler there is, or is lacking.  An index has a name that was not
 * asked for before, which those of the host may be about as well. */
static void
redirect_fixup(struct exchange *x)
{
	const struct redirect_conf *conf = exchange_conf(x, &redirect_section);

	if (x->response.status == 0 &&
	    redirect_first(x, conf, true) == HOOK_DONE)
		x->route.handled_by = &redirect_module;
}

static int
redirect_start(const struct server_conf *conf, struct err *err)
{
	if (location_rules_start(&locations, &redirect_section, conf) != 0)
		return err_set(err, "out of memory");
	return 0;
}

const struct module redirect_module = {
	.conf = &redirect_section,
	.only_where_set = &redirect_section,
	.map = redirect_map,
	.fixup = redirect_fixup,
	.start = redirect_start,
};

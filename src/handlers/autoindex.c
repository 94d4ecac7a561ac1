/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories without an index, where Options Indexes lets them be listed:
 * what hides a name, what the query of a sort link means, and whether people
 * or programs ask.
 */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <unistd.h>

#include "files/files.h"
#include "handlers/autoindex_private.h"
#include "http/accept.h"
#include "http/module.h"

struct ignored_names {
	const char *const *patterns;
	size_t count;
};

struct autoindex_conf {
	struct ignored_names ignored;
	struct listing_order order;
};

/* ---- settings ---- */

static int
append(struct arena *arena, struct ignored_names *names,
    const char *const *more, size_t count)
{
	void *all;

	if (count == 0)
		return 0;
	all = arena_append(
	    arena, names->patterns, names->count, more, count, sizeof(*more));
	if (all == NULL)
		return -1;
	*names = (struct ignored_names){ all, names->count + count };
	return 0;
}

static int
parse_ignored(const struct directive_use *use, void *field)
{
	return append(use->arena, field, use->args, (size_t)use->arg_count);
}

/* Both lists, in an array of its own: theirs belong to others as well. */
static int
merge_ignored(struct arena *arena, void *field, const void *outer_field)
{
	const struct ignored_names *outer = outer_field;
	struct ignored_names *inner = field, all = { NULL, 0 };

	if (append(arena, &all, outer->patterns, outer->count) != 0 ||
	    append(arena, &all, inner->patterns, inner->count) != 0)
		return -1;
	*inner = all;
	return 0;
}

static const struct directive_keyword directions[] = {
	{ "Ascending", false },
	{ "Descending", true },
	{ NULL, 0 },
};

static const struct directive_keyword keys[] = {
	{ "Name", LISTING_NAME },
	{ "Date", LISTING_MODIFIED },
	{ "Size", LISTING_SIZE },
	{ "Description", LISTING_NAME },
	{ NULL, 0 },
};

static int
parse_order(const struct directive_use *use, void *field)
{
	struct listing_order *order = field;
	int descending, key;

	if (directive_keyword(use, 0, directions, &descending) != 0 ||
	    directive_keyword(use, 1, keys, &key) != 0)
		return -1;
	*order = (struct listing_order){ key, descending };
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("IndexIgnore", IN_ANY, autoindex_conf, ignored,
	    struct ignored_names, NULL, "name ...",
	    "names, with * and ? for anything, that no listing shows",
	    .parse = parse_ignored, .merge = merge_ignored, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("IndexOrderDefault", IN_ANY, autoindex_conf, order,
	    struct listing_order, NULL, "Ascending|Descending Name|Date|Size",
	    "how a listing is sorted until one of its links says otherwise",
	    .parse = parse_order, .min_args = 2, .max_args = 2),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_autoindex.c", NULL };

static unsigned section_id;
static const struct conf_section autoindex_section = {
	.name = "autoindex",
	.rows = rows,
	.size = sizeof(struct autoindex_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

bool
autoindex_ignores(const struct exchange *x, const char *name)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);

	for (size_t i = 0; i < conf->ignored.count; i++)
		if (fnmatch(conf->ignored.patterns[i], name, 0) == 0)
			return true;
	return false;
}

/* ---- the query ---- */

/* "C=M;O=D" as in Apache's links, or with "&"; D was for descriptions. */
static struct listing_order
read_order(const struct exchange *x)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);
	struct listing_order order = conf->order;
	struct span query = x->request.uri.query;

	while (query.len > 0) {
		size_t len = span_find(query, ';');
		size_t other = span_find(query, '&');
		struct span part =
		    span_of(query.ptr, len < other ? len : other);

		if (span_is(part, "C=N") || span_is(part, "C=D"))
			order.key = LISTING_NAME;
		else if (span_is(part, "C=M"))
			order.key = LISTING_MODIFIED;
		else if (span_is(part, "C=S"))
			order.key = LISTING_SIZE;
		else if (span_is(part, "O=A") || span_is(part, "O=D"))
			order.descending = part.ptr[2] == 'D';
		query = span_skip(query, part.len + 1);
	}
	return order;
}

/* ---- handle ---- */

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

static DIR *
open_directory(struct exchange *x)
{
	int fd = files_open_directory(x, x->file_path);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	int saved = errno;

	if (directory == NULL && fd >= 0)
		close(fd);
	errno = saved;
	return directory;
}

static enum hook_result
send_listing(struct exchange *x, DIR *directory)
{
	struct response *response = &x->response;
	bool json =
	    accept_prefers(&x->request, "application/json", "text/html");
	const struct listing_format *format =
	    json ? &listing_json : &listing_html;

	if (autoindex_body(x, directory, read_order(x), format) != 0)
		return fail(x, 503);
	response->status = 200;
	response->content_type = format->content_type;
	if (field_add(&response->fields, &x->arena, FIELD_VARY,
		(struct span)SPAN("Accept")) != 0)
		return fail(x, 500);
	return HOOK_DONE;
}

/* What is left here is a directory without an index. */
static enum hook_result
autoindex_handle(struct exchange *x)
{
	struct span path = x->file_path;
	DIR *directory;
	int error;

	if (path.len == 0 || path.ptr[path.len - 1] != '/' ||
	    !files_option(x->settings, OPTION_INDEXES))
		return HOOK_PASS;
	directory = open_directory(x);
	if (directory != NULL)
		return send_listing(x, directory);
	error = errno;
	exchange_report(x, REPORT_ERROR, "autoindex",
	    "AH01275: Can't open directory for index: %.*s", SPAN_ARG(path));
	return fail(x, files_status(error));
}

static int
autoindex_start(const struct server_conf *conf, struct err *err)
{
	if (autoindex_body_start(conf) != 0)
		return err_set(err, "out of memory");
	return 0;
}

const struct module autoindex_module = {
	.conf = &autoindex_section,
	.handle = autoindex_handle,
	.start = autoindex_start,
};

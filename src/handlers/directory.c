/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What answers for a directory, and for what is not there: DirectoryIndex,
 * DirectorySlash, FallbackResource.  An index is a resource of its own: the
 * settings that hold for it are asked before it is sent.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "files/files.h"
#include "handlers/paths.h"
#include "handlers/probe.h"
#include "handlers/static_private.h"
#include "http/accept.h"
#include "http/mime.h"

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

static bool
ends_with_slash(struct span path)
{
	return path.len > 0 && path.ptr[path.len - 1] == '/';
}

/* Two texts as one, with a NUL; ptr NULL without memory. */
static struct span
join(struct arena *arena, struct span a, struct span b)
{
	char *text = arena_alloc(arena, a.len + b.len + 1);

	if (text == NULL)
		return (struct span){ NULL, 0 };
	memcpy(text, a.ptr, a.len);
	memcpy(text + a.len, b.ptr, b.len);
	text[a.len + b.len] = '\0';
	return span_of(text, a.len + b.len);
}

/* ---- index ---- */

/* Another path of the host stands for it, wherever that leads. */
static enum hook_result
go_on_at(struct exchange *x, struct span uri_path, const char *directive)
{
	x->route.led_by = directive;
	x->request.uri.path = uri_path;
	x->file_path = x->root_path = x->uri_prefix = span_of("", 0);
	return HOOK_AGAIN;
}

static enum hook_result
redirect_to(struct exchange *x, int status, struct span path)
{
	struct span location = paths_location(x, span_of("", 0), path);

	if (location.ptr == NULL)
		return fail(x, 500);
	response_redirect(x, status, location);
	return HOOK_DONE;
}

/* An index answers for the directory, under its own name; path is empty for one
 * that is elsewhere. */
static enum hook_result
go_on_with(struct exchange *x, struct span path, struct span name)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	struct span uri = name;

	if (path.len > 0)
		uri = join(&x->arena, x->request.uri.path, name);
	if (uri.ptr == NULL)
		return fail(x, 500);
	if (conf->index_redirect != 0)
		return redirect_to(x, conf->index_redirect, uri);
	if (path.len == 0)
		return go_on_at(x, uri, "DirectoryIndex");
	x->route.led_by = "DirectoryIndex";
	x->file_path = path;
	x->slash_added = false;
	x->root_path.ptr = path.ptr;
	x->request.uri.path = uri;
	return HOOK_AGAIN;
}

/* ---- fallback ---- */

/* An application's own path looks like a page's: a script or a picture that is
 * missing must not turn into one. */
static bool
asks_for_page(const struct exchange *x)
{
	struct span path = x->request.uri.path, name;

	while (ends_with_slash(path))
		path.len--;
	name = span_skip(path, span_find_last(path, '/') + 1);
	return (x->request.method == METHOD_GET ||
		   x->request.method == METHOD_HEAD) &&
	       span_find(name, '.') == name.len &&
	       accept_takes(&x->request, "text/html");
}

enum hook_result
directory_fallback(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);

	if (conf->fallback == NULL)
		return HOOK_PASS;
	if (span_is(x->request.uri.path, conf->fallback)) {
		exchange_report(x, REPORT_ERROR, "dir",
		    "FallbackResource %s is itself not there: %.*s",
		    conf->fallback, SPAN_ARG(x->file_path));
		return fail(x, 500);
	}
	if (conf->fallback_for == FALLBACK_PAGES) {
		if (!asks_for_page(x))
			return HOOK_PASS;
		if (field_add(&x->response.fields, &x->arena, FIELD_VARY,
			(struct span)SPAN("Accept")) != 0)
			return fail(x, 500);
	}
	return go_on_at(x, span_str(conf->fallback), "FallbackResource");
}

/* ---- directories ---- */

static enum hook_result
refuse_method(struct exchange *x)
{
	response_methods(x, METHODS_READ);
	return HOOK_DONE;
}

/* No index: it is listed, which is another module's, or closed.  Whoever leaves
 * that module out of an Apache's configuration wants no listings. */
static enum hook_result
leave_directory(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	struct buf names;

	if (!conf_has_module(x->conf, "mod_autoindex.c"))
		return fail(x, 404);
	if (files_option(x->settings, OPTION_INDEXES))
		return x->request.method == METHOD_POST ? refuse_method(x)
							: HOOK_PASS;
	buf_init(&names, EXCHANGE_REPORT_MAX);
	for (size_t i = 0; i < conf->index.count; i++)
		buf_printf(
		    &names, "%s%s", i == 0 ? "" : " ", conf->index.names[i]);
	exchange_report(x, REPORT_ERROR, "autoindex",
	    "AH01276: Cannot serve directory %.*s: No matching DirectoryIndex "
	    "(%.*s) found, and server-generated directory index forbidden by "
	    "Options directive",
	    SPAN_ARG(x->file_path), SPAN_ARG(buf_span(&names)));
	buf_release(&names);
	return fail(x, 403);
}

/* Whether a file of the directory is there; -1 without memory. */
static int
has_file(struct exchange *x, struct span path, int *error)
{
	struct cached_file *file;
	struct mime_info info;
	bool regular;

	if (path.ptr == NULL ||
	    mime_describe(x->settings, path, &x->arena, &info) != 0)
		return -1;
	file = files_get(x, path, info.type);
	if (file == NULL) {
		if (files_status(errno) != 404)
			*error = errno;
		return 0;
	}
	regular = S_ISREG(file->mode);
	cache_put(file);
	return regular;
}

/*
 * The first index that is there.  One that is there but cannot be opened
 * closes the directory only if no other follows, as in Apache.
 */
static enum hook_result
find_index(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	enum hook_result result;
	int error = 0;

	for (size_t i = 0; i < conf->index.count; i++) {
		struct span name = span_str(conf->index.names[i]);
		struct span path = { "", 0 };
		int found;

		if (name.ptr[0] == '/') {
			found = probe_finds(x, name);
		} else {
			path = join(&x->arena, x->file_path, name);
			found = has_file(x, path, &error);
		}
		if (found < 0)
			return fail(x, 500);
		if (found)
			return go_on_with(x, path, name);
	}
	if (error != 0)
		return static_refuse(x, error);
	result = directory_fallback(x);
	return result == HOOK_PASS ? leave_directory(x) : result;
}

enum hook_result
directory_answer(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	enum method method = x->request.method;
	struct span path;

	if (files_enter_directory(x))
		return HOOK_AGAIN;
	if (ends_with_slash(x->request.uri.path))
		return find_index(x);
	if (method != METHOD_GET && method != METHOD_HEAD)
		return refuse_method(x);
	if (!conf->slash)
		return leave_directory(x);
	path = join(&x->arena, x->request.uri.path, span_of("/", 1));
	return path.ptr == NULL ? fail(x, 500) : redirect_to(x, 301, path);
}

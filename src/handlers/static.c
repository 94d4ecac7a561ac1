/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files below DocumentRoot, or below whatever another module mapped the URI
 * to: the last to map and the last to handle.  A directory is answered by its
 * index, which is a resource of its own: the settings that hold for it are
 * asked before it is sent.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "files/files.h"
#include "files/variant.h"
#include "handlers/paths.h"
#include "http/filter.h"
#include "http/mime.h"
#include "http/module.h"

struct index_names {
	const char *const *names;
	size_t count;
};

struct static_conf {
	struct index_names index;
};

/* ---- settings ---- */

static int
check_index_name(const struct directive_use *use, int arg)
{
	struct span rest = span_str(use->args[arg]);

	if (rest.len == 0 || rest.ptr[0] == '/')
		return directive_error(use, arg,
		    "an index is a file of the directory: not \"%s\"",
		    use->args[arg]);
	while (rest.len > 0) {
		struct span segment = span_of(rest.ptr, span_find(rest, '/'));

		if (segment.len == 0 || span_is(segment, ".") ||
		    span_is(segment, ".."))
			return directive_error(use, arg,
			    "\"%s\" leads out of the directory",
			    use->args[arg]);
		rest = span_skip(rest, segment.len + 1);
	}
	return 0;
}

/* Several lines of one scope add up; "disabled" alone empties the list. */
static int
parse_index(const struct directive_use *use, void *field)
{
	struct index_names *index = field;
	const char *const *names;

	if (use->arg_count == 1 && strcasecmp(use->args[0], "disabled") == 0) {
		index->count = 0;
		return 0;
	}
	for (int i = 0; i < use->arg_count; i++)
		if (check_index_name(use, i) != 0)
			return -1;
	names = arena_append(use->arena, index->names, index->count, use->args,
	    (size_t)use->arg_count, sizeof(*names));
	if (names == NULL)
		return -1;
	index->names = names;
	index->count += (size_t)use->arg_count;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("DirectoryIndex", IN_ANY, static_conf, index,
	    struct index_names, "index.html", "disabled|name ...",
	    "the files that answer for a directory; the first that is there "
	    "does",
	    .parse = parse_index, .min_args = 1, .max_args = -1,
	    .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_dir.c", NULL };

static unsigned section_id;
static const struct conf_section static_section = {
	.name = "static",
	.rows = rows,
	.size = sizeof(struct static_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- map and check ---- */

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

/* How much of the path is the host's ServerPath, which is as if it was not
 * there, whoever asks. */
static size_t
server_path_len(const struct exchange *x)
{
	const char *path = x->route.host->path;
	long len;

	if (path == NULL)
		return 0;
	len = paths_match(x->request.uri.path, span_str(path));
	if (len > 0 && path[strlen(path) - 1] == '/')
		len--;
	return len > 0 ? (size_t)len : 0;
}

static enum hook_result
static_map(struct exchange *x)
{
	const struct files_conf *conf = exchange_conf(x, &files_section);

	if (x->request.uri.path.len == 0 || x->request.uri.path.ptr[0] != '/')
		return HOOK_PASS;
	if (files_map(x, span_str(conf->document_root), server_path_len(x)) !=
	    0)
		return fail(x, 500);
	return HOOK_PASS;
}

/* .git, .env, .htpasswd: whoever put them there did not mean to publish them.
 * .well-known is there to be asked for (RFC 8615). */
static bool
has_dotfile(struct span below_root)
{
	struct span rest = below_root;

	while (rest.len > 0) {
		struct span segment = span_of(rest.ptr, span_find(rest, '/'));

		if (span_starts(segment, ".") &&
		    !span_is(segment, ".well-known"))
			return true;
		rest = span_skip(rest, segment.len + 1);
	}
	return false;
}

static enum hook_result
static_check(struct exchange *x)
{
	if (x->file_path.len == 0)
		return HOOK_PASS;
	if (has_dotfile(span_skip(x->file_path, x->root_path.len))) {
		exchange_report(x, REPORT_INFO, "static",
		    "names that begin with a dot are not served: %.*s",
		    SPAN_ARG(x->file_path));
		return fail(x, 404);
	}
	if (files_overridden(x)) {
		if (x->file_path.len >= PATH_MAX) /* no file's */
			return fail(x, 404);
		exchange_report(x, REPORT_WARN, "static",
		    "closed, because a .htaccess cannot be followed "
		    "(AllowOverride None would ignore it): %.*s",
		    SPAN_ARG(x->file_path));
		return fail(x, 403);
	}
	return HOOK_PASS;
}

/* ---- methods ---- */

static enum hook_result
refuse_method(struct exchange *x)
{
	response_methods(x, METHODS_READ);
	return HOOK_DONE;
}

/* Of the server ("*") or of any URI: what could be asked for it. */
static enum hook_result
answer_options(struct exchange *x)
{
	bool whole_server = x->request.uri.form == URI_ASTERISK;

	response_methods(
	    x, METHODS_READ | (whole_server ? METHOD_BIT(METHOD_POST) : 0));
	return HOOK_DONE;
}

/* ---- files ---- */

static enum hook_result
refuse_file(struct exchange *x, int error)
{
	int status = files_status(error);

	if (status == 404)
		exchange_report(x, REPORT_INFO, "core",
		    "AH%05d: File does not exist: %.*s",
		    error == ENOTDIR ? 130 : 128, SPAN_ARG(x->file_path));
	else if (error == EACCES || error == EPERM)
		exchange_report(x, REPORT_ERROR, "core",
		    "AH00132: file permissions deny server access: %.*s",
		    SPAN_ARG(x->file_path));
	else if (status == 403)
		exchange_report(x, REPORT_ERROR, "core",
		    "AH00037: Symbolic link not allowed or link target not "
		    "accessible: %.*s",
		    SPAN_ARG(x->file_path));
	else
		exchange_report(x, REPORT_ERROR, "static",
		    "cannot serve %.*s: %s", SPAN_ARG(x->file_path),
		    strerror(error));
	return fail(x, status);
}

/* What the name of the file says beside its type; -1 without memory. */
static int
add_content_fields(struct exchange *x, const struct mime_info *info)
{
	struct field_list *fields = &x->response.fields;

	if (info->encoding.len > 0 &&
	    field_add(
		fields, &x->arena, FIELD_CONTENT_ENCODING, info->encoding) != 0)
		return -1;
	if (info->language.len > 0)
		return field_add(
		    fields, &x->arena, FIELD_CONTENT_LANGUAGE, info->language);
	return 0;
}

/*
 * The body owns the file, but may be closed before the log line is written;
 * so the tag is copied, and the block, which is for the head alone, is only
 * given where there is a body.
 */
static enum hook_result
send_file(
    struct exchange *x, struct cached_file *file, const struct mime_info *info)
{
	struct response *response = &x->response;
	struct span etag = arena_span(&x->arena, file->validators.etag);

	if (etag.ptr == NULL || add_content_fields(x, info) != 0) {
		cache_put(file);
		return fail(x, 500);
	}
	response->status = 200;
	response->content_type = info->type;
	response->ranges = true;
	response->validators.etag = etag;
	response->validators.last_modified = file->validators.last_modified;
	if (x->request.method == METHOD_GET && file->size > 0)
		response->block = file->block;
	cache_body(file, &response->body, 0, file->size);
	return HOOK_DONE;
}

/* ---- directories ---- */

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

/* An index answers for the directory, under its own name. */
static enum hook_result
go_on_with(struct exchange *x, struct span path, struct span name)
{
	struct span uri = join(&x->arena, x->request.uri.path, name);

	if (uri.ptr == NULL)
		return fail(x, 500);
	x->file_path = path;
	x->root_path.ptr = path.ptr;
	x->request.uri.path = uri;
	return HOOK_AGAIN;
}

static enum hook_result
redirect_to_slash(struct exchange *x)
{
	struct span path =
	    join(&x->arena, x->request.uri.path, span_of("/", 1));
	struct span location = { NULL, 0 };

	if (path.ptr != NULL)
		location = paths_location(x, span_of("", 0), path);
	if (location.ptr == NULL)
		return fail(x, 500);
	response_redirect(x, 301, location);
	return HOOK_DONE;
}

/* No index: it is listed, which is another module's, or closed. */
static enum hook_result
leave_directory(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	struct buf names;

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

/*
 * The first index that is there.  One that is there but cannot be opened
 * closes the directory only if no other follows, as in Apache.
 */
static enum hook_result
find_index(struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	int error = 0;

	for (size_t i = 0; i < conf->index.count; i++) {
		struct span name = span_str(conf->index.names[i]);
		struct span path = join(&x->arena, x->file_path, name);
		struct cached_file *file;
		struct mime_info info;
		bool regular;

		if (path.ptr == NULL ||
		    mime_describe(x->settings, path, &x->arena, &info) != 0)
			return fail(x, 500);
		file = files_get(x, path, info.type);
		if (file == NULL) {
			if (files_status(errno) != 404)
				error = errno;
			continue;
		}
		regular = S_ISREG(file->mode);
		cache_put(file);
		if (regular)
			return go_on_with(x, path, name);
	}
	return error == 0 ? leave_directory(x) : refuse_file(x, error);
}

static enum hook_result
answer_directory(struct exchange *x)
{
	enum method method = x->request.method;

	if (files_enter_directory(x))
		return HOOK_AGAIN;
	if (ends_with_slash(x->request.uri.path))
		return find_index(x);
	if (method != METHOD_GET && method != METHOD_HEAD)
		return refuse_method(x);
	return redirect_to_slash(x);
}

/* ---- handle ---- */

/* What was to be run, or to be made a page of, is not sent. */
static bool
is_source(struct exchange *x, const struct cached_file *file, struct span type)
{
	const char *filter;

	if (mime_names_handler(type)) {
		exchange_report(x, REPORT_WARN, "static",
		    "a script of type %.*s is not sent as a file: %.*s",
		    SPAN_ARG(type), SPAN_ARG(x->file_path));
		return true;
	}
	filter = filter_lacking(x->settings, x->file_path, type, file->mode);
	if (filter == NULL)
		return false;
	exchange_report(x, REPORT_WARN, "static",
	    "the filter \"%s\" is not supported: %.*s", filter,
	    SPAN_ARG(x->file_path));
	return true;
}

static enum hook_result
answer_file(
    struct exchange *x, struct cached_file *file, const struct mime_info *info)
{
	if (x->request.method == METHOD_POST) {
		cache_put(file);
		return refuse_method(x);
	}
	if (is_source(x, file, info->type)) {
		cache_put(file);
		return fail(x, 501);
	}
	/* One that is in a coding by its name has no other forms. */
	if (info->encoding.len == 0)
		file = variant_choose(x, file);
	return file == NULL ? HOOK_DONE : send_file(x, file, info);
}

static enum hook_result
static_handle(struct exchange *x)
{
	enum method method = x->request.method;
	struct cached_file *file;
	struct mime_info info;

	if (method == METHOD_OPTIONS)
		return answer_options(x);
	if (x->file_path.len == 0)
		return HOOK_PASS;
	if (method != METHOD_GET && method != METHOD_HEAD &&
	    method != METHOD_POST)
		return refuse_method(x);
	if (mime_describe(x->settings, x->file_path, &x->arena, &info) != 0)
		return fail(x, 500);
	file = files_get(x, x->file_path, info.type);
	if (file == NULL)
		return refuse_file(x, errno);
	if (S_ISREG(file->mode))
		return answer_file(x, file, &info);
	cache_put(file);
	return answer_directory(x);
}

const struct module static_module = {
	.conf = &static_section,
	.map = static_map,
	.check = static_check,
	.handle = static_handle,
};

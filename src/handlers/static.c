/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files below DocumentRoot, or below whatever another module mapped the URI
 * to: the last to map and the last to handle.  What is no file is
 * directory.c's.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "files/files.h"
#include "files/variant.h"
#include "handlers/paths.h"
#include "handlers/static_private.h"
#include "http/filter.h"
#include "http/mime.h"
#include "http/module.h"

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
	if (has_dotfile(span_skip(x->file_path, x->root_path.len)) ||
	    has_dotfile(x->path_info)) {
		exchange_report(x, REPORT_INFO, "static",
		    "names that begin with a dot are not served: %.*s%.*s",
		    SPAN_ARG(x->file_path), SPAN_ARG(x->path_info));
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

enum hook_result
static_refuse(struct exchange *x, int error)
{
	int status = files_status(error);

	if (status == 404)
		exchange_report(x, REPORT_INFO, "core",
		    "AH%05d: File does not exist: %.*s%.*s",
		    error == ENOTDIR ? 130 : 128, SPAN_ARG(x->file_path),
		    SPAN_ARG(x->path_info));
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
	const struct static_conf *conf = exchange_conf(x, &static_section);

	if (x->path_info.len > 0 && conf->path_info != PATH_INFO_ON) {
		cache_put(file);
		return static_refuse(x, ENOTDIR);
	}
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
answer_missing(struct exchange *x, int error)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);
	enum hook_result result = HOOK_PASS;

	/* What <Files> says of it holds for what answers instead as well. */
	if ((error == ENOTDIR || conf->fallback != NULL) &&
	    x->path_info.len == 0 && files_end_path(x))
		return HOOK_AGAIN;
	if (error == ENOENT)
		result = directory_fallback(x);
	return result == HOOK_PASS ? static_refuse(x, error) : result;
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
		return answer_missing(x, errno);
	if (S_ISREG(file->mode))
		return answer_file(x, file, &info);
	cache_put(file);
	return directory_answer(x);
}

const struct module static_module = {
	.conf = &static_section,
	.map = static_map,
	.check = static_check,
	.handle = static_handle,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories without an index, where Options Indexes lets them be listed.
 */
#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/files.h"
#include "handlers/autoindex_private.h"
#include "http/module.h"

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

/* TrackModified: a directory's date tells of names, not of what files hold.
 * JSON is another representation of it. */
static void
set_validators(struct exchange *x, DIR *directory, bool json)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);
	struct validators *validators = &x->response.validators;
	struct stat st;
	char *etag;

	if ((conf->options.on & INDEX_TRACK_MODIFIED) == 0 ||
	    fstat(dirfd(directory), &st) != 0)
		return;
	validators->last_modified = st.st_mtime;
	etag = arena_printf(&x->arena, "W/\"%llx-%llx%s\"",
	    (unsigned long long)st.st_size,
	    (unsigned long long)st.st_mtim.tv_sec * 1000000 +
		(unsigned long long)st.st_mtim.tv_nsec / 1000,
	    json ? "-json" : "");
	if (etag != NULL)
		validators->etag = span_str(etag);
}

/* Type= and Charset= of IndexOptions; empty without memory. */
static struct span
content_type(struct exchange *x, const struct autoindex_wish *wish)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);
	const char *type = conf->options.texts[INDEX_TYPE].value;
	const char *charset = conf->options.texts[INDEX_CHARSET].value;
	const char *text;

	if (wish->look == NULL || (type == NULL && charset == NULL))
		return wish->format->content_type;
	text = arena_printf(&x->arena, "%s;charset=%s",
	    type == NULL ? "text/html" : type,
	    charset == NULL ? "UTF-8" : charset);
	return text == NULL ? (struct span){ "", 0 } : span_str(text);
}

static enum hook_result
send_listing(struct exchange *x, DIR *directory)
{
	struct response *response = &x->response;
	struct autoindex_wish wish;

	if (autoindex_read_wish(x, &wish) != 0) {
		closedir(directory);
		return fail(x, 500);
	}
	response->content_type = content_type(x, &wish);
	set_validators(x, directory, wish.format == &listing_json);
	if (autoindex_body(x, directory, &wish) != 0)
		return fail(x, 503);
	response->status = 200;
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
	if (autoindex_is_closed(x)) {
		exchange_report(x, REPORT_ERROR, "autoindex",
		    "not listed, because an index of it would be closed: %.*s",
		    SPAN_ARG(path));
		return fail(x, 403);
	}
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

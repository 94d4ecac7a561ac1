/* SPDX-License-Identifier: BSD-2-Clause */
/* Matching and printing of URI paths (RFC 3986, 3.3) for the handlers. */
#include "config.h"

#include "handlers/paths.h"

#include <string.h>

#include "base/buf.h"
#include "conf/directive.h"
#include "http/exchange.h"

static size_t
skip_slashes(struct span path, size_t i)
{
	while (i < path.len && path.ptr[i] == '/')
		i++;
	return i;
}

long
paths_match(struct span path, struct span prefix)
{
	size_t i = 0, j = 0;

	while (j < prefix.len) {
		if (i == path.len || path.ptr[i] != prefix.ptr[j])
			return -1;
		i = prefix.ptr[j] == '/' ? skip_slashes(path, i) : i + 1;
		j = prefix.ptr[j] == '/' ? skip_slashes(prefix, j) : j + 1;
	}
	if (prefix.len > 0 && prefix.ptr[prefix.len - 1] != '/' &&
	    i < path.len && path.ptr[i] != '/')
		return -1;
	return (long)i;
}

bool
paths_lead_out(struct span below)
{
	while (below.len > 0) {
		struct span segment = span_of(below.ptr, span_find(below, '/'));

		if (span_is(segment, ".") || span_is(segment, ".."))
			return true;
		below = span_skip(below, segment.len + 1);
	}
	return false;
}

const char *
paths_fixed_folder(
    const struct directive_use *use, int arg, size_t fixed, size_t *below_r)
{
	const char *text = use->args[arg], *folder, *path;
	size_t slash = fixed;

	while (slash > 0 && text[slash - 1] != '/')
		slash--;
	folder = arena_strndup(use->arena, text, slash);
	if (folder == NULL)
		return NULL;
	path = directive_path(use, folder);
	if (path == NULL)
		return NULL;
	if (slash == 0 || path[strspn(path, "/")] == '\0') {
		directive_error(use, arg,
		    "a folder has to stand before what a request fills in: "
		    "workers may read what is below that");
		return NULL;
	}
	*below_r = slash;
	return path;
}

/* unreserved, sub-delims, ":" and "@", and what separates segments. */
static bool
is_path_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~!$&'()*+,;=:@/", c) != NULL);
}

void
paths_print(struct buf *buf, struct span path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (is_path_char(c))
			buf_add_char(buf, (char)c);
		else
			buf_printf(buf, "%%%02X", c);
	}
}

struct span
paths_location(struct exchange *x, struct span base, struct span path)
{
	const struct uri *uri = &x->request.uri;
	size_t fragment = span_find(base, '#');
	struct span location = { NULL, 0 };
	struct buf buf;

	buf_init(&buf, base.len + 3 * path.len + uri->query.len + 1);
	buf_add_span(&buf, span_of(base.ptr, fragment));
	paths_print(&buf, path);
	if (uri->has_query && span_find(base, '?') >= fragment) {
		buf_add_char(&buf, '?');
		buf_add_span(&buf, uri->query);
	}
	buf_add_span(&buf, span_skip(base, fragment));
	if (!buf_failed(&buf))
		location = arena_span(&x->arena, buf_span(&buf));
	buf_release(&buf);
	while (span_starts(location, "//"))
		location = span_skip(location, 1);
	return location;
}

struct span
paths_merged(struct exchange *x)
{
	struct span path = x->request.uri.path;
	char *merged = arena_alloc(&x->arena, path.len + 1);

	if (merged == NULL)
		return span_of(NULL, 0);
	return span_of(merged, span_merge_slashes(path, merged));
}

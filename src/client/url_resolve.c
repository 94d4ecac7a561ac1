/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * References against a base (RFC 3986, 5.2): put together as text, which
 * url_parse() then reads like any other.
 */
#include "config.h"

#include "base/buf.h"
#include "client/url.h"

/* A Location of this length is the answer's head limit already. */
static const size_t TEXT_MAX = 1 << 20;

/* True when the reference brings its own scheme (RFC 3986, 3.1). */
static bool
has_scheme(struct span reference)
{
	size_t colon = span_find(reference, ':');

	return colon > 0 && colon < reference.len &&
	       span_find(reference, '/') > colon &&
	       span_find(reference, '?') > colon &&
	       span_find(reference, '#') > colon;
}

/* Drops the last segment of what stands in the buffer from start on. */
static void
drop_segment(struct buf *to, size_t start)
{
	while (to->len > start && to->data[to->len - 1] != '/')
		to->len--;
	if (to->len > start)
		to->len--;
}

/*
 * Appends path without "." and ".." segments (RFC 3986, 5.2.4).  The path
 * begins with "/"; so does every segment here, which is without one at its
 * end.
 */
static void
add_normalised(struct buf *to, struct span path)
{
	size_t start = to->len;

	while (path.len > 0) {
		struct span rest = span_skip(path, 1);
		size_t len = span_find(rest, '/');
		struct span segment = span_of(rest.ptr, len);
		bool last = len == rest.len;

		path = span_skip(rest, len);
		if (span_is(segment, "..")) {
			drop_segment(to, start);
		} else if (!span_is(segment, ".")) {
			buf_add_char(to, '/');
			buf_add_span(to, segment);
			continue;
		}
		if (last)
			buf_add_char(to, '/');
	}
}

/* The base's path with the reference's in the place of its last segment. */
static void
add_merged(struct buf *to, struct span base, struct span path)
{
	struct buf merged;

	buf_init(&merged, TEXT_MAX);
	buf_add(&merged, base.ptr, span_find_last(base, '/') + 1);
	buf_add_span(&merged, path);
	add_normalised(to, buf_span(&merged));
	if (buf_failed(&merged))
		to->failed = true;
	buf_release(&merged);
}

static void
add_target(struct buf *to, struct span base, struct span reference)
{
	struct span path = reference, query;

	path.len = span_find(path, '#');
	query = span_skip(path, span_find(path, '?'));
	path.len -= query.len;
	if (path.len == 0) {
		if (query.len > 0)
			base.len = span_find(base, '?');
		buf_add_span(to, base);
	} else if (path.ptr[0] == '/') {
		add_normalised(to, path);
	} else {
		base.len = span_find(base, '?');
		add_merged(to, base, path);
	}
	buf_add_span(to, query);
}

enum outcome
url_resolve(struct url *url, const struct url *base, struct span reference,
    struct err *err)
{
	enum outcome outcome;
	struct buf text;

	if (has_scheme(reference))
		return url_parse(url, reference, err);
	buf_init(&text, TEXT_MAX);
	buf_add_str(&text, "http:");
	if (span_starts(reference, "//")) {
		buf_add_span(&text, reference);
	} else {
		buf_add_str(&text, "//");
		buf_add_span(&text, base->host);
		if (base->port_given)
			buf_printf(&text, ":%d", base->port);
		add_target(&text, base->target, reference);
	}
	if (buf_failed(&text))
		outcome = outcome_set(err, OUTCOME_MEMORY, "out of memory");
	else
		outcome = url_parse(url, buf_span(&text), err);
	buf_release(&text);
	return outcome;
}

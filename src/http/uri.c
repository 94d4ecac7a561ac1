/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request target (RFC 9112, 3.2), taken apart once at the door.  The path
 * is decoded once and normalised after that, so that no encoded dot survives;
 * the usual path needs neither and is not copied.  Hosts are uri_host.c's.
 */
#include "config.h"

#include "base/number.h"
#include "http/uri.h"
#include "wire/h1_scan.h"

long
uri_decode(struct span from, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < from.len; i++) {
		int high, low;

		if (from.ptr[i] != '%') {
			to[len++] = from.ptr[i];
			continue;
		}
		if (from.len - i < 3)
			return -1;
		high = number_hex_digit(from.ptr[i + 1]);
		low = number_hex_digit(from.ptr[i + 2]);
		if (high < 0 || low < 0 || high + low == 0)
			return -1;
		to[len++] = (char)(high << 4 | low);
		i += 2;
	}
	return (long)len;
}

/* True for "%2F"; it would look like a separator once it is decoded. */
static bool
has_encoded_slash(struct span path)
{
	for (size_t i = 0; i + 2 < path.len; i++)
		if (path.ptr[i] == '%' && path.ptr[i + 1] == '2' &&
		    (path.ptr[i + 2] | 0x20) == 'f')
			return true;
	return false;
}

/*
 * Merges slashes and removes dot segments (RFC 3986, 5.2.4) in place, from
 * left to right: "/a//../b" is "/b", as in Apache.  Returns the new length, or
 * -1 for a path that leads above its root.
 */
static long
normalise(char *path, size_t len)
{
	size_t in = 0, out = 0;
	bool folder = false; /* the segment seen last ends with a slash */

	while (in < len) {
		struct span segment;

		while (in < len && path[in] == '/')
			in++;
		segment = span_of(path + in, len - in);
		segment.len = span_find(segment, '/');
		in += segment.len;
		folder = true;
		if (segment.len == 0 || span_is(segment, "."))
			continue;
		if (span_is(segment, "..")) {
			if (out == 0)
				return -1;
			while (path[--out] != '/')
				;
			continue;
		}
		folder = false;
		path[out++] = '/';
		memmove(path + out, segment.ptr, segment.len);
		out += segment.len;
	}
	if (folder)
		path[out++] = '/';
	return (long)out;
}

/* True if there is nothing to decode or to normalise. */
static bool
is_plain(struct span path)
{
	for (size_t i = 0; i < path.len; i++) {
		char next = i + 1 < path.len ? path.ptr[i + 1] : 'a';

		if (path.ptr[i] == '%' ||
		    (path.ptr[i] == '/' && (next == '/' || next == '.')))
			return false;
	}
	return true;
}

static int
decode_path(struct uri *uri, struct arena *arena)
{
	struct span raw = uri->raw_path;
	char *path;
	long len;

	path = arena_alloc(arena, raw.len);
	if (path == NULL)
		return 500;
	len = uri_decode(raw, path);
	if (len < 0)
		return 400;
	if (has_encoded_slash(raw))
		return 404;
	len = normalise(path, (size_t)len);
	if (len < 0)
		return 400;
	uri->path = span_of(path, (size_t)len);
	return 0;
}

/* Path and query; text begins with "/" or "?", or is empty. */
static int
parse_path(struct uri *uri, struct arena *arena, struct span text)
{
	size_t path_len = span_find(text, '?');

	uri->raw_path = span_of(text.ptr, path_len);
	uri->has_query = path_len < text.len;
	uri->query = span_skip(text, path_len + 1);
	if (path_len == 0) { /* http://a and http://a?b */
		uri->path = (struct span)SPAN("/");
		return 0;
	}
	if (!is_plain(uri->raw_path))
		return decode_path(uri, arena);
	uri->path = uri->raw_path;
	return 0;
}

/* The index of the first byte behind the authority. */
static size_t
authority_end(struct span text)
{
	size_t slash = span_find(text, '/');
	size_t question = span_find(text, '?');

	return slash < question ? slash : question;
}

static int
parse_absolute(struct uri *uri, struct arena *arena, struct span target)
{
	struct span rest;
	size_t end;

	if (span_starts_nocase(target, "http://"))
		rest = span_skip(target, 7);
	else if (span_starts_nocase(target, "https://"))
		rest = span_skip(target, 8);
	else
		return 400;
	end = authority_end(rest);
	/* "@" is in no host, so userinfo is refused here too (9110, 4.2.4). */
	if (!uri_parse_host(span_of(rest.ptr, end), &uri->host, &uri->port) ||
	    uri->host.len == 0) /* 9110, 4.2.1 */
		return 400;
	uri->form = URI_ABSOLUTE;
	return parse_path(uri, arena, span_skip(rest, end));
}

static int
parse_authority(struct uri *uri, struct span target)
{
	uri->form = URI_AUTHORITY;
	if (!uri_parse_host(target, &uri->host, &uri->port) ||
	    uri->host.len == 0 || uri->port == 0)
		return 400;
	return 0;
}

int
uri_parse_target(struct uri *uri, struct arena *arena, struct span target,
    bool connect, bool options)
{
	*uri = (struct uri){ .form = URI_ORIGIN };
	if (target.len == 0 || span_find(target, '#') < target.len ||
	    h1_scan_target(target.ptr, 0, target.len) < target.len)
		return 400;
	if (connect)
		return parse_authority(uri, target);
	if (target.ptr[0] == '/')
		return parse_path(uri, arena, target);
	if (span_is(target, "*")) {
		uri->form = URI_ASTERISK;
		return options ? 0 : 400;
	}
	return parse_absolute(uri, arena, target);
}

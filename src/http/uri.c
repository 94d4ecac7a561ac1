/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request target (RFC 9112, 3.2), taken apart once at the door.  The path
 * is decoded once and normalised after that, so that no encoded dot survives;
 * the usual path needs neither and is not copied.  Hosts are uri_host.c's.
 *
 * How a path is normalised is its host's to say, and which host that is may
 * stand in the target: so these are two steps.
 */
#include "config.h"

#include "base/number.h"
#include "http/uri.h"
#include "wire/h1_scan.h"

/* The byte that an escape at the start of s stands for; -1: it is none, or a
 * NUL. */
static int
escaped_byte(struct span s)
{
	int high, low;

	if (s.len < 3 || s.ptr[0] != '%')
		return -1;
	high = number_hex_digit(s.ptr[1]);
	low = number_hex_digit(s.ptr[2]);
	return high < 0 || low < 0 || high + low == 0 ? -1 : high << 4 | low;
}

static long
decode(struct span from, char *to, bool keep_slashes)
{
	size_t len = 0;

	for (size_t i = 0; i < from.len; i++) {
		int byte;

		to[len++] = from.ptr[i];
		if (from.ptr[i] != '%')
			continue;
		byte = escaped_byte(span_skip(from, i));
		if (byte < 0)
			return -1;
		/* Kept: its digits follow as they are. */
		if (byte == '/' && keep_slashes)
			continue;
		to[len - 1] = (char)byte;
		i += 2;
	}
	return (long)len;
}

long
uri_decode(struct span from, char *to)
{
	return decode(from, to, false);
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
 * left to right: "/a//../b" is "/b", as in Apache; where slashes are not
 * merged, "//" has an empty segment, and it is "/a/b".  Returns the new
 * length, or -1 for a path that leads above its root.
 */
static long
normalise(char *path, size_t len, bool merge)
{
	size_t in = 0, out = 0;

	while (in < len) {
		struct span segment = span_of(path + in + 1, len - in - 1);
		bool up, same, last; /* up a level, or on the same */

		segment.len = span_find(segment, '/');
		in += 1 + segment.len;
		last = in == len;
		up = span_is(segment, "..");
		same = span_is(segment, ".") ||
		       (segment.len == 0 && (merge || last));
		if (up) {
			if (out == 0)
				return -1;
			while (path[--out] != '/')
				;
		}
		if (last || !(up || same))
			path[out++] = '/';
		if (up || same)
			continue;
		memmove(path + out, segment.ptr, segment.len);
		out += segment.len;
	}
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

int
uri_normalise(
    struct uri *uri, struct arena *arena, const struct uri_rules *rules)
{
	struct span raw = uri->raw_path;
	char *path;
	long len;

	if (uri_is_normal(uri))
		return 0;
	path = arena_alloc(arena, raw.len);
	if (path == NULL)
		return 500;
	len = decode(raw, path, rules->encoded_slashes == ENCODED_SLASHES_KEPT);
	if (len < 0)
		return 400;
	if (rules->encoded_slashes == ENCODED_SLASHES_REFUSED &&
	    has_encoded_slash(raw))
		return 404;
	len = normalise(path, (size_t)len, rules->merge_slashes);
	if (len < 0)
		return 400;
	uri->path = span_of(path, (size_t)len);
	return 0;
}

/* Path and query; text begins with "/" or "?", or is empty. */
static void
parse_path(struct uri *uri, struct span text)
{
	size_t path_len = span_find(text, '?');

	uri->raw_path = span_of(text.ptr, path_len);
	uri->has_query = path_len < text.len;
	uri->query = span_skip(text, path_len + 1);
	if (path_len == 0) /* http://a and http://a?b */
		uri->path = (struct span)SPAN("/");
	else if (is_plain(uri->raw_path))
		uri->path = uri->raw_path;
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
parse_absolute(struct uri *uri, struct span target)
{
	struct span rest;
	size_t end;

	uri->secure = span_starts_nocase(target, "https://");
	if (!uri->secure && !span_starts_nocase(target, "http://"))
		return 400;
	rest = span_skip(target, uri->secure ? 8 : 7);
	end = authority_end(rest);
	/* "@" is in no host, so userinfo is refused here too (9110, 4.2.4). */
	if (!uri_parse_host(span_of(rest.ptr, end), &uri->host, &uri->port) ||
	    uri->host.len == 0) /* 9110, 4.2.1 */
		return 400;
	uri->form = URI_ABSOLUTE;
	parse_path(uri, span_skip(rest, end));
	return 0;
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
uri_parse_target(
    struct uri *uri, struct span target, bool connect, bool options)
{
	*uri = (struct uri){ .form = URI_ORIGIN };
	if (target.len == 0 || span_find(target, '#') < target.len ||
	    h1_scan_target(target.ptr, 0, target.len) < target.len)
		return 400;
	if (connect)
		return parse_authority(uri, target);
	if (target.ptr[0] == '/') {
		parse_path(uri, target);
		return 0;
	}
	if (span_is(target, "*")) {
		uri->form = URI_ASTERISK;
		return options ? 0 : 400;
	}
	return parse_absolute(uri, target);
}

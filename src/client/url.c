/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs taken apart: scheme, userinfo, host, port, target. */
#include "config.h"

#include <stdlib.h>

#include "client/url.h"
#include "client/visible.h"
#include "http/uri.h"

static const uint16_t PORT_HTTP = 80;

/* Longer ones are nobody's; and it bounds what a Location makes us keep. */
static const size_t URL_MAX = 65536;

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of a scheme in front of "://", or 0. */
static size_t
scheme_len(struct span text)
{
	size_t i = 0;

	if (text.len == 0 || !is_letter(text.ptr[0]))
		return 0;
	while (i < text.len &&
	       (is_letter(text.ptr[i]) ||
		   memchr("0123456789+-.", text.ptr[i], 13) != NULL))
		i++;
	return span_starts(span_skip(text, i), "://") ? i : 0;
}

static enum outcome
malformed(struct span text, const char *what, struct err *err)
{
	char shown[VISIBLE_SIZE];

	return outcome_set(
	    err, OUTCOME_URL, "%s: %s", visible(text, shown), what);
}

static enum outcome
check_scheme(struct span scheme, struct span text, struct err *err)
{
	char shown[VISIBLE_SIZE];

	if (scheme.len == 0 || span_is_nocase(scheme, "http"))
		return OUTCOME_OK;
	if (span_is_nocase(scheme, "https"))
		return outcome_set(err, OUTCOME_PROTOCOL,
		    "%s: https is not supported, only http",
		    visible(text, shown));
	return outcome_set(err, OUTCOME_PROTOCOL, "%s: only http is supported",
	    visible(text, shown));
}

/* The first of the bytes in set, or the length. */
static size_t
find_any(struct span s, const char *set)
{
	size_t i = 0;

	while (i < s.len && strchr(set, s.ptr[i]) == NULL)
		i++;
	return i;
}

/* Copies the target to `to` as a request line may hold it. */
static struct span
encode_target(struct span from, char *to)
{
	static const char digits[] = "0123456789ABCDEF";
	char *at = to;

	if (from.len == 0 || from.ptr[0] != '/')
		*at++ = '/';
	for (size_t i = 0; i < from.len; i++) {
		unsigned char c = (unsigned char)from.ptr[i];

		if (c > ' ' && c < 0x7f) {
			*at++ = (char)c;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	return span_of(to, (size_t)(at - to));
}

/* userinfo, host and port. */
static bool
parse_authority(struct url *url, struct span authority)
{
	size_t at = span_find_last(authority, '@');
	struct span host = authority;
	uint16_t port;

	if (at < authority.len) {
		url->userinfo = span_of(authority.ptr, at);
		host = span_skip(authority, at + 1);
	}
	if (!uri_parse_host(host, &url->host, &port) || url->host.len == 0)
		return false;
	url->port_given = port != 0;
	url->port = port != 0 ? port : PORT_HTTP;
	/* ":0" is no port to connect to. */
	return port != 0 || host.len <= url->host.len + 1;
}

enum outcome
url_parse(struct url *url, struct span text, struct err *err)
{
	size_t scheme = scheme_len(text), slash;
	struct span rest = span_skip(text, scheme > 0 ? scheme + 3 : 0);
	enum outcome outcome;
	char *copy;

	*url = (struct url){ .port = PORT_HTTP };
	outcome = check_scheme(span_of(text.ptr, scheme), text, err);
	if (outcome != OUTCOME_OK)
		return outcome;
	if (text.len > URL_MAX)
		return malformed(span_of(text.ptr, 80), "URL too long", err);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return malformed(text, "control byte in a URL", err);
	rest.len = span_find(rest, '#');
	slash = find_any(rest, "/?");
	url->text = copy = malloc(slash + 3 * (rest.len - slash) + 2);
	if (copy == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	if (slash > 0)
		memcpy(copy, rest.ptr, slash);
	url->target = encode_target(span_skip(rest, slash), copy + slash);
	if (!parse_authority(url, span_of(copy, slash))) {
		url_release(url);
		return malformed(text, "no host that could be asked", err);
	}
	return OUTCOME_OK;
}

void
url_release(struct url *url)
{
	free(url->text);
	*url = (struct url){ .port = PORT_HTTP };
}

bool
url_same_server(const struct url *a, const struct url *b)
{
	return a->port == b->port && span_equal_nocase(a->host, b->host);
}

struct span
url_file_name(const struct url *url)
{
	struct span path = url->target;
	size_t slash;

	path.len = span_find(path, '?');
	slash = span_find_last(path, '/');
	return slash < path.len ? span_skip(path, slash + 1) : path;
}

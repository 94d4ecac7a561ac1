/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of Apache's manual, each as plain as can be, for every section in
 * turn.  Only single wildcards and regular expressions are matched by what the
 * server has.
 */
#include "config.h"

#include <stdlib.h>

#include "base/regex.h"
#include "base/wildcard.h"
#include "conf/lookup.h"
#include "framing/framing.h"
#include "fuzz.h"
#include "sections_reference.h"

enum {
	HOSTS_MAX = 4,
	PATH_LEN_MAX = 1024
};

static bool gave_up;

static bool
try_regex(const struct regex *regex, struct span text)
{
	struct span groups[REGEX_GROUPS];
	enum regex_result result = regex_match(regex, text, groups);

	gave_up = gave_up || result == REGEX_GAVE_UP;
	return result == REGEX_YES;
}

/* Up to the end of its n-th component; empty: it has less. */
static struct span
components(struct span path, size_t n)
{
	size_t end = 0;

	while (n-- > 0) {
		if (end + 1 >= path.len)
			return span_of(path.ptr, 0);
		end += 1 + span_find(span_skip(path, end + 1), '/');
	}
	return span_of(path.ptr, end);
}

static bool
is_below(struct span path, struct span above)
{
	if (path.len < above.len ||
	    !span_equal(span_of(path.ptr, above.len), above))
		return false;
	return path.len == above.len || path.ptr[above.len] == '/' ||
	       above.ptr[above.len - 1] == '/';
}

static bool
directory_matches(const struct section *s, struct span path)
{
	if (path.len == 0)
		return false;
	if (s->regex != NULL)
		return try_regex(s->regex, path);
	if (!s->wildcard)
		return is_below(path, span_str(s->pattern));
	path = components(path, s->components);
	return path.len > 0 && wildcard_match(s->pattern, path, WILDCARD_PATH);
}

static bool
file_matches(const struct section *s, struct span path)
{
	struct span name = span_skip(path, span_find_last(path, '/') + 1);

	if (path.len == 0 ||
	    (s->parent != NULL && !directory_matches(s->parent, path)))
		return false;
	if (s->regex != NULL)
		return try_regex(s->regex, name);
	return s->wildcard ? wildcard_match(s->pattern, name, WILDCARD_PATH)
			   : span_is(name, s->pattern);
}

static bool
location_matches(const struct section *s, struct span path)
{
	char merged[PATH_LEN_MAX];

	if (s->regex != NULL)
		return try_regex(s->regex, path);
	path = span_of(merged, span_merge_slashes(path, merged));
	return s->wildcard ? wildcard_match(s->pattern, path, WILDCARD_PATH)
			   : is_below(path, span_str(s->pattern));
}

static bool
matches(const struct section *s, const struct lookup_subject *subject)
{
	switch (s->kind) {
	case SECTION_DIRECTORY:
		return directory_matches(s, subject->file_path);
	case SECTION_FILES:
		return file_matches(s, subject->file_path);
	default:
		return location_matches(s, subject->uri_path);
	}
}

/* ---- order ---- */

/* By which sections merge: the first number that differs decides. */
struct order {
	size_t keys[6];
};

static struct order
order_of(const struct section *s)
{
	struct order o = { .keys = {
			       2 * s->kind, 0, 0, 0, s->of_host, s->index } };
	const struct section *directory =
	    s->kind == SECTION_DIRECTORY ? s : s->parent;

	if (s->kind == SECTION_FILES && s->parent != NULL)
		o.keys[0]++;
	if (directory != NULL) {
		o.keys[1] = directory->regex != NULL;
		o.keys[2] = directory->components;
	}
	if (s->parent != NULL)
		o.keys[3] = s->parent->of_host ? SIZE_MAX / 2 : 0;
	if (s->parent != NULL)
		o.keys[3] += s->parent->index;
	return o;
}

static bool
is_before(const struct section *a, const struct section *b)
{
	struct order x = order_of(a), y = order_of(b);

	for (size_t i = 0; i < sizeof(x.keys) / sizeof(x.keys[0]); i++)
		if (x.keys[i] != y.keys[i])
			return x.keys[i] < y.keys[i];
	return false;
}

static size_t
count_matches(const struct host *host, const struct lookup_subject *subject)
{
	size_t count = 0;

	for (size_t i = 0; i < host->section_count; i++)
		count += matches(host->sections[i], subject);
	return count;
}

/* ---- what holds ---- */

static const struct framing_conf *
limits_of(const struct settings *settings)
{
	return settings_get(settings, &framing_section);
}

/* What the last of them says; 0: it cannot be told what a 0 stands for. */
static int64_t
limit_of(const struct host *host, const struct lookup_match *match)
{
	int64_t limit = limits_of(host->settings)->limit_body;

	for (size_t i = 0; i < match->count; i++) {
		const struct framing_conf *c =
		    section_values(match->sections[i], &framing_section);

		if (c != NULL)
			limit = c->limit_body;
	}
	return limit;
}

static void
check_host(const struct server_conf *conf, struct lookup_subject *subject)
{
	const size_t max = sizeof(((struct lookup_match *)0)->sections) /
			   sizeof(struct section *);
	struct lookup_cache *cache = lookup_cache_create(conf, 1);
	struct lookup_cache *none = lookup_cache_create(conf, 0);
	const struct settings *settings, *again;
	struct lookup_match match;
	int64_t limit;
	size_t count;

	CHECK(cache != NULL && none != NULL);
	gave_up = false;
	settings = lookup_settings(cache, subject, NULL, &match);
	count = count_matches(subject->host, subject);
	if (subject->host->index != 0)
		count += count_matches(&conf->hosts[0], subject);
	CHECK((settings == NULL) == gave_up);
	if (settings != NULL && match.count <= max) {
		CHECK(match.count == count);
		for (size_t i = 0; i < count; i++) {
			CHECK(matches(match.sections[i], subject));
			CHECK(i == 0 || is_before(match.sections[i - 1],
					    match.sections[i]));
		}
		limit = limit_of(subject->host, &match);
		again = lookup_settings(none, subject, NULL, NULL);
		CHECK(limits_of(again)->limit_body ==
		      limits_of(settings)->limit_body);
		CHECK(limit == 0 || limits_of(settings)->limit_body == limit);
	}
	lookup_cache_destroy(&cache);
	lookup_cache_destroy(&none);
}

static bool
is_normal(struct span path)
{
	while (path.len > 0 && *path.ptr == '/') {
		struct span name = span_skip(path, 1);

		name.len = span_find(name, '/');
		path = span_skip(path, 1 + name.len);
		if ((name.len == 0 && path.len > 0) || span_is(name, ".") ||
		    span_is(name, "..") || span_find(name, '\0') < name.len)
			return false;
	}
	return path.len == 0;
}

void
sections_check(const struct server_conf *conf, struct span path)
{
	struct lookup_subject subject = { .uri_path = path };

	if (path.len == 0 || *path.ptr != '/' || path.len > PATH_LEN_MAX)
		return;
	if (is_normal(path))
		subject.file_path = path;
	for (size_t i = 0; i < conf->host_count && i < HOSTS_MAX; i++) {
		subject.host = &conf->hosts[i];
		check_host(conf, &subject);
	}
}

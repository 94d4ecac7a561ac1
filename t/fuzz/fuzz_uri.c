/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Targets: what is accepted is decoded, normalised and safe to look up, by all
 * rules; and escaped it is a target of the same path.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "http/uri.h"

static void
check_path(struct span path, const struct uri_rules *rules)
{
	CHECK(path.ptr[0] == '/');
	CHECK(memchr(path.ptr, 0, path.len) == NULL);
	CHECK(!rules->merge_slashes ||
	      memmem(path.ptr, path.len, "//", 2) == NULL);
	while (path.len > 0) {
		struct span segment = span_skip(path, 1);

		segment.len = span_find(segment, '/');
		CHECK(!span_is(segment, ".") && !span_is(segment, ".."));
		path = span_skip(path, 1 + segment.len);
	}
}

/* All but the separators. */
static struct span
escape(struct arena *arena, struct span path)
{
	char *text = arena_alloc(arena, 3 * path.len + 1);
	size_t len = 0;

	CHECK(text != NULL);
	for (size_t i = 0; i < path.len; i++)
		if (path.ptr[i] == '/')
			text[len++] = '/';
		else
			len += (size_t)sprintf(
			    text + len, "%%%02x", (unsigned char)path.ptr[i]);
	return span_of(text, len);
}

static void
check_target(struct uri uri, const struct uri_rules *rules)
{
	struct arena arena;
	struct uri again;

	arena_init(&arena, NULL, 0, 0);
	if (uri_normalise(&uri, &arena, rules) == 0 && uri.path.len > 0) {
		check_path(uri.path, rules);
		CHECK(uri_parse_target(
			  &again, escape(&arena, uri.path), false, false) == 0);
		CHECK(uri_normalise(&again, &arena, rules) == 0);
		CHECK(span_equal(again.path, uri.path));
	}
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span target = span_of((const char *)data, size);
	struct uri uri;

	for (int i = 0; i < 3; i++) {
		if (uri_parse_target(&uri, target, i == 1, i == 2) != 0)
			continue;
		CHECK((uri.raw_path.len + uri.path.len == 0) ==
		      (uri.form == URI_AUTHORITY || uri.form == URI_ASTERISK));
		for (int j = 0; j < 6; j++)
			check_target(uri,
			    &(struct uri_rules){
				(enum encoded_slashes)(j / 2), j % 2 != 0 });
	}
	return 0;
}

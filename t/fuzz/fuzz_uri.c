/* SPDX-License-Identifier: BSD-2-Clause */
/* Targets: what is accepted is decoded, normalised and safe to look up. */
#include "config.h"

#include "fuzz.h"
#include "http/uri.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span target = span_of((const char *)data, size), path;
	struct arena arena;
	struct uri uri;

	arena_init(&arena, NULL, 0, 0);
	for (int i = 0; i < 3; i++) {
		if (uri_parse_target(&uri, &arena, target, i == 1, i == 2) != 0)
			continue;
		path = uri.path;
		CHECK((path.len == 0) ==
		      (uri.form == URI_AUTHORITY || uri.form == URI_ASTERISK));
		CHECK(path.len == 0 || path.ptr[0] == '/');
		CHECK(path.len == 0 || memchr(path.ptr, 0, path.len) == NULL);
		CHECK(path.len < 2 ||
		      memmem(path.ptr, path.len, "//", 2) == NULL);
		while (path.len > 0) {
			path = span_skip(path, 1);
			CHECK(
			    span_find(path, '/') > 2 || path.len == 0 ||
			    path.ptr[0] != '.' ||
			    (span_find(path, '/') == 2 && path.ptr[1] != '.'));
			path = span_skip(path, span_find(path, '/'));
		}
	}
	arena_release(&arena);
	return 0;
}

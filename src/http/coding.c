/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of content codings. */
#include "config.h"

#include "http/coding.h"

static const struct span names[CODING_COUNT] = {
#define X(id, name, suffix) [CODING_##id] = SPAN(name),
	CODINGS(X)
#undef X
};

static const struct span suffixes[CODING_COUNT] = {
#define X(id, name, suffix) [CODING_##id] = SPAN(suffix),
	CODINGS(X)
#undef X
};

struct span
coding_name(enum coding coding)
{
	return names[coding];
}

struct span
coding_suffix(enum coding coding)
{
	return suffixes[coding];
}

enum coding
coding_find(struct span name)
{
	/* 8.4.1.3 */
	if (span_is_nocase(name, "x-gzip"))
		return CODING_GZIP;
	for (unsigned i = 0; i < CODING_COUNT; i++)
		if (span_equal_nocase(name, names[i]))
			return (enum coding)i;
	return CODING_COUNT;
}

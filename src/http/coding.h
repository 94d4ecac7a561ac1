/* SPDX-License-Identifier: BSD-2-Clause */
/* The content codings that the server knows (RFC 9110, 8.4.1). */
#ifndef DROVER_HTTP_CODING_H
#define DROVER_HTTP_CODING_H

#include <stdint.h>

#include "base/span.h"

/* One list: enum, name, what a file with it ends in.  Of two that are as good
 * and as small the first is taken. */
#define CODINGS(X) \
	X(IDENTITY, "identity", "") \
	X(ZSTD, "zstd", ".zst") \
	X(BR, "br", ".br") \
	X(GZIP, "gzip", ".gz")

enum coding {
#define X(id, name, suffix) CODING_##id,
	CODINGS(X)
#undef X
	CODING_COUNT,
};

/* In which codings something is there, and how large it is in each. */
struct coding_set {
	unsigned there;			/* a bit for each coding */
	uint64_t size[CODING_COUNT];
};

struct span coding_name(enum coding);
struct span coding_suffix(enum coding);
/* Any case, x-gzip too; CODING_COUNT for one that is not known. */
enum coding coding_find(struct span name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields (headers) of a message: the names that the server itself looks at
 * are known by number, so that finding one is an index, not a search.
 */
#ifndef DROVER_HTTP_FIELD_H
#define DROVER_HTTP_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* One list: enum, text and look-up derive from it. */
#define FIELD_NAMES(X) \
	X(HOST, "Host") \
	X(CONNECTION, "Connection") \
	X(CONTENT_LENGTH, "Content-Length") \
	X(TRANSFER_ENCODING, "Transfer-Encoding") \
	X(EXPECT, "Expect") \
	X(UPGRADE, "Upgrade") \
	X(TE, "TE") \
	X(CONTENT_TYPE, "Content-Type") \
	X(ACCEPT, "Accept") \
	X(ACCEPT_ENCODING, "Accept-Encoding") \
	X(USER_AGENT, "User-Agent") \
	X(REFERER, "Referer") \
	X(COOKIE, "Cookie") \
	X(AUTHORIZATION, "Authorization") \
	X(RANGE, "Range") \
	X(IF_RANGE, "If-Range") \
	X(IF_MATCH, "If-Match") \
	X(IF_NONE_MATCH, "If-None-Match") \
	X(IF_MODIFIED_SINCE, "If-Modified-Since") \
	X(IF_UNMODIFIED_SINCE, "If-Unmodified-Since") \
	X(DATE, "Date") \
	X(SERVER, "Server") \
	X(LAST_MODIFIED, "Last-Modified") \
	X(ETAG, "ETag") \
	X(LOCATION, "Location") \
	X(ALLOW, "Allow") \
	X(VARY, "Vary") \
	X(ACCEPT_RANGES, "Accept-Ranges") \
	X(CONTENT_RANGE, "Content-Range") \
	X(CONTENT_ENCODING, "Content-Encoding") \
	X(CONTENT_LANGUAGE, "Content-Language") \
	X(RETRY_AFTER, "Retry-After") \
	X(CACHE_CONTROL, "Cache-Control")

enum field_id {
	FIELD_OTHER,
#define X(id, text) FIELD_##id,
	FIELD_NAMES(X)
#undef X
	FIELD_COUNT,
};

/* Any case; FIELD_OTHER for a name not in the list. */
enum field_id field_find(struct span name);
/* The name as the list writes it; FIELD_OTHER: empty. */
struct span field_name(enum field_id);

struct field {
	struct span name, value;
	enum field_id id;
};

/*
 * The fields of a response, in the order they were added.  Name and value
 * are borrowed: literals, or memory of the exchange's arena.
 */
struct field_list {
	struct field *fields;	/* in the arena */
	size_t count, room;
};

/* 0, or -1 without memory. */
int field_add(struct field_list *, struct arena *, enum field_id,
    struct span value);
int field_add_named(struct field_list *, struct arena *, struct span name,
    struct span value);
/* Replaces all of that name by one. */
int field_set(struct field_list *, struct arena *, enum field_id,
    struct span value);
void field_remove(struct field_list *, enum field_id);
/* The first of that id, or NULL. */
const struct field *field_get(const struct field_list *, enum field_id);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One place for each value of a hash that nobody is protected against: who
 * forces collisions pays with the look-up that everybody paid without this.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "conf/known_paths.h"

/* 3 MiB at most, of which only what is used is there. */
#define PLACES_BITS_MIN 9
#define PLACES_BITS_MAX 14

struct known_paths {
	unsigned bits;
	struct known_path places[];
};

struct known_paths *
known_paths_create(size_t count)
{
	struct known_paths *k;
	unsigned bits = PLACES_BITS_MIN;

	while (bits < PLACES_BITS_MAX && (size_t)1 << bits < count)
		bits++;
	k = calloc(1, sizeof(*k) + (sizeof(*k->places) << bits));
	if (k)
		k->bits = bits;
	return k;
}

static void
clear(struct known_path *p)
{
	if (p->merged)
		merged_drop(p->merged);
	p->merged = NULL;
	p->host = NULL;
}

void
known_paths_destroy(struct known_paths **k)
{
	if (!*k)
		return;
	for (size_t i = 0; i < (size_t)1 << (*k)->bits; i++)
		clear(&(*k)->places[i]);
	free(*k);
	*k = NULL;
}

static bool
is_for(const struct known_path *p, const struct lookup_subject *s)
{
	return p->host == s->host && p->uri_len == s->uri_path.len &&
	       p->file_len == s->file_path.len && p->no_regex == s->no_regex &&
	       p->slash_added == s->slash_added &&
	       span_equal(span_of(p->paths, p->uri_len), s->uri_path) &&
	       span_equal(span_of(p->paths + p->uri_len, p->file_len),
		   s->file_path);
}

struct known_path *
known_paths_find(struct known_paths *k, const struct lookup_subject *s,
    bool *known_r)
{
	uint64_t hash = s->host->index * 2 + s->no_regex;
	struct known_path *p;

	if (s->uri_path.len + s->file_path.len > sizeof(p->paths))
		return NULL;
	hash = mix_span(mix_span(hash, s->uri_path), s->file_path);
	p = &k->places[hash >> (64 - k->bits)];
	*known_r = is_for(p, s);
	return p;
}

void
known_path_keep(struct known_path *p, const struct lookup_subject *s,
    struct merged *merged)
{
	if (merged)
		merged_hold(merged);
	clear(p);
	p->merged = merged;
	p->host = s->host;
	p->uri_len = (unsigned)s->uri_path.len;
	p->file_len = (unsigned)s->file_path.len;
	p->no_regex = s->no_regex;
	p->slash_added = s->slash_added;
	if (p->uri_len > 0)
		memcpy(p->paths, s->uri_path.ptr, p->uri_len);
	if (p->file_len > 0)
		memcpy(p->paths + p->uri_len, s->file_path.ptr, p->file_len);
}

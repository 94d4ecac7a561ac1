/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names without wildcards are looked up; one with wildcards is tried with what
 * ends as it does, from a "." behind its last wildcard on, or begins as it
 * does, up to a "." before its first.  Only patterns that have neither are
 * tried with every name.
 */
#include "config.h"

#include <string.h>

#include "base/wildcard.h"
#include "conf/host_names.h"

#define WILDCARDS "*?[]\\"

struct wild_name {
	struct wild_name *next;
	struct wild_name *last;	/* of the list that this one begins */
	const char *pattern;
	const struct host *host;
};

void
host_names_init(struct host_names *n)
{
	table_init_trusted(&n->exact, true);
	table_init_trusted(&n->suffixes.table, true);
	table_init_trusted(&n->tails.table, true);
	table_init_trusted(&n->heads.table, true);
	n->others_end = &n->others;
}

void
host_names_release(struct host_names *n)
{
	table_release(&n->exact);
	table_release(&n->suffixes.table);
	table_release(&n->tails.table);
	table_release(&n->heads.table);
}

/* ---- adding ---- */

static uint64_t
length_bit(size_t len)
{
	return (uint64_t)1 << (len < 63 ? len : 63);
}

static bool
put_name(struct table *names, struct span name, const struct host *host,
    struct diag *diag)
{
	const struct host *first = table_get(names, name);

	if (!first)
		return table_put(names, name, (void *)host) == 0;
	if (first != host)
		diag_warn(diag, &host->place,
		    "%s%.*s is also a name of the "
		    "<VirtualHost> of %s:%d, which comes first and gets its "
		    "requests",
		    span_starts(name, ".") ? "*" : "", SPAN_ARG(name),
		    first->place.file, first->place.line);
	return true;
}

static bool
add_wild(struct wild_index *x, struct span key, struct wild_name *w)
{
	struct wild_name *first = table_get(&x->table, key);

	x->lengths |= length_bit(key.len);
	if (!first) {
		w->last = w;
		return table_put(&x->table, key, w) == 0;
	}
	first->last->next = w;
	first->last = w;
	return true;
}

/* What no wildcard touches, from a "." to the end or from the beginning to a
 * "."; empty: there is none. */
static struct span
literal_tail(struct span pattern)
{
	size_t i = pattern.len, dot = pattern.len;

	while (i > 0 && !strchr(WILDCARDS, pattern.ptr[i - 1])) {
		if (pattern.ptr[--i] == '.')
			dot = i;
	}
	return span_skip(pattern, dot);
}

static struct span
literal_head(struct span pattern)
{
	size_t len = 0;

	for (size_t i = 0; !strchr(WILDCARDS, pattern.ptr[i]); i++) {
		if (pattern.ptr[i] == '.')
			len = i + 1;
	}
	return span_of(pattern.ptr, len);
}

static bool
add_pattern(struct host_names *n, struct span tail, struct wild_name *w)
{
	struct span head = literal_head(span_str(w->pattern));

	if (tail.len > 0)
		return add_wild(&n->tails, tail, w);
	if (head.len > 0)
		return add_wild(&n->heads, head, w);
	*n->others_end = w;
	n->others_end = &w->next;
	return true;
}

bool
host_names_add(struct host_names *n, const char *name, const struct host *host,
    struct arena *arena, struct diag *diag)
{
	struct span pattern = span_str(name), tail;
	struct wild_name *w;

	if (!strpbrk(name, "*?"))
		return put_name(&n->exact, pattern, host, diag);
	tail = literal_tail(pattern);
	if (name[0] == '*' && tail.len > 0 && tail.len + 1 == pattern.len) {
		n->suffixes.lengths |= length_bit(tail.len);
		return put_name(&n->suffixes.table, tail, host, diag);
	}
	w = arena_alloc(arena, sizeof(*w));
	if (!w)
		return false;
	*w = (struct wild_name){ .pattern = name, .host = host };
	return add_pattern(n, tail, w);
}

/* ---- finding ---- */

/* Of two hosts, the one that the file names first; either may be NULL. */
static const struct host *
earlier(const struct host *a, const struct host *b)
{
	if (!a || !b)
		return a ? a : b;
	return a->index < b->index ? a : b;
}

/* The first of a list that fits, unless best comes before it. */
static const struct host *
try_wild(
    const struct wild_name *w, struct span name, const struct host *best)
{
	for (; w && earlier(best, w->host) == w->host; w = w->next) {
		if (wildcard_match(w->pattern, name, WILDCARD_NOCASE))
			return w->host;
	}
	return best;
}

/* The length tells of most that nothing stands under them. */
static bool
may_have(const struct wild_index *x, size_t len)
{
	return (x->lengths & length_bit(len)) != 0;
}

/* With what ends and begins as the name does at a ".". */
static const struct host *
try_parts(const struct host_names *n, struct span name, size_t dot,
    const struct host *best)
{
	struct span tail = span_skip(name, dot), head = { name.ptr, dot + 1 };

	if (may_have(&n->suffixes, tail.len))
		best = earlier(best, table_get(&n->suffixes.table, tail));
	if (may_have(&n->tails, tail.len))
		best = try_wild(table_get(&n->tails.table, tail), name, best);
	if (may_have(&n->heads, head.len))
		best = try_wild(table_get(&n->heads.table, head), name, best);
	return best;
}

const struct host *
host_names_find(const struct host_names *n, struct span name)
{
	const struct host *best = table_get(&n->exact, name);
	bool parts =
	    (n->suffixes.lengths | n->tails.lengths | n->heads.lengths) != 0;
	size_t dot = parts ? span_find(name, '.') : name.len;

	while (dot < name.len) {
		best = try_parts(n, name, dot, best);
		dot += 1 + span_find(span_skip(name, dot + 1), '.');
	}
	return try_wild(n->others, name, best);
}

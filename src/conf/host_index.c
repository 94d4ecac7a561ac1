/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a connection's local address and the name in its request to a virtual
 * host, as Apache does it: the address decides which hosts are asked, exact
 * ones before "any", those of the port before those of any port; of these the
 * first, in the order of the file, that has the name; else the first.
 */
#include "config.h"

#include "base/table.h"
#include "base/wildcard.h"
#include "conf/host_index.h"

/*
 * Clients ask for few names many times, and four or five hashes of names and
 * addresses cost a quarter of a small answer's instructions: so the latest
 * answers are kept, each where a hash says that nobody is protected against.
 * Who forces collisions pays with the long way, which is not long.
 */
#define REMEMBERED_BITS 7
#define REMEMBERED (1 << REMEMBERED_BITS)
#define REMEMBERED_NAME 47

/* An address as bytes: family (0: any), the address, the port (0: any). */
struct address_key {
	uint8_t bytes[1 + 16 + 2];
};

struct wild_name {
	struct wild_name *next;
	const char *pattern;
	const struct host *host;
};

struct path_host {
	struct path_host *next;
	const struct host *host;
};

/* The hosts of one <VirtualHost> address. */
struct host_group {
	struct address_key key;
	struct host_group *next;
	const struct host *first;
	struct table names;	/* -> the first host of that name */
	struct table suffixes;	/* "*.a.org", by ".a.org" */
	struct wild_name *wild; /* others, in order */
	struct wild_name **wild_end;
	struct path_host *paths; /* those with a ServerPath, in order */
	struct path_host **paths_end;
};

/* What of an address a group may leave open, the most exact first. */
enum {
	KEY_EXACT,
	KEY_ANY_PORT,
	KEY_ANY_IP,
	KEY_ANY,
	KEY_KINDS
};

/* What an address and a name, in these very letters, came to. */
struct remembered {
	const struct host *host; /* NULL: free */
	struct addr local;
	uint8_t len;
	char name[REMEMBERED_NAME];
};

struct host_index {
	struct table groups; /* address_key -> group */
	struct host_group *list;
	bool used[KEY_KINDS]; /* whether there are such groups */
	struct remembered remembered[REMEMBERED];
};

static struct address_key
make_key(const struct addr *addr, int kind)
{
	uint16_t port = addr_port(addr);
	struct address_key key = { { 0 } };

	if (kind == KEY_EXACT || kind == KEY_ANY_PORT) {
		key.bytes[0] = (uint8_t)addr->any.sa_family;
		if (addr->any.sa_family == AF_INET)
			memcpy(key.bytes + 1, &addr->v4.sin_addr, 4);
		else if (addr->any.sa_family == AF_INET6)
			memcpy(key.bytes + 1, &addr->v6.sin6_addr, 16);
	}
	if (kind == KEY_EXACT || kind == KEY_ANY_IP) {
		key.bytes[17] = (uint8_t)(port >> 8);
		key.bytes[18] = (uint8_t)port;
	}
	return key;
}

static struct span
key_span(const struct address_key *key)
{
	return span_of((const char *)key->bytes, sizeof(key->bytes));
}

static struct host_group *
get_group(struct host_index *x, const struct addr *addr, struct arena *arena)
{
	int kind = (addr_is_any(addr) ? KEY_ANY_IP : KEY_EXACT) +
		   (addr_port(addr) == 0);
	struct address_key key = make_key(addr, kind);
	struct host_group *g = table_get(&x->groups, key_span(&key));

	if (g)
		return g;
	g = arena_calloc(arena, 1, sizeof(*g));
	if (!g)
		return NULL;
	g->key = key;
	table_init(&g->names, true);
	table_init(&g->suffixes, true);
	g->wild_end = &g->wild;
	g->paths_end = &g->paths;
	g->next = x->list;
	x->list = g;
	x->used[kind] = true;
	return table_put(&x->groups, key_span(&g->key), g) == 0 ? g : NULL;
}

/* The first host with a name keeps it. */
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
		    span_starts(name, ".") ? "*" : "", SPAN_ARG(name), first->place.file, first->place.line);
	return true;
}

static bool
add_name(struct host_group *g, const char *name, const struct host *host,
    struct arena *arena, struct diag *diag)
{
	struct wild_name *w;

	if (!strpbrk(name, "*?"))
		return put_name(&g->names, span_str(name), host, diag);
	if (name[0] == '*' && name[1] == '.' && !strpbrk(name + 1, "*?"))
		return put_name(&g->suffixes, span_str(name + 1), host, diag);
	w = arena_alloc(arena, sizeof(*w));
	if (!w)
		return false;
	*w = (struct wild_name){ .pattern = name, .host = host };
	*g->wild_end = w;
	g->wild_end = &w->next;
	return true;
}

static bool
add_path(struct host_group *g, const struct host *host, struct arena *arena)
{
	struct path_host *p = arena_calloc(arena, 1, sizeof(*p));

	if (!p)
		return false;
	p->host = host;
	*g->paths_end = p;
	g->paths_end = &p->next;
	return true;
}

static bool
add_host(struct host_index *x, const struct host *host, const struct addr *addr,
    struct arena *arena, struct diag *diag)
{
	struct host_group *g = get_group(x, addr, arena);

	if (!g)
		return false;
	if (!g->first)
		g->first = host;
	if (host->name && !add_name(g, host->name, host, arena, diag))
		return false;
	for (const char *const *a = host->aliases; *a; a++) {
		if (!add_name(g, *a, host, arena, diag))
			return false;
	}
	return !host->path || add_path(g, host, arena);
}

struct host_index *
host_index_create(
    const struct server_conf *conf, struct arena *arena, struct diag *diag)
{
	struct host_index *x = arena_calloc(arena, 1, sizeof(*x));
	bool ok = true;

	if (!x)
		return NULL;
	table_init(&x->groups, false);
	for (size_t i = 1; i < conf->host_count; i++) {
		const struct host *host = &conf->hosts[i];

		for (size_t j = 0; ok && j < host->addr_count; j++)
			ok = add_host(
			    x, host, &host->addrs[j].addr, arena, diag);
	}
	if (ok)
		return x;
	host_index_release(x);
	return NULL;
}

void
host_index_release(struct host_index *x)
{
	for (struct host_group *g = x->list; g; g = g->next) {
		table_release(&g->names);
		table_release(&g->suffixes);
	}
	table_release(&x->groups);
}

static const struct host_group *
find_group(const struct host_index *x, const struct addr *local)
{
	for (int kind = 0; kind < KEY_KINDS; kind++) {
		struct address_key key;
		const struct host_group *g;

		if (!x->used[kind])
			continue;
		key = make_key(local, kind);
		g = table_get(&x->groups, key_span(&key));
		if (g)
			return g;
	}
	return NULL;
}

/* Of two hosts, the one that the file names first; either may be NULL. */
static const struct host *
earlier(const struct host *a, const struct host *b)
{
	if (!a || !b)
		return a ? a : b;
	return a->index < b->index ? a : b;
}

static const struct host *
find_name(const struct host_group *g, struct span name)
{
	const struct host *best = table_get(&g->names, name);
	const struct wild_name *w = g->wild;

	for (size_t i = 0; g->suffixes.count > 0 && i < name.len; i++) {
		if (name.ptr[i] == '.')
			best = earlier(
			    best, table_get(&g->suffixes, span_skip(name, i)));
	}
	while (w && !wildcard_match(w->pattern, name, WILDCARD_NOCASE))
		w = w->next;
	return earlier(best, w ? w->host : NULL);
}

static struct remembered *
place_of(struct host_index *x, struct span name)
{
	uint64_t hash = name.len, word;

	for (; name.len >= sizeof(word); name = span_skip(name, sizeof(word))) {
		memcpy(&word, name.ptr, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15;
	}
	word = 0;
	if (name.len > 0)
		memcpy(&word, name.ptr, name.len);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15;
	return &x->remembered[hash >> (64 - REMEMBERED_BITS)];
}

static const struct host *
find(const struct host_index *x, const struct server_conf *conf,
    const struct addr *local, struct span name)
{
	const struct host_group *g = find_group(x, local);
	const struct host *host = NULL;

	if (!g)
		return &conf->hosts[0];
	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (name.len > 0)
		host = find_name(g, name);
	return host ? host : g->first;
}

const struct host *
host_index_find(struct host_index *x, const struct server_conf *conf,
    const struct addr *local, struct span name)
{
	struct remembered *r;

	if (name.len > REMEMBERED_NAME)
		return find(x, conf, local, name);
	r = place_of(x, name);
	if (r->host && r->len == name.len && addr_equal(&r->local, local) &&
	    (name.len == 0 || memcmp(r->name, name.ptr, name.len) == 0))
		return r->host;
	r->host = find(x, conf, local, name);
	r->local = *local;
	r->len = (uint8_t)name.len;
	if (name.len > 0)
		memcpy(r->name, name.ptr, name.len);
	return r->host;
}

/* At or below prefix, which may end with a "/". */
static bool
is_below(struct span path, struct span prefix)
{
	return span_starts(path, prefix.ptr) &&
	       (prefix.ptr[prefix.len - 1] == '/' || path.len == prefix.len ||
		   path.ptr[prefix.len] == '/');
}

const struct host *
host_index_find_path(const struct host_index *x, const struct server_conf *conf,
    const struct addr *local, struct span raw_path)
{
	const struct host_group *g = find_group(x, local);

	if (!g)
		return &conf->hosts[0];
	while (span_starts(raw_path, "//"))
		raw_path = span_skip(raw_path, 1);
	for (const struct path_host *p = g->paths; p; p = p->next) {
		if (is_below(raw_path, span_str(p->host->path)))
			return p->host;
	}
	return g->first;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a connection's local address and the name in its request to a virtual
 * host, as Apache does it: the address decides which hosts are asked, exact
 * ones before "any", those of the port before those of any port; of these the
 * first, in the order of the file, that has the name; else the first.
 */
#include "config.h"

#include "base/mix.h"
#include "base/table.h"
#include "conf/host_index.h"
#include "conf/host_names.h"

/*
 * Clients ask for few names many times, and four or five hashes of names and
 * addresses cost a quarter of a small answer's instructions: so the latest
 * answers are kept, each where a hash says that nobody is protected against.
 * Who forces collisions pays with the long way, which is not long.
 */
#define REMEMBERED_BITS_MIN 7
#define REMEMBERED_BITS_MAX 14
#define REMEMBERED_NAME 47

/* An address as bytes: family (0: any), the address, the port (0: any). */
struct address_key {
	uint8_t bytes[1 + 16 + 2];
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
	struct host_names names;
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
	const struct host_group *latest; /* NULL: not known */
	struct addr latest_local;
	unsigned remembered_bits;
	struct remembered *remembered;
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
	host_names_init(&g->names);
	g->paths_end = &g->paths;
	g->next = x->list;
	x->list = g;
	x->used[kind] = true;
	return table_put(&x->groups, key_span(&g->key), g) == 0 ? g : NULL;
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
	if (host->name &&
	    !host_names_add(&g->names, host->name, host, arena, diag))
		return false;
	for (const char *const *a = host->aliases; *a; a++) {
		if (!host_names_add(&g->names, *a, host, arena, diag))
			return false;
	}
	return !host->path || add_path(g, host, arena);
}

/* Two places for each host, within bounds: at most 1.5 MiB. */
static bool
make_places(struct host_index *x, size_t host_count, struct arena *arena)
{
	unsigned bits = REMEMBERED_BITS_MIN;

	while (bits < REMEMBERED_BITS_MAX && (size_t)1 << bits < 2 * host_count)
		bits++;
	x->remembered_bits = bits;
	x->remembered = arena_calloc(
	    arena, (size_t)1 << bits, sizeof(*x->remembered));
	return x->remembered != NULL;
}

struct host_index *
host_index_create(
    const struct server_conf *conf, struct arena *arena, struct diag *diag)
{
	struct host_index *x = arena_calloc(arena, 1, sizeof(*x));
	bool ok;

	if (!x)
		return NULL;
	table_init_trusted(&x->groups, false);
	ok = make_places(x, conf->host_count, arena);
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
	for (struct host_group *g = x->list; g; g = g->next)
		host_names_release(&g->names);
	table_release(&x->groups);
}

static const struct host_group *
look_up_group(const struct host_index *x, const struct addr *local)
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

/* Most requests come to the address of the one before. */
static const struct host_group *
find_group(struct host_index *x, const struct addr *local)
{
	if (x->latest && addr_equal(&x->latest_local, local))
		return x->latest;
	x->latest = look_up_group(x, local);
	x->latest_local = *local;
	return x->latest;
}

static struct remembered *
place_of(struct host_index *x, struct span name)
{
	return &x->remembered[mix_span(0, name) >> (64 - x->remembered_bits)];
}

static const struct host *
find(struct host_index *x, const struct server_conf *conf,
    const struct addr *local, struct span name)
{
	const struct host_group *g = find_group(x, local);
	const struct host *host = NULL;

	if (!g)
		return &conf->hosts[0];
	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (name.len > 0)
		host = host_names_find(&g->names, name);
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
host_index_find_path(struct host_index *x, const struct server_conf *conf,
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

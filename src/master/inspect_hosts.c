/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -S: which host answers on which address, in Apache's layout.  Addresses come
 * as they are met first, those of all interfaces behind the others.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "master/inspect.h"

/* A host at one of its addresses. */
struct entry {
	const struct addr *addr;
	const struct host *host;
	bool printed;
};

struct entries {
	struct entry *all;
	size_t count;
	const char *main_name;
};

static bool
is_same(const struct addr *a, const struct addr *b)
{
	if (addr_is_any(a) || addr_is_any(b))
		return addr_is_any(a) && addr_is_any(b) &&
		       addr_port(a) == addr_port(b);
	return addr_equal(a, b);
}

static void
print_port(char *to, size_t size, const struct addr *addr)
{
	if (addr_port(addr) == 0)
		snprintf(to, size, "*");
	else
		snprintf(to, size, "%u", addr_port(addr));
}

/* "*:80", "127.0.0.1:*", "[::1]:80". */
static void
print_address(char *to, size_t size, const struct addr *addr)
{
	bool v6 = addr->any.sa_family == AF_INET6;
	char ip[ADDR_TEXT_SIZE], port[8];

	print_port(port, sizeof(port), addr);
	addr_print_ip(addr, ip);
	if (addr_is_any(addr))
		snprintf(to, size, "*:%s", port);
	else
		snprintf(to, size, v6 ? "[%s]:%s" : "%s:%s", ip, port);
}

/* One without a ServerName is called as the main server is. */
static void
print_name(struct buf *out, const struct entries *e, const struct host *host)
{
	const char *name = host->name == NULL ? e->main_name : host->name;

	buf_printf(out, "%s (%s:%d)\n", name == NULL ? "(no name)" : name,
	    host->place.file, host->place.line);
}

static void
print_aliases(struct buf *out, const struct host *host, bool wild)
{
	const char *const *alias = host->aliases;

	for (; alias != NULL && *alias != NULL; alias++)
		if ((strpbrk(*alias, "*?") != NULL) == wild)
			buf_printf(out, "%16s %salias %s\n", "",
			    wild ? "wild " : "", *alias);
}

static void
print_several(struct buf *out, struct entries *e, size_t first)
{
	char port[8];

	print_port(port, sizeof(port), e->all[first].addr);
	buf_add_str(out, " is a NameVirtualHost\n         default server ");
	print_name(out, e, e->all[first].host);
	for (size_t i = first; i < e->count; i++) {
		struct entry *entry = &e->all[i];

		if (!is_same(entry->addr, e->all[first].addr))
			continue;
		entry->printed = true;
		buf_printf(out, "         port %s namevhost ", port);
		print_name(out, e, entry->host);
		print_aliases(out, entry->host, false);
		print_aliases(out, entry->host, true);
	}
}

static void
print_group(struct buf *out, struct entries *e, size_t first)
{
	struct entry *entry = &e->all[first];
	char address[ADDR_TEXT_SIZE + 16];
	bool several = false;

	print_address(address, sizeof(address), entry->addr);
	for (size_t i = first + 1; i < e->count && !several; i++)
		several = is_same(e->all[i].addr, entry->addr);
	buf_printf(out, "%-22s", address);
	if (several) {
		print_several(out, e, first);
		return;
	}
	entry->printed = true;
	buf_add_char(out, ' ');
	print_name(out, e, entry->host);
}

/* False without memory. */
static bool
collect(const struct server_conf *conf, struct entries *e)
{
	size_t count = 0;

	for (size_t i = 1; i < conf->host_count; i++)
		count += conf->hosts[i].addr_count;
	e->all = calloc(count + 1, sizeof(*e->all));
	if (e->all == NULL)
		return false;
	for (size_t i = 1; i < conf->host_count; i++) {
		const struct host *host = &conf->hosts[i];

		for (size_t j = 0; j < host->addr_count; j++)
			e->all[e->count++] = (struct entry){
				.addr = &host->addrs[j].addr,
				.host = host,
			};
	}
	return true;
}

void
inspect_hosts(const struct server_conf *conf, struct buf *out)
{
	struct entries e = { .main_name = conf->hosts[0].name };

	buf_add_str(out, "VirtualHost configuration:\n");
	if (!collect(conf, &e))
		return;
	for (int any = 0; any <= 1; any++)
		for (size_t i = 0; i < e.count; i++)
			if (!e.all[i].printed &&
			    addr_is_any(e.all[i].addr) == (any == 1))
				print_group(out, &e, i);
	free(e.all);
}

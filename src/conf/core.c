/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the configuration itself: where it starts from (ServerRoot),
 * what is listened on, what hosts are called, and what is done about modules
 * that Drover does not have.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "conf/address.h"
#include "conf/build.h"
#include "conf/core.h"
#include "conf/module_name.h"

#define MAX_LISTENS 2000

struct listen_use {
	struct listen_use *next;
	struct listen_address address;
	const char *protocol;
	struct conf_place place;
};

struct listen_uses {
	struct listen_use *first, *last;
	size_t count; /* of addresses */
};

struct server_name {
	const char *host;
	const char *scheme;
	uint16_t port;
};

struct server_aliases {
	const char **names; /* NULL-terminated */
	size_t count, size;
};

struct core_conf {
	struct listen_uses listens;
	struct server_name name;
	struct server_aliases aliases;
	const char *server_path;
	const char *server_root;
	bool module;
	int unsupported;
};

/* Better none than a plain answer where an encrypted one is expected. */
static int
check_protocol(const struct directive_use *use)
{
	if (strcasecmp(use->args[1], "http") == 0)
		return 0;
	if (strcasecmp(use->args[1], "https") == 0)
		return directive_error(use, 1, "https is not yet supported");
	return directive_error(
	    use, 1, "\"%s\" is not a protocol: http", use->args[1]);
}

static int
parse_listen(const struct directive_use *use, void *field)
{
	struct listen_uses *uses = field;
	struct listen_use *l = arena_calloc(use->arena, 1, sizeof(*l));
	struct err err;

	if (!l)
		return -1;
	if (address_parse_listen(use->args[0], &l->address, &err) == -1)
		return directive_error(use, 0, "%s", err.text);
	if (uses->count >= MAX_LISTENS)
		return directive_error(
		    use, 0, "more than %d addresses", MAX_LISTENS);
	l->protocol = "http";
	if (use->arg_count == 2 && check_protocol(use) == -1)
		return -1;
	l->place = use->places[0];
	if (uses->last)
		uses->last->next = l;
	else
		uses->first = l;
	uses->last = l;
	uses->count += (size_t)l->address.count;
	return 0;
}

/* The name of a host, or an address with IPv6 in brackets. */
static bool
is_host_name(const char *name, bool wildcards)
{
	struct addr addr;

	if (*name == '[')
		return addr_parse(span_str(name), 0, &addr);
	if (*name == '\0')
		return false;
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (!isalnum(c) && !strchr("-._", c) &&
		    !(wildcards && strchr("*?", c)))
			return false;
	}
	return true;
}

static void
to_lower(char *text)
{
	for (; *text; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text |= 0x20;
	}
}

/* Takes "scheme://" off. */
static int
take_scheme(const struct directive_use *use, char **text, const char **scheme_r)
{
	char *end = strstr(*text, "://");

	if (!end)
		return 0;
	*end = '\0';
	to_lower(*text);
	*scheme_r = *text;
	if (**text == '\0' ||
	    strspn(*text, "abcdefghijklmnopqrstuvwxyz"
			  "0123456789+-.") != (size_t)(end - *text))
		return directive_error(use, 0, "\"%s\" is not a scheme", *text);
	*text = end + 3;
	return 0;
}

static int
parse_server_name(const struct directive_use *use, void *field)
{
	struct server_name *name = field;
	char *text = arena_strdup(use->arena, use->args[0]), *colon;
	struct err err;

	if (!text)
		return -1;
	if (take_scheme(use, &text, &name->scheme) == -1)
		return -1;
	colon = strrchr(text, ':');
	if (colon && colon > text && (*text != '[' || colon[-1] == ']')) {
		*colon = '\0';
		if (address_parse_port(
			span_str(colon + 1), &name->port, &err) == -1)
			return directive_error(use, 0, "%s", err.text);
	}
	if (!is_host_name(text, false))
		return directive_error(
		    use, 0, "\"%s\" is not the name of a host", text);
	name->host = text;
	return 0;
}

static int
add_alias(const struct directive_use *use, struct server_aliases *aliases,
    const char *name)
{
	size_t size = aliases->size ? aliases->size * 2 : 8;
	const char **names;

	if (aliases->count + 1 >= aliases->size) {
		names = arena_calloc(use->arena, size, sizeof(*names));
		if (!names)
			return -1;
		if (aliases->count > 0)
			memcpy(names, aliases->names,
			    aliases->count * sizeof(*names));
		aliases->names = names;
		aliases->size = size;
	}
	aliases->names[aliases->count++] = name;
	return 0;
}

static int
parse_server_alias(const struct directive_use *use, void *field)
{
	for (int i = 0; i < use->arg_count; i++) {
		char *name = arena_strdup(use->arena, use->args[i]);

		if (!name)
			return -1;
		to_lower(name);
		if (!is_host_name(name, true))
			return directive_error(
			    use, i, "\"%s\" is not the name of a host", name);
		if (add_alias(use, field, name) == -1)
			return -1;
	}
	return 0;
}

static int
parse_server_path(const struct directive_use *use, void *field)
{
	if (*use->args[0] != '/')
		return directive_error(
		    use, 0, "\"%s\" does not begin with /", use->args[0]);
	*(const char **)field = use->args[0];
	return 0;
}

/* The reader has warned of one that Drover lacks. */
static void
note_module(const struct directive_use *use)
{
	struct buf name;

	if (module_is_known(directive_schema(use), use->args[0]) ||
	    module_is_mpm(use->args[0]))
		return;
	buf_init(&name, 1024);
	buf_printf(&name, "LoadModule %s", use->args[0]);
	fidelity_note(use->builder->fidelity,
	    &(struct fidelity_note){ FIDELITY_NO_EFFECT, buf_str(&name),
		"Drover has no such module", NULL, &use->place, false });
	buf_release(&name);
}

static int
parse_load_module(const struct directive_use *use, void *field)
{
	*(bool *)field = true;
	note_module(use);
	return 0;
}

static const struct directive_keyword unsupported_words[] = {
	{ "refuse", 1 },
	{ "warn", 0 },
	{ .word = NULL },
};

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("Listen", IN_SERVER, core_conf, listens,
	    struct listen_uses, NULL, "[address:]port [protocol]",
	    "an address to accept connections on; a port alone means all "
	    "addresses. It may be used several times",
	    .differs = "https is an error, for there is no TLS yet",
	    .parse = parse_listen, .min_args = 1, .max_args = 2,
	    .repeats = true),
	DIRECTIVE_CUSTOM("LoadModule", IN_SERVER, core_conf, module, bool, NULL,
	    "name file",
	    "accepted, for Drover's modules are always there; naming one that "
	    "it lacks is a warning",
	    .differs = "no file is loaded, and none need be there",
	    .parse = parse_load_module, .min_args = 2, .max_args = 2,
	    .repeats = true),
	DIRECTIVE_CUSTOM("ServerAlias", IN_HOST, core_conf, aliases,
	    struct server_aliases, NULL, "name ...",
	    "further names of the host, in which * and ? stand for anything",
	    .parse = parse_server_alias, .min_args = 1, .max_args = -1,
	    .repeats = true),
	DIRECTIVE_CUSTOM("ServerName", IN_SERVER_HOST, core_conf, name,
	    struct server_name, NULL, "[scheme://]name[:port]",
	    "what the host is called; with scheme and port where a proxy in "
	    "front has others",
	    .parse = parse_server_name, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("ServerPath", IN_HOST, core_conf, server_path,
	    const char *, NULL, "URL-path",
	    "a second way into the host, from times when clients named none: "
	    "the part of its URLs below which it is all there again. A request "
	    "without Host for a path below it gets this host",
	    .parse = parse_server_path, .min_args = 1, .max_args = 1),
	DIRECTIVE_PATH("ServerRoot", IN_SERVER, core_conf, server_root, NULL,
	    "the folder that relative paths start from"),
	DIRECTIVE_KEYWORD("UnsupportedModules", IN_SERVER, core_conf,
	    unsupported, unsupported_words, "refuse", "refuse|warn",
	    "what to do about directives of Apache's modules that Drover lacks "
	    "and that decide who gets what: do not start, or warn and leave "
	    "them out"),
	{ .name = NULL },
};

static unsigned section_id;

/* Others name core.c, http_core.c and event.c, whose work they do. */
static const char *const modules[] = { "mod_so.c", "mod_version.c",
	"mod_macro.c", NULL };

const struct conf_section core_section = {
	.name = "core",
	.rows = rows,
	.size = sizeof(struct core_conf),
	.id = &section_id,
	.apache_modules = modules,
};

void
core_fill_host(struct host *host, const struct scope *scope)
{
	static const char *const none[] = { NULL };
	const struct scope_part *part = scope->parts[section_id];
	const struct core_conf *c = part ? part->values : NULL;

	host->aliases = none;
	if (!c)
		return;
	host->name = c->name.host;
	host->scheme = c->name.scheme;
	host->port = c->name.port;
	host->path = c->server_path;
	if (c->aliases.names)
		host->aliases = c->aliases.names;
}

/* Printed addresses are unique: listeners are told apart by them. */
static bool
fill_listen(struct listen_conf *to, const struct listen_use *use, int i,
    struct arena *arena)
{
	char text[ADDR_TEXT_SIZE];

	addr_print(&use->address.addr[i], text);
	*to = (struct listen_conf){
		.addr = use->address.addr[i],
		.name = arena_strdup(arena, text),
		.protocol = use->protocol,
		.optional = i > 0,
		.place = use->place,
	};
	return to->name != NULL;
}

bool
core_fill_conf(struct server_conf *conf, struct arena *arena)
{
	const struct core_conf *c = conf_get(conf, &core_section);
	struct listen_conf *listens =
	    arena_calloc(arena, c->listens.count + 1, sizeof(*listens));
	size_t n = 0;

	if (!listens)
		return false;
	for (const struct listen_use *l = c->listens.first; l; l = l->next) {
		for (int i = 0; i < l->address.count; i++) {
			if (!fill_listen(&listens[n++], l, i, arena))
				return false;
		}
	}
	conf->listens = listens;
	conf->listen_count = n;
	return true;
}

/* Linux binds no address beside "any address" of the same port. */
static bool
overlap(const struct addr *a, const struct addr *b)
{
	return a->any.sa_family == b->any.sa_family &&
	       addr_port(a) == addr_port(b) &&
	       (addr_is_any(a) || addr_is_any(b) || addr_equal_ip(a, b));
}

/* An error if an earlier one has the address already. */
static bool
check_listen(const struct server_conf *conf, size_t i, struct diag *diag)
{
	const struct listen_conf *l = &conf->listens[i];

	for (size_t j = 0; j < i; j++) {
		const struct listen_conf *other = &conf->listens[j];

		if (!overlap(&l->addr, &other->addr))
			continue;
		diag_error(diag, &l->place,
		    "Listen: %s is taken already, by %s of %s:%d", l->name,
		    other->name, other->place.file, other->place.line);
		return false;
	}
	return true;
}

static bool
is_listened_to(const struct server_conf *conf, const struct addr *addr)
{
	for (size_t i = 0; i < conf->listen_count; i++) {
		const struct addr *l = &conf->listens[i].addr;

		if (addr_port(addr) != 0 && addr_port(addr) != addr_port(l))
			continue;
		if (addr_is_any(addr) || addr_equal_ip(addr, l) ||
		    (addr_is_any(l) && addr->any.sa_family == l->any.sa_family))
			return true;
	}
	return false;
}

static void
check_host(
    const struct server_conf *conf, const struct host *host, struct diag *diag)
{
	for (size_t i = 0; i < host->addr_count; i++) {
		if (!is_listened_to(conf, &host->addrs[i].addr))
			diag_warn(diag, &host->place,
			    "<VirtualHost %s> is never asked: no Listen has "
			    "that address",
			    host->addrs[i].text);
	}
}

void
core_check(const struct server_conf *conf, struct diag *diag)
{
	bool ok = true;

	for (size_t i = 0; i < conf->listen_count; i++) {
		/* The IPv6 half of "Listen 80" may say the same again. */
		if (ok || !conf->listens[i].optional)
			ok = check_listen(conf, i, diag);
	}
	if (conf->listen_count == 0 && diag->errors == 0)
		diag_error(diag, &(struct conf_place){ .file = conf->file },
		    "there is no Listen: nothing would be served");
	for (size_t i = 0; diag->errors == 0 && i < conf->host_count; i++)
		check_host(conf, &conf->hosts[i], diag);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client behind proxies: RemoteIPHeader names the field in which they say
 * whom they speak for.  Each element is believed if the one who wrote it is a
 * proxy that is trusted, from the last element on; what is left over stays in
 * the field.  What concerns the connection itself goes on knowing its own
 * address.
 */
#include "config.h"

#include <strings.h>

#include "base/buf.h"
#include "handlers/remoteip.h"
#include "http/exchange_env.h"
#include "http/module.h"
#include "wire/h1_scan.h"

struct remoteip_conf {
	const char *header, *proxies_header; /* NULL: none */
	struct proxy_list proxies;
	bool proxy_protocol;
};

/* ---- rows ---- */

static int
parse_name(const struct directive_use *use, void *field)
{
	struct span name = span_str(use->args[0]);

	if (name.len == 0 || h1_scan_token(name.ptr, 0, name.len) != name.len)
		return directive_error(use, 0,
		    "\"%s\" cannot be the name of a field", use->args[0]);
	switch (field_find(name)) {
	case FIELD_CONNECTION:
	case FIELD_CONTENT_LENGTH:
	case FIELD_HOST:
	case FIELD_TRANSFER_ENCODING:
		return directive_error(
		    use, 0, "%s says something else", use->args[0]);
	default:
		*(const char **)field = use->args[0];
		return 0;
	}
}

/* Behind a word that is not HTTP nothing is answered but by 400. */
static int
parse_protocol(const struct directive_use *use, void *field)
{
	bool *wanted = field;

	if (directive_flag(use, 0, wanted) != 0)
		return -1;
	return !*wanted ? 0
			: directive_unsupported(use, 0,
			      "the PROXY protocol is not supported; have the "
			      "proxy send a field, for RemoteIPHeader");
}

#define ROW_NAME(name_, field_, help_)                                 \
	DIRECTIVE_CUSTOM(name_, IN_SERVER_HOST, remoteip_conf, field_, \
	    const char *, NULL, "field", help_, .parse = parse_name,   \
	    .min_args = 1, .max_args = 1)
#define ROW_PROXIES(name_, syntax_, parse_, max_, ...)                      \
	DIRECTIVE_CUSTOM(name_, IN_SERVER_HOST, remoteip_conf, proxies,     \
	    struct proxy_list, NULL, syntax_, __VA_ARGS__, .parse = parse_, \
	    .min_args = 1, .max_args = max_, .repeats = true)

static const struct directive rows[] = {
	ROW_NAME("RemoteIPHeader", header,
	    "the field in which proxies say whom they speak for: that is the "
	    "client for access, logs and variables, and the field is left with "
	    "what nobody trusted has said. Without a list of proxies anybody "
	    "is one"),
	ROW_NAME("RemoteIPProxiesHeader", proxies_header,
	    "the field in which handlers and logs find the proxies between, "
	    "without internal ones"),
	ROW_PROXIES("RemoteIPInternalProxy", "address[/mask] ...",
	    proxy_list_parse, -1,
	    "proxies who may speak for any address, private ones too",
	    .differs = "names are not looked up, but for localhost"),
	ROW_PROXIES("RemoteIPInternalProxyList", "file", proxy_list_parse_file,
	    1, "a file with addresses for RemoteIPInternalProxy",
	    .differs = "as for RemoteIPInternalProxy"),
	ROW_PROXIES("RemoteIPTrustedProxy", "address[/mask] ...",
	    proxy_list_parse, -1, "proxies who may speak for public addresses",
	    .differs = "names are not looked up, but for localhost"),
	ROW_PROXIES("RemoteIPTrustedProxyList", "file", proxy_list_parse_file,
	    1, "a file with addresses for RemoteIPTrustedProxy",
	    .differs = "as for RemoteIPTrustedProxy"),
	DIRECTIVE_CUSTOM("RemoteIPProxyProtocol", IN_SERVER_HOST, remoteip_conf,
	    proxy_protocol, bool, NULL, "On|Off",
	    "the PROXY protocol in front of requests",
	    .differs = "it is not supported: On is an error",
	    .parse = parse_protocol, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_remoteip.c", NULL };

static unsigned section_id;
static const struct conf_section remoteip_section = {
	.name = "remoteip",
	.rows = rows,
	.size = sizeof(struct remoteip_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- requests ---- */

/* Of both lists; the head of a request is smaller. */
#define LIST_MAX (1024 * 1024)

/* In the exchange's arena; ptr NULL without memory. */
static struct span
keep(struct exchange *x, struct buf *text)
{
	struct span kept = { NULL, 0 };

	if (!buf_failed(text))
		kept = arena_span(&x->arena, span_str(buf_str(text)));
	buf_release(text);
	return kept;
}

/* Several lines of one name are one list; ptr NULL: there is none, or no
 * memory. */
static struct span
read_field(struct exchange *x, struct span name)
{
	const struct request *r = &x->request;
	const struct field *first = NULL;
	struct buf all;

	buf_init(&all, LIST_MAX);
	for (unsigned i = 0; i < r->field_count; i++) {
		if (!span_equal_nocase(r->fields[i].name, name))
			continue;
		if (first != NULL)
			buf_add_str(&all, ", ");
		first = &r->fields[i];
		buf_add_span(&all, first->value);
	}
	return first == NULL ? span_of(NULL, 0) : keep(x, &all);
}

/* An address without a port, a scope or brackets. */
static bool
parse_address(struct span text, struct addr *addr_r)
{
	struct addr addr;

	if (text.len == 0 || text.ptr[0] == '[' ||
	    span_find(text, '%') < text.len || !addr_parse(text, 0, &addr))
		return false;
	/* One that is mapped is the IPv4 one that it is. */
	addr_set(addr_r, &addr.any, addr.len);
	return true;
}

/* Takes the last element off; *rest is what stood before its comma. */
static struct span
cut_last(struct span *rest)
{
	size_t comma = span_find_last(*rest, ',');
	struct span last = *rest;

	if (comma < rest->len)
		last = span_skip(*rest, comma + 1);
	rest->len = comma < rest->len ? comma : 0;
	return span_trim(last);
}

struct walk {
	const struct proxy_list *proxies;
	struct addr client;
	struct span rest;   /* of the field */
	struct buf between; /* proxies */
	bool moved;
};

/* Whether the client so far spoke for somebody else, who is that now. */
static bool
step(struct walk *walk)
{
	struct span rest = walk->rest;
	char text[ADDR_TEXT_SIZE];
	struct addr addr;
	bool internal = false;

	if (!proxy_list_has(walk->proxies, &walk->client, &internal) ||
	    !parse_address(cut_last(&rest), &addr) ||
	    (!internal && proxy_address_is_private(&addr)))
		return false;
	if (!internal) {
		addr_print_ip(&walk->client, text);
		if (walk->between.len > 0)
			buf_add_str(&walk->between, ", ");
		buf_add_str(&walk->between, text);
	}
	walk->client = addr;
	walk->rest = rest;
	walk->moved = true;
	return true;
}

/* All fields of that name are one; value.ptr NULL: none. */
static int
put_field(struct exchange *x, struct span name, struct span value)
{
	struct request *r = &x->request;
	struct field *fields =
	    arena_calloc(&x->arena, r->field_count + 1u, sizeof(*fields));
	unsigned count = 0;

	if (fields == NULL)
		return -1;
	for (unsigned i = 0; i < r->field_count; i++)
		if (!span_equal_nocase(r->fields[i].name, name))
			fields[count++] = r->fields[i];
	if (value.ptr != NULL)
		fields[count++] = (struct field){ name, value, FIELD_OTHER };
	request_index(r, fields, count);
	return 0;
}

static int
become(struct exchange *x, const struct remoteip_conf *conf, struct walk *walk)
{
	static const struct span note = SPAN("remoteip-proxy-ip-list");
	struct addr *client = arena_alloc(&x->arena, sizeof(*client));
	struct span rest = span_trim(walk->rest), between;

	if (client == NULL || put_field(x, span_str(conf->header),
				  rest.len > 0 ? rest : span_of(NULL, 0)) != 0)
		return -1;
	*client = walk->client;
	x->client = client;
	x->remote_text = NULL;
	if (walk->between.len == 0 && !buf_failed(&walk->between))
		return 0;
	between = keep(x, &walk->between);
	if (between.ptr == NULL)
		return -1;
	if (conf->proxies_header != NULL &&
	    put_field(x, span_str(conf->proxies_header), between) != 0)
		return -1;
	return exchange_note_set(x, note, between);
}

static void
remoteip_begin(struct exchange *x)
{
	const struct remoteip_conf *conf = exchange_conf(x, &remoteip_section);
	struct walk walk = { .proxies = &conf->proxies };

	if (conf->header == NULL)
		return;
	walk.rest = read_field(x, span_str(conf->header));
	if (walk.rest.ptr == NULL)
		return;
	walk.client = x->peer->remote;
	buf_init(&walk.between, LIST_MAX);
	while (step(&walk))
		;
	/* Nobody may pass for another because memory is short. */
	if (walk.moved && become(x, conf, &walk) != 0)
		response_error(x, 500);
	buf_release(&walk.between);
}

const struct module remoteip_module = {
	.conf = &remoteip_section,
	.only_where_set = &remoteip_section,
	.begin = remoteip_begin,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and ports of a host as Apache chooses them, with one difference: where
 * the client's are to be used, a URL is left to the client to complete.  It
 * knows them best, through any proxy, and what it claimed about them does not
 * come back to it, or to others out of a cache.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "http/canonical.h"
#include "http/exchange.h"
#include "http/http_conf.h"

static const struct http_conf *
conf_of(const struct exchange *x)
{
	static const struct http_conf none;

	return x->settings == NULL ? &none
				   : settings_get(x->settings, &http_section);
}

static const char *
scheme_of(const struct exchange *x)
{
	const struct host *host = x->route.host;

	if (host != NULL && host->scheme != NULL)
		return host->scheme;
	return x->peer->scheme == NULL ? "http" : x->peer->scheme;
}

static uint16_t
default_port(const char *scheme)
{
	return strcmp(scheme, "https") == 0 ? 443 : 80;
}

struct span
canonical_name(const struct exchange *x)
{
	const struct host *host = x->route.host;

	if ((host == NULL || host->name == NULL) && x->conf != NULL)
		host = &x->conf->hosts[0];
	if (host == NULL || host->name == NULL)
		return span_of("", 0);
	return span_str(host->name);
}

uint16_t
canonical_port(const struct exchange *x)
{
	const struct host *host = x->route.host;

	if (host != NULL && host->port != 0)
		return host->port;
	return default_port(scheme_of(x));
}

struct span
canonical_client_name(const struct exchange *x)
{
	struct span name = x->request.uri.host;

	if (conf_of(x)->canonical_name)
		return span_of("", 0);
	/* The root of all names (RFC 1034, 3.1). */
	if (name.len > 1 && name.ptr[name.len - 1] == '.')
		name.len--;
	return name;
}

uint16_t
canonical_url_port(const struct exchange *x)
{
	const struct http_conf *conf = conf_of(x);
	const struct host *host = x->route.host;

	if (!conf->canonical_name && x->request.uri.port != 0)
		return x->request.uri.port;
	if (conf->canonical_name && host != NULL && host->port != 0)
		return host->port;
	if (conf->physical_port)
		return addr_port(&x->peer->local);
	return canonical_port(x);
}

struct span
canonical_used_name(const struct exchange *x, char scratch[ADDR_TEXT_SIZE])
{
	struct span name = canonical_client_name(x);

	if (name.len == 0)
		name = canonical_name(x);
	if (name.len > 0)
		return name;
	name = span_of(scratch, addr_print(&x->peer->local, scratch));
	return span_of(scratch, span_find_last(name, ':'));
}

struct span
canonical_location(struct exchange *x, struct span path)
{
	const struct http_conf *conf = conf_of(x);
	const char *scheme = scheme_of(x);
	uint16_t port = canonical_url_port(x);
	char scratch[ADDR_TEXT_SIZE], port_text[8] = "";
	struct span name;
	char *url;

	if (!conf->canonical_name && !conf->physical_port)
		return path;
	name = canonical_used_name(x, scratch);
	if (port != default_port(scheme))
		snprintf(port_text, sizeof(port_text), ":%u", port);
	url = arena_printf(&x->arena, "%s://%.*s%s%.*s", scheme, SPAN_ARG(name),
	    port_text, SPAN_ARG(path));
	return url == NULL ? span_of(NULL, 0) : span_str(url);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each stage of route() has decided, in words.  Read from the exchange;
 * nothing is decided here.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/wildcard.h"
#include "http/error_document.h"
#include "http/module.h"
#include "worker/explain_private.h"
#include "worker/handler_conf.h"
#include "worker/hooks.h"

void
explain_label(struct explain *e, const char *label)
{
	buf_printf(e->out, "%-*s", EXPLAIN_LABEL, label);
}

static const char *
module_name(const struct module *m)
{
	if (m->handler != NULL)
		return m->handler;
	return m->conf == NULL ? "a module without settings" : m->conf->name;
}

/* ---- host ---- */

/* The ServerAlias that the name is one of; NULL. */
static const char *
find_alias(const struct host *host, struct span name)
{
	const char *const *alias = host->aliases;

	for (; alias != NULL && *alias != NULL; alias++)
		if (wildcard_match(*alias, name, WILDCARD_NOCASE))
			return *alias;
	return NULL;
}

static void
tell_host_reason(struct explain *e, const struct exchange *x)
{
	const struct host *host = x->route.host;
	struct span name = x->request.uri.host;
	const char *alias = find_alias(host, name);

	if (e->conf->host_count == 1)
		buf_add_str(e->out, "there is no other");
	else if (host->index == 0)
		buf_add_str(e->out, "no <VirtualHost> has this address");
	else if (name.len == 0)
		buf_add_str(e->out, "the request names no host");
	else if (host->name != NULL && span_is_nocase(name, host->name))
		buf_printf(e->out, "its ServerName is %s", host->name);
	else if (alias != NULL)
		buf_printf(e->out, "its ServerAlias %s has %.*s", alias,
		    SPAN_ARG(name));
	else
		buf_printf(e->out,
		    "the first one of this address; none is called %.*s",
		    SPAN_ARG(name));
}

static void
tell_host(struct explain *e, const struct exchange *x)
{
	const struct host *host = x->route.host;

	if (host == NULL)
		return;
	explain_label(e, "Host");
	buf_printf(e->out, "%s",
	    host->index == 0 ? "the main server" : "<VirtualHost");
	for (size_t i = 0; i < host->addr_count; i++)
		buf_printf(e->out, " %s", host->addrs[i].text);
	buf_add_str(e->out, host->index == 0 ? "  " : ">  ");
	explain_place(e, &host->place);
	buf_add_char(e->out, '\n');
	explain_label(e, "");
	tell_host_reason(e, x);
	buf_add_char(e->out, '\n');
}

/* ---- map ---- */

/* What the path is, when it is not what was told last. */
static void
tell_path(struct explain *e, const struct exchange *x)
{
	if (!span_equal(e->path, x->request.uri.path)) {
		e->path = x->request.uri.path;
		explain_label(e, "Path");
		explain_text(e, e->path);
		buf_add_char(e->out, '\n');
	}
	if (!span_equal(e->file_path, x->file_path)) {
		e->file_path = x->file_path;
		if (e->file_path.len == 0)
			return;
		explain_label(e, "File");
		explain_text(e, e->file_path);
		buf_printf(e->out, " (below %.*s)\n", SPAN_ARG(x->root_path));
	}
}

/* Who maps what nobody else does: to the DocumentRoot. */
static const struct module *
last_mapper(void)
{
	const struct module *const *m = hooks_at(HOOKS_MAP);

	while (m[0] != NULL && m[1] != NULL)
		m++;
	return *m;
}

static void
tell_map(struct explain *e, const struct exchange *x)
{
	const struct module *m = x->route.mapped_by;

	if (m == NULL) {
		explain_label(e, "Mapped");
		buf_add_str(e->out, "to no file\n");
		return;
	}
	explain_label(e, "Mapped");
	buf_printf(e->out, "by %s", module_name(m));
	if (x->response.status != 0)
		buf_printf(e->out, ": answered with %d", x->response.status);
	buf_add_char(e->out, '\n');
	if (x->route.decided_at != NULL)
		explain_line(e, x->route.decided_at);
	else if (m == last_mapper())
		explain_setting(e, x, "DocumentRoot");
	else if (m->conf != NULL)
		(void)explain_section(e, x, m->conf);
}

/* ---- sections ---- */

static void
tell_section(struct explain *e, const struct section *s)
{
	static const char *const names[] = {
		[SECTION_DIRECTORY] = "Directory",
		[SECTION_FILES] = "Files",
		[SECTION_LOCATION] = "Location",
	};

	explain_label(e, "Section");
	buf_printf(e->out, "<%s%s \"%s\">", names[s->kind],
	    s->regex == NULL ? "" : "Match", s->pattern);
	if (s->parent != NULL)
		buf_printf(
		    e->out, " in <Directory \"%s\">", s->parent->pattern);
	buf_add_str(e->out, "  ");
	explain_place(e, &s->place);
	buf_add_char(e->out, '\n');
}

/* Which ones hold, asked of the look-up that has just been made. */
static void
tell_sections(struct explain *e, struct exchange *x)
{
	struct lookup_subject subject = {
		.host = x->route.host,
		.uri_path = x->request.uri.path,
		.file_path = x->file_path,
		.slash_added = x->slash_added,
	};
	struct lookup_match match;

	tell_path(e, x);
	if (x->settings == e->settings)
		return;
	e->settings = x->settings;
	if (lookup_settings(e->lookups, &subject, &x->held, &match) == NULL)
		return;
	for (size_t i = 0; i < match.count; i++) {
		if (i == sizeof(match.sections) / sizeof(*match.sections)) {
			explain_label(e, "");
			buf_printf(e->out, "and %zu more\n", match.count - i);
			break;
		}
		tell_section(e, match.sections[i]);
	}
	if (match.count == 0) {
		explain_label(e, "Section");
		buf_add_str(e->out, "none\n");
	}
}

/* ---- check, handle ---- */

/* Of the hooks that check, only that of Require says which line it went by;
 * another one may refuse what that let in. */
static void
tell_check(struct explain *e, const struct exchange *x)
{
	const struct conf_section *access = explain_owner(e->conf, "Require");
	const struct module *m = x->route.checked_by;
	const struct conf_section *section = access;

	explain_label(e, "Access");
	if (m != NULL && x->response.status != 0) {
		buf_printf(e->out, "refused by %s with %d\n", module_name(m),
		    x->response.status);
		section = m->conf;
	} else {
		buf_add_str(e->out, "granted\n");
	}
	if (section == access && x->route.decided_at != NULL)
		explain_line(e, x->route.decided_at);
	else if (section != NULL && !explain_section(e, x, section) &&
		 m == NULL) {
		explain_label(e, "");
		buf_add_str(e->out, "nothing is set against it\n");
	}
}

static void
tell_handler(struct explain *e, struct exchange *x)
{
	const struct handler_choice *choice = x->route.handler;
	const struct module *m = x->route.handled_by;

	tell_path(e, x);
	if (x->route.led_by != NULL)
		explain_setting(e, x, x->route.led_by);
	x->route.led_by = NULL;
	if (x->response.status == 0)
		return;
	explain_label(e, "Handler");
	if (m == NULL && choice != NULL && choice->lacking != NULL)
		buf_printf(e->out, "%s, which Drover lacks\n", choice->lacking);
	else if (m == NULL)
		buf_add_str(e->out, "none\n");
	else
		buf_printf(e->out, "%s\n", module_name(m));
	if (x->route.decided_at != NULL)
		explain_line(e, x->route.decided_at);
	if (m != NULL && m->handler != NULL &&
	    strcmp(m->handler, "server-status") == 0) {
		explain_label(e, "");
		buf_add_str(e->out,
		    "(it tells of a server that runs: none does here)\n");
	}
}

/* Told once: of an error that has one there is no other. */
static void
tell_error_document(struct explain *e, const struct exchange *x)
{
	if (x->error == NULL || e->error_told)
		return;
	e->error_told = true;
	explain_label(e, "Error");
	buf_printf(e->out, "%d, for which there is an ErrorDocument: %.*s\n",
	    x->error->status, SPAN_ARG(x->request.uri.path));
	explain_line(e, x->error->set_at);
}

void
explain_error(struct explain *e, const struct exchange *x)
{
	int status = x->status_original != 0 ? x->status_original
					     : x->response.status;
	const struct error_document *document;

	if (status < 400 || e->error_told)
		return;
	document = error_document_find(x->settings, status);
	if (document == NULL || document->kind == ERROR_DOCUMENT_PATH)
		return;
	explain_label(e, "Error");
	buf_printf(e->out, "%d, for which there is an ErrorDocument: %s\n",
	    status,
	    document->kind == ERROR_DOCUMENT_URL ? "a redirect" : "a text");
	explain_line(e, &document->set_at);
}

/* Told once, when it is not who has connected. */
static void
tell_client(struct explain *e, const struct exchange *x)
{
	char text[ADDR_TEXT_SIZE];

	if (x->client == NULL || e->client_told)
		return;
	e->client_told = true;
	explain_label(e, "Client");
	addr_print_ip(x->client, text);
	buf_printf(e->out, "%s, for whom a trusted proxy asks\n", text);
	explain_setting(e, x, "RemoteIPHeader");
}

void
explain_step(void *explain, struct exchange *x, enum route_stage done)
{
	struct explain *e = explain;

	switch (done) {
	case ROUTE_HOST:
		tell_host(e, x);
		tell_client(e, x);
		break;
	case ROUTE_MAP:
		tell_error_document(e, x);
		tell_path(e, x);
		tell_map(e, x);
		break;
	case ROUTE_SETTINGS:
		tell_sections(e, x);
		break;
	case ROUTE_CHECK:
		tell_check(e, x);
		break;
	case ROUTE_FIXUP:
	case ROUTE_HANDLE:
		tell_handler(e, x);
		break;
	default:
		break;
	}
	x->route.decided_at = NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetHandler server-status: how the server is, from shared memory alone.
 *
 *	?auto		as Apache's mod_status, for programs
 *	?json		everything, for programs
 *	?refresh=N	the page renews itself after N seconds; 0: never
 *
 * It names clients, what they ask for, and the paths of logs: Require local
 * belongs where it is.
 */
#include "config.h"

#include "base/number.h"
#include "handlers/status_page.h"
#include "http/module.h"
#include "http/page.h"
#include "ipc/boards.h"

/* The page of a thousand workers is smaller. */
#define PAGE_MAX (8 * 1024 * 1024)
#define REFRESH_S 5
#define REFRESH_MAX_S 3600

struct status_conf {
	bool extended;
};

static const struct directive rows[] = {
	DIRECTIVE_FLAG("ExtendedStatus", IN_SERVER, status_conf, extended, "On",
	    "list requests under way in server-status"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_status.c", NULL };

static unsigned section_id;
static const struct conf_section status_section = {
	.name = "status",
	.rows = rows,
	.size = sizeof(struct status_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- the query ---- */

enum status_form {
	FORM_HTML,
	FORM_AUTO,
	FORM_JSON,
};

struct status_query {
	enum status_form form;
	int refresh_s;
};

static void
set_refresh(struct status_query *q, struct span value)
{
	uint64_t seconds;

	if (number_parse(value, REFRESH_MAX_S, &seconds) == NUMBER_OK)
		q->refresh_s = (int)seconds;
}

static struct status_query
parse_query(struct span query)
{
	struct status_query q = { FORM_HTML, REFRESH_S };
	static const char refresh[] = "refresh=";

	while (query.len > 0) {
		size_t len = span_find(query, '&');
		struct span word = span_of(query.ptr, len);

		if (span_is(word, "auto"))
			q.form = FORM_AUTO;
		else if (span_is(word, "json"))
			q.form = FORM_JSON;
		else if (span_starts(word, refresh))
			set_refresh(&q, span_skip(word, sizeof(refresh) - 1));
		query = span_skip(query, len + 1);
	}
	return q;
}

/* ---- the answer ---- */

static void
print(struct buf *out, const struct status_view *v, struct span host,
    const struct status_query *q)
{
	switch (q->form) {
	case FORM_HTML:
		status_print_html(out, v, host, q->refresh_s);
		break;
	case FORM_AUTO:
		status_print_auto(out, v, host);
		break;
	case FORM_JSON:
		status_print_json(out, v);
		break;
	}
}

/* Memory is the exchange's; NULL without any. */
static const char *const *
listens_of(struct exchange *x)
{
	size_t count = x->conf->listen_count, i;
	const char **names = arena_calloc(&x->arena, count + 1, sizeof(*names));

	for (i = 0; names != NULL && i < count; i++)
		names[i] = x->conf->listens[i].name;
	return names;
}

static bool
take(struct status_view *v, struct exchange *x, bool extended)
{
	const struct boards *b = boards();
	struct status_source source;

	if (b == NULL)
		return false;
	source = (struct status_source){
		.scoreboard = b->scoreboard,
		.ledger = b->ledger,
		.destinations = b->destinations,
		.listens = listens_of(x),
	};
	if (source.listens == NULL)
		return false;
	b->update(x);
	return status_view_take(v, &x->arena, &source, extended);
}

static enum hook_result
status_handle(struct exchange *x)
{
	static const struct span types[] = {
		[FORM_HTML] = SPAN("text/html; charset=utf-8"),
		[FORM_AUTO] = SPAN("text/plain; charset=utf-8"),
		[FORM_JSON] = SPAN("application/json"),
	};
	const struct status_conf *conf = conf_get(x->conf, &status_section);
	struct status_query query = parse_query(x->request.uri.query);
	struct status_view view;
	struct buf page;

	if (x->request.method != METHOD_GET &&
	    x->request.method != METHOD_HEAD) {
		response_methods(x, METHODS_READ);
		return HOOK_DONE;
	}
	if (!take(&view, x, conf->extended)) {
		response_error(x, 500);
		return HOOK_DONE;
	}
	buf_init(&page, PAGE_MAX);
	print(&page, &view, x->request.uri.host, &query);
	response_page(x, 200, &page);
	if (x->response.status != 200)
		return HOOK_DONE;
	x->response.content_type = types[query.form];
	if (field_add(&x->response.fields, &x->arena, FIELD_CACHE_CONTROL,
		(struct span)SPAN("no-store")) != 0)
		response_error(x, 500);
	return HOOK_DONE;
}

const struct module server_status_module = {
	.conf = &status_section,
	.handler = "server-status",
	.handle = status_handle,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to handlers, without a worker. */
#include "config.h"

#include "http/filter.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "files/files.h"
#include "http/http_conf.h"
#include "http/mime.h"
#include "tree.h"

static struct conf_schema schema;
static struct server_conf *conf;
static struct lookup_cache *lookups;

static void
make_schema(void)
{
	if (schema.count > 0)
		return;
	conf_schema_add(&schema, &http_section);
	conf_schema_add(&schema, &mime_section);
	conf_schema_add(&schema, &filter_section);
	conf_schema_add(&schema, &files_section);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->conf != NULL)
			conf_schema_add(&schema, (*m)->conf);
}

static void
write_conf(const char *text)
{
	char expanded[8192];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		const char *piece = tree_path("");

		assert_true(len + strlen(piece) + 2 < sizeof(expanded));
		if (text[0] == '%' && text[1] == 'T') {
			len += (size_t)sprintf(expanded + len, "%s", piece);
			text++;
		} else {
			expanded[len++] = *text;
		}
	}
	tree_bytes("httpd.conf", expanded, len);
	tree_file("mime.types",
	    "text/html html\ntext/plain txt\napplication/x-httpd-php php\n");
}

static struct server_conf *
load(const char *text, struct conf_messages *messages)
{
	static char file[4096];
	static const char *const after[] = { "TypesConfig mime.types",
		"Listen 8080", NULL };
	struct conf_options options = { .after = after };

	make_schema();
	write_conf(text);
	snprintf(file, sizeof(file), "%s", tree_path("httpd.conf"));
	options.file = file;
	options.server_root = tree_path("");
	return conf_load(&schema, &options, messages);
}

static void
add_root(const char *path, void *data)
{
	(void)data;
	files_add_root(path);
}

static void
open_site(const char *text, bool warned)
{
	struct conf_messages messages;
	struct err err;

	clock_refresh();
	conf = load(text, &messages);
	if (conf == NULL || (messages.warnings > 0) != warned)
		fail_msg("%s", buf_str(&messages.text));
	buf_release(&messages.text);
	assert_int_equal(files_start(conf, &err), 0);
	for (const struct module *const *m = modules; *m != NULL; m++) {
		if ((*m)->roots != NULL)
			(*m)->roots(conf, add_root, NULL);
		if ((*m)->start != NULL)
			assert_int_equal((*m)->start(conf, &err), 0);
	}
	lookups = lookup_cache_create(conf, 100);
	assert_non_null(lookups);
}

void
site_open(const char *text)
{
	open_site(text, false);
}

void
site_open_warned(const char *text)
{
	open_site(text, true);
}

void
site_close(void)
{
	lookup_cache_destroy(&lookups);
	files_stop();
	conf_destroy(&conf);
}

const char *
site_messages(const char *text)
{
	static char copy[4096];
	struct conf_messages messages;
	struct server_conf *unused = load(text, &messages);

	snprintf(copy, sizeof(copy), "%s", buf_str(&messages.text));
	buf_release(&messages.text);
	conf_destroy(&unused);
	return copy;
}

/* ---- the way of a request ---- */

typedef enum hook_result hook(struct exchange *);

static bool
map(struct exchange *x)
{
	for (const struct module *const *m = modules; *m != NULL; m++) {
		hook *ask = (*m)->map;

		if (x->file_path.len == 0 && ask != NULL && ask(x) == HOOK_DONE)
			return true;
	}
	return false;
}

static enum hook_result
check(struct exchange *x)
{
	enum hook_result result = HOOK_PASS;

	for (const struct module *const *m = modules;
	     *m != NULL && result == HOOK_PASS; m++)
		if ((*m)->check != NULL)
			result = (*m)->check(x);
	return result;
}

static enum hook_result
fixup(struct exchange *x)
{
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->fixup != NULL)
			(*m)->fixup(x);
	return x->response.status != 0 ? HOOK_DONE : HOOK_PASS;
}

static enum hook_result
handle(struct exchange *x)
{
	for (const struct module *const *m = modules; *m != NULL; m++) {
		enum hook_result result = HOOK_PASS;

		if ((*m)->handle != NULL)
			result = (*m)->handle(x);
		if (result != HOOK_PASS)
			return result;
	}
	response_error(x, 404);
	return HOOK_DONE;
}

static void
answer(struct exchange *x)
{
	x->route.host = exchange_find_host(x);
	x->settings = x->route.host->settings;
	if (map(x))
		return;
	for (unsigned i = 0; i < 10; i++) {
		enum hook_result result;
		struct lookup_subject subject = {
			.host = x->route.host,
			.uri_path = x->request.uri.path,
			.file_path = x->file_path,
		};

		x->settings =
		    lookup_settings(lookups, &subject, &x->held, NULL);
		assert_non_null(x->settings);
		result = check(x);
		if (result == HOOK_PASS)
			result = fixup(x);
		if (result == HOOK_PASS)
			result = handle(x);
		if (result == HOOK_DONE)
			return;
	}
	fail_msg("AGAIN and again");
}

struct exchange *
site_request(const char *request)
{
	static struct exchange_peer peer;
	static char storage[4096];
	static struct exchange x;
	struct span line = span_str(request), host = { NULL, 0 }, target;
	size_t space = span_find(line, ' ');

	assert_true(addr_parse(span_str("127.0.0.1"), 80, &peer.local));
	exchange_init(&x, &peer, conf, storage, sizeof(storage));
	x.request.method_text = span_of(line.ptr, space);
	x.request.method = method_find(x.request.method_text);
	target = span_skip(line, space + 1);
	space = span_find(target, ' ');
	if (space < target.len)
		host = span_skip(target, space + strlen(" Host: "));
	target.len = space;
	assert_int_equal(uri_parse_target(&x.request.uri, target,
			     x.request.method == METHOD_CONNECT,
			     x.request.method == METHOD_OPTIONS),
	    0);
	assert_int_equal(uri_normalise(&x.request.uri, &x.arena,
			     &(struct uri_rules){ .merge_slashes = true }),
	    0);
	if (host.len > 0)
		x.request.uri.host = host;
	answer(&x);
	assert_true(x.response.status != 0);
	return &x;
}

void
site_end(struct exchange *x)
{
	exchange_release(x);
}

/* ---- answers as text ---- */

static void
add_body(struct buf *buf, struct body *body)
{
	struct span data;

	if (body->ops == NULL)
		return;
	while (body->ops->next(body, 1000, &data) == BODY_DATA)
		buf_add_span(buf, data);
}

static void
describe(struct buf *buf, struct exchange *x)
{
	struct response *response = &x->response;
	const struct field *field = field_get(&response->fields, FIELD_ALLOW);

	if (field == NULL)
		field = field_get(&response->fields, FIELD_LOCATION);
	buf_add_number(buf, response->status);
	if (field != NULL) {
		buf_add_char(buf, ' ');
		buf_add_span(buf, field->value);
	} else if (response->status == 200) {
		buf_add_char(buf, ' ');
		buf_add_span(buf, response->content_type);
		buf_add_str(buf, ": ");
		add_body(buf, &response->body);
	}
}

void
site_check(const struct site_row *row)
{
	for (; row->request != NULL; row++) {
		struct exchange *x = site_request(row->request);
		struct buf text;

		buf_init(&text, 65536);
		describe(&text, x);
		site_end(x);
		if (strcmp(buf_str(&text), row->answer) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", row->request,
			    buf_str(&text), row->answer);
		buf_release(&text);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line that ServerSignature puts below pages.  What is an URL among
 * ServerAdmins is told as Apache does, by the letters before its colon.
 */
#include "config.h"

#include "http/signature.h"

#include <ctype.h>

#include "http/canonical.h"
#include "http/exchange.h"
#include "http/http_conf.h"
#include "http/page.h"

/* Names, addresses and URLs of the configuration and of Host. */
#define LINE_MAX_BYTES (256 * 1024)

static bool
is_url(const char *text)
{
	const char *p = text;

	while (isalnum((unsigned char)*p) || *p == '+' || *p == '-' ||
	       *p == '.')
		p++;
	return p > text && *p == ':';
}

/* The name, which is a link where EMail asks for one and there is an address. */
static void
add_name(struct buf *line, const struct http_conf *conf, struct span name)
{
	const char *admin =
	    conf->signature == SIGNATURE_EMAIL ? conf->admin : NULL;

	if (admin != NULL) {
		buf_printf(line, "<a href=\"%s", is_url(admin) ? "" : "mailto:");
		buf_add_html(line, span_str(admin));
		buf_add_str(line, "\">");
	}
	buf_add_html(line, name);
	if (admin != NULL)
		buf_add_str(line, "</a>");
}

static void
add_line(struct buf *line, const struct exchange *x)
{
	const struct http_conf *conf = settings_get(x->settings, &http_section);
	char scratch[ADDR_TEXT_SIZE];

	if (conf->signature == SIGNATURE_OFF)
		return;
	buf_printf(line, "<address>%s Server at ",
	    http_server_name(conf->server_tokens));
	add_name(line, conf, canonical_used_name(x, scratch));
	buf_printf(line, " Port %u</address>\n", canonical_url_port(x));
}

/* What the buffer holds, which is released. */
static struct span
keep(struct exchange *x, struct buf *text)
{
	struct span kept = { "", 0 };

	if (!buf_failed(text))
		kept = arena_span(&x->arena, buf_span(text));
	buf_release(text);
	return kept.ptr == NULL ? span_of("", 0) : kept;
}

struct span
signature_line(struct exchange *x)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	add_line(&line, x);
	return keep(x, &line);
}

static void
add_admin(struct buf *page, const char *admin)
{
	buf_add_str(page, "<p>Please tell ");
	buf_add_html(page, span_str(admin));
	buf_add_str(page, " when it was and what you were doing.</p>\n");
}

void
signature_sign(struct exchange *x)
{
	const struct http_conf *conf;
	struct response *response = &x->response;
	struct span text = response->body.memory;
	bool contact;
	struct buf page;

	if (x->settings == NULL || !span_ends_nocase(text, PAGE_END))
		return;
	conf = settings_get(x->settings, &http_section);
	contact = response->status == 500 && conf->admin != NULL;
	if (conf->signature == SIGNATURE_OFF && !contact)
		return;
	buf_init(&page, text.len + LINE_MAX_BYTES);
	buf_add(&page, text.ptr, text.len - strlen(PAGE_END));
	if (contact)
		add_admin(&page, conf->admin);
	if (conf->signature != SIGNATURE_OFF)
		buf_add_str(&page, "<hr>\n");
	add_line(&page, x);
	buf_add_str(&page, PAGE_END);
	text = keep(x, &page);
	if (text.len > 0)
		body_memory(&response->body, text);
}

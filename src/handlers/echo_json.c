/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The echo for scripts:
 *
 *	{"method": "POST", "target": "/echo?a=1", "path": "/echo",
 *	 "query": [{"name": "a", "value": "1"}], "protocol": "HTTP/1.1",
 *	 "client": "192.0.2.1:1024", "fields": [{"name": ..., "value": ...}],
 *	 "body": {"size": 3, "cut": false, "text": "b=c"}}
 *
 * The body is null, or has one of "form" (as query), "text", "hex" and
 * "parts", where a file is {"name": ..., "file": its name, "type": ...,
 * "size": ...} and "complete" says whether all is as it should be.
 */
#include "config.h"

#include "base/text.h"
#include "handlers/echo.h"

/* A member's name; the first of an object opens it. */
static void
add_name(struct buf *json, const char *before, const char *name)
{
	buf_printf(json, "%s\"%s\": ", before, name);
}

static void
add_string(
    struct buf *json, const char *before, const char *name, struct span value)
{
	add_name(json, before, name);
	text_add_json(json, value);
}

static void
add_pair(struct buf *json, bool first, struct span name, struct span value)
{
	buf_add_str(json, first ? "\n  " : ",\n  ");
	add_string(json, "{", "name", name);
	add_string(json, ", ", "value", value);
	buf_add_char(json, '}');
}

static void
add_pairs(struct buf *json, const char *name, const struct form *form)
{
	add_name(json, "", name);
	buf_add_char(json, '[');
	for (size_t i = 0; i < form->count; i++)
		add_pair(
		    json, i == 0, form->pairs[i].name, form->pairs[i].value);
	buf_add_char(json, ']');
}

static void
add_fields(struct buf *json, const struct request *r)
{
	add_name(json, ",\n ", "fields");
	buf_add_char(json, '[');
	for (unsigned i = 0; i < r->field_count; i++)
		add_pair(json, i == 0, r->fields[i].name, r->fields[i].value);
	buf_add_char(json, ']');
}

/* ---- the body ---- */

static bool
form_is_cut(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++)
		if (form->pairs[i].cut)
			return true;
	return form->seen > form->count;
}

static void
begin_body(struct buf *json, const struct echo *echo, bool cut)
{
	buf_printf(json, "{\"size\": %llu, \"cut\": %s,\n ",
	    (unsigned long long)echo->size, cut ? "true" : "false");
}

static void
add_hex(struct buf *json, const struct echo *echo)
{
	size_t len = echo->view.len;

	if (len > ECHO_HEX_MAX)
		len = ECHO_HEX_MAX;
	begin_body(json, echo, len < echo->size);
	buf_add_str(json, "\"hex\": \"");
	for (size_t i = 0; i < len; i++)
		buf_printf(json, "%02x", (unsigned char)echo->view.data[i]);
	buf_add_char(json, '"');
}

static bool
multipart_is_cut(const struct multipart *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->parts[i].cut)
			return true;
	return m->seen > m->count;
}

static void
add_part(struct buf *json, bool first, const struct multipart_part *part)
{
	if (!part->is_file) {
		add_pair(json, first, part->name, part->value);
		return;
	}
	buf_add_str(json, first ? "\n  " : ",\n  ");
	add_string(json, "{", "name", part->name);
	add_string(json, ", ", "file", part->file_name);
	add_string(json, ", ", "type", part->type);
	buf_printf(json, ", \"size\": %llu}", (unsigned long long)part->size);
}

static void
add_multipart(struct buf *json, const struct echo *echo)
{
	const struct multipart *m = echo->multipart;

	begin_body(json, echo, multipart_is_cut(m));
	add_name(json, "", "complete");
	buf_add_str(json, m->complete ? "true" : "false");
	add_name(json, ", ", "parts");
	buf_add_char(json, '[');
	for (size_t i = 0; i < m->count; i++)
		add_part(json, i == 0, &m->parts[i]);
	buf_add_char(json, ']');
}

static void
add_body(struct buf *json, const struct echo *echo)
{
	struct span text = echo_text(echo);

	add_name(json, ",\n ", "body");
	if (!echo->x->request.has_body) {
		buf_add_str(json, "null");
		return;
	}
	if (echo->multipart != NULL) {
		add_multipart(json, echo);
	} else if (echo->is_form) {
		begin_body(json, echo, form_is_cut(&echo->form));
		add_pairs(json, "form", &echo->form);
	} else if (text.len > 0 || echo->size == 0) {
		begin_body(json, echo, text.len < echo->size);
		add_string(json, "", "text", text);
	} else {
		add_hex(json, echo);
	}
	buf_add_char(json, '}');
}

void
echo_print_json(struct buf *json, const struct echo *echo)
{
	const struct request *r = &echo->x->request;
	char client[ADDR_TEXT_SIZE];

	addr_print(exchange_client(echo->x), client);
	add_string(json, "{", "method", echo_method(echo));
	add_string(json, ",\n ", "target", r->target);
	add_string(json, ",\n ", "path", r->uri.path);
	buf_add_str(json, ",\n ");
	add_pairs(json, "query", &echo->query);
	add_name(json, ",\n ", "protocol");
	buf_printf(json, "\"HTTP/%u.%u\"", r->major, r->minor);
	add_string(json, ",\n ", "client", span_str(client));
	add_fields(json, r);
	add_body(json, echo);
	buf_add_str(json, "}\n");
}

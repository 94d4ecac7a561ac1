/* SPDX-License-Identifier: BSD-2-Clause */
/* The echo as a page.  Everything of the request goes through text_add_html. */
#include "config.h"

#include "base/text.h"
#include "handlers/echo.h"
#include "http/page.h"

#define HEX_LINE 16

/* ---- tables ---- */

static void
begin_table(struct buf *page, const char *title)
{
	buf_printf(page, "<h2>%s</h2>\n<div class=\"scroll\"><table>\n", title);
}

static void
end_table(struct buf *page)
{
	buf_add_str(page, "</table></div>\n");
}

static void
begin_row(struct buf *page, struct span name)
{
	buf_add_str(page, "<tr><th scope=\"row\">");
	text_add_html(page, name);
	buf_add_str(page, "</th><td>");
}

static void
end_row(struct buf *page)
{
	buf_add_str(page, "</td></tr>\n");
}

static void
add_row(struct buf *page, struct span name, struct span value)
{
	begin_row(page, name);
	text_add_html(page, value);
	end_row(page);
}

static void
add_pairs(struct buf *page, const char *title, const struct form *form)
{
	begin_table(page, title);
	for (size_t i = 0; i < form->count; i++) {
		const struct form_pair *pair = &form->pairs[i];

		begin_row(page, pair->name);
		text_add_html(page, pair->value);
		if (pair->cut)
			buf_add_str(page, "<em> … cut</em>");
		end_row(page);
	}
	end_table(page);
	if (form->seen > form->count)
		buf_printf(page, "<p>… and %llu more</p>\n",
		    (unsigned long long)(form->seen - form->count));
}

/* ---- the head ---- */

static void
add_request(struct buf *page, const struct echo *echo)
{
	const struct request *r = &echo->x->request;
	char client[ADDR_TEXT_SIZE];

	addr_print(exchange_client(echo->x), client);
	begin_table(page, "Request");
	add_row(page, span_str("Method"), echo_method(echo));
	add_row(page, span_str("Target"), r->target);
	add_row(page, span_str("Path"), r->uri.path);
	begin_row(page, span_str("Protocol"));
	buf_printf(page, "HTTP/%u.%u", r->major, r->minor);
	end_row(page);
	add_row(page, span_str("Client"), span_str(client));
	end_table(page);
}

static void
add_fields(struct buf *page, const struct request *r)
{
	begin_table(page, "Fields");
	for (unsigned i = 0; i < r->field_count; i++)
		add_row(page, r->fields[i].name, r->fields[i].value);
	end_table(page);
}

/* ---- the body ---- */

static void
add_bytes(struct buf *page, uint64_t count)
{
	buf_printf(page, "<p>%llu byte%s", (unsigned long long)count,
	    count == 1 ? "" : "s");
}

static void
add_size(struct buf *page, const struct echo *echo, size_t shown)
{
	buf_add_str(page, "<h2>Body</h2>\n");
	add_bytes(page, echo->size);
	if (shown < echo->size)
		buf_printf(page, ", the first %zu of them", shown);
	buf_add_str(page, ":</p>\n");
}

static void
add_hex_line(struct buf *page, const char *bytes, size_t at, size_t len)
{
	buf_printf(page, "%04zx ", at);
	for (size_t i = 0; i < HEX_LINE; i++)
		if (i < len)
			buf_printf(page, " %02x", (unsigned char)bytes[at + i]);
		else
			buf_add_str(page, "   ");
	buf_add_str(page, "  ");
	for (size_t i = 0; i < len; i++) {
		char c = bytes[at + i];

		buf_add_html(page,
		    c >= ' ' && c <= '~' ? span_of(&c, 1) : span_str("."));
	}
	buf_add_char(page, '\n');
}

static void
add_hex(struct buf *page, const struct echo *echo)
{
	size_t len = echo->view.len;

	if (len > ECHO_HEX_MAX)
		len = ECHO_HEX_MAX;
	add_size(page, echo, len);
	buf_add_str(page, "<pre tabindex=\"0\">");
	for (size_t at = 0; at < len; at += HEX_LINE)
		add_hex_line(page, echo->view.data, at,
		    len - at < HEX_LINE ? len - at : HEX_LINE);
	buf_add_str(page, "</pre>\n");
}

static void
add_text(struct buf *page, const struct echo *echo, struct span text)
{
	add_size(page, echo, text.len);
	/* A line end that comes first would be the parser's. */
	buf_add_str(page, "<pre tabindex=\"0\">\n");
	text_add_html(page, text);
	buf_add_str(page, "</pre>\n");
}

static void
add_form(struct buf *page, const struct echo *echo)
{
	add_pairs(page, "Form", &echo->form);
	add_bytes(page, echo->size);
	buf_add_str(page, "</p>\n");
}

static void
add_file(struct buf *page, const struct multipart_part *part)
{
	text_add_html(page,
	    part->file_name.len > 0 ? part->file_name : span_str("no name"));
	if (part->type.len > 0) {
		buf_add_str(page, ", ");
		text_add_html(page, part->type);
	}
	buf_printf(page, ", %llu byte%s", (unsigned long long)part->size,
	    part->size == 1 ? "" : "s");
}

static void
add_part(struct buf *page, const struct multipart_part *part)
{
	begin_row(page, part->name);
	if (part->is_file) {
		buf_add_str(page, "<em>");
		add_file(page, part);
		buf_add_str(page, "</em>");
	} else {
		text_add_html(page, part->value);
	}
	if (part->cut)
		buf_add_str(page, "<em> … cut</em>");
	end_row(page);
}

static void
add_multipart(struct buf *page, const struct echo *echo)
{
	const struct multipart *m = echo->multipart;

	begin_table(page, "Form");
	for (size_t i = 0; i < m->count; i++)
		add_part(page, &m->parts[i]);
	end_table(page);
	if (m->seen > m->count)
		buf_printf(page, "<p>… and %llu more</p>\n",
		    (unsigned long long)(m->seen - m->count));
	if (m->malformed)
		buf_add_str(page, "<p>What follows is malformed.</p>\n");
	else if (!m->complete)
		buf_add_str(page, "<p>The last boundary is missing.</p>\n");
	add_bytes(page, echo->size);
	buf_add_str(page, "</p>\n");
}

static void
add_body(struct buf *page, const struct echo *echo)
{
	struct span text = echo_text(echo);

	if (!echo->x->request.has_body)
		buf_add_str(page, "<h2>Body</h2>\n<p>None.</p>\n");
	else if (echo->multipart != NULL)
		add_multipart(page, echo);
	else if (echo->is_form)
		add_form(page, echo);
	else if (text.len > 0 || echo->size == 0)
		add_text(page, echo, text);
	else
		add_hex(page, echo);
}

void
echo_print_html(struct buf *page, const struct echo *echo)
{
	const struct page_frame frame = {
		.title = SPAN("Echo"),
		.head = "<meta name=\"robots\" content=\"noindex\">"
			"<style>table{table-layout:fixed}"
			"th{width:27%}"
			"th,td{white-space:pre-wrap}</style>",
		.data = true,
		.wide = true,
	};

	page_begin(page, &frame);
	buf_add_str(page, "<p>What arrived here.</p>\n");
	add_request(page, echo);
	if (echo->query.seen > 0)
		add_pairs(page, "Query", &echo->query);
	add_fields(page, &echo->x->request);
	add_body(page, echo);
	page_end(page);
}

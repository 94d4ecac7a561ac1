/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of files may hold any byte but "/" and NUL, and whoever wrote them
 * need not be a friend: as text they are escaped, as references each byte that
 * means something in a URI is percent-encoded, the ":" of "javascript:" too.
 */
#include "config.h"

#include "handlers/listing_print.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "http/page.h"

void
listing_print_size(int64_t size, char to[LISTING_SIZE_SIZE])
{
	static const char units[] = "KMGTPE";
	int64_t rest = 0, tenths;
	int unit = -1;

	while (size >= 973) {
		rest = size % 1024;
		size /= 1024;
		unit++;
	}
	tenths = size * 10 + (rest * 10 + 512) / 1024;
	if (unit < 0)
		snprintf(to, LISTING_SIZE_SIZE, "%d", (int)size);
	else if (tenths < 100)
		snprintf(to, LISTING_SIZE_SIZE, "%d.%d%c", (int)(tenths / 10),
		    (int)(tenths % 10), units[unit]);
	else
		snprintf(to, LISTING_SIZE_SIZE, "%d%c",
		    (int)(size + (rest >= 512)), units[unit]);
}

/* ---- HTML ---- */

static const struct {
	const char *title;
	char letter;
	const char *class;
} columns[] = {
	[LISTING_NAME] = { "Name", 'N', "" },
	[LISTING_MODIFIED] = { "Last modified", 'M', "" },
	[LISTING_SIZE] = { "Size", 'S', " class=\"number\"" },
	[LISTING_DESCRIPTION] = { "Description", 'D', "" },
};

/* The link of the column that orders turns the order round. */
static void
add_column(
    struct buf *buf, const struct listing_page *page, enum listing_key key)
{
	struct listing_order order = page->order;
	bool sorted = key == order.key;

	buf_printf(buf, "<th scope=\"col\"%s", columns[key].class);
	if (sorted)
		buf_printf(buf, " aria-sort=\"%s\"",
		    order.descending ? "descending" : "ascending");
	buf_printf(buf, "><a href=\"?C=%c;O=%c%.*s\">%s</a></th>",
	    columns[key].letter, sorted && !order.descending ? 'D' : 'A',
	    SPAN_ARG(page->query), columns[key].title);
}

static void
add_head(struct buf *head, const struct listing_page *page)
{
	if (page->style_sheet != NULL) {
		buf_add_str(head, "<link rel=\"stylesheet\" href=\"");
		buf_add_html(head, span_str(page->style_sheet));
		buf_add_str(head, "\">");
	}
	if (page->head != NULL)
		buf_add_str(head, page->head);
}

static void
html_top(struct buf *buf, const struct listing_page *page)
{
	struct buf title, head;

	buf_init(&title, page->path.len + 16);
	buf_init(&head, buf->max);
	buf_add_str(&title, "Index of ");
	buf_add_span(&title, page->path);
	add_head(&head, page);
	page_begin(buf, &(struct page_frame){ .title = buf_span(&title),
			    .last = buf_span(&head),
			    .data = true });
	if (buf_failed(&title) || buf_failed(&head))
		buf->failed = true;
	buf_release(&title);
	buf_release(&head);
}

static void
html_begin(struct buf *buf, const struct listing_page *page)
{
	int last = page->descriptions ? LISTING_DESCRIPTION : LISTING_SIZE;

	if (page->has_parent)
		buf_add_str(buf,
		    "<p><a class=\"up\" href=\"../\">Parent directory</a></p>"
		    "\n");
	buf_add_str(buf, "<table class=\"listing\">\n<thead><tr>");
	for (int key = LISTING_NAME; key <= last; key++)
		add_column(buf, page, key);
	buf_add_str(buf, "</tr></thead>\n<tbody>\n");
}

/* The minute where the server is, and for programs the second. */
static void
add_date(struct buf *buf, int64_t seconds)
{
	char text[64], exact[64];
	time_t time = seconds;
	struct tm local, utc;

	if (localtime_r(&time, &local) == NULL ||
	    gmtime_r(&time, &utc) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local) == 0 ||
	    strftime(exact, sizeof(exact), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return;
	buf_printf(buf, "<time datetime=\"%s\">%s</time>", exact, text);
}

static void
add_size(struct buf *buf, const struct entry *entry)
{
	char size[LISTING_SIZE_SIZE];

	if (entry->directory) {
		buf_add_str(buf, "<td class=\"number\">-</td>");
		return;
	}
	listing_print_size(entry->size, size);
	buf_printf(buf, "<td class=\"number\" title=\"%lld byte%s\">%s</td>",
	    (long long)entry->size, entry->size == 1 ? "" : "s", size);
}

static void
html_entry(struct buf *buf, const struct listing_page *page,
    const struct entry *entry, bool first)
{
	const char *slash = entry->directory ? "/" : "";

	(void)first;
	buf_printf(buf, "<tr><td><a%s href=\"",
	    entry->directory ? " class=\"folder\"" : "");
	buf_add_url_path(buf, entry->name);
	buf_printf(buf, "%s\">", slash);
	text_add_html(buf, entry->name);
	buf_printf(buf, "%s</a></td><td>", slash);
	add_date(buf, entry->modified);
	buf_add_str(buf, "</td>");
	add_size(buf, entry);
	if (page->descriptions)
		buf_printf(buf, "<td>%s</td>",
		    entry->description == NULL ? "" : entry->description);
	buf_add_str(buf, "</tr>\n");
}

static void
html_end(struct buf *buf, const struct listing_page *page)
{
	buf_add_str(buf, "</tbody></table>\n");
	if (page->cut)
		buf_add_str(buf,
		    "<p>There is more in this directory than can be "
		    "listed.</p>\n");
}

static void
html_bottom(struct buf *buf, const struct listing_page *page)
{
	buf_add_span(buf, page->signature);
	page_end(buf);
}

const struct listing_format listing_html = {
	.content_type = SPAN("text/html; charset=utf-8"),
	.top = html_top,
	.begin = html_begin,
	.entry = html_entry,
	.end = html_end,
	.bottom = html_bottom,
};

/* ---- JSON ---- */

static void
json_begin(struct buf *buf, const struct listing_page *page)
{
	(void)page;
	buf_add_char(buf, '[');
}

static void
json_entry(struct buf *buf, const struct listing_page *page,
    const struct entry *entry, bool first)
{
	time_t time = entry->modified;
	char date[64];
	struct tm utc;

	(void)page;
	buf_add_str(buf, first ? "\n{\"name\":" : ",\n{\"name\":");
	text_add_json(buf, entry->name);
	if (entry->directory)
		buf_add_str(buf, ",\"type\":\"directory\",\"size\":null");
	else
		buf_printf(buf, ",\"type\":\"file\",\"size\":%lld",
		    (long long)entry->size);
	if (gmtime_r(&time, &utc) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		buf_add_str(buf, ",\"modified\":null}");
	else
		buf_printf(buf, ",\"modified\":\"%s\"}", date);
}

static void
json_end(struct buf *buf, const struct listing_page *page)
{
	(void)page;
	buf_add_str(buf, "\n]\n");
}

const struct listing_format listing_json = {
	.content_type = SPAN("application/json"),
	.begin = json_begin,
	.entry = json_entry,
	.end = json_end,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* The page around the rows of Apache's forms: see listing_look.h. */
#include "config.h"

#include "handlers/listing_look.h"

#include "base/text.h"
#include "handlers/index_options.h"
#include "handlers/listing_row.h"

/* ---- the head of columns ---- */

static void
add_column(struct buf *buf, const struct listing_page *page,
    enum listing_key key, const char *title)
{
	static const char letters[] = {
		[LISTING_NAME] = 'N',
		[LISTING_MODIFIED] = 'M',
		[LISTING_SIZE] = 'S',
		[LISTING_DESCRIPTION] = 'D',
	};
	const struct listing_look *look = page->look;
	bool down = key == page->order.key && !page->order.descending;

	if (listing_has(look, INDEX_NO_SORTING | INDEX_IGNORE_CLIENT)) {
		buf_add_str(buf, title);
		return;
	}
	buf_printf(buf, "<a href=\"?C=%c;O=%c%.*s\">%s</a>", letters[key],
	    down ? 'D' : 'A', SPAN_ARG(page->query), title);
}

static const struct {
	enum listing_key key;
	unsigned without;
	const char *title, *behind;
} columns[] = {
	{ LISTING_NAME, 0, "Name", " " },
	{ LISTING_MODIFIED, INDEX_NO_MODIFIED, "Last modified", "      " },
	{ LISTING_SIZE, INDEX_NO_SIZE, "Size", "  " },
	{ LISTING_DESCRIPTION, INDEX_NO_DESCRIPTION, "Description", "" },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
columns_begin(struct buf *buf, const struct listing_page *page)
{
	const struct listing_look *look = page->look;

	buf_add_str(buf, "<pre>");
	if (!listing_has(look, INDEX_NO_ICON)) {
		if (look->blank_icon.url != NULL)
			listing_add_image(buf, look, &look->blank_icon, false);
		else
			buf_add_str(buf, "     ");
		buf_add_char(buf, ' ');
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		if (listing_has(look, columns[i].without))
			continue;
		add_column(buf, page, columns[i].key, columns[i].title);
		if (columns[i].key == LISTING_NAME)
			listing_fill_column(
			    buf, strlen(columns[i].title), look);
		buf_add_str(buf, columns[i].behind);
	}
	if (listing_has(look, INDEX_NO_RULES))
		buf_add_char(buf, '\n');
	else
		buf_printf(buf, "<hr%s>", listing_end_of_tag(look));
}

static void
add_rule(struct buf *buf, const struct listing_look *look)
{
	int count = !listing_has(look, INDEX_NO_ICON);

	if (listing_has(look, INDEX_NO_RULES))
		return;
	for (size_t i = 0; i < COLUMNS; i++)
		count += !listing_has(look, columns[i].without);
	buf_printf(buf, "   <tr><th colspan=\"%d\"><hr%s></th></tr>\n", count,
	    listing_end_of_tag(look));
}

static void
table_begin(struct buf *buf, const struct listing_page *page)
{
	const struct listing_look *look = page->look;

	buf_add_str(buf, "  <table>\n   <tr>");
	if (!listing_has(look, INDEX_NO_ICON)) {
		buf_add_str(buf, "<th valign=\"top\">");
		if (look->blank_icon.url != NULL)
			listing_add_image(buf, look, &look->blank_icon, true);
		else
			buf_add_str(buf, "&nbsp;");
		buf_add_str(buf, "</th>");
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		if (listing_has(look, columns[i].without))
			continue;
		buf_add_str(buf, "<th>");
		add_column(buf, page, columns[i].key, columns[i].title);
		buf_add_str(buf, "</th>");
	}
	buf_add_str(buf, "</tr>\n");
	add_rule(buf, look);
}

/* ---- the page ---- */

/* The title has no "/" at its end. */
static void
add_title(struct buf *buf, const struct listing_page *page)
{
	struct span path = page->path;

	if (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	buf_add_str(buf, "Index of ");
	listing_add_text(buf, path, page->look);
}

static void
apache_top(struct buf *buf, const struct listing_page *page)
{
	const struct listing_look *look = page->look;

	if (page->header == INSERT_HTML && listing_has(look, INDEX_NO_PREAMBLE))
		return;
	buf_add_str(
	    buf, listing_has(look, INDEX_XHTML)
		     ? "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 "
		       "Transitional//EN\"\n\"http://www.w3.org/TR/xhtml1/DTD/"
		       "xhtml1-transitional.dtd\">\n"
		       "<html xmlns=\"http://www.w3.org/1999/xhtml\">\n"
		     : "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
		       "\"http://www.w3.org/TR/html4/strict.dtd\">\n<html>\n");
	buf_add_str(buf, " <head>\n  <title>");
	add_title(buf, page);
	buf_add_str(buf, "</title>\n");
	if (page->style_sheet != NULL) {
		buf_add_str(buf, "  <link rel=\"stylesheet\" href=\"");
		buf_add_html(buf, span_str(page->style_sheet));
		buf_printf(
		    buf, "\" type=\"text/css\"%s>\n", listing_end_of_tag(look));
	}
	if (page->head != NULL)
		buf_add_str(buf, page->head);
	buf_add_str(buf, " </head>\n <body>\n");
	if (page->header != INSERT_NONE)
		return;
	buf_add_str(buf,
	    page->style_sheet != NULL ? "  <h1 id=\"indextitle\">" : "<h1>");
	add_title(buf, page);
	buf_add_str(buf, "</h1>\n");
}

static void
apache_begin(struct buf *buf, const struct listing_page *page)
{
	const struct listing_look *look = page->look;

	if (look->form == LISTING_PLAIN)
		buf_add_str(buf, "<ul>");
	else if (look->form == LISTING_COLUMNS)
		columns_begin(buf, page);
	else
		table_begin(buf, page);
	if (look->parent.len > 0)
		listing_add_row(buf, look,
		    &(struct listing_row){ .href = look->parent,
			.name = SPAN("Parent Directory"),
			.slash = "",
			.icon = &look->parent_icon,
			.description = look->parent_description });
}

static void
apache_entry(struct buf *buf, const struct listing_page *page,
    const struct entry *entry, bool first)
{
	(void)first;
	listing_add_row(buf, page->look,
	    &(struct listing_row){ .entry = entry,
		.href = entry->name,
		.name = entry->name,
		.slash = entry->directory ? "/" : "",
		.icon = &page->icon,
		.description = entry->description });
}

static void
apache_end(struct buf *buf, const struct listing_page *page)
{
	const struct listing_look *look = page->look;

	if (look->form == LISTING_PLAIN) {
		buf_add_str(buf, "</ul>\n");
	} else if (look->form == LISTING_COLUMNS) {
		if (!listing_has(look, INDEX_NO_RULES))
			buf_printf(buf, "<hr%s>", listing_end_of_tag(look));
		buf_add_str(buf, "</pre>\n");
	} else {
		add_rule(buf, look);
		buf_add_str(buf, "</table>\n");
	}
	if (page->cut)
		buf_add_str(buf,
		    "<p>There is more in this directory than can be "
		    "listed.</p>\n");
}

/* A readme that is HTML ends the page, as its header began it. */
static void
apache_bottom(struct buf *buf, const struct listing_page *page)
{
	if (page->readme == INSERT_HTML &&
	    listing_has(page->look, INDEX_NO_PREAMBLE))
		return;
	buf_add_span(buf, page->signature);
	buf_add_str(buf, "</body></html>\n");
}

const struct listing_format listing_apache = {
	.content_type = SPAN("text/html;charset=UTF-8"),
	.top = apache_top,
	.begin = apache_begin,
	.entry = apache_entry,
	.end = apache_end,
	.bottom = apache_bottom,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of Apache's forms.  Where Apache writes what it finds, names and
 * texts are escaped here; only descriptions are HTML by their nature.
 */
#include "config.h"

#include "handlers/listing_row.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "handlers/index_options.h"

/* ---- names ---- */

/* The bytes of the text's first character, and the room that it takes. */
static size_t
measure(struct span text, bool raw, size_t *width_r)
{
	size_t n = raw ? 1 : text_utf8_length(text);

	*width_r = 1;
	if (n == 0 || (!raw && !text_is_readable(span_of(text.ptr, n)))) {
		*width_r = 4;
		n = n == 0 ? 1 : n;
	}
	return n;
}

size_t
listing_name_width(struct span name, bool raw)
{
	size_t all = 0, width;

	while (name.len > 0) {
		name = span_skip(name, measure(name, raw, &width));
		all += width;
	}
	return all;
}

void
listing_add_text(
    struct buf *buf, struct span text, const struct listing_look *look)
{
	if (look->raw)
		buf_add_html(buf, text);
	else
		text_add_html(buf, text);
}

/* How much of the name there is room for. */
static struct span
cut_name(struct span name, size_t room, bool raw)
{
	size_t len = 0, all = 0, width, n;

	while (len < name.len) {
		n = measure(span_skip(name, len), raw, &width);
		if (all + width > room)
			break;
		len += n;
		all += width;
	}
	return span_of(name.ptr, len);
}

static void
add_spaces(struct buf *buf, size_t count)
{
	buf_printf(buf, "%*s", (int)count, "");
}

/* The rest of the column behind what takes width. */
void
listing_fill_column(
    struct buf *buf, size_t width, const struct listing_look *look)
{
	size_t column = look->name_width;

	if (width < column)
		add_spaces(buf, column - width);
}

/* A link whose text is cut to the width of the column, which it fills. */
static void
add_name(struct buf *buf, const struct listing_look *look, struct span href,
    struct span name, const char *slash)
{
	size_t column = look->name_width, width;

	width = listing_name_width(name, look->raw) + strlen(slash);
	buf_add_str(buf, "<a href=\"");
	buf_add_url_path(buf, href);
	buf_printf(buf, "%s\">", slash);
	if (width > column) {
		listing_add_text(
		    buf, cut_name(name, column - 3, look->raw), look);
		buf_add_str(buf, "..&gt;</a>");
		return;
	}
	listing_add_text(buf, name, look);
	buf_printf(buf, "%s</a>", slash);
	listing_fill_column(buf, width, look);
}

/* ---- icons ---- */

const char *
listing_end_of_tag(const struct listing_look *look)
{
	return listing_has(look, INDEX_XHTML) ? " /" : "";
}

void
listing_add_image(struct buf *buf, const struct listing_look *look,
    const struct listing_icon *icon, bool brackets)
{
	buf_add_str(buf, "<img src=\"");
	buf_add_html(buf, span_str(icon->url));
	buf_add_str(buf, brackets ? "\" alt=\"[" : "\" alt=\"");
	listing_add_text(buf, span_str(icon->text), look);
	buf_add_str(buf, brackets ? "]\"" : "\"");
	if (look->icon_width > 0)
		buf_printf(buf, " width=\"%d\"", look->icon_width);
	if (look->icon_height > 0)
		buf_printf(buf, " height=\"%d\"", look->icon_height);
	buf_printf(buf, "%s>", listing_end_of_tag(look));
}

/* Without an icon the link is not there either. */
static void
add_icon(struct buf *buf, const struct listing_look *look,
    const struct listing_icon *icon, struct span href, const char *slash)
{
	bool link = listing_has(look, INDEX_ICONS_ARE_LINKS);

	if (icon->url == NULL) {
		buf_add_str(
		    buf, look->form == LISTING_TABLE ? "&nbsp;" : "     ");
		return;
	}
	if (link) {
		buf_add_str(buf, "<a href=\"");
		buf_add_url_path(buf, href);
		buf_printf(buf, "%s\">", slash);
	}
	listing_add_image(buf, look, icon, true);
	if (link)
		buf_add_str(buf, "</a>");
}

/* ---- descriptions ---- */

/* The bytes that stand for one character: a reference, or one of UTF-8. */
static size_t
one_character(struct span html, bool raw)
{
	size_t n;

	if (html.ptr[0] == '&') {
		n = span_find(html, ';');
		if (n < html.len && n < 12)
			return n + 1;
	}
	n = raw ? 1 : text_utf8_length(html);
	return n == 0 ? 1 : n;
}

static size_t
tag_length(struct span html)
{
	size_t n = span_find(html, '>');

	return n < html.len ? n + 1 : n;
}

static size_t
html_width(struct span html, bool raw)
{
	size_t width = 0;

	while (html.len > 0) {
		bool tag = html.ptr[0] == '<';

		html = span_skip(
		    html, tag ? tag_length(html) : one_character(html, raw));
		width += !tag;
	}
	return width;
}

/* HTML of the configuration.  Its text is cut where the column ends; of what
 * follows the tags are left, so that none stays open. */
static void
add_description(
    struct buf *buf, const struct listing_look *look, const char *description)
{
	struct span html = span_str(description == NULL ? "" : description);
	size_t room = look->description_width;
	size_t width = html_width(html, look->raw), at = 0;

	if (room == 0 || width <= room) {
		buf_add_span(buf, html);
		return;
	}
	while (html.len > 0) {
		bool tag = html.ptr[0] == '<';
		size_t n =
		    tag ? tag_length(html) : one_character(html, look->raw);

		if (tag || at < room - 1)
			buf_add(buf, html.ptr, n);
		if (!tag && at++ == room - 1)
			buf_add_str(buf, "&gt;");
		html = span_skip(html, n);
	}
}

/* ---- date and size ---- */

/* What stands in the column where there is no date. */
#define NO_DATE "                   "

/* With two spaces behind it; empty: there is none. */
static void
print_date(char *to, size_t size, const struct entry *entry,
    const struct listing_look *look)
{
	bool old = listing_has(look, INDEX_OLD_DATE);
	time_t time = entry == NULL ? 0 : entry->modified;
	struct tm local;

	if (entry == NULL || localtime_r(&time, &local) == NULL ||
	    strftime(to, size, old ? "%d-%b-%Y %H:%M  " : "%Y-%m-%d %H:%M  ",
		&local) == 0)
		to[0] = '\0';
}

/* Four characters, of which the last is a unit or a space. */
static void
print_size(char *to, size_t size, const struct entry *entry)
{
	char text[LISTING_SIZE_SIZE];
	size_t len;

	if (entry == NULL || entry->directory) {
		snprintf(to, size, "  - ");
		return;
	}
	listing_print_size(entry->size, text);
	len = strlen(text);
	if (text[len - 1] <= '9')
		snprintf(to, size, "%3s ", text);
	else
		snprintf(to, size, "%4s", text);
}

/* ---- rows ---- */

static void
plain_row(struct buf *buf, const struct listing_look *look,
    const struct listing_row *row)
{
	buf_add_str(buf, "<li><a href=\"");
	buf_add_url_path(buf, row->href);
	buf_printf(buf, "%s\"> ", row->slash);
	listing_add_text(buf, row->name, look);
	buf_printf(buf, "%s</a></li>\n", row->slash);
}

static void
columns_row(struct buf *buf, const struct listing_look *look,
    const struct listing_row *row)
{
	char text[64];

	if (!listing_has(look, INDEX_NO_ICON)) {
		add_icon(buf, look, row->icon, row->href, row->slash);
		buf_add_char(buf, ' ');
	}
	add_name(buf, look, row->href, row->name, row->slash);
	buf_add_char(buf, ' ');
	if (!listing_has(look, INDEX_NO_MODIFIED)) {
		print_date(text, sizeof(text), row->entry, look);
		buf_printf(buf, "%s", text[0] == '\0' ? NO_DATE : text);
	}
	if (!listing_has(look, INDEX_NO_SIZE)) {
		print_size(text, sizeof(text), row->entry);
		buf_printf(buf, "%s  ", text);
	}
	if (!listing_has(look, INDEX_NO_DESCRIPTION))
		add_description(buf, look, row->description);
	buf_add_char(buf, '\n');
}

static void
add_cell(struct buf *buf, const char *text)
{
	if (text[0] == '\0')
		buf_add_str(buf, "<td>&nbsp;</td>");
	else
		buf_printf(buf, "<td align=\"right\">%s</td>", text);
}

static void
table_row(struct buf *buf, const struct listing_look *look,
    const struct listing_row *row)
{
	char text[64];

	buf_add_str(buf, "<tr>");
	if (!listing_has(look, INDEX_NO_ICON)) {
		buf_add_str(buf, "<td valign=\"top\">");
		add_icon(buf, look, row->icon, row->href, row->slash);
		buf_add_str(buf, "</td>");
	}
	buf_add_str(buf, "<td>");
	add_name(buf, look, row->href, row->name, row->slash);
	buf_add_str(buf, "</td>");
	if (!listing_has(look, INDEX_NO_MODIFIED)) {
		print_date(text, sizeof(text), row->entry, look);
		add_cell(buf, text);
	}
	if (!listing_has(look, INDEX_NO_SIZE)) {
		print_size(text, sizeof(text), row->entry);
		add_cell(buf, text);
	}
	if (!listing_has(look, INDEX_NO_DESCRIPTION)) {
		buf_add_str(buf, "<td>");
		add_description(buf, look,
		    row->description == NULL ? "&nbsp;" : row->description);
		buf_add_str(buf, "</td>");
	}
	buf_add_str(buf, "</tr>\n");
}

void
listing_add_row(struct buf *buf, const struct listing_look *look,
    const struct listing_row *row)
{
	if (look->form == LISTING_PLAIN)
		plain_row(buf, look, row);
	else if (look->form == LISTING_COLUMNS)
		columns_row(buf, look, row);
	else
		table_row(buf, look, row);
}

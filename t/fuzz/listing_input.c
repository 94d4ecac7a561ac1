/* SPDX-License-Identifier: BSD-2-Clause */
/* Listings are printed as autoindex_body.c does, for two sets of names. */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "fuzz.h"
#include "handlers/index_title.h"
#include "handlers/listing.h"
#include "handlers/listing_look.h"
#include "listing_input.h"

enum {
	ENTRIES_MAX = 64,
	NAME_MAX_LEN = 255,
	PAGE_MAX = 1 << 20
};

/* ---- what is listed ---- */

static struct entry entries[ENTRIES_MAX];
static size_t count;
static char titles[ENTRIES_MAX][INDEX_TITLE_SIZE];

/* Its name is the title of a file of that name, too. */
static void
add_entry(struct span name)
{
	bool directory = name.len > 0 && *name.ptr == '/';
	const char *title = NULL;

	name = span_skip(name, directory);
	if (name.len == 0 || name.len > NAME_MAX_LEN || count == ENTRIES_MAX ||
	    span_find(name, '/') < name.len || span_find(name, '\0') < name.len)
		return;
	if (index_title_find(name, titles[count]))
		title = titles[count];
	entries[count] = (struct entry){
		.name = name,
		.size = (int64_t)name.len << (name.len % 56),
		.modified = (int64_t)count << (count % 40),
		.description = title,
		.directory = directory,
	};
	count++;
}

/* ---- order ---- */

static void
sort(struct listing_order order, bool backwards,
    struct span names_r[ENTRIES_MAX], struct listing **listing_r)
{
	const struct entry *entry;

	*listing_r = listing_create(order);
	CHECK(*listing_r != NULL);
	for (size_t i = 0; i < count; i++)
		CHECK(listing_add(*listing_r,
			  &entries[backwards ? count - 1 - i : i]) == 0);
	for (size_t i = 0; i < count; i++) {
		entry = listing_next(*listing_r);
		CHECK(entry != NULL);
		names_r[i] = entry->name;
	}
	CHECK(listing_next(*listing_r) == NULL);
}

static void
check_order(unsigned options)
{
	const struct listing_order order = {
		.key = options % 4,
		.descending = options & 4,
		.mixed = options & 8,
		.exact_case = options & 16,
		.versions = options & 32,
	};
	static struct span names[2][ENTRIES_MAX];
	struct listing *listings[2];

	/* Those that are equal but for what does not decide may change. */
	if (order.key != LISTING_NAME)
		return;
	sort(order, false, names[0], &listings[0]);
	sort(order, true, names[1], &listings[1]);
	for (size_t i = 0; i < count; i++)
		CHECK(span_equal(names[0][i], names[1][i]));
	listing_destroy(&listings[0]);
	listing_destroy(&listings[1]);
}

/* ---- pages ---- */

static const struct listing_format *const formats[] = { &listing_html,
	&listing_json, &listing_apache };

static void
print(const struct listing_format *format, const struct listing_page *shown,
    bool harmless, struct buf *to)
{
	struct listing_page page = *shown;

	if (harmless)
		page.path = span_str("/x/");
	buf_init(to, PAGE_MAX);
	if (format->top != NULL)
		format->top(to, &page);
	format->begin(to, &page);
	for (size_t i = 0; i < count; i++) {
		struct entry entry = entries[i];

		if (harmless)
			entry.name = span_str("x");
		if (harmless && entry.description != NULL)
			entry.description = "x";
		format->entry(to, &page, &entry, i == 0);
	}
	format->end(to, &page);
	if (format->bottom != NULL)
		format->bottom(to, &page);
	CHECK(!buf_failed(to));
}

/* Takes what stands between quotes away, and outside of tags all. */
static void
reduce_html(struct buf *page)
{
	bool tag = false, quoted = false;
	size_t len = 0;

	for (size_t i = 0; i < page->len; i++) {
		char c = page->data[i];

		if (tag && c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		if (c == '<')
			tag = true;
		if (tag || c == '>')
			page->data[len++] = c;
		if (c == '>')
			tag = false;
	}
	page->len = len;
}

static void
reduce_json(struct buf *page)
{
	bool quoted = false;
	size_t len = 0;

	for (size_t i = 0; i < page->len; i++) {
		char c = page->data[i];

		CHECK(!quoted || (unsigned char)c >= ' ');
		if (c == '"')
			quoted = !quoted;
		if (quoted && c == '\\')
			i++;
		if (!quoted)
			page->data[len++] = c;
	}
	page->len = len;
}

static void
check_links(const struct buf *page)
{
	for (size_t i = 0; i < count; i++) {
		struct buf link;

		buf_init(&link, 4 * NAME_MAX_LEN);
		buf_add_str(&link, "href=\"");
		buf_add_url_path(&link, entries[i].name);
		buf_add_str(&link, entries[i].directory ? "/\"" : "\"");
		CHECK(
		    memmem(page->data, page->len, link.data, link.len) != NULL);
		buf_release(&link);
	}
}

static void
check_format(
    const struct listing_format *format, const struct listing_page *page)
{
	struct buf pages[2];

	for (int i = 0; i < 2; i++) {
		print(format, page, i == 1, &pages[i]);
		if (format == &listing_json) {
			reduce_json(&pages[i]);
			continue;
		}
		if (i == 0)
			check_links(&pages[i]);
		reduce_html(&pages[i]);
	}
	/* Numbers of bytes differ in JSON alone, not with names. */
	CHECK(span_equal(buf_span(&pages[0]), buf_span(&pages[1])));
	buf_release(&pages[0]);
	buf_release(&pages[1]);
}

void
listing_input(struct span options, struct span lines)
{
	unsigned char bytes[6] = { 0 };
	struct listing_look look = { .blank_icon = { "/b.gif", "" } };
	struct listing_page page = { .look = &look,
		.icon = { "/i.gif", "a\"<&>" },
		.has_parent = true };

	memcpy(bytes, options.ptr, options.len < 6 ? options.len : 6);
	look.form = bytes[0] % 3;
	look.options =
	    bytes[1] | (unsigned)bytes[2] << 8 | (unsigned)bytes[0] << 14;
	look.name_width = 5u + bytes[3] % 64;
	look.description_width = bytes[4] == 0 ? 0 : 12u + bytes[4] % 64;
	look.raw = bytes[5] & 64;
	page.descriptions = bytes[5] & 1;
	page.path = span_cut(&lines, '\n');
	for (count = 0; lines.len > 0;)
		add_entry(span_cut(&lines, '\n'));
	check_order(bytes[5]);
	for (size_t i = 0; i < 3; i++)
		check_format(formats[i], &page);
}

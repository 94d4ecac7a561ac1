/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a listing is to be: by IndexOptions, by the query of one of its links
 * (C, O, F, V and P, as in Apache's), and by whether people or programs ask.
 */
#include "config.h"

#include <strings.h>

#include "handlers/autoindex_private.h"
#include "handlers/listing_look.h"
#include "http/accept.h"
#include "http/module.h"

/* Of a client: names are compared with it. */
#define PATTERN_MAX 100

/* What the query says. */
struct query {
	char key, direction; /* 0: nothing */
	char form, versions;
	struct span pattern; /* as it came */
};

/* ---- the query ---- */

static bool
take_letter(struct span part, const char *name, const char *letters, char *to)
{
	if (part.len != 3 || !span_starts(part, name) ||
	    strchr(letters, part.ptr[2]) == NULL)
		return false;
	*to = part.ptr[2];
	return true;
}

/* False: it is no part of a listing's link. */
static bool
take_part(struct span part, struct query *query)
{
	if (span_starts(part, "P=")) {
		query->pattern = span_skip(part, 2);
		return true;
	}
	return take_letter(part, "C=", "NMSD", &query->key) ||
	       take_letter(part, "O=", "AD", &query->direction) ||
	       take_letter(part, "F=", "012", &query->form) ||
	       take_letter(part, "V=", "01", &query->versions);
}

/* Parts stand between ";" or "&"; what others mean is theirs. */
static struct query
read_query(struct span text)
{
	struct query query = { .key = 0 };

	while (text.len > 0) {
		size_t len = span_find(text, ';');
		size_t other = span_find(text, '&');
		struct span part = span_of(text.ptr, len < other ? len : other);

		(void)take_part(part, &query);
		text = span_skip(text, part.len + 1);
	}
	return query;
}

static enum listing_key
key_of(char letter)
{
	switch (letter) {
	case 'M':
		return LISTING_MODIFIED;
	case 'S':
		return LISTING_SIZE;
	case 'D':
		return LISTING_DESCRIPTION;
	default:
		return LISTING_NAME;
	}
}

static void
order_by(const struct query *query, struct listing_order *order)
{
	if (query->key != 0)
		order->key = key_of(query->key);
	if (query->direction != 0)
		order->descending = query->direction == 'D';
	if (query->versions != 0)
		order->versions = query->versions == '1';
}

/* NULL: there is none that counts. */
static const char *
read_pattern(struct exchange *x, struct span text)
{
	char *to;
	long len;

	if (text.len == 0 || text.len > PATTERN_MAX)
		return NULL;
	to = arena_alloc(&x->arena, text.len + 1);
	if (to == NULL)
		return NULL;
	len = uri_decode(text, to);
	if (len <= 0)
		return NULL;
	to[len] = '\0';
	return to;
}

/* What links have to say again; all of it is safe within an attribute. */
static int
print_query(struct exchange *x, const struct query *query, const char *pattern,
    struct span *text_r)
{
	struct buf buf;

	buf_init(&buf, 1024);
	if (query->form != 0)
		buf_printf(&buf, ";F=%c", query->form);
	if (query->versions != 0)
		buf_printf(&buf, ";V=%c", query->versions);
	if (pattern != NULL) {
		buf_add_str(&buf, ";P=");
		buf_add_url_path(&buf, span_str(pattern));
	}
	*text_r = arena_span(&x->arena, span_str(buf_str(&buf)));
	buf_release(&buf);
	return text_r->ptr == NULL ? -1 : 0;
}

/* ---- the look ---- */

static size_t
width_of(const struct index_options *options, enum index_number number,
    size_t preset)
{
	int value = options->numbers[number].value;

	if (value == INDEX_WIDEST)
		return 0;
	return value == 0 ? preset : (size_t)value;
}

/* What other columns leave is the description's. */
static size_t
description_preset(unsigned options)
{
	return 23 + ((options & INDEX_NO_ICON) != 0 ? 6 : 0) +
	       ((options & INDEX_NO_SIZE) != 0 ? 7 : 0) +
	       ((options & INDEX_NO_MODIFIED) != 0 ? 19 : 0);
}

/* What is for directories is for the parent, too. */
static const char *
for_parent(const struct index_list *list, const char *preset)
{
	const char *found = index_list_special(list, INDEX_BY_PARENT);

	if (found == NULL)
		found = index_list_special(list, INDEX_BY_DIRECTORY);
	return found == NULL ? preset : found;
}

static void
find_icons(const struct autoindex_conf *conf, struct listing_look *look)
{
	const struct index_icons *icons = &conf->icons;

	look->parent_icon.url = for_parent(&icons->icons, conf->default_icon);
	look->parent_icon.text = for_parent(&icons->alts, "PARENTDIR");
	look->blank_icon.url =
	    index_list_special(&icons->icons, INDEX_BY_BLANK);
	look->blank_icon.text = look->form == LISTING_TABLE ? "ICO" : "Icon ";
	look->parent_description =
	    index_list_special(&conf->descriptions, INDEX_BY_PARENT);
}

/* Of "/a/b/" it is "/a/"; "/" has none. */
static struct span
parent_of(const struct exchange *x)
{
	struct span path = x->request.uri.path;

	if (path.len <= 1 || autoindex_ignores(x, ".."))
		return (struct span){ "", 0 };
	path.len--;
	while (path.ptr[path.len - 1] != '/')
		path.len--;
	return path;
}

static enum listing_form
form_of(unsigned options, char asked)
{
	if (asked != 0)
		return (enum listing_form)(asked - '0');
	if ((options & INDEX_TABLE) != 0)
		return LISTING_TABLE;
	return (options & INDEX_FANCY) != 0 ? LISTING_COLUMNS : LISTING_PLAIN;
}

static struct listing_look *
make_look(struct exchange *x, const struct query *query)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);
	const struct index_options *options = &conf->options;
	const char *charset = options->texts[INDEX_CHARSET].value;
	struct listing_look *look = arena_calloc(&x->arena, 1, sizeof(*look));

	if (look == NULL)
		return NULL;
	look->options = options->on;
	look->form = form_of(options->on, query->form);
	look->name_width = width_of(options, INDEX_NAME_WIDTH, 23);
	look->description_width = width_of(
	    options, INDEX_DESCRIPTION_WIDTH, description_preset(options->on));
	look->icon_width = options->numbers[INDEX_ICON_WIDTH].value;
	look->icon_height = options->numbers[INDEX_ICON_HEIGHT].value;
	look->raw = charset != NULL && strcasecmp(charset, "utf-8") != 0;
	look->parent = parent_of(x);
	find_icons(conf, look);
	return look;
}

/* ---- all of it ---- */

/* Apache's forms are in Apache's order. */
static void
order_as(unsigned options, struct listing_order *order)
{
	order->mixed = (options & INDEX_FOLDERS_FIRST) == 0;
	order->exact_case = (options & INDEX_IGNORE_CASE) == 0;
	order->versions = (options & INDEX_VERSION_SORT) != 0;
}

/* A query may ask for one of Apache's forms where they are not the rule. */
static int
choose_form(
    struct exchange *x, struct query *query, struct autoindex_wish *wish)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);

	if (accept_prefers(&x->request, "application/json", "text/html"))
		wish->format = &listing_json;
	else if (conf->options.given || query->form != 0)
		wish->format = &listing_apache;
	else
		wish->format = &listing_html;
	if (conf->options.given)
		order_as(conf->options.on, &wish->order);
	if (wish->format != &listing_apache)
		return 0;
	wish->look = make_look(x, query);
	return wish->look == NULL ? -1 : 0;
}

int
autoindex_read_wish(struct exchange *x, struct autoindex_wish *wish_r)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);
	struct query query = { .key = 0 };

	*wish_r = (struct autoindex_wish){ .order = conf->order };
	if ((conf->options.on & INDEX_IGNORE_CLIENT) == 0)
		query = read_query(x->request.uri.query);
	wish_r->pattern = read_pattern(x, query.pattern);
	if (print_query(x, &query, wish_r->pattern, &wish_r->query) != 0 ||
	    choose_form(x, &query, wish_r) != 0)
		return -1;
	order_by(&query, &wish_r->order);
	return 0;
}

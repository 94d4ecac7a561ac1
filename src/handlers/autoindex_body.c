/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of a listing: it has the directory read, and then gives out the
 * page piece by piece.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/autoindex_private.h"
#include "handlers/index_insert.h"
#include "handlers/index_reader.h"
#include "handlers/listing_look.h"
#include "handlers/probe.h"
#include "handlers/static_private.h"
#include "http/mime.h"
#include "http/module.h"
#include "http/signature.h"

/* What is printed at once; an entry is far smaller than the rest. */
#define PIECE_SIZE (16 * 1024)
#define BUFFER_MAX (64 * 1024)
/* Sets of sections whose merged settings are kept. */
#define LOOKUPS_MAX 256

/* One of each in a process. */
static struct lookup_cache *lookups;

int
autoindex_body_start(const struct server_conf *conf)
{
	lookup_cache_destroy(&lookups);
	lookups = lookup_cache_create(conf, LOOKUPS_MAX);
	return lookups == NULL ? -1 : 0;
}

static bool
is_closed(const struct exchange *x, const char *name)
{
	char storage[1024];
	struct exchange probe;
	char *uri, *file;
	bool closed = true;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	uri = arena_printf(
	    &probe.arena, "%.*s%s", SPAN_ARG(x->request.uri.path), name);
	file =
	    arena_printf(&probe.arena, "%.*s%s", SPAN_ARG(x->file_path), name);
	if (uri != NULL && file != NULL)
		closed = !probe_file(&probe, x, lookups, span_str(uri),
			     span_str(file)) &&
			 probe.response.status == 403;
	exchange_release(&probe);
	return closed;
}

bool
autoindex_is_closed(const struct exchange *x)
{
	const struct static_conf *conf = exchange_conf(x, &static_section);

	for (size_t i = 0; i < conf->index.count; i++)
		if (conf->index.names[i][0] != '/' &&
		    is_closed(x, conf->index.names[i]))
			return true;
	return false;
}

/* What is printed next. */
enum index_part {
	PART_TOP,
	PART_HEADER,
	PART_BEGIN,
	PART_ENTRIES,
	PART_END,
	PART_README,
	PART_BOTTOM,
	PART_NONE,
};

/* The source of the response's body. */
struct index_source {
	struct exchange *x;
	const struct autoindex_conf *conf;
	const struct listing_format *format;
	struct listing_look *look;
	struct listing_page page;
	struct index_insert header, readme;
	struct listing *listing;
	struct index_reader reader;
	struct buf buf; /* printed; buf_from: the first not given out */
	size_t buf_from;
	size_t printed; /* entries */
	enum index_part part;
};

/* ---- the body ---- */

static const char *
or_default(const char *text, const char *preset)
{
	return text != NULL ? text : preset;
}

/* Those of an entry, by the settings that hold for the directory. */
static void
find_icon(struct index_source *s, const struct entry *entry)
{
	const struct index_icons *icons = &s->conf->icons;
	struct exchange *x = s->x;
	struct mime_info info;
	struct arena arena;
	char storage[512];
	struct span path = index_reader_path(&s->reader, entry);
	const char *url, *text;

	if (entry->directory) {
		url = index_list_directory(&icons->icons, path);
		text =
		    or_default(index_list_directory(&icons->alts, path), "DIR");
	} else {
		arena_init(&arena, storage, sizeof(storage), 0);
		if (mime_describe(x->settings, path, &arena, &info) != 0)
			info = (struct mime_info){ .type = { "", 0 } };
		url = index_list_file(&icons->icons, path, &info);
		text = or_default(
		    index_list_file(&icons->alts, path, &info), "   ");
		arena_release(&arena);
	}
	s->page.icon =
	    (struct listing_icon){ or_default(url, s->conf->default_icon),
		    text };
}

static void
print_entries(struct index_source *s)
{
	const struct entry *entry;

	while (s->buf.len < PIECE_SIZE) {
		entry = listing_next(s->listing);
		if (entry == NULL) {
			s->part++;
			return;
		}
		if (s->look != NULL && s->look->form != LISTING_PLAIN)
			find_icon(s, entry);
		s->format->entry(&s->buf, &s->page, entry, s->printed++ == 0);
	}
}

/* A part that not every format has. */
static void
print_part(struct index_source *s,
    void (*print)(struct buf *, const struct listing_page *))
{
	if (print != NULL)
		print(&s->buf, &s->page);
	s->part++;
}

static void
print_insert(struct index_source *s, struct index_insert *insert)
{
	if (!index_insert_print(insert, &s->buf))
		s->part++;
}

static void
print_next(struct index_source *s)
{
	switch (s->part) {
	case PART_TOP:
		print_part(s, s->format->top);
		break;
	case PART_HEADER:
		print_insert(s, &s->header);
		break;
	case PART_BEGIN:
		print_part(s, s->format->begin);
		break;
	case PART_ENTRIES:
		print_entries(s);
		break;
	case PART_END:
		print_part(s, s->format->end);
		break;
	case PART_README:
		print_insert(s, &s->readme);
		break;
	default:
		print_part(s, s->format->bottom);
	}
}

/* Prints a piece into the empty buffer; nothing when all is printed. */
static void
print_piece(struct index_source *s)
{
	buf_clear(&s->buf);
	s->buf_from = 0;
	while (s->part != PART_NONE && s->buf.len < PIECE_SIZE)
		print_next(s);
}

/* An array that lacks its end says nothing of it: then better no answer. */
static bool
may_print(struct index_source *s)
{
	if (s->look != NULL && s->look->name_width == 0)
		s->look->name_width = s->reader.longest;
	s->page.cut = s->reader.cut;
	if (!s->page.cut || s->format != &listing_json)
		return true;
	exchange_report(s->x, REPORT_ERROR, "autoindex",
	    "too many files to list: %.*s", SPAN_ARG(s->x->file_path));
	return false;
}

static enum body_result
give_piece(struct index_source *s, size_t max, struct span *data_r)
{
	size_t len;

	if (s->buf_from == s->buf.len)
		print_piece(s);
	if (buf_failed(&s->buf))
		return BODY_ERROR;
	len = s->buf.len - s->buf_from;
	if (len == 0)
		return BODY_END;
	if (len > max)
		len = max;
	*data_r = span_of(s->buf.data + s->buf_from, len);
	s->buf_from += len;
	return BODY_DATA;
}

static enum body_result
index_next(struct body *body, size_t max, struct span *data_r)
{
	struct index_source *s = body->source;

	if (s->reader.directory == NULL)
		return give_piece(s, max, data_r);
	if (!index_reader_go_on(&s->reader)) {
		exchange_report(s->x, REPORT_ERROR, "autoindex",
		    "cannot read %.*s: %s", SPAN_ARG(s->x->file_path),
		    strerror(errno));
		return BODY_ERROR;
	}
	if (s->reader.directory == NULL)
		return may_print(s) ? give_piece(s, max, data_r) : BODY_ERROR;
	/* The others' turn. */
	exchange_ready(s->x);
	return BODY_WAIT;
}

static void
source_free(struct index_source *s)
{
	index_reader_close(&s->reader);
	index_insert_close(&s->header);
	index_insert_close(&s->readme);
	listing_destroy(&s->listing);
	buf_release(&s->buf);
	free(s);
}

static void
index_close(struct body *body)
{
	source_free(body->source);
}

static const struct body_ops index_ops = { index_next, index_close };

/* ---- making it ---- */

static void
make_page(struct index_source *s, const struct autoindex_wish *wish)
{
	struct exchange *x = s->x;

	s->page = (struct listing_page){
		.path = x->request.uri.path,
		.order = wish->order,
		.query = wish->query,
		.has_parent = x->file_path.len > x->root_path.len + 1 &&
			      !autoindex_ignores(x, ".."),
		.descriptions = s->conf->descriptions.count > 0,
		.style_sheet = s->conf->style_sheet,
		.head = s->conf->head_insert,
		.look = wish->look,
	};
	if (wish->format->top == NULL)
		return;
	index_insert_open(&s->header, x, lookups, s->conf->header);
	index_insert_open(&s->readme, x, lookups, s->conf->readme);
	s->page.header = s->header.kind;
	s->page.readme = s->readme.kind;
	if (s->page.readme == INSERT_NONE)
		s->page.signature = signature_line(x);
}

/* -1 without memory. */
static int
start_reading(
    struct index_source *s, DIR *directory, const struct autoindex_wish *wish)
{
	s->listing = listing_create(wish->order);
	if (s->listing == NULL)
		return -1;
	s->reader = (struct index_reader){ .x = s->x,
		.conf = s->conf,
		.lookups = lookups,
		.pattern = wish->pattern,
		.look = wish->look,
		.listing = s->listing };
	if (s->look != NULL && s->look->parent.len > 0)
		s->reader.longest = sizeof("Parent Directory") - 1;
	return index_reader_open(&s->reader, directory);
}

/* NULL without memory. */
static struct index_source *
source_create(
    struct exchange *x, DIR *directory, const struct autoindex_wish *wish)
{
	struct index_source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	buf_init(&s->buf, BUFFER_MAX);
	s->x = x;
	s->conf = exchange_conf(x, &autoindex_section);
	s->format = wish->format;
	s->look = wish->look;
	make_page(s, wish);
	if (start_reading(s, directory, wish) != 0) {
		source_free(s);
		return NULL;
	}
	return s;
}

int
autoindex_body(
    struct exchange *x, DIR *directory, const struct autoindex_wish *wish)
{
	struct body *body = &x->response.body;
	struct index_source *s = source_create(x, directory, wish);

	if (s == NULL) {
		closedir(directory);
		return -1;
	}
	body->ops = &index_ops;
	body->source = s;
	body->length = -1;
	return 0;
}

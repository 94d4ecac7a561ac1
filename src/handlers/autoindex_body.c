/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of a listing.  It reads the directory in slices of time, between
 * which other connections have their turns, and then gives out the page piece
 * by piece.  What is shown is what would be served: files, directories, and
 * links that lead to such, as far as no rule is against it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wildcard.h"
#include "files/files.h"
#include "handlers/autoindex_private.h"
#include "handlers/index_insert.h"
#include "handlers/index_title.h"
#include "handlers/listing_look.h"
#include "handlers/probe.h"
#include "http/mime.h"
#include "http/module.h"

/* One slice of reading. */
#define SLICE_US 2000
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

/* ---- reading ---- */

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
	const char *pattern; /* as in struct autoindex_wish */
	struct listing_look *look;
	struct listing_page page;
	struct index_insert header, readme;
	struct listing *listing;
	size_t longest; /* name, in characters */
	DIR *directory; /* NULL: all is read */
	struct buf buf; /* printed; buf_from: the first not given out */
	size_t buf_from;
	size_t printed; /* entries */
	enum index_part part;
	/* Room for an entry's name behind the directory's. */
	char *uri_path, *file_path;
};

/* The path of an entry of the directory whose path begins the room. */
static struct span
entry_path(char *room, size_t directory_len, struct span name, bool directory)
{
	char *end = room + directory_len;

	memcpy(end, name.ptr, name.len);
	end += name.len;
	if (directory)
		*end++ = '/';
	*end = '\0';
	return span_of(room, (size_t)(end - room));
}

/* What stat says of the entry; a link's is that of what it leads to. */
static bool
stat_entry(struct index_source *s, struct span name, struct stat *stat_r)
{
	const struct exchange *x = s->x;

	if (fstatat(dirfd(s->directory), name.ptr, stat_r,
		AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (S_ISLNK(stat_r->st_mode) &&
	    !files_stat(x,
		entry_path(s->file_path, x->file_path.len, name, false),
		stat_r))
		return false;
	return S_ISREG(stat_r->st_mode) || S_ISDIR(stat_r->st_mode);
}

/* By its name alone: "." and ".." are not; what else begins with a dot is not
 * served; some file systems have longer ones than there is room for. */
static bool
may_show(const struct index_source *s, const char *name)
{
	if (name[0] == '.' && strcmp(name, ".well-known") != 0)
		return false;
	if (strlen(name) > NAME_MAX || autoindex_ignores(s->x, name))
		return false;
	return s->pattern == NULL ||
	       wildcard_match(s->pattern, span_str(name), 0);
}

static bool
wants_titles(const struct index_source *s)
{
	unsigned on = s->conf->options.on;

	return s->look != NULL && s->look->form != LISTING_PLAIN &&
	       (on & INDEX_SCAN_TITLES) != 0 &&
	       (on & INDEX_NO_DESCRIPTION) == 0;
}

/* Of what would be sent to the client as HTML. */
static const char *
find_title(struct index_source *s, struct exchange *probe, mode_t mode)
{
	static const struct span html = SPAN("text/html"),
				 xhtml = SPAN("application/xhtml+xml");
	const char *name = probe->file_path.ptr + s->x->file_path.len;
	char title[INDEX_TITLE_SIZE];
	struct span type;

	if (!probe_sends(probe, mode, &type) ||
	    (!mime_is_same(type, html) && !mime_is_same(type, xhtml)) ||
	    !index_title_read(dirfd(s->directory), name, title))
		return NULL;
	return listing_keep(s->listing, title);
}

/* ShowForbidden: a client may be told of what it may not have. */
static bool
judge_entry(struct index_source *s, struct span uri, struct span file,
    mode_t mode, struct entry *entry)
{
	struct exchange *x = s->x;
	char storage[1024];
	struct exchange probe;
	bool allowed;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	allowed = probe_file(&probe, x, lookups, uri, file);
	if (allowed && S_ISREG(mode) && entry->description == NULL &&
	    wants_titles(s))
		entry->description = find_title(s, &probe, mode);
	exchange_release(&probe);
	return allowed || (s->conf->options.on & INDEX_SHOW_FORBIDDEN) != 0;
}

/* False: it is not shown. */
static bool
see_entry(struct index_source *s, const char *name, struct entry *entry_r)
{
	struct exchange *x = s->x;
	struct span file, uri;
	struct stat st;
	bool directory;

	if (!may_show(s, name))
		return false;
	*entry_r = (struct entry){ .name = span_str(name) };
	if (!stat_entry(s, entry_r->name, &st))
		return false;
	directory = S_ISDIR(st.st_mode);
	file = entry_path(
	    s->file_path, x->file_path.len, entry_r->name, directory);
	uri = entry_path(
	    s->uri_path, x->request.uri.path.len, entry_r->name, directory);
	if (!directory && mime_names_handler(mime_type(x->settings, file)))
		return false;
	entry_r->size = directory ? 0 : st.st_size;
	entry_r->modified = st.st_mtime;
	entry_r->directory = directory;
	entry_r->description = index_description(
	    &s->conf->descriptions, span_of(file.ptr, file.len - directory));
	return judge_entry(s, uri, file, st.st_mode, entry_r);
}

/* -1: no room for more. */
static int
add_entry(struct index_source *s, const struct entry *entry)
{
	size_t width;

	if (s->look != NULL) {
		width = listing_name_width(entry->name, s->look->raw) +
			entry->directory;
		if (width > s->longest)
			s->longest = width;
	}
	return listing_add(s->listing, entry);
}

static void
end_reading(struct index_source *s)
{
	if (s->directory != NULL)
		closedir(s->directory);
	s->directory = NULL;
}

/* Reads for the time of a slice, or to the end.  False: it cannot be read. */
static bool
read_slice(struct index_source *s)
{
	int64_t until = clock_exact_us() + SLICE_US;

	do {
		struct dirent *found;
		struct entry entry;

		errno = 0;
		found = readdir(s->directory);
		if (found == NULL) {
			if (errno != 0)
				return false;
			end_reading(s);
			return true;
		}
		if (see_entry(s, found->d_name, &entry) &&
		    add_entry(s, &entry) != 0) {
			s->page.cut = true;
			end_reading(s);
			return true;
		}
	} while (clock_exact_us() < until);
	return true;
}

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
	struct span path =
	    entry_path(s->file_path, x->file_path.len, entry->name, false);
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
		s->look->name_width = s->longest;
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

	if (s->directory == NULL)
		return give_piece(s, max, data_r);
	if (!read_slice(s)) {
		exchange_report(s->x, REPORT_ERROR, "autoindex",
		    "cannot read %.*s: %s", SPAN_ARG(s->x->file_path),
		    strerror(errno));
		return BODY_ERROR;
	}
	if (s->directory == NULL)
		return may_print(s) ? give_piece(s, max, data_r) : BODY_ERROR;
	/* The others' turn. */
	exchange_ready(s->x);
	return BODY_WAIT;
}

static void
source_free(struct index_source *s)
{
	end_reading(s);
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

/* path, and room for an entry's name, "/" and NUL behind it. */
static char *
make_room(struct exchange *x, struct span path)
{
	char *room = arena_alloc(&x->arena, path.len + NAME_MAX + 2);

	if (room != NULL && path.len > 0)
		memcpy(room, path.ptr, path.len);
	return room;
}

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
	s->pattern = wish->pattern;
	s->look = wish->look;
	if (s->look != NULL && s->look->parent.len > 0)
		s->longest = sizeof("Parent Directory") - 1;
	make_page(s, wish);
	s->listing = listing_create(wish->order);
	s->uri_path = make_room(x, x->request.uri.path);
	s->file_path = make_room(x, x->file_path);
	if (s->listing == NULL || s->uri_path == NULL || s->file_path == NULL) {
		source_free(s);
		return NULL;
	}
	s->directory = directory;
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

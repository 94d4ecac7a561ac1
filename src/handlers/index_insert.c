/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file within a listing goes the way that a request for it would go, but for
 * the answer: what is closed, is to be run or is no text is not shown.
 */
#include "config.h"

#include "handlers/index_insert.h"

#include <unistd.h>

#include "files/files.h"
#include "handlers/probe.h"
#include "http/mime.h"

/* As text a byte becomes six at most. */
#define PIECE_SIZE 4096

/* The path of the URL, decoded; empty: it is none that could be asked for. */
static struct span
resolve(struct exchange *x, const char *url)
{
	static const struct uri_rules rules = {
		.encoded_slashes = ENCODED_SLASHES_REFUSED,
		.merge_slashes = true,
	};
	struct span base = x->request.uri.path, path = span_str(url);
	struct uri uri = { .form = URI_ORIGIN };
	struct buf whole;

	buf_init(&whole, 8 * 1024);
	if (*url != '/')
		buf_add_url_path(
		    &whole, span_of(base.ptr, span_find_last(base, '/') + 1));
	buf_add_span(&whole, path);
	uri.raw_path = arena_span(&x->arena, buf_span(&whole));
	if (buf_failed(&whole) || uri.raw_path.ptr == NULL ||
	    uri_normalise(&uri, &x->arena, &rules) != 0)
		uri.path = (struct span){ NULL, 0 };
	buf_release(&whole);
	return uri.path;
}

static enum listing_insert
kind_of(struct span type)
{
	if (mime_is_same(type, (struct span)SPAN("text/html")))
		return INSERT_HTML;
	return mime_is_same(type, (struct span)SPAN("text/*")) ? INSERT_TEXT
							       : INSERT_NONE;
}

/* The probe has passed all checks. */
static void
open_file(struct index_insert *insert, struct exchange *probe)
{
	struct cached_file *file = files_get(probe, probe->file_path,
	    mime_type(probe->settings, probe->file_path));
	struct span type;

	if (file == NULL)
		return;
	if (S_ISREG(file->mode) && probe_sends(probe, file->mode, &type))
		insert->kind = kind_of(type);
	if (insert->kind == INSERT_NONE)
		cache_put(file);
	else
		insert->file = file;
}

void
index_insert_open(struct index_insert *insert, struct exchange *x,
    struct lookup_cache *lookups, const char *url)
{
	char storage[1024];
	struct exchange probe;
	struct span path;

	*insert = (struct index_insert){ .kind = INSERT_NONE };
	if (url == NULL)
		return;
	path = resolve(x, url);
	if (path.len == 0)
		return;
	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	if (probe_uri(&probe, x, lookups, path))
		open_file(insert, &probe);
	exchange_release(&probe);
}

void
index_insert_close(struct index_insert *insert)
{
	if (insert->file != NULL)
		cache_put(insert->file);
	insert->file = NULL;
}

/* Up to PIECE_SIZE bytes from the offset on. */
static struct span
read_piece(const struct index_insert *insert, char *room)
{
	const struct cached_file *file = insert->file;
	struct span piece;
	ssize_t n;

	if (file->fd < 0) {
		piece = span_skip(file->content, insert->offset);
		if (piece.len > PIECE_SIZE)
			piece.len = PIECE_SIZE;
		return piece;
	}
	n = pread(file->fd, room, PIECE_SIZE, (off_t)insert->offset);
	return span_of(room, n < 0 ? 0 : (size_t)n);
}

bool
index_insert_print(struct index_insert *insert, struct buf *buf)
{
	char room[PIECE_SIZE];
	struct span piece;
	bool text = insert->kind == INSERT_TEXT;

	if (insert->file == NULL)
		return false;
	piece = read_piece(insert, room);
	if (text && insert->offset == 0)
		buf_add_str(buf, "<pre>\n");
	if (text)
		buf_add_html(buf, piece);
	else
		buf_add_span(buf, piece);
	insert->offset += piece.len;
	if (piece.len > 0)
		return true;
	if (text)
		buf_add_str(buf, "</pre>\n");
	index_insert_close(insert);
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens a file for the reader: the main one, or one that is included.  Here
 * stand the bounds on what a configuration may drag in.
 */
#include "config.h"

#include "conf/reader_private.h"

enum {
	MAX_FILES_DEEP = 20,
	MAX_SIZE = 128 * 1024 * 1024, /* of all files and statements */
};

static bool
may_open(struct reader *r, const char *path, const struct conf_place *from)
{
	const struct open_file *f = r->file;
	bool loop = false;

	for (; f && !loop; f = f->from)
		loop = span_is(span_str(f->path), path);
	if (!loop && (!r->file || r->file->depth < MAX_FILES_DEEP))
		return true;
	diag_error(r->in->diag, from, "%s: %s",
	    loop ? "a file that includes itself"
		 : "too many files that include each other",
	    path);
	return false;
}

/* No editor's mark, and no NUL: what holds one is some other kind of file. */
static bool
is_text(struct reader *r, const struct source *s)
{
	const char *nul = memchr(s->text.ptr, '\0', s->text.len), *p;
	struct conf_place place = {
		.file = s->name,
		.line = 1,
		.column = 1,
		.order = r->order,
	};

	if (span_starts(s->text, "\xef\xbb\xbf")) {
		diag_error(r->in->diag, &place,
		    "the file begins with a byte "
		    "order mark: save it as UTF-8 without one");
		return false;
	}
	if (!nul)
		return true;
	for (p = s->text.ptr; p < nul; p++, place.column++) {
		if (*p == '\n') {
			place.line++;
			place.column = 0;
		}
	}
	diag_error(r->in->diag, &place, "a NUL byte: this is not a text");
	return false;
}

bool
reader_charge(struct reader *r, const struct conf_place *place, size_t bytes)
{
	r->used += bytes;
	if (r->used <= MAX_SIZE)
		return true;
	if (!r->ended)
		diag_error(r->in->diag, place,
		    "the configuration is too large: more than 128 MiB");
	r->ended = true;
	return false;
}

static void
note_include(struct reader *r, const char *path, const struct conf_place *from,
    unsigned depth)
{
	struct conf_include *i = arena_alloc(r->in->arena, sizeof(*i));

	if (!i) {
		r->no_memory = true;
		return;
	}
	*i = (struct conf_include){
		.path = path,
		.line = from ? from->line : 0,
		.depth = depth,
	};
	*r->last_include = i;
	r->last_include = &i->next;
}

bool
reader_note_source(struct reader *r, const struct source *s)
{
	const struct conf_place *from = r->file ? r->file->place : NULL;

	return !from ||
	       source_included(r->in->sources, s, from, r->order) == 0;
}

static void
read_source(struct reader *r, const struct source *s)
{
	if (span_ends_nocase(span_str(s->name), ".cfg"))
		cfg_read(r, s);
	else
		syntax_read(r, s);
}

void
reader_file(struct reader *r, const char *path, const struct conf_place *from)
{
	struct open_file file = {
		.from = r->file,
		.path = path,
		.place = from,
		.depth = r->file ? r->file->depth + 1 : 1,
	};
	const struct source *s;
	struct err err;

	if (!may_open(r, path, from))
		return;
	s = source_open(r->in->sources, path, &err);
	if (!s) {
		diag_error(r->in->diag, from, "%s %s", path, err.text);
		return;
	}
	r->file = &file;
	r->no_memory = r->no_memory || !reader_note_source(r, s);
	if (is_text(r, s) && reader_charge(r, from, s->text.len)) {
		note_include(r, s->name, from, file.depth);
		read_source(r, s);
	}
	r->file = file.from;
}

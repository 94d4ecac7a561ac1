/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a directory in slices of time, between which other connections have
 * their turns.  What is shown is what would be served: files, directories, and
 * links that lead to such, as far as no rule is against it.
 */
#include "config.h"

#include "handlers/index_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/wildcard.h"
#include "files/files.h"
#include "handlers/index_title.h"
#include "handlers/listing_look.h"
#include "handlers/probe.h"
#include "http/mime.h"

/* One slice of reading. */
#define SLICE_US 2000

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
stat_entry(struct index_reader *r, struct span name, struct stat *stat_r)
{
	const struct exchange *x = r->x;

	if (fstatat(dirfd(r->directory), name.ptr, stat_r,
		AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (S_ISLNK(stat_r->st_mode) &&
	    !files_stat(x,
		entry_path(r->file_path, x->file_path.len, name, false),
		stat_r))
		return false;
	return S_ISREG(stat_r->st_mode) || S_ISDIR(stat_r->st_mode);
}

/* By its name alone: "." and ".." are not; what else begins with a dot is not
 * served; some file systems have longer ones than there is room for. */
static bool
may_show(const struct index_reader *r, const char *name)
{
	if (name[0] == '.' && strcmp(name, ".well-known") != 0)
		return false;
	if (strlen(name) > NAME_MAX || autoindex_ignores(r->x, name))
		return false;
	return r->pattern == NULL ||
	       wildcard_match(r->pattern, span_str(name), 0);
}

static bool
wants_titles(const struct index_reader *r)
{
	unsigned on = r->conf->options.on;

	return r->look != NULL && r->look->form != LISTING_PLAIN &&
	       (on & INDEX_SCAN_TITLES) != 0 &&
	       (on & INDEX_NO_DESCRIPTION) == 0;
}

/* Of what would be sent to the client as HTML. */
static const char *
find_title(struct index_reader *r, struct exchange *probe, mode_t mode)
{
	static const struct span html = SPAN("text/html"),
				 xhtml = SPAN("application/xhtml+xml");
	const char *name = probe->file_path.ptr + r->x->file_path.len;
	char title[INDEX_TITLE_SIZE];
	struct span type;

	if (!probe_sends(probe, mode, &type) ||
	    (!mime_is_same(type, html) && !mime_is_same(type, xhtml)) ||
	    !index_title_read(dirfd(r->directory), name, title))
		return NULL;
	return listing_keep(r->listing, title);
}

/* ShowForbidden: a client may be told of what it may not have. */
static bool
judge_entry(struct index_reader *r, struct span uri, struct span file,
    mode_t mode, struct entry *entry)
{
	struct exchange *x = r->x;
	char storage[1024];
	struct exchange probe;
	bool allowed;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	allowed = probe_file(&probe, x, r->lookups, uri, file);
	if (allowed && S_ISREG(mode) && entry->description == NULL &&
	    wants_titles(r))
		entry->description = find_title(r, &probe, mode);
	exchange_release(&probe);
	return allowed || (r->conf->options.on & INDEX_SHOW_FORBIDDEN) != 0;
}

/* False: it is not shown. */
static bool
see_entry(struct index_reader *r, const char *name, struct entry *entry_r)
{
	struct exchange *x = r->x;
	struct span file, uri;
	struct stat st;
	bool directory;

	if (!may_show(r, name))
		return false;
	*entry_r = (struct entry){ .name = span_str(name) };
	if (!stat_entry(r, entry_r->name, &st))
		return false;
	directory = S_ISDIR(st.st_mode);
	file = entry_path(
	    r->file_path, x->file_path.len, entry_r->name, directory);
	uri = entry_path(
	    r->uri_path, x->request.uri.path.len, entry_r->name, directory);
	if (!directory && mime_names_handler(mime_type(x->settings, file)))
		return false;
	entry_r->size = directory ? 0 : st.st_size;
	entry_r->modified = st.st_mtime;
	entry_r->directory = directory;
	entry_r->description = index_description(
	    &r->conf->descriptions, span_of(file.ptr, file.len - directory));
	return judge_entry(r, uri, file, st.st_mode, entry_r);
}

/* -1: no room for more. */
static int
add_entry(struct index_reader *r, const struct entry *entry)
{
	size_t width;

	if (r->look != NULL) {
		width = listing_name_width(entry->name, r->look->raw) +
			entry->directory;
		if (width > r->longest)
			r->longest = width;
	}
	return listing_add(r->listing, entry);
}

void
index_reader_close(struct index_reader *r)
{
	if (r->directory != NULL)
		closedir(r->directory);
	r->directory = NULL;
}

/* Reads for the time of a slice, or to the end.  False: it cannot be read. */
bool
index_reader_go_on(struct index_reader *r)
{
	int64_t until = clock_exact_us() + SLICE_US;

	do {
		struct dirent *found;
		struct entry entry;

		errno = 0;
		found = readdir(r->directory);
		if (found == NULL) {
			if (errno != 0)
				return false;
			index_reader_close(r);
			return true;
		}
		if (see_entry(r, found->d_name, &entry) &&
		    add_entry(r, &entry) != 0) {
			r->cut = true;
			index_reader_close(r);
			return true;
		}
	} while (clock_exact_us() < until);
	return true;
}

/* ---- its life ---- */

/* path, and room for an entry's name, "/" and NUL behind it. */
static char *
make_room(struct exchange *x, struct span path)
{
	char *room = arena_alloc(&x->arena, path.len + NAME_MAX + 2);

	if (room != NULL && path.len > 0)
		memcpy(room, path.ptr, path.len);
	return room;
}

int
index_reader_open(struct index_reader *r, DIR *directory)
{
	r->uri_path = make_room(r->x, r->x->request.uri.path);
	r->file_path = make_room(r->x, r->x->file_path);
	if (r->uri_path == NULL || r->file_path == NULL)
		return -1;
	r->directory = directory;
	return 0;
}

struct span
index_reader_path(struct index_reader *r, const struct entry *entry)
{
	return entry_path(
	    r->file_path, r->x->file_path.len, entry->name, false);
}

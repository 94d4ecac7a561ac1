/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One entry of the file cache: made in one piece of memory with its path,
 * fields and, of a small file, its bytes.  Decides what may be believed of a
 * stat: timestamps tick every few milliseconds, so a file may change again
 * without its stat telling.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/siphash.h"
#include "files/cache_private.h"
#include "http/date.h"

/* A change that is as old as this has left its mark in the timestamps: before
 * Linux 6.13 they tick at worst every 10 ms. */
#define SETTLED_US 50000
/* The same for file systems that know whole seconds only, FAT even ones. */
#define SETTLED_COARSE_US 2050000
/* How often a file may change while it is read into memory. */
#define READ_TRIES 3

/* "W/" and 16 hexadecimal digits in quotes. */
#define ETAG_TEXT 24

/* Room for the field lines beside the type, which may be long. */
#define BLOCK_ROOM 160

static int64_t
timespec_us(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000 + t->tv_nsec / 1000;
}

static bool
timespec_equal(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Of a directory it does not matter what is in it. */
static bool
same_file(const struct stat *a, const struct stat *b)
{
	if (a->st_dev != b->st_dev || a->st_ino != b->st_ino ||
	    a->st_mode != b->st_mode)
		return false;
	return S_ISDIR(a->st_mode) ||
	       (a->st_size == b->st_size &&
		   timespec_equal(&a->st_mtim, &b->st_mtim) &&
		   timespec_equal(&a->st_ctim, &b->st_ctim));
}

/*
 * Whether the last change was long enough before now, which is a time before
 * the stat.  It is in ctime, but for file systems that have none; an mtime
 * after now was set by hand.
 */
static bool
is_settled(const struct stat *st, int64_t now_us)
{
	int64_t changed = timespec_us(&st->st_ctim);
	int64_t modified = timespec_us(&st->st_mtim);
	bool coarse = st->st_mtim.tv_nsec == 0 && st->st_ctim.tv_nsec == 0;

	if (modified > changed && modified <= now_us)
		changed = modified;
	return now_us - changed > (coarse ? SETTLED_COARSE_US : SETTLED_US);
}

/*
 * The tag says what the file is without telling its inode: a hash with a
 * constant key, so that all workers and the next server say the same.  Two
 * versions with one tag would be mixed up, so it is strong only when it tells
 * of any change.
 */
static size_t
print_etag(const struct entry *e, bool settled, char *to)
{
	static const struct siphash_key key = { 0x44726f766572, 0x65746167 };
	const struct stat *st = &e->stat;
	unsigned parts = e->etag_parts;
	uint64_t what[5] = { 0 };

	if (parts == 0)
		return 0;
	if (parts & ETAG_INODE)
		what[0] = st->st_ino;
	if (parts & ETAG_SIZE)
		what[1] = (uint64_t)st->st_size;
	if (parts & ETAG_MTIME) {
		what[2] = (uint64_t)st->st_mtim.tv_sec;
		what[3] = (uint64_t)st->st_mtim.tv_nsec;
	}
	/* Its date is copied, and its size may be the same by chance. */
	what[4] = e->coding;
	return (size_t)snprintf(to, ETAG_TEXT, "%s\"%016" PRIx64 "\"",
	    settled && parts & ETAG_MTIME ? "" : "W/",
	    siphash13(&key, what, sizeof(what), false));
}

/* One line at the end of a block of *len bytes, if there is a value. */
static void
print_line(struct span block, size_t *len, const char *name, struct span value)
{
	char *to = (char *)block.ptr + *len;

	if (value.len > 0)
		*len += (size_t)snprintf(to, block.len - *len, "%s: %.*s\r\n",
		    name, SPAN_ARG(value));
}

/* The field lines of the file at to; returns their length. */
static size_t
print_block(const struct cached_file *file, char *to, size_t room)
{
	const struct span block = { to, room };
	char text[DATE_SIZE];
	size_t len = 0;

	print_line(block, &len, "Content-Type", file->content_type);
	print_line(block, &len, "Content-Length",
	    span_of(text, number_print(text, file->size)));
	date_print(file->validators.last_modified, text);
	print_line(block, &len, "Last-Modified", span_str(text));
	print_line(block, &len, "ETag", file->validators.etag);
	print_line(block, &len, "Accept-Ranges", span_str("bytes"));
	return len;
}

/* Puts a copy of text at *room, which moves behind it and a NUL. */
static struct span
place_text(char **room, struct span text)
{
	char *copy = *room;

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*room += text.len + 1;
	return span_of(copy, text.len);
}

/* Never later than now (RFC 9110, 8.8.2.1). */
static time_t
last_modified(const struct stat *st)
{
	time_t now = clock_real();

	return st->st_mtim.tv_sec < now ? st->st_mtim.tv_sec : now;
}

static void
describe_file(struct entry *e, bool settled, char **room, size_t block_room)
{
	struct cached_file *file = &e->file;

	file->size = (uint64_t)e->stat.st_size;
	file->validators.last_modified = last_modified(&e->stat);
	file->validators.etag = span_of(*room, print_etag(e, settled, *room));
	*room += ETAG_TEXT;
	file->block = span_of(*room, print_block(file, *room, block_room));
	*room += block_room;
}

/* The entry of what was found, without its descriptor; content_room bytes
 * for a body follow at *content_r. */
static struct entry *
entry_alloc(const struct file_key *key, const struct resolved *found,
    size_t content_room, char **content_r)
{
	bool file = S_ISREG(found->stat.st_mode);
	size_t block_room = key->content_type.len + BLOCK_ROOM;
	size_t size = sizeof(struct entry) + key->path.len + 1 +
		      key->content_type.len + 1 +
		      (file ? ETAG_TEXT + block_room : 0) + content_room;
	struct entry *e = calloc(1, size);
	bool settled = is_settled(&found->stat, clock_real_us());
	char *room;

	if (e == NULL)
		return NULL;
	room = (char *)(e + 1);
	e->users = 1;
	e->root_len = key->root.len;
	e->policy = found->through_link ? key->policy : NULL;
	e->etag_parts = key->etag_parts;
	e->coding = key->coding;
	e->beside = key->beside;
	e->stat = found->stat;
	e->checked_ms = e->resolved_ms = clock_now_ms();
	e->bytes = size;
	e->lasting = !file || (settled && found->stat.st_nlink > 0);
	list_node_init(&e->unused);
	e->path = place_text(&room, key->path);
	e->file.fd = -1;
	e->file.mode = found->stat.st_mode;
	e->file.modified = found->stat.st_mtim;
	e->file.validators.last_modified = -1;
	e->file.content_type = place_text(&room, key->content_type);
	if (file)
		describe_file(e, settled, &room, block_room);
	*content_r = room;
	return e;
}

/* All len bytes of the file; 0 if it has fewer, -1 with errno. */
static int
read_whole(int fd, char *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, to + done, len - done, (off_t)done);

		if (n == 0)
			return 0;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -1;
	}
	return 1;
}

/*
 * An entry with the bytes of a small file, if it stays as it is while they are
 * read; else found->stat is what it became, and NULL with EAGAIN.
 */
static struct entry *
entry_read(const struct file_key *key, struct resolved *found)
{
	struct stat before = found->stat;
	size_t size = (size_t)before.st_size;
	char *content;
	struct entry *e = entry_alloc(key, found, size, &content);
	int result;

	if (e == NULL)
		return NULL;
	result = read_whole(found->fd, content, size);
	if (result >= 0 && fstat(found->fd, &found->stat) != 0)
		result = -1;
	if (result == 1 && same_file(&before, &found->stat)) {
		e->file.content = span_of(content, size);
		return e;
	}
	free(e);
	if (result >= 0)
		errno = EAGAIN;
	return NULL;
}

/* An entry that has the file open. */
static struct entry *
entry_open(const struct file_key *key, struct resolved *found, bool changes)
{
	char *content;
	struct entry *e = entry_alloc(key, found, 0, &content);

	if (e == NULL)
		return NULL;
	e->file.fd = found->fd;
	found->fd = -1;
	if (changes)
		e->lasting = false;
	return e;
}

/* A file that changes all the time is served as far as it was announced. */
static struct entry *
entry_of_file(const struct file_key *key, struct resolved *found)
{
	for (unsigned tries = 0; tries < READ_TRIES; tries++) {
		struct entry *e;

		if (found->stat.st_size > CACHE_SMALL_MAX)
			return entry_open(key, found, false);
		e = entry_read(key, found);
		if (e != NULL || errno != EAGAIN)
			return e;
	}
	return entry_open(key, found, true);
}

struct entry *
entry_create(struct root_set *roots, const struct file_key *key)
{
	struct resolved found;
	struct entry *e;
	char *content;
	int saved;

	if (resolve_open(
		roots, key->root, key->path.ptr, key->policy, &found) != 0)
		return NULL;
	if (S_ISDIR(found.stat.st_mode))
		e = entry_alloc(key, &found, 0, &content);
	else
		e = entry_of_file(key, &found);
	saved = errno;
	if (found.fd >= 0)
		close(found.fd);
	errno = saved;
	return e;
}

void
entry_destroy(struct entry *e)
{
	if (e->file.fd >= 0)
		close(e->file.fd);
	free(e);
}

/* What the path leads to by the rules for links. */
static bool
resolves_to_same(const struct entry *e, struct root_set *roots)
{
	struct resolved found;

	/* Who was not asked about links would have to be asked now. */
	if (resolve_open(roots, span_of(e->path.ptr, e->root_len), e->path.ptr,
		e->policy == NULL ? &links_never : e->policy, &found) != 0)
		return false;
	close(found.fd);
	return same_file(&e->stat, &found.stat);
}

bool
entry_is_current(struct entry *e, struct root_set *roots, bool resolve)
{
	struct stat st;

	const struct root *root;

	if (resolve)
		return resolves_to_same(e, roots);
	root = root_set_find(roots, span_of(e->path.ptr, e->root_len));
	return root != NULL &&
	       fstatat(root->fd, root_below(root, e->path.ptr), &st, 0) == 0 &&
	       same_file(&e->stat, &st);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache, the files, the clock and the reading of its tests. */
#include "config.h"

#include "cache_fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tree.h"

struct root_set *roots;
struct cache *cache;
static const struct span type = SPAN("text/plain");

/* ---- the clock ---- */

int64_t now_ms, ahead_us;

int64_t
clock_now_ms(void)
{
	return now_ms;
}

int64_t
clock_real_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 + ahead_us;
}

time_t
clock_real(void)
{
	return (time_t)(clock_real_us() / 1000000);
}

/* ---- reading ---- */

void (*before_read)(void);

/* In the place of the C library's. */
ssize_t
pread(int fd, void *to, size_t len, off_t offset)
{
	if (before_read != NULL)
		before_read();
	return syscall(SYS_pread64, fd, to, len, offset);
}

/* ---- helpers ---- */

int
fixture_open(void **state)
{
	struct err err;

	(void)state;
	tree_make();
	tree_directory("www");
	tree_directory("www/dir");
	tree_file("www/file", "first");
	roots = root_set_create();
	assert_int_equal(
	    root_set_add(roots, span_str(tree_path("www")), &err), 0);
	cache = cache_create(roots, MAX_FILES, MAX_BYTES);
	assert_non_null(cache);
	now_ms = 1000;
	ahead_us = 10 * 1000000;
	return 0;
}

int
fixture_close(void **state)
{
	(void)state;
	cache_destroy(&cache);
	assert_null(cache);
	root_set_destroy(&roots);
	tree_remove();
	return 0;
}

struct file_key
key_of(const char *name)
{
	return (struct file_key){
		.root = span_str(tree_path("www")),
		.path = span_str(tree_path(name)),
		.content_type = type,
		.policy = &links_follow,
		.etag_parts = ETAG_INODE | ETAG_MTIME | ETAG_SIZE,
	};
}

struct cached_file *
get_under(const char *name, const struct link_policy *policy)
{
	struct file_key key = key_of(name);

	key.policy = policy;
	return cache_get(cache, &key);
}

struct cached_file *
get(const char *name)
{
	return get_under(name, &links_follow);
}

void
assert_content(const struct cached_file *file, const char *expected)
{
	assert_non_null(file);
	assert_int_equal(file->size, strlen(expected));
	assert_int_equal(file->content.len, strlen(expected));
	assert_memory_equal(file->content.ptr, expected, file->content.len);
}

void
assert_serves(const char *name, const char *expected)
{
	struct cached_file *file = get(name);

	assert_content(file, expected);
	cache_put(file);
}

unsigned
open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			count++;
	return count;
}

void
make_large(const char *name, char fill, size_t size)
{
	char *data = malloc(size);

	assert_non_null(data);
	memset(data, fill, size);
	tree_bytes(name, data, size);
	free(data);
}

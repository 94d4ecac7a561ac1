/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entity tags of files: which change of a file changes them, which are strong,
 * and that entries for different tags are kept apart.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache_fixture.h"
#include "tree.h"

#define TAG_SIZE 32

static void
read_tag(unsigned parts, char tag[TAG_SIZE])
{
	struct file_key key = key_of("www/file");
	struct cached_file *file;

	key.etag_parts = parts;
	now_ms += CACHE_CHECK_MS;
	file = cache_get(cache, &key);
	assert_non_null(file);
	assert_true(span_copy(file->validators.etag, tag, TAG_SIZE));
	cache_put(file);
}

static void
touch(time_t seconds, long nanoseconds)
{
	tree_date("www/file", seconds, nanoseconds);
}

static void
one_nanosecond(void)
{
	touch(784111777, 6);
}

static void
other_second(void)
{
	touch(784111778, 5);
}

static void
other_size(void)
{
	tree_file("www/file", "longer");
	touch(784111777, 5);
}

static void
other_inode(void)
{
	tree_file("www/new", "other");
	tree_date("www/new", 784111777, 5);
	tree_rename("www/new", "www/file");
}

static void
test_parts(void **state)
{
	enum {
		I = ETAG_INODE,
		M = ETAG_MTIME,
		S = ETAG_SIZE
	};
	static const struct {
		void (*change)(void);
		unsigned seen_by;
	} rows[] = {
		{ one_nanosecond, M },
		{ other_second, M },
		{ other_size, S },
		{ other_inode, I },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned parts = 1; parts <= (I | M | S); parts++) {
			char before[TAG_SIZE], after[TAG_SIZE];

			tree_file("www/file", "first");
			touch(784111777, 5);
			read_tag(parts, before);
			rows[i].change();
			read_tag(parts, after);
			assert_int_equal(before[0] == '"', (parts & M) != 0);
			assert_int_equal(strcmp(before, after) != 0,
			    (parts & rows[i].seen_by) != 0);
		}
}

static void
test_none(void **state)
{
	struct file_key key = key_of("www/file");
	struct cached_file *file;
	char block[300];

	(void)state;
	key.etag_parts = 0;
	file = cache_get(cache, &key);
	assert_int_equal(file->validators.etag.len, 0);
	assert_true(span_copy(file->block, block, sizeof(block)));
	assert_null(strstr(block, "ETag"));
	assert_non_null(strstr(block, "GMT\r\nAccept-Ranges: bytes\r\n"));
	cache_put(file);
}

/* Whoever asks for another tag does not get this one, nor spoil it. */
static void
test_entries(void **state)
{
	struct file_key key = key_of("www/file");
	struct cached_file *all, *some;

	(void)state;
	all = cache_get(cache, &key);
	key.etag_parts = ETAG_MTIME | ETAG_SIZE;
	some = cache_get(cache, &key);
	assert_ptr_not_equal(all, some);
	assert_false(span_equal(all->validators.etag, some->validators.etag));
	assert_ptr_equal(get("www/file"), all);
	cache_put(all);
	cache_put(all);
	cache_put(some);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(test_parts),
		CACHE_TEST(test_none),
		CACHE_TEST(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

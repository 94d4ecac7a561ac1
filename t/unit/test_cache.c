/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the file cache says of a file, and that it says so no longer once the
 * file changed: in every way between two requests.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cache_fixture.h"
#include "tree.h"

static const struct span type = SPAN("text/plain");

/* ---- what an entry says ---- */

static void
test_fields(void **state)
{
	struct cached_file *file;
	char expected[300];

	(void)state;
	tree_date("www/file", 784111777, 5);
	file = get("www/file");
	assert_content(file, "first");
	assert_true(S_ISREG(file->mode));
	assert_int_equal(file->fd, -1);
	assert_int_equal(file->validators.last_modified, 784111777);
	assert_int_equal(file->validators.etag.len, 18);
	assert_true(span_equal(file->content_type, type));
	snprintf(expected, sizeof(expected),
	    "Content-Type: text/plain\r\nContent-Length: 5\r\n"
	    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	    "ETag: %.*s\r\nAccept-Ranges: bytes\r\n",
	    SPAN_ARG(file->validators.etag));
	assert_true(span_is(file->block, expected));
	cache_put(file);
}

static void
test_no_type(void **state)
{
	struct file_key key = key_of("www/file");
	struct cached_file *file;

	(void)state;
	key.content_type = span_of(NULL, 0);
	file = cache_get(cache, &key);
	assert_content(file, "first");
	assert_true(span_starts(file->block, "Content-Length: 5\r\n"));
	cache_put(file);
}

/* The same path has an entry for each type. */
static void
test_types(void **state)
{
	struct file_key key = key_of("www/file");
	struct cached_file *one = get("www/file"), *two, *again;

	(void)state;
	key.content_type = span_str("text/html");
	two = cache_get(cache, &key);
	assert_ptr_not_equal(one, two);
	assert_true(span_starts(two->block, "Content-Type: text/html\r\n"));
	again = get("www/file");
	assert_ptr_equal(one, again);
	cache_put(one);
	cache_put(two);
	cache_put(again);
}

static void
test_sizes(void **state)
{
	static const struct {
		size_t size;
		bool in_memory;
	} rows[] = {
		{ 0, true },
		{ 1, true },
		{ CACHE_SMALL_MAX, true },
		{ CACHE_SMALL_MAX + 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cached_file *file;

		make_large("www/sized", 'x', rows[i].size);
		now_ms += CACHE_CHECK_MS;
		file = get("www/sized");
		assert_non_null(file);
		assert_int_equal(file->size, rows[i].size);
		assert_int_equal(file->fd < 0, rows[i].in_memory);
		assert_int_equal(
		    file->content.len, rows[i].in_memory ? rows[i].size : 0);
		cache_put(file);
	}
}

static void
test_directory(void **state)
{
	struct cached_file *file = get("www/dir");

	(void)state;
	assert_non_null(file);
	assert_true(S_ISDIR(file->mode));
	assert_int_equal(file->fd, -1);
	cache_put(file);
	/* What is put into it does not make it another. */
	tree_file("www/dir/new", "new");
	now_ms += CACHE_CHECK_MS;
	assert_ptr_equal(get("www/dir"), file);
	cache_put(file);
	file = get("www/dir/");
	assert_true(S_ISDIR(file->mode));
	cache_put(file);
	assert_null(get("www/file/"));
	assert_int_equal(errno, ENOTDIR);
}

static void
test_not_found_is_not_kept(void **state)
{
	(void)state;
	assert_null(get("www/later"));
	assert_int_equal(errno, ENOENT);
	tree_file("www/later", "later");
	assert_serves("www/later", "later");
}

/* ---- what may be believed ---- */

/* The entry of a hit is the same one, without a look at the machine. */
static void
test_hit(void **state)
{
	struct cached_file *file = get("www/file");

	(void)state;
	cache_put(file);
	tree_unlink("www/file");
	now_ms += CACHE_CHECK_MS - 1;
	assert_ptr_equal(get("www/file"), file);
	cache_put(file);
	now_ms++;
	assert_null(get("www/file"));
}

static void
rename_over(void)
{
	tree_file("www/new", "other");
	tree_rename("www/new", "www/file");
}

/* Same size, same time of modification: the inode tells. */
static void
rename_over_same_time(void)
{
	struct stat st;

	assert_int_equal(stat(tree_path("www/file"), &st), 0);
	tree_file("www/new", "other");
	tree_date("www/new", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	tree_rename("www/new", "www/file");
}

static void
rewrite(void)
{
	tree_file("www/file", "other");
}

/* In place, and with the old time put back: ctime tells. */
static void
rewrite_same_time(void)
{
	struct stat st;

	assert_int_equal(stat(tree_path("www/file"), &st), 0);
	tree_file("www/file", "other");
	tree_date("www/file", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void
truncate_file(void)
{
	tree_file("www/file", "");
}

static void
append(void)
{
	tree_file("www/file", "first and more");
}

static void
unlink_file(void)
{
	tree_unlink("www/file");
}

static void
become_directory(void)
{
	tree_unlink("www/file");
	tree_directory("www/file");
}

static void
test_changes(void **state)
{
	static const struct {
		void (*change)(void);
		const char *expected; /* NULL: no file */
	} rows[] = {
		{ rename_over, "other" },
		{ rename_over_same_time, "other" },
		{ rewrite, "other" },
		{ rewrite_same_time, "other" },
		{ truncate_file, "" },
		{ append, "first and more" },
		{ unlink_file, NULL },
		{ become_directory, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cached_file *before, *after;

		tree_file("www/file", "first");
		now_ms += CACHE_CHECK_MS;
		before = get("www/file");
		rows[i].change();
		now_ms += CACHE_CHECK_MS;
		after = get("www/file");
		assert_ptr_not_equal(before, after);
		/* Who has it still has what was announced. */
		assert_content(before, "first");
		if (rows[i].expected != NULL) {
			assert_content(after, rows[i].expected);
			assert_false(span_equal(before->validators.etag,
					 after->validators.etag) &&
				     rows[i].change != rewrite_same_time);
		}
		cache_put(before);
		if (after != NULL)
			cache_put(after);
	}
}

static void
test_link_switched(void **state)
{
	(void)state;
	tree_file("www/one", "one");
	tree_file("www/two", "two");
	tree_link("www/link", "one");
	assert_serves("www/link", "one");
	tree_link("www/link", "two");
	assert_serves("www/link", "one");
	now_ms += CACHE_CHECK_MS;
	assert_serves("www/link", "two");
}

static void
test_directory_switched(void **state)
{
	(void)state;
	tree_directory("www/v1");
	tree_directory("www/v2");
	tree_file("www/v1/file", "version 1");
	tree_file("www/v2/file", "version 2");
	tree_link("www/current", "v1");
	assert_serves("www/current/file", "version 1");
	tree_link("www/current", "v2");
	now_ms += CACHE_CHECK_MS;
	assert_serves("www/current/file", "version 2");
}

/*
 * A file that was found through a link is there only for the policy that was
 * asked; one without a link on the way for all.
 */
static void
test_policies(void **state)
{
	struct cached_file *file, *plain;

	(void)state;
	tree_link("www/link", "file");
	file = get("www/link");
	assert_content(file, "first");
	assert_null(get_under("www/link", &links_never));
	assert_int_equal(errno, ELOOP);
	assert_ptr_equal(get("www/link"), file);
	cache_put(file);
	cache_put(file);
	plain = get("www/file");
	assert_ptr_equal(get_under("www/file", &links_never), plain);
	cache_put(plain);
	cache_put(plain);
}

/*
 * A directory moves away and a link to it takes its place.  A stat sees the
 * same file; the rule is asked after CACHE_RESOLVE_MS at the latest.
 */
static void
test_becomes_link(void **state)
{
	(void)state;
	tree_file("www/dir/file", "file");
	cache_put(get_under("www/dir/file", &links_never));
	tree_rename("www/dir", "www/moved");
	tree_link("www/dir", "moved");
	now_ms += CACHE_CHECK_MS;
	cache_put(get_under("www/dir/file", &links_never));
	now_ms += CACHE_RESOLVE_MS;
	assert_null(get_under("www/dir/file", &links_never));
	assert_int_equal(errno, ELOOP);
	assert_serves("www/dir/file", "file");
}

static void
test_owner_changes(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	tree_link("www/link", "file");
	cache_put(get_under("www/link", &links_owner_match));
	assert_int_equal(lchown(tree_path("www/link"), 12345, 12345), 0);
	now_ms += CACHE_RESOLVE_MS;
	assert_null(get_under("www/link", &links_owner_match));
	assert_int_equal(errno, EACCES);
}

/* Within a tick of the file system's clock two versions look the same. */
static void
test_just_changed(void **state)
{
	struct cached_file *file;

	(void)state;
	/* A test that gets no processor for a while is not to see it pass. */
	ahead_us = -10 * 1000000;
	for (unsigned i = 0; i < 100; i++) {
		tree_file("www/file", "aaaaa");
		file = get("www/file");
		assert_content(file, "aaaaa");
		assert_true(span_starts(file->validators.etag, "W/\""));
		cache_put(file);
		tree_file("www/file", "bbbbb");
		assert_serves("www/file", "bbbbb");
	}
	/* A moment later it is kept, and the tag is a strong one. */
	ahead_us = 100 * 1000;
	file = get("www/file");
	assert_true(span_starts(file->validators.etag, "\""));
	cache_put(file);
	assert_ptr_equal(get("www/file"), file);
	cache_put(file);
}

static void
test_future_date(void **state)
{
	struct cached_file *file;
	time_t now;

	(void)state;
	tree_date("www/file", 4000000000, 0);
	file = get("www/file");
	now = clock_real();
	assert_true(file->validators.last_modified <= now);
	assert_true(file->validators.last_modified >= now - 1);
	assert_true(span_starts(file->validators.etag, "\""));
	cache_put(file);
	assert_ptr_equal(get("www/file"), file);
	cache_put(file);
}

/* The same entity tag in every process, and none for another file. */
static void
test_etag_is_stable(void **state)
{
	struct cached_file *file = get("www/file");
	char before[64], after[64];

	(void)state;
	span_copy(file->validators.etag, before, sizeof(before));
	cache_put(file);
	cache_destroy(&cache);
	cache = cache_create(roots, MAX_FILES, MAX_BYTES);
	file = get("www/file");
	span_copy(file->validators.etag, after, sizeof(after));
	cache_put(file);
	assert_string_equal(before, after);
}

static void
change_once(void)
{
	before_read = NULL;
	tree_file("www/file", "changed");
}

static void
change_always(void)
{
	static unsigned version;
	char content[32];

	snprintf(content, sizeof(content), "version %u", ++version);
	tree_file("www/file", content);
}

static void
shrink_always(void)
{
	tree_file("www/file", "");
	tree_file("www/file", "first");
	assert_int_equal(truncate(tree_path("www/file"), 2), 0);
}

/* What is in memory was there at one time, whole. */
static void
test_changes_while_read(void **state)
{
	struct cached_file *file;

	(void)state;
	before_read = change_once;
	assert_serves("www/file", "changed");
	before_read = change_always;
	now_ms += CACHE_CHECK_MS;
	tree_file("www/file", "another");
	file = get("www/file");
	before_read = NULL;
	assert_non_null(file);
	assert_true(file->fd >= 0);
	assert_int_equal(file->content.len, 0);
	cache_put(file);
	/* It was not kept. */
	assert_serves("www/file", "version 3");
	before_read = shrink_always;
	now_ms += CACHE_CHECK_MS;
	tree_file("www/file", "again");
	file = get("www/file");
	before_read = NULL;
	assert_non_null(file);
	assert_true(file->fd >= 0);
	cache_put(file);
	assert_serves("www/file", "fi");
}

/* Nothing changed: the whole look-up finds the same entry right. */
static void
test_resolved_anew(void **state)
{
	struct cached_file *file = get("www/file"), *link;

	(void)state;
	tree_link("www/link", "file");
	link = get("www/link");
	for (unsigned i = 0; i < 3; i++) {
		now_ms += CACHE_RESOLVE_MS;
		assert_ptr_equal(get("www/file"), file);
		assert_ptr_equal(get("www/link"), link);
		cache_put(file);
		cache_put(link);
	}
	cache_put(file);
	cache_put(link);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(test_fields),
		CACHE_TEST(test_no_type),
		CACHE_TEST(test_types),
		CACHE_TEST(test_sizes),
		CACHE_TEST(test_directory),
		CACHE_TEST(test_not_found_is_not_kept),
		CACHE_TEST(test_hit),
		CACHE_TEST(test_changes),
		CACHE_TEST(test_changes_while_read),
		CACHE_TEST(test_resolved_anew),
		CACHE_TEST(test_link_switched),
		CACHE_TEST(test_directory_switched),
		CACHE_TEST(test_policies),
		CACHE_TEST(test_becomes_link),
		CACHE_TEST(test_owner_changes),
		CACHE_TEST(test_just_changed),
		CACHE_TEST(test_future_date),
		CACHE_TEST(test_etag_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

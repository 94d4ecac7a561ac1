/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the file cache knows of files that stand beside another in a content
 * coding, and how soon.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cache_fixture.h"
#include "tree.h"

#define THEN 784111777

enum {
	Z = 1 << CODING_ZSTD,
	B = 1 << CODING_BR,
	G = 1 << CODING_GZIP
};

static struct cached_file *
get_beside(const char *name, const struct link_policy *policy)
{
	struct file_key key = key_of(name);

	key.policy = policy;
	key.beside = true;
	return cache_get(cache, &key);
}

static unsigned
there_under(const char *name, const struct link_policy *policy)
{
	struct cached_file *file = get_beside(name, policy);
	unsigned there;

	assert_non_null(file);
	there = file->siblings.there;
	cache_put(file);
	return there;
}

static unsigned
there(const char *name)
{
	return there_under(name, &links_follow);
}

static void
later(void)
{
	now_ms += CACHE_RESOLVE_MS;
}

static void
test_found(void **state)
{
	struct cached_file *file;

	(void)state;
	assert_int_equal(there("www/file"), 0);
	tree_file("www/file.zst", "a");
	tree_file("www/file.br", "ab");
	tree_file("www/file.gz", "abc");
	later();
	file = get_beside("www/file", &links_follow);
	assert_int_equal(file->siblings.there, Z | B | G);
	assert_int_equal(file->siblings.size[CODING_ZSTD], 1);
	assert_int_equal(file->siblings.size[CODING_BR], 2);
	assert_int_equal(file->siblings.size[CODING_GZIP], 3);
	cache_put(file);
}

/* Who did not ask for them does not pay for them. */
static void
test_not_asked_for(void **state)
{
	struct cached_file *file;

	(void)state;
	tree_file("www/file.gz", "gz");
	file = get("www/file");
	assert_int_equal(file->siblings.there, 0);
	assert_int_equal(there("www/file"), G);
	assert_int_equal(file->siblings.there, 0);
	cache_put(file);
}

static void
test_no_siblings(void **state)
{
	(void)state;
	tree_file("www/a.gz", "a");
	tree_file("www/a.gz.gz", "a");
	tree_file("www/B.BR", "a");
	tree_file("www/B.BR.gz", "a");
	tree_directory("www/file.gz");
	tree_directory("www/dir.gz");
	tree_file("www/file.gzip", "a");
	tree_file("www/file.brx", "a");
	assert_int_equal(there("www/file"), 0);
	assert_int_equal(there("www/a.gz"), 0);
	assert_int_equal(there("www/B.BR"), 0);
	assert_int_equal(there("www/dir"), 0);
}

static void
test_dates(void **state)
{
	static const struct {
		long file_ns, sibling_s, sibling_ns;
		bool believed;
	} rows[] = {
		{ 5, 0, 5, true },
		{ 5, 0, 6, true },
		{ 5, 1, 0, true },
		{ 5, 0, 4, false },
		{ 5, -1, 999999999, false },
		{ 123456789, 0, 123456789, true },
		{ 123456789, 0, 123456788, false },
		/* A date that was cut where it was copied. */
		{ 123456789, 0, 0, true },
		{ 123456789, 0, 123456000, true },
		{ 123456789, 0, 123455000, false },
		{ 123456789, 0, 1000, false },
		{ 123456789, -1, 0, false },
		{ 0, 0, 0, true },
	};

	(void)state;
	tree_file("www/file.gz", "gz");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_date("www/file", THEN, rows[i].file_ns);
		tree_date("www/file.gz", THEN + rows[i].sibling_s,
		    rows[i].sibling_ns);
		later();
		if (there("www/file") != (rows[i].believed ? G : 0U))
			fail_msg("row %zu", i);
	}
}

/* They are looked for now and then, not with each request. */
static void
test_how_soon(void **state)
{
	struct cached_file *file = get_beside("www/file", &links_follow);

	(void)state;
	tree_file("www/file.gz", "gz");
	now_ms += CACHE_RESOLVE_MS - 1;
	assert_int_equal(there("www/file"), 0);
	now_ms += CACHE_CHECK_MS;
	assert_int_equal(there("www/file"), G);
	/* It is the same entry, which need not be made anew. */
	assert_int_equal(file->siblings.there, G);
	tree_unlink("www/file.gz");
	tree_file("www/file.br", "br");
	assert_int_equal(there("www/file"), G);
	later();
	assert_int_equal(there("www/file"), B);
	cache_put(file);
}

/* A file that changed is looked at anew, with its siblings. */
static void
test_file_changes(void **state)
{
	(void)state;
	tree_file("www/file.gz", "gz");
	tree_date("www/file", THEN, 0);
	tree_date("www/file.gz", THEN, 0);
	assert_int_equal(there("www/file"), G);
	tree_file("www/file", "other");
	now_ms += CACHE_CHECK_MS;
	assert_int_equal(there("www/file"), 0);
}

/* A link is a sibling for those who may follow it, and for no other, whoever
 * asks first. */
static void
test_links(void **state)
{
	const struct link_policy follow = links_follow, never = links_never;

	(void)state;
	tree_file("www/other.gz", "gz");
	tree_link("www/file.gz", "other.gz");
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(there_under("www/file", &never), 0);
		assert_int_equal(there_under("www/file", &follow), G);
		now_ms += i % 2 == 0 ? CACHE_CHECK_MS : CACHE_RESOLVE_MS;
	}
	tree_unlink("www/other.gz");
	later();
	assert_int_equal(there_under("www/file", &follow), 0);
}

static void
test_unreadable(void **state)
{
	(void)state;
	tree_file("www/file.gz", "gz");
	assert_int_equal(chmod(tree_path("www/file.gz"), 0), 0);
	assert_int_equal(there("www/file"),
	    access(tree_path("www/file.gz"), R_OK) == 0 ? G : 0);
}

/* A sibling has an entry and a tag of its own, as each other coding has. */
static void
test_tags(void **state)
{
	struct file_key key = key_of("www/file");
	struct cached_file *files[CODING_COUNT];

	(void)state;
	key.etag_parts = ETAG_MTIME | ETAG_SIZE;
	for (unsigned i = 0; i < CODING_COUNT; i++) {
		key.coding = (enum coding)i;
		files[i] = cache_get(cache, &key);
		assert_non_null(files[i]);
		for (unsigned j = 0; j < i; j++) {
			assert_ptr_not_equal(files[i], files[j]);
			assert_false(span_equal(files[i]->validators.etag,
			    files[j]->validators.etag));
		}
	}
	for (unsigned i = 0; i < CODING_COUNT; i++)
		cache_put(files[i]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(test_found),
		CACHE_TEST(test_not_asked_for),
		CACHE_TEST(test_no_siblings),
		CACHE_TEST(test_dates),
		CACHE_TEST(test_how_soon),
		CACHE_TEST(test_file_changes),
		CACHE_TEST(test_links),
		CACHE_TEST(test_unreadable),
		CACHE_TEST(test_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

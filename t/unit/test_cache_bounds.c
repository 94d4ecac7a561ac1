/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much the file cache holds and for how long, and the bodies over its
 * files.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "cache_fixture.h"
#include "tree.h"

/* ---- bounds ---- */

static const char *
numbered(unsigned i)
{
	static char name[32];

	snprintf(name, sizeof(name), "www/%u", i);
	return name;
}

static void
test_bound_of_files(void **state)
{
	unsigned base = open_descriptors();

	(void)state;
	for (unsigned i = 0; i < 3 * MAX_FILES; i++) {
		make_large(numbered(i), 'x', CACHE_SMALL_MAX + 1);
		cache_put(get(numbered(i)));
	}
	assert_int_equal(open_descriptors(), base + MAX_FILES);
	/* The last ones are there, the first are not. */
	tree_unlink(numbered(3 * MAX_FILES - 1));
	cache_put(get(numbered(3 * MAX_FILES - 1)));
	tree_unlink(numbered(0));
	assert_null(get(numbered(0)));
}

static void
test_all_in_use(void **state)
{
	struct cached_file *files[MAX_FILES + 2];
	unsigned base = open_descriptors();

	(void)state;
	for (unsigned i = 0; i < MAX_FILES + 2; i++) {
		make_large(numbered(i), 'x', CACHE_SMALL_MAX + 1);
		files[i] = get(numbered(i));
		assert_non_null(files[i]);
	}
	for (unsigned i = 0; i < MAX_FILES + 2; i++)
		cache_put(files[i]);
	assert_int_equal(open_descriptors(), base + MAX_FILES);
}

static void
test_bound_of_bytes(void **state)
{
	struct cached_file *first, *last;

	(void)state;
	for (unsigned i = 0; i < MAX_FILES; i++) {
		make_large(numbered(i), 'x', CACHE_SMALL_MAX);
		cache_put(get(numbered(i)));
	}
	/* Eight of 32 KiB and what belongs to them are more than 256 KiB. */
	tree_unlink(numbered(0));
	assert_null(get(numbered(0)));
	first = get(numbered(2));
	last = get(numbered(7));
	assert_non_null(first);
	assert_non_null(last);
	cache_put(first);
	cache_put(last);
}

static void
test_unused_are_closed(void **state)
{
	unsigned base = open_descriptors();
	struct cached_file *used;

	(void)state;
	make_large("www/used", 'x', CACHE_SMALL_MAX + 1);
	make_large("www/unused", 'x', CACHE_SMALL_MAX + 1);
	used = get("www/used");
	cache_put(get("www/unused"));
	now_ms += CACHE_UNUSED_MS - 1;
	cache_tick(cache);
	assert_int_equal(open_descriptors(), base + 2);
	now_ms++;
	cache_tick(cache);
	assert_int_equal(open_descriptors(), base + 1);
	cache_put(used);
	now_ms += CACHE_UNUSED_MS;
	cache_tick(cache);
	assert_int_equal(open_descriptors(), base);
}

static void
test_give_back(void **state)
{
	unsigned base = open_descriptors();
	struct cached_file *used, *small = get("www/file");

	(void)state;
	cache_put(small);
	make_large("www/used", 'x', CACHE_SMALL_MAX + 1);
	make_large("www/unused", 'x', CACHE_SMALL_MAX + 1);
	used = get("www/used");
	cache_put(get("www/unused"));
	assert_int_equal(cache_give_back(cache), 1);
	assert_int_equal(open_descriptors(), base + 1);
	assert_int_equal(cache_give_back(cache), 0);
	assert_ptr_equal(get("www/file"), small);
	cache_put(small);
	cache_put(used);
}

/* Out of descriptors: what is unused makes room, what is used does not. */
static void
test_descriptors_run_out(void **state)
{
	struct rlimit before, limit;
	struct cached_file *two, *missing;
	int fds[1024], count = 0, missing_errno;

	(void)state;
	make_large("www/one", 'x', CACHE_SMALL_MAX + 1);
	make_large("www/two", 'x', CACHE_SMALL_MAX + 1);
	make_large("www/three", 'x', CACHE_SMALL_MAX + 1);
	cache_put(get("www/one"));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	limit.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (count < 1024 && (fds[count] = dup(1)) >= 0)
		count++;
	two = get("www/two");
	missing = get("www/three");
	missing_errno = errno;
	while (count > 0)
		close(fds[--count]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_non_null(two);
	cache_put(two);
	assert_null(missing);
	assert_int_equal(missing_errno, EMFILE);
}

/* ---- bodies ---- */

static void
pull(struct body *body, size_t max, size_t *length, uint64_t *sum)
{
	enum body_result result;
	struct span data;

	*length = 0;
	*sum = 0;
	while ((result = body->ops->next(body, max, &data)) == BODY_DATA) {
		assert_true(data.len > 0 && data.len <= max);
		for (size_t i = 0; i < data.len; i++)
			*sum += (unsigned char)data.ptr[i];
		*length += data.len;
	}
	assert_int_equal(result, BODY_END);
}

static void
test_body_in_memory(void **state)
{
	struct cached_file *file = get("www/file");
	struct body body;
	size_t length;
	uint64_t sum;

	(void)state;
	cache_body(file, &body, 1, 3);
	assert_int_equal(body.length, 3);
	assert_int_equal(body.file.fd, -1);
	assert_true(span_is(body.memory, "irs"));
	/* The body holds the file, whatever the cache does with it. */
	cache_destroy(&cache);
	cache = cache_create(roots, MAX_FILES, MAX_BYTES);
	pull(&body, 2, &length, &sum);
	assert_int_equal(length, 3);
	assert_int_equal(sum, 'i' + 'r' + 's');
	assert_int_equal(body.length, 0);
	body_close(&body);
	assert_null(body.ops);
}

static void
test_body_of_file(void **state)
{
	unsigned base = open_descriptors();
	struct body body;
	size_t length;
	uint64_t sum;

	(void)state;
	make_large("www/large", 'x', 200000);
	cache_body(get("www/large"), &body, 100, 150000);
	assert_int_equal(body.length, 150000);
	assert_true(body.file.fd >= 0);
	assert_int_equal(body.file.offset, 100);
	assert_int_equal(body.file.left, 150000);
	/* It grows and is replaced meanwhile: served as it was. */
	make_large("www/new", 'y', 300000);
	tree_rename("www/new", "www/large");
	pull(&body, 70000, &length, &sum);
	assert_int_equal(length, 150000);
	assert_int_equal(sum, 150000 * (uint64_t)'x');
	body_close(&body);
	now_ms += CACHE_UNUSED_MS;
	cache_tick(cache);
	assert_int_equal(open_descriptors(), base);
}

static void
test_body_shrinks(void **state)
{
	struct body body;
	struct span data;

	(void)state;
	make_large("www/large", 'x', 100000);
	cache_body(get("www/large"), &body, 0, 100000);
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_DATA);
	assert_int_equal(truncate(tree_path("www/large"), 1500), 0);
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_DATA);
	assert_int_equal(data.len, 500);
	assert_int_equal(body.ops->next(&body, 1000, &data), BODY_ERROR);
	body_close(&body);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(test_bound_of_files),
		CACHE_TEST(test_all_in_use),
		CACHE_TEST(test_bound_of_bytes),
		CACHE_TEST(test_unused_are_closed),
		CACHE_TEST(test_give_back),
		CACHE_TEST(test_descriptors_run_out),
		CACHE_TEST(test_body_in_memory),
		CACHE_TEST(test_body_of_file),
		CACHE_TEST(test_body_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

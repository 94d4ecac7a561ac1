/* SPDX-License-Identifier: BSD-2-Clause */
/* base/arena: alignment, bounds, the caller's first block. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/poison.h"

static bool
aligned(const void *at)
{
	return (uintptr_t)at % alignof(max_align_t) == 0;
}

/* Many sizes: no two overlap and each is aligned. */
static void
test_many(void **state)
{
	struct {
		unsigned char *at;
		size_t size;
	} pieces[600];
	struct arena a;
	size_t i, k;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	for (i = 0; i < 600; i++) {
		pieces[i].size = i * i % 1777;
		pieces[i].at = arena_alloc(&a, pieces[i].size);
		assert_non_null(pieces[i].at);
		assert_true(aligned(pieces[i].at));
		memset(pieces[i].at, (int)(i % 251), pieces[i].size);
	}
	for (i = 0; i < 600; i++)
		for (k = 0; k < pieces[i].size; k++)
			assert_int_equal(pieces[i].at[k], i % 251);
	arena_release(&a);
	assert_int_equal(a.used, 0);
}

static void
test_first_block(void **state)
{
	alignas(max_align_t) char first[256];
	struct arena a;
	char *at;
	int i;

	(void)state;
	arena_init(&a, first, sizeof(first), 0);
	for (i = 0; i < 2; i++) {
		at = arena_alloc(&a, 100);
		assert_ptr_equal(at, first);
		at = arena_alloc(&a, 100);
		assert_in_range(at - first, 100, 156 - POISON_GAP);
		assert_int_equal(a.used, 0);
		/* The rest is too short. */
		at = arena_alloc(&a, 100);
		assert_non_null(at);
		assert_true(at < first || at >= first + sizeof(first));
		assert_true(a.used > 0);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_release(&a);
}

static void
test_odd_first_block(void **state)
{
	alignas(max_align_t) char first[256];
	struct arena a;
	size_t skip, size;

	(void)state;
	for (skip = 0; skip < 20; skip++) {
		for (size = 0; size < 40; size++) {
			char *at;

			arena_init(&a, first + skip, size, 0);
			at = arena_alloc(&a, 8);
			assert_non_null(at);
			assert_true(aligned(at));
			assert_true(
			    a.used > 0 || (at >= first + skip &&
					      at + 8 <= first + skip + size));
			arena_release(&a);
		}
	}
}

/* A large piece does not waste the rest of the current block. */
static void
test_large(void **state)
{
	struct arena a;
	char *before = NULL, *large, *after;
	int i;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	/* What is left of the block is too short for the first large one. */
	for (i = 0; i < 3; i++)
		before = arena_alloc(&a, 900);
	large = arena_alloc(&a, 2000);
	memset(large, 'x', 2000);
	large = arena_alloc(&a, 1000000);
	memset(large, 'x', 1000000);
	after = arena_alloc(&a, 16);
	assert_in_range(after - before, 900, 900 + 2 * POISON_GAP + 16);
	arena_release(&a);
}

static void
test_bound(void **state)
{
	struct arena a;
	size_t total = 0, max = 10000;

	(void)state;
	arena_init(&a, NULL, 0, max);
	assert_null(arena_alloc(&a, max));
	assert_int_equal(a.used, 0);
	while (arena_alloc(&a, 200) != NULL) {
		total += 200;
		assert_true(a.used <= max);
	}
	/* Nearly all of it was handed out. */
	assert_in_range(total, max * 8 / 10, max);
	assert_null(arena_alloc(&a, 200));
	assert_null(arena_printf(&a, "%250d", 1));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 5000));
	arena_release(&a);
}

static void
test_overflow(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 15));
	assert_null(arena_alloc(&a, SIZE_MAX / 2 + 1));
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 3));
	assert_null(arena_calloc(&a, 3, SIZE_MAX / 2));
	assert_null(arena_strndup(&a, "", SIZE_MAX));
	assert_null(a.blocks);
	arena_release(&a);
}

static void
test_zero(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	assert_non_null(arena_alloc(&a, 0));
	assert_ptr_not_equal(arena_alloc(&a, 0), arena_alloc(&a, 0));
	assert_non_null(arena_calloc(&a, 0, 8));
	arena_release(&a);
}

static void
test_cleared(void **state)
{
	static const char zeros[600];
	struct arena a;
	int i;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	for (i = 0; i < 100; i++) {
		void *at = arena_calloc(&a, 60, 10);

		assert_memory_equal(at, zeros, 600);
		memset(at, 0xff, 600);
	}
	arena_release(&a);
}

static void
test_text(void **state)
{
	struct arena a;
	struct span s;
	char *long_text;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	assert_string_equal(arena_strdup(&a, "abc"), "abc");
	assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	s = arena_span(&a, span_of("x\0y", 3));
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.ptr, "x\0y", 4);
	s = arena_span(&a, span_of(NULL, 0));
	assert_non_null(s.ptr);
	assert_int_equal(s.len, 0);
	assert_string_equal(arena_printf(&a, "%d-%s", 5, "x"), "5-x");
	long_text = arena_printf(&a, "%9000d", 1);
	assert_int_equal(strlen(long_text), 9000);
	arena_release(&a);

	arena_init(&a, NULL, 0, 64);
	assert_null(arena_printf(&a, "%900d", 1));
	s = arena_span(&a, span_of(long_text = (char[100]){ 0 }, 100));
	assert_null(s.ptr);
	assert_int_equal(s.len, 0);
	arena_release(&a);
}

static void
test_append(void **state)
{
	int *list = NULL, pair[2];
	struct arena a;

	(void)state;
	arena_init(&a, NULL, 0, 0);
	for (int i = 0; i < 100000; i += 2) {
		pair[0] = i;
		pair[1] = i + 1;
		list = arena_append(&a, list, (size_t)i, pair, i % 4 ? 2 : 1,
		    sizeof(*list));
		assert_non_null(list);
		if (i % 4 == 0)
			list = arena_append(&a, list, (size_t)i + 1, pair + 1,
			    1, sizeof(*list));
	}
	for (int i = 0; i < 100000; i++)
		assert_int_equal(list[i], i);
	/* All the arrays on the way together are less than twice the last. */
	assert_in_range(a.used, 100000 * sizeof(int), 600000 * sizeof(int));
	assert_ptr_equal(
	    arena_append(&a, list, 100000, NULL, 0, sizeof(*list)), list);
	assert_null(arena_append(&a, list, 100000, pair, SIZE_MAX / 2, 4));
	assert_null(arena_append(&a, list, 8, pair, SIZE_MAX / 4, 400));
	arena_release(&a);
}

/* A sanitizer sees every byte that was not asked for. */
static void
test_poison(void **state)
{
#ifdef POISON_WORKS
	alignas(max_align_t) char first[128];
	struct arena a;
	size_t size;

	(void)state;
	for (size = 1; size < 40; size++) {
		char *at;

		arena_init(&a, first, sizeof(first), 0);
		assert_true(__asan_address_is_poisoned(first));
		at = arena_alloc(&a, size);
		assert_null(__asan_region_is_poisoned(at, size));
		assert_non_null(arena_alloc(&a, 1));
		assert_true(__asan_address_is_poisoned(at + size));
		arena_reset(&a);
		assert_true(__asan_address_is_poisoned(at));
		arena_release(&a);
		assert_null(__asan_region_is_poisoned(first, sizeof(first)));
		arena_init(&a, NULL, 0, 0);
		at = arena_alloc(&a, size);
		assert_null(__asan_region_is_poisoned(at, size));
		assert_true(__asan_address_is_poisoned(at + size));
		arena_release(&a);
	}
#else
	(void)state;
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_first_block),
		cmocka_unit_test(test_odd_first_block),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_cleared),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_poison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

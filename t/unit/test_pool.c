/* SPDX-License-Identifier: BSD-2-Clause */
/* base/pool: places that differ, that are used again, and slabs that go. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/pool.h"

#define SIZE 300
#define MANY 2000

static struct pool pool;
static unsigned char *objects[MANY];

static int
begin(void **state)
{
	(void)state;
	pool_init(&pool, SIZE);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	pool_release(&pool);
	assert_int_equal(pool.slabs, 0);
	assert_int_equal(pool.spare, 0);
	return 0;
}

static void
take(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		objects[i] = pool_take(&pool);
		assert_non_null(objects[i]);
		assert_int_equal(
		    (uintptr_t)objects[i] % _Alignof(max_align_t), 0);
		memset(objects[i], (int)(i & 0xff), SIZE);
	}
}

static void
give(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		/* Nobody else wrote there. */
		for (unsigned j = 0; j < SIZE; j++)
			assert_int_equal(objects[i][j], i & 0xff);
		pool_give(&pool, objects[i]);
	}
}

static void
test_many(void **state)
{
	unsigned slabs;

	(void)state;
	take(0, MANY);
	slabs = pool.slabs;
	assert_in_range(slabs, MANY / pool.a_slab, MANY / pool.a_slab + 1);
	assert_int_equal(pool.spare, slabs * pool.a_slab - MANY);
	/* What comes and goes in the middle takes nothing anew. */
	give(100, 1000);
	take(100, 1000);
	assert_int_equal(pool.slabs, slabs);
	give(0, MANY);
	assert_int_equal(pool.slabs, 1);
}

static void
test_last_one_first(void **state)
{
	void *last;

	(void)state;
	take(0, 10);
	last = objects[5];
	give(5, 6);
	take(5, 6);
	assert_ptr_equal(objects[5], last);
	give(0, 10);
}

/* One object keeps its slab, whatever becomes of the others. */
static void
test_one_stays(void **state)
{
	(void)state;
	take(0, MANY);
	give(0, 700);
	give(701, MANY);
	assert_in_range(pool.slabs, 1, 2);
	give(700, 701);
	assert_int_equal(pool.slabs, 1);
}

/* At the end of a slab, one that comes and goes maps and unmaps nothing. */
static void
test_on_the_edge(void **state)
{
	unsigned full = pool.a_slab, slabs;

	(void)state;
	take(0, full + 1);
	slabs = pool.slabs;
	assert_int_equal(slabs, 2);
	for (unsigned i = 0; i < 10; i++) {
		give(full - 5, full + 1);
		assert_int_equal(pool.slabs, slabs);
		take(full - 5, full + 1);
		assert_int_equal(pool.slabs, slabs);
	}
	give(0, full + 1);
}

static void
test_no_memory(void **state)
{
	struct rlimit limit, none;

	(void)state;
	take(0, pool.a_slab);
	getrlimit(RLIMIT_AS, &limit);
	none = (struct rlimit){ 4096, limit.rlim_max };
	if (setrlimit(RLIMIT_AS, &none) != 0)
		skip();
	assert_null(pool_take(&pool));
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	take(pool.a_slab, pool.a_slab + 1);
	give(0, pool.a_slab + 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_many),
		TEST(test_last_one_first),
		TEST(test_one_stays),
		TEST(test_on_the_edge),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

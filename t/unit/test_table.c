/* SPDX-License-Identifier: BSD-2-Clause */
/* base/table: against a plain array, through growth and tombstones. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/table.h"

static void
test_basic(void **state)
{
	struct table t;
	size_t position = 0;
	int a = 1, b = 2;

	(void)state;
	table_init(&t, false);
	assert_null(table_get(&t, span_str("x")));
	assert_null(table_remove(&t, span_str("x")));
	assert_null(table_next(&t, &position));
	assert_int_equal(table_put(&t, span_str("x"), &a), 0);
	assert_ptr_equal(table_get(&t, span_str("x")), &a);
	assert_null(table_get(&t, span_str("X")));
	assert_null(table_get(&t, span_str("xy")));
	assert_int_equal(table_put(&t, span_str("x"), &b), 0);
	assert_ptr_equal(table_get(&t, span_str("x")), &b);
	assert_int_equal(t.count, 1);
	assert_ptr_equal(table_remove(&t, span_str("x")), &b);
	assert_null(table_get(&t, span_str("x")));
	assert_int_equal(t.count, 0);
	table_release(&t);
	assert_null(table_get(&t, span_str("x")));
	table_release(&t);
}

/* Keys are bytes: empty, with NUL, with a NULL pointer. */
static void
test_odd_keys(void **state)
{
	struct table t;
	int a, b;

	(void)state;
	table_init(&t, false);
	assert_int_equal(table_put(&t, span_of(NULL, 0), &a), 0);
	assert_ptr_equal(table_get(&t, span_str("")), &a);
	assert_int_equal(table_put(&t, span_of("a\0b", 3), &b), 0);
	assert_null(table_get(&t, span_str("a")));
	assert_ptr_equal(table_get(&t, span_of("a\0b", 3)), &b);
	assert_ptr_equal(table_remove(&t, span_of(NULL, 0)), &a);
	assert_null(table_get(&t, span_of(NULL, 0)));
	table_release(&t);
}

static void
test_nocase(void **state)
{
	struct table t;
	int a, b;

	(void)state;
	table_init(&t, true);
	assert_int_equal(table_put(&t, span_str("Content-Type"), &a), 0);
	assert_ptr_equal(table_get(&t, span_str("cONTENT-tYPE")), &a);
	assert_int_equal(table_put(&t, span_str("CONTENT-TYPE"), &b), 0);
	assert_int_equal(t.count, 1);
	assert_null(table_get(&t, span_str("content_type")));
	assert_ptr_equal(table_remove(&t, span_str("content-type")), &b);
	assert_int_equal(t.count, 0);
	table_release(&t);
}

/* The key of the newest value is kept: the old one may go with the old. */
static void
test_replaced_key(void **state)
{
	char old[] = "key", new[] = "key";
	struct table t;
	int a, b;

	(void)state;
	table_init(&t, false);
	assert_int_equal(table_put(&t, span_str(old), &a), 0);
	assert_int_equal(table_put(&t, span_str(new), &b), 0);
	memset(old, 'x', sizeof(old) - 1);
	assert_ptr_equal(table_get(&t, span_str("key")), &b);
	table_release(&t);
}

#define KEYS 3000

static char keys[KEYS][32];
static bool present[KEYS];

static void
check_all(const struct table *t, size_t count)
{
	size_t i, position = 0, walked = 0, removed = 0;
	struct table_entry *e;

	for (i = 0; i < KEYS; i++)
		assert_ptr_equal(table_get(t, span_str(keys[i])),
		    present[i] ? keys[i] : NULL);
	while ((e = table_next(t, &position)) != NULL) {
		assert_ptr_equal(e->value, e->key.ptr);
		walked++;
	}
	assert_int_equal(walked, count);
	assert_int_equal(t->count, count);
	for (i = 0; i < t->size; i++)
		removed += t->entries[i].value == NULL &&
			   t->entries[i].key.ptr != NULL;
	assert_int_equal(t->removed, removed);
	/* A search must always meet a free entry. */
	assert_true(t->count + t->removed <= t->size / 4 * 3);
}

static void
test_random(void **state)
{
	unsigned seed = 1;
	struct table t;
	size_t i, n, count = 0;

	(void)state;
	table_init(&t, false);
	for (i = 0; i < KEYS; i++)
		snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
	for (n = 0; n < 60000; n++) {
		seed = seed * 1103515245 + 12345;
		i = seed / 65536 % KEYS;
		if (present[i]) {
			assert_ptr_equal(
			    table_remove(&t, span_str(keys[i])), keys[i]);
			count--;
		} else {
			assert_int_equal(
			    table_put(&t, span_str(keys[i]), keys[i]), 0);
			count++;
		}
		present[i] = !present[i];
		if (n % 6000 == 0)
			check_all(&t, count);
	}
	check_all(&t, count);
	table_release(&t);
}

/* Tombstones alone never make it grow. */
static void
test_churn(void **state)
{
	struct table t;
	char key[16];
	int i;

	(void)state;
	table_init(&t, false);
	for (i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		assert_int_equal(table_put(&t, span_str(key), &t), 0);
		assert_ptr_equal(table_remove(&t, span_str(key)), &t);
	}
	assert_true(t.size <= 64);
	table_release(&t);
}

static void
test_remove_while_walking(void **state)
{
	size_t position = 0, walked = 0;
	struct table_entry *e;
	struct table t;
	char names[100][16];
	int i;

	(void)state;
	table_init(&t, false);
	for (i = 0; i < 100; i++) {
		snprintf(names[i], sizeof(names[i]), "%d", i);
		assert_int_equal(
		    table_put(&t, span_str(names[i]), names[i]), 0);
	}
	while ((e = table_next(&t, &position)) != NULL) {
		void *value = e->value;

		assert_ptr_equal(table_remove(&t, e->key), value);
		walked++;
	}
	assert_int_equal(walked, 100);
	assert_int_equal(t.count, 0);
	table_release(&t);
}

/* Equal within a process and in its children. */
static void
test_hash(void **state)
{
	uint64_t hash = table_hash("abc", 3);
	int status;
	pid_t pid;

	(void)state;
	assert_true(hash == table_hash("abc", 3));
	assert_true(hash != table_hash("abd", 3));
	assert_true(hash != table_hash("abc\0", 4));
	pid = fork();
	if (pid == 0)
		_exit(table_hash("abc", 3) != hash);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_nocase),
		cmocka_unit_test(test_replaced_key),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_remove_while_walking),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

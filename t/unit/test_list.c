/* SPDX-License-Identifier: BSD-2-Clause */
/* base/list: order, removal while walking, nodes that are not linked. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"

struct thing {
	int value;
	struct list_node node;
};

static void
check_values(struct list *list, const int *values, size_t count)
{
	struct list_node *node;
	size_t i = 0;

	LIST_FOREACH (node, list) {
		assert_true(i < count);
		assert_int_equal(
		    LIST_ENTRY(node, struct thing, node)->value, values[i]);
		assert_ptr_equal(node->next->prev, node);
		i++;
	}
	assert_int_equal(i, count);
}

static void
make(struct thing *things, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		things[i].value = i;
		list_node_init(&things[i].node);
	}
}

static void
test_order(void **state)
{
	struct thing t[4];
	struct list list;

	(void)state;
	make(t, 4);
	list_init(&list);
	assert_true(list_empty(&list));
	assert_null(list_first(&list));
	list_append(&list, &t[1].node);
	list_append(&list, &t[3].node);
	list_prepend(&list, &t[0].node);
	list_insert_before(&t[3].node, &t[2].node);
	check_values(&list, (int[]){ 0, 1, 2, 3 }, 4);
	assert_false(list_empty(&list));
	assert_ptr_equal(list_first(&list), &t[0].node);
}

static void
test_remove(void **state)
{
	struct thing t[3];
	struct list list;

	(void)state;
	make(t, 3);
	list_init(&list);
	assert_false(list_linked(&t[1].node));
	list_remove(&t[1].node);
	list_append(&list, &t[0].node);
	list_append(&list, &t[1].node);
	list_append(&list, &t[2].node);
	assert_true(list_linked(&t[1].node));
	list_remove(&t[1].node);
	list_remove(&t[1].node);
	assert_false(list_linked(&t[1].node));
	check_values(&list, (int[]){ 0, 2 }, 2);
	list_remove(&t[0].node);
	list_remove(&t[2].node);
	assert_true(list_empty(&list));
}

static void
test_walk_and_remove(void **state)
{
	struct list_node *node, *after;
	struct thing t[5];
	struct list list;
	int i;

	(void)state;
	make(t, 5);
	list_init(&list);
	for (i = 0; i < 5; i++)
		list_append(&list, &t[i].node);
	LIST_FOREACH_SAFE (node, after, &list) {
		if (LIST_ENTRY(node, struct thing, node)->value % 2 == 0)
			list_remove(node);
	}
	check_values(&list, (int[]){ 1, 3 }, 2);
	LIST_FOREACH_SAFE (node, after, &list) {
		list_remove(node);
	}
	assert_true(list_empty(&list));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_walk_and_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

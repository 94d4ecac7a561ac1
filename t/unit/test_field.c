/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of fields (RFC 9110, 5.1), and the fields of a response. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/field.h"

static void
test_find(void **state)
{
	(void)state;
	for (int id = FIELD_OTHER + 1; id < FIELD_COUNT; id++) {
		struct span name = field_name((enum field_id)id);
		char *copy = guard_copy(name.ptr, name.len);

		assert_true(name.len > 0);
		assert_int_equal(field_find(name), id);
		for (size_t i = 0; i < name.len; i++)
			copy[i] = (char)(copy[i] ^ (copy[i] == '-' ? 0 : 32));
		assert_int_equal(field_find(span_of(copy, name.len)), id);
		guard_free(copy, name.len);
	}
	assert_int_equal(field_find(span_str("host")), FIELD_HOST);
	assert_int_equal(
	    field_find(span_str("IF-none-MATCH")), FIELD_IF_NONE_MATCH);
	assert_int_equal(field_name(FIELD_OTHER).len, 0);
}

static void
test_find_other(void **state)
{
	static const char *const rows[] = { "", "H", "Hos", "Hosts", "H0st",
		"X-Host", "Sec-Fetch-Mode", "If-None_Match", "etag ",
		/* as Host to the hash */
		"HxyT" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i]);
		char *copy = guard_copy(rows[i], len);

		assert_int_equal(field_find(span_of(copy, len)), FIELD_OTHER);
		guard_free(copy, len);
	}
	assert_int_equal(field_find(span_of("Host\0", 5)), FIELD_OTHER);
}

/* All fields as "Name=value;". */
static void
assert_fields(const struct field_list *list, const char *text)
{
	char found[1024] = "";
	int n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += snprintf(found + n, sizeof(found) - (size_t)n,
		    "%.*s=%.*s;", SPAN_ARG(list->fields[i].name),
		    SPAN_ARG(list->fields[i].value));
	assert_string_equal(found, text);
}

static void
test_list(void **state)
{
	struct field_list list = { 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	assert_null(field_get(&list, FIELD_VARY));
	field_remove(&list, FIELD_VARY);
	assert_int_equal(
	    0, field_add(&list, &arena, FIELD_VARY, span_str("a")));
	assert_int_equal(
	    0, field_add_named(&list, &arena, span_str("X-Y"), span_str("b")));
	assert_int_equal(
	    0, field_add_named(&list, &arena, span_str("vary"), span_str("c")));
	assert_fields(&list, "Vary=a;X-Y=b;vary=c;");
	assert_true(span_is(field_get(&list, FIELD_VARY)->value, "a"));
	assert_int_equal(
	    0, field_set(&list, &arena, FIELD_VARY, span_str("d")));
	assert_fields(&list, "X-Y=b;Vary=d;");
	assert_int_equal(
	    0, field_set(&list, &arena, FIELD_ALLOW, span_str("e")));
	field_remove(&list, FIELD_VARY);
	assert_fields(&list, "X-Y=b;Allow=e;");
	arena_release(&arena);
}

static void
test_list_grows(void **state)
{
	struct field_list list = { 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(0, field_add(&list, &arena, FIELD_VARY,
					span_of("abcdefghij", (size_t)i % 10)));
	assert_int_equal(list.count, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(list.fields[i].value.len, i % 10);
	arena_release(&arena);
}

/* Without memory nothing of the list is lost. */
static void
test_no_memory(void **state)
{
	struct field_list list = { 0 };
	struct arena arena, none;

	(void)state;
	arena_init(&none, NULL, 0, 1);
	assert_int_equal(
	    -1, field_add(&list, &none, FIELD_VARY, span_str("a")));
	arena_init(&arena, NULL, 0, 0);
	do {
		assert_int_equal(
		    0, field_add(&list, &arena, FIELD_VARY, span_str("a")));
	} while (list.count < list.room);
	assert_int_equal(
	    -1, field_add(&list, &none, FIELD_VARY, span_str("b")));
	assert_int_equal(
	    -1, field_set(&list, &none, FIELD_VARY, span_str("b")));
	assert_int_equal(list.count, list.room);
	arena_release(&none);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_other),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_grows),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

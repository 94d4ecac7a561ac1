/* SPDX-License-Identifier: BSD-2-Clause */
/* Which content coding a client would rather have (RFC 9110, 12.5.3). */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/accept.h"

#define LINES_MAX 3

enum {
	I = 1 << CODING_IDENTITY,
	Z = 1 << CODING_ZSTD,
	B = 1 << CODING_BR,
	G = 1 << CODING_GZIP,
	ALL = I | Z | B | G
};

/* What is chosen of what is there, with these lines of the field; the sizes
 * are 100, and of the codings 30, 20 and 40. */
static enum coding
choose(unsigned there, unsigned count, const char *const *lines)
{
	struct coding_set set = { there, { 100, 30, 20, 40 } };
	struct field fields[LINES_MAX];
	struct request request = { 0 };
	enum coding result;

	for (unsigned i = 0; i < count; i++) {
		size_t len = strlen(lines[i]);

		fields[i] = (struct field){ SPAN("Accept-Encoding"),
			{ guard_copy(lines[i], len), len }, FIELD_OTHER };
	}
	request_index(&request, fields, count);
	result = accept_coding(&request, &set);
	/* The short way leads to the same. */
	if ((there & I) != 0 && !accept_may_refuse_identity(&request)) {
		set.there = I;
		assert_int_equal(
		    accept_coding(&request, &set), CODING_IDENTITY);
	}
	for (unsigned i = 0; i < count; i++)
		guard_free((char *)fields[i].value.ptr, fields[i].value.len);
	return result;
}

struct row {
	const char *value;
	unsigned there;
	enum coding expected; /* CODING_COUNT: none */
};

static void
check(const struct row *rows)
{
	for (; rows->value != NULL; rows++) {
		enum coding got = choose(rows->there, 1, &rows->value);

		if (got != rows->expected)
			fail_msg("\"%s\" of %u: %u, not %u", rows->value,
			    rows->there, got, rows->expected);
	}
}

static void
test_weights(void **state)
{
	static const struct row rows[] = {
		/* As good as each other: the smallest. */
		{ "gzip, deflate, br, zstd", ALL, CODING_BR },
		{ "gzip, deflate, br, zstd", I | Z | G, CODING_ZSTD },
		{ "gzip, deflate, br, zstd", I | G, CODING_GZIP },
		{ "gzip, deflate, br, zstd", I, CODING_IDENTITY },
		{ "gzip", ALL, CODING_GZIP },
		{ "GZip", ALL, CODING_GZIP },
		{ "x-gzip", ALL, CODING_GZIP },
		{ "X-GZIP;q=0.5", ALL, CODING_GZIP },
		{ "zstd", ALL, CODING_ZSTD },
		{ "zstd", I | B | G, CODING_IDENTITY },
		/* The weight goes before the size. */
		{ "br;q=0.5, gzip", ALL, CODING_GZIP },
		{ "br;q=0.998,gzip;q=0.999,zstd;q=0.9", ALL, CODING_GZIP },
		{ "gzip;q=0.5, br;q=0.500", ALL, CODING_BR },
		{ "br;q=0, gzip;q=0.001", ALL, CODING_GZIP },
		{ "gzip;q=0.001", ALL, CODING_GZIP },
		{ "gzip;q=0", ALL, CODING_IDENTITY },
		{ "gzip;q=0.000", ALL, CODING_IDENTITY },
		{ "gzip ; q=0.5 , br;Q=1", ALL, CODING_BR },
		{ "gzip;q=0.5, identity", ALL, CODING_IDENTITY },
		{ "gzip, identity", ALL, CODING_GZIP },
		{ "identity;q=0.5, gzip;q=0.4", ALL, CODING_IDENTITY },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(rows);
}

static void
test_anything(void **state)
{
	static const struct row rows[] = {
		{ "*", ALL, CODING_BR },
		{ "*", I, CODING_IDENTITY },
		{ "*;q=0.5, gzip", ALL, CODING_GZIP },
		{ "*;q=0.5, br;q=0.1", ALL, CODING_ZSTD },
		{ "br;q=0, *", ALL, CODING_ZSTD },
		/* It is for identity too, unless that is named. */
		{ "*;q=0.5, gzip;q=0.4", I | G, CODING_IDENTITY },
		{ "*;q=0", ALL, CODING_COUNT },
		{ "*;q=0, gzip", ALL, CODING_GZIP },
		{ "*;q=0, gzip", I | B, CODING_COUNT },
		{ "*;q=0, identity;q=0.1", ALL, CODING_IDENTITY },
		{ "identity, *;q=0", ALL, CODING_IDENTITY },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(rows);
}

static void
test_identity(void **state)
{
	static const struct row rows[] = {
		/* An empty field accepts no other. */
		{ "", ALL, CODING_IDENTITY },
		{ " ", ALL, CODING_IDENTITY },
		{ ", ,", ALL, CODING_IDENTITY },
		{ "deflate, compress", ALL, CODING_IDENTITY },
		{ "identity", ALL, CODING_IDENTITY },
		{ "identity;q=0.001", ALL, CODING_IDENTITY },
		{ "identity;q=0", ALL, CODING_COUNT },
		{ "identity;q=0", I, CODING_COUNT },
		{ "identity;q=0, deflate", ALL, CODING_COUNT },
		{ "identity;q=0, br;q=0.1", ALL, CODING_BR },
		{ "identity;q=0, br;q=0.1", I | G, CODING_COUNT },
		{ "identity;q=0, *;q=0.1", ALL, CODING_BR },
		{ "gzip;q=0, identity;q=0", ALL, CODING_COUNT },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(rows);
}

/* What is malformed says nothing; the first of two that differ counts. */
static void
test_malformed(void **state)
{
	static const struct row rows[] = {
		{ "gzip;q=2", ALL, CODING_IDENTITY },
		{ "gzip;q=1.001", ALL, CODING_IDENTITY },
		{ "gzip;q=0.1234", ALL, CODING_IDENTITY },
		{ "gzip;q=", ALL, CODING_IDENTITY },
		{ "gzip;q=-1", ALL, CODING_IDENTITY },
		{ "gzip;q=.5", ALL, CODING_IDENTITY },
		{ "gzip;q=1;q=1", ALL, CODING_IDENTITY },
		{ "gzip;level=9", ALL, CODING_IDENTITY },
		{ "gzip;level=9;q=1", ALL, CODING_IDENTITY },
		{ "gzip q=1", ALL, CODING_IDENTITY },
		{ "gzip br", ALL, CODING_IDENTITY },
		{ "\"gzip\"", ALL, CODING_IDENTITY },
		{ "gzi", ALL, CODING_IDENTITY },
		{ "gzipx", ALL, CODING_IDENTITY },
		{ "x-br", ALL, CODING_IDENTITY },
		{ "**", ALL, CODING_IDENTITY },
		{ ";q=1", ALL, CODING_IDENTITY },
		{ ";", ALL, CODING_IDENTITY },
		{ "=", ALL, CODING_IDENTITY },
		{ "identity;q=x", ALL, CODING_IDENTITY },
		{ "*;q=x", ALL, CODING_IDENTITY },
		{ "\"a, gzip", ALL, CODING_IDENTITY },
		{ "br;q=9, gzip;q=0.1", ALL, CODING_GZIP },
		{ "gzip;", ALL, CODING_GZIP },
		{ "gzip;q=1.", ALL, CODING_GZIP },
		{ "gzip;q=0, gzip;q=1", ALL, CODING_IDENTITY },
		{ "gzip, x-gzip;q=0", ALL, CODING_GZIP },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(rows);
}

/* Several lines are one list (5.3); none is another thing than an empty one. */
static void
test_lines(void **state)
{
	static const char *const lines[] = { "br;q=0.4", "gzip;q=0.5",
		"identity;q=0" };
	static const char *const empty_first[] = { "", "*;q=0" };

	(void)state;
	assert_int_equal(choose(I, 2, empty_first), CODING_COUNT);
	assert_int_equal(choose(ALL, 0, NULL), CODING_IDENTITY);
	assert_int_equal(choose(B | G, 0, NULL), CODING_BR);
	assert_int_equal(choose(ALL, 3, lines), CODING_GZIP);
	assert_int_equal(choose(I, 3, lines), CODING_COUNT);
	assert_int_equal(choose(I, 2, lines), CODING_IDENTITY);
	assert_int_equal(choose(0, 0, NULL), CODING_COUNT);
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CODING_COUNT; i++)
		assert_int_equal(coding_find(coding_name((enum coding)i)), i);
	assert_true(span_is(coding_suffix(CODING_GZIP), ".gz"));
	assert_int_equal(coding_suffix(CODING_IDENTITY).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_anything),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* base/err: the words, their bound, and that errno survives. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <wchar.h>

#include "base/err.h"

static void
test_set(void **state)
{
	struct err err;

	(void)state;
	errno = EBADF;
	assert_int_equal(err_set(&err, "line %d: %s", 7, "no"), -1);
	assert_string_equal(err.text, "line 7: no");
	assert_int_equal(errno, EBADF);
	/* A format that fails gives no text, and no errno of its own. */
	assert_int_equal(
	    err_set(&err, "%ls", (wchar_t[]){ 0x7fffffff, 0 }), -1);
	assert_string_equal(err.text, "");
	assert_int_equal(errno, EBADF);
	assert_int_equal(err_set(&err, "%s", ""), -1);
	assert_string_equal(err.text, "");
}

static void
test_errno(void **state)
{
	struct err err;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_set_errno(&err, "open %s", "/x"), -1);
	assert_string_equal(err.text, "open /x: No such file or directory");
	assert_int_equal(errno, ENOENT);
}

static void
test_prefix(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, "what");
	errno = EINTR;
	assert_int_equal(err_prefix(&err, "where %d", 1), -1);
	assert_string_equal(err.text, "where 1: what");
	assert_int_equal(errno, EINTR);
	/* The old text may be part of the new one. */
	err_set(&err, "<%s>", err.text);
	assert_string_equal(err.text, "<where 1: what>");
}

static void
test_long(void **state)
{
	struct {
		struct err err;
		char behind[16];
	} e;

	(void)state;
	memset(e.behind, 0x77, sizeof(e.behind));
	err_set(&e.err, "%2000d", 1);
	assert_int_equal(strlen(e.err.text), sizeof(e.err.text) - 1);
	errno = ENOENT;
	err_set_errno(&e.err, "%2000d", 1);
	assert_int_equal(strlen(e.err.text), sizeof(e.err.text) - 1);
	err_prefix(&e.err, "%1020d", 1);
	assert_int_equal(strlen(e.err.text), sizeof(e.err.text) - 1);
	assert_memory_equal(e.err.text + 1019, "1: ", 3);
	assert_int_equal(e.behind[0], 0x77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* base/siphash: known answers, and that folding means folding. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/siphash.h"
#include "base/span.h"
#include "guard.h"

/*
 * The key is 00 01 … 0f and the message 00 01 … of each length, as for the
 * vectors of the paper; the zero key's answers are CPython's.
 */
static void
test_vectors(void **state)
{
	static const struct siphash_key counting = {
		.k0 = UINT64_C(0x0706050403020100),
		.k1 = UINT64_C(0x0f0e0d0c0b0a0908),
	};
	static const struct siphash_key zero;
	static const char words[] = "The Quick brown Fox@[`{";
	unsigned char message[63];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(message); i++)
		message[i] = (unsigned char)i;
	assert_true(siphash13(&counting, NULL, 0, false) ==
		    UINT64_C(0xabac0158050fc4dc));
	assert_true(siphash13(&counting, message, 1, false) ==
		    UINT64_C(0xc9f49bf37d57ca93));
	assert_true(siphash13(&counting, message, 63, false) ==
		    UINT64_C(0x9d199062b7bbb3a8));
	assert_true(
	    siphash13(&zero, "abc", 3, false) == UINT64_C(0xc03bc3a0042630f2));
	assert_true(
	    siphash13(&zero, words, 23, false) == UINT64_C(0x9439d0a258b8c070));
	assert_true(
	    siphash13(&zero, words, 23, true) == UINT64_C(0x5e58f87e9e6d4fea));
}

/* Every byte at every place of a word, against folding one by one. */
static void
test_fold(void **state)
{
	static const struct siphash_key key = { 1, 2 };
	size_t len, at;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		for (len = 1; len <= 17; len++) {
			for (at = 0; at < len; at++) {
				char mixed[17], folded[17];

				memset(mixed, 'Z', len);
				memset(folded, 'z', len);
				mixed[at] = (char)c;
				folded[at] = (char)span_fold((char)c);
				assert_true(
				    siphash13(&key, mixed, len, true) ==
				    siphash13(&key, folded, len, false));
			}
		}
	}
}

static void
test_guard(void **state)
{
	static const struct siphash_key key = { 3, 4 };
	static const char text[] = "0123456789abcdefghij";
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		char *copy = guard_copy(text, len);

		assert_true(siphash13(&key, copy, len, false) ==
			    siphash13(&key, text, len, false));
		guard_free(copy, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

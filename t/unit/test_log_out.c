/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines while they are written: no text of a client ends a line, a field or
 * the room. */
#include "config.h"

#include "log/log_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"

#define ROOM 32768

static char line[ROOM];

/* Byte by byte, as slowly as obviously right. */
static size_t
escape_plainly(const unsigned char *p, size_t len, char *to)
{
	static const char named[][2] = { { '\n', 'n' }, { '\r', 'r' },
		{ '\t', 't' }, { '\b', 'b' }, { '\v', 'v' }, { '"', '"' },
		{ '\\', '\\' } };
	size_t i, k, used = 0;

	for (i = 0; i < len; i++) {
		for (k = 0; k < 7 && named[k][0] != (char)p[i]; k++)
			;
		if (k < 7)
			used += (size_t)sprintf(to + used, "\\%c", named[k][1]);
		else if (p[i] < 0x20 || p[i] > 0x7e)
			used += (size_t)sprintf(to + used, "\\x%02x", p[i]);
		else
			to[used++] = (char)p[i];
	}
	return used;
}

/* Mostly plain, with something else at any place of any block. */
static unsigned char
random_byte(int dirt)
{
	return random() % 100 < dirt ? (unsigned char)random()
				     : (unsigned char)(' ' + random() % 95);
}

static void
test_escaping(void **state)
{
	static unsigned char text[300];
	static char expected[1300];
	unsigned round;

	(void)state;
	srandom(1);
	for (round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % sizeof(text), i, used;
		int dirt = (int)(round % 4) * 3;
		struct log_out out;
		unsigned char *guarded;

		for (i = 0; i < len; i++)
			text[i] = random_byte(dirt);
		used = escape_plainly(text, len, expected);
		guarded = guard_copy(text, len);
		log_out_init(&out, line, ROOM);
		log_out_escaped(&out, span_of((const char *)guarded, len));
		assert_int_equal(log_out_end(&out, line), used);
		assert_memory_equal(line, expected, used);
		guard_free(guarded, len);
	}
}

/* In whatever room: no byte beyond it, cut with the mark, never by halves. */
static void
test_little_room(void **state)
{
	static unsigned char text[300];
	static char expected[1300];
	unsigned round;

	(void)state;
	srandom(2);
	for (round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % sizeof(text), i, used, got;
		size_t room = LOG_OUT_MIN + (size_t)random() % 300;
		struct log_out out;
		char *guarded;

		for (i = 0; i < len; i++)
			text[i] = random_byte((int)(round % 4) * 10);
		used = escape_plainly(text, len, expected);
		guarded = guard_copy(expected, room);
		log_out_init(&out, guarded, room);
		log_out_escaped(&out, span_of((const char *)text, len));
		log_out_char(&out, '|');
		log_out_number(&out, 7);
		got = log_out_end(&out, guarded);
		assert_true(got <= room);
		if (used + 30 <= room) {
			assert_int_equal(got, used + 2);
		} else if (used + 4 > room) {
			assert_memory_equal(guarded + got - 4, "\\...", 4);
			assert_memory_equal(guarded, expected, got - 4);
			assert_true(got + 4 > room - 4);
		}
		guard_free(guarded, room);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

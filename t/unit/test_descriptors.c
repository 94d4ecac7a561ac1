/* SPDX-License-Identifier: BSD-2-Clause */
/* master/descriptors: a child has what is on its list and no more. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "master/descriptors.h"
#include "process.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The child opens these; what it has of them later are bits. */
#define FIRST 20
#define LAST 26

struct list {
	int keep[7];
	size_t count;
	unsigned bits;
};

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int
keep(void *argument)
{
	struct list list = *(const struct list *)argument;
	unsigned bits = 0;
	int fd;

	for (fd = FIRST; fd <= LAST; fd++)
		if (dup2(0, fd) != fd)
			return 255;
	descriptors_keep(list.keep, list.count);
	for (fd = 0; fd <= 2; fd++)
		if (!is_open(fd))
			return 254;
	for (fd = FIRST; fd <= LAST; fd++)
		bits |= is_open(fd) ? 1U << (fd - FIRST) : 0;
	return (int)bits;
}

static void
test_gaps(void **state)
{
	static struct list lists[] = {
		{ { 0 }, 0, 0x00 },
		{ { 20 }, 1, 0x01 },
		{ { 26 }, 1, 0x40 },
		{ { 25, 20 }, 2, 0x21 },
		{ { 22, 21, 20 }, 3, 0x07 },
		{ { 24, 2, 22, -1, 22 }, 5, 0x14 },
		{ { 26, 21, 22, 23, 24, 25, 20 }, 7, 0x7f },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++)
		assert_int_equal(process_run(keep, &lists[i]), lists[i].bits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether journald reads a descriptor. */
#include "config.h"

#include "os/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_stream(void **state)
{
	int fds[2];
	struct stat st;
	char text[64];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fstat(fds[0], &st), 0);
	unsetenv("JOURNAL_STREAM");
	assert_false(journal_reads(fds[0]));
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", text, 1);
	assert_true(journal_reads(fds[0]));
	assert_false(journal_reads(-1));
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino + 1);
	setenv("JOURNAL_STREAM", text, 1);
	assert_false(journal_reads(fds[0]));
	setenv("JOURNAL_STREAM", "", 1);
	assert_false(journal_reads(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

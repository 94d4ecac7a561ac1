/* SPDX-License-Identifier: BSD-2-Clause */
/* Records come out as they went in, whole, though they be written just then,
 * and by a process of its own. */
#include "config.h"

#include "ipc/seqlock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE 300
#define READS 20000

static void
test_sizes(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 9, 16, 299, SIZE };
	char in[SIZE], out[SIZE + 1];
	size_t i, n;

	(void)state;
	for (i = 0; i < SIZE; i++)
		in[i] = (char)(i * 7 + 1);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		_Atomic uint64_t place[SEQLOCK_WORDS(char[SIZE])] = { 0 };

		n = sizes[i];
		memset(out, 'x', sizeof(out));
		assert_true(seqlock_read(place, out, n));
		assert_int_equal(out[0], 0);
		assert_int_equal(out[n - 1], 0);
		assert_int_equal(out[n], 'x');
		seqlock_write(place, in, n);
		assert_true(seqlock_read(place, out, n));
		assert_memory_equal(out, in, n);
		assert_int_equal(out[n], 'x');
	}
}

/* A writer that was killed: nothing is read, and nobody waits for ever; the
 * next write makes it good. */
static void
test_writer_that_died(void **state)
{
	_Atomic uint64_t place[SEQLOCK_WORDS(uint64_t)] = { 0 };
	uint64_t value = 5, out = 77;

	(void)state;
	seqlock_write(place, &value, sizeof(value));
	atomic_fetch_add(&place[0], 1);
	assert_false(seqlock_read(place, &out, sizeof(out)));
	assert_int_equal(out, 77);
	value = 6;
	seqlock_write(place, &value, sizeof(value));
	assert_true(seqlock_read(place, &out, sizeof(out)));
	assert_int_equal(out, 6);
}

static void
write_on(_Atomic uint64_t *place)
{
	char record[SIZE];
	unsigned i;

	for (i = 0;; i++) {
		memset(record, 'a' + (int)(i % 26), sizeof(record));
		seqlock_write(place, record, sizeof(record));
	}
}

static void
test_never_torn(void **state)
{
	_Atomic uint64_t *place = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char record[SIZE];
	unsigned got = 0, i, changes = 0;
	char last = 0;
	pid_t pid;

	(void)state;
	assert_ptr_not_equal(place, MAP_FAILED);
	pid = fork();
	if (pid == 0)
		write_on(place);
	assert_true(pid > 0);
	for (i = 0; i < READS || changes < 2; i++) {
		if (!seqlock_read(place, record, sizeof(record)))
			continue;
		got++;
		changes += record[0] != last;
		last = record[0];
		/* All bytes are like their neighbour. */
		assert_memory_equal(record, record + 1, SIZE - 1);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(got > 0);
	munmap((void *)(uintptr_t)place, 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_writer_that_died),
		cmocka_unit_test(test_never_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What processes leave behind that crash in every way there is: the record
 * says where and why, and the signal still kills.
 */
#include "config.h"

#include "os/crash.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/shm.h"
#include "process.h"

static struct shm shm;
static struct crash_record *record;
static volatile unsigned zero;

static int
setup(void **state)
{
	const struct rlimit no_core = { 0, 0 };

	(void)state;
	setrlimit(RLIMIT_CORE, &no_core);
	crash_prepare();
	if (shm_create(&shm, "test", sizeof(*record)) < 0)
		return -1;
	record = shm.memory;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	shm_release(&shm);
	return 0;
}

/* ---- ways to die ---- */

static int
write_nowhere(void *argument)
{
	(void)argument;
	crash_note("GET /poison\r\nsecret", 19);
	*(volatile char *)(uintptr_t)(0x20 + zero) = 1;
	return 0;
}

static unsigned
use_up(volatile unsigned char *above)
{
	volatile unsigned char here[4096];

	here[0] = (unsigned char)(above[0] + 1);
	return zero == 0 ? use_up(here) + here[0] : 0;
}

static int
use_up_stack(void *argument)
{
	volatile unsigned char first[1] = { 0 };

	(void)argument;
	return (int)use_up(first);
}

static int
send_itself(void *argument)
{
	kill(getpid(), *(int *)argument);
	/* None of them lets go on. */
	return 0;
}

static int
note_what_is_gone(void *argument)
{
	void *page =
	    mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argument;
	munmap(page, 4096);
	crash_note(page, 16);
	abort();
}

static int
catch_and(int (*way)(void *), void *argument)
{
	pid_t pid = fork();

	if (pid == 0) {
		/* cmocka has handlers of its own. */
		signal(SIGALRM, SIG_DFL);
		alarm(60);
		if (crash_catch(record) < 0)
			_exit(99);
		_exit(way(argument));
	}
	assert_true(pid > 0);
	return process_end(pid);
}

static int
die(int (*way)(void *), void *argument)
{
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	memset(record, 0, sizeof(*record));
	return catch_and(way, argument);
}

/* ---- tests ---- */

static void
test_fault(void **state)
{
	(void)state;
	assert_int_equal(die(write_nowhere, NULL), 128 + SIGSEGV);
	assert_int_equal(record->state, CRASH_WHOLE);
	assert_int_equal(record->signal, SIGSEGV);
	assert_int_equal(record->code, SEGV_MAPERR);
	assert_int_equal(record->address, 0x20);
	assert_true(record->frames > 2);
	assert_true(record->frames <= CRASH_FRAMES_MAX);
#if defined(__x86_64__) || defined(__aarch64__)
	/* The handler's own frames are left out. */
	assert_int_equal(record->frame[0], record->pc);
#endif
	/* Of the note its first line alone. */
	assert_int_equal(record->note_len, 12);
	assert_memory_equal(record->note, "GET /poison\r", 12);
}

static void
test_stack_overflow(void **state)
{
	(void)state;
	assert_int_equal(die(use_up_stack, NULL), 128 + SIGSEGV);
	assert_int_equal(record->state, CRASH_WHOLE);
	assert_int_equal(record->signal, SIGSEGV);
	assert_int_equal(record->frames, CRASH_FRAMES_MAX);
}

static void
test_every_signal(void **state)
{
	static int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT,
		SIGTRAP };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		assert_int_equal(
		    die(send_itself, &signals[i]), 128 + signals[i]);
		assert_int_equal(record->state, CRASH_WHOLE);
		assert_int_equal(record->signal, signals[i]);
		assert_int_equal(record->code, SI_USER);
		assert_true(record->sender > 1);
		assert_int_equal(record->note_len, 0);
	}
}

/* A fault of the handler's own ends it with what is written by then. */
static void
test_fault_while_recording(void **state)
{
	int status;

	(void)state;
	status = die(note_what_is_gone, NULL);
	assert_int_equal(status, 128 + SIGSEGV);
	assert_int_equal(record->state, CRASH_BEGUN);
	assert_int_equal(record->signal, SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_stack_overflow),
		cmocka_unit_test(test_every_signal),
		cmocka_unit_test(test_fault_while_recording),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the master says of a record and a slot, whatever a worker that lost its
 * mind has written there.
 */
#include "config.h"

#include "master/crash_report.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/report.h"

static char said[65536];
static size_t said_len;
static unsigned lines;

/* As the error log does; what it escapes is its own test's. */
static void
listen_to(const struct report_message *m)
{
	assert_int_equal(m->level, REPORT_ERROR);
	assert_true(said_len + m->len + 1 < sizeof(said));
	memcpy(said + said_len, m->text, m->len);
	said_len += m->len;
	said[said_len++] = '\n';
	said[said_len] = '\0';
	lines++;
}

static int
setup(void **state)
{
	(void)state;
	clock_refresh();
	report_set_sink(listen_to);
	said[0] = '\0';
	said_len = lines = 0;
	return 0;
}

static void
expect(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("\"%s\" is not in:\n%s", text, said);
}

static void
test_nothing_without_record(void **state)
{
	struct crash_record r = { 0 };

	(void)state;
	crash_report("worker", &r, true);
	assert_int_equal(lines, 0);
}

static void
test_record(void **state)
{
	struct crash_record r = { .state = CRASH_WHOLE,
		.signal = SIGSEGV,
		.code = SEGV_MAPERR,
		.address = 0x10,
		.pc = 0x20,
		.frames = 4,
		.frame = { 0x20, 0x30, 0x30, 0x30 },
		.note_len = 6,
		.note = "GET \0/" };

	(void)state;
	r.frame[0] = (uint64_t)(uintptr_t)&abort;
	crash_report("worker 7", &r, true);
	expect(
	    "worker 7 crashed: SIGSEGV (SEGV_MAPERR), address 0x10, at 0x20");
	expect("worker 7 crashed while it read: GET \xe2\x90\x80/\n");
	expect("(abort+0x0)");
	expect("crashed: #1 0x30, 3 times\n");
	assert_int_equal(lines, 4);
	crash_report("worker 7", &r, false);
	assert_int_equal(lines, 6);
}

static void
test_sent_signal(void **state)
{
	struct crash_record r = { .state = CRASH_BEGUN,
		.signal = SIGBUS,
		.code = SI_USER,
		.sender = 77 };

	(void)state;
	crash_report("logger", &r, true);
	expect("logger crashed: SIGBUS, sent by pid 77");
	assert_int_equal(lines, 1);
}

/* All bytes the same, each in turn: nothing beyond the record is read (with
 * AddressSanitizer and valgrind that shows), and it ends. */
static void
test_nonsense(void **state)
{
	struct crash_record *r = malloc(sizeof(*r));
	struct worker_slot *slot = malloc(sizeof(*slot));
	char work[CRASH_WORK_SIZE];

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		setup(NULL);
		memset(r, byte, sizeof(*r));
		memset(slot, byte, sizeof(*slot));
		crash_report("worker", r, true);
		crash_report_requests("worker", slot);
		/* Also with a state that is believed. */
		atomic_store(&slot->state, WORKER_BUSY);
		crash_work(work, slot);
		assert_true(strlen(work) < sizeof(work));
		assert_true(lines <= 2 + CRASH_FRAMES_MAX + PROGRESS_MAX + 1);
	}
	free(slot);
	free(r);
}

static void
test_requests(void **state)
{
	struct worker_slot *slot = calloc(1, sizeof(*slot));
	struct progress p = { .since_ms = 1,
		.client = "192.0.2.1",
		.host = "example.org",
		.request = "GET /far HTTP/1.1" };
	char work[CRASH_WORK_SIZE];

	(void)state;
	crash_work(work, slot);
	assert_string_equal(work, "");
	seqlock_write(slot->progress[3], &p, sizeof(p));
	crash_report_requests("worker 1", slot);
	assert_int_equal(lines, 1);
	expect("from 192.0.2.1: \"GET /far HTTP/1.1\" for \"example.org\"\n");
	/* The one that it was at, by its place, and by its line. */
	atomic_store(&slot->state, WORKER_BUSY);
	assert_true(addr_parse(span_of("192.0.2.1", 9), 80, &slot->client));
	crash_work(work, slot);
	assert_string_equal(work, ", busy for 192.0.2.1");
	slot->at = 4;
	crash_work(work, slot);
	assert_string_equal(
	    work, ", busy for 192.0.2.1 with \"GET /far HTTP/1.1\"");
	strcpy(slot->request, "GET /near HTTP/1.1");
	crash_work(work, slot);
	assert_string_equal(
	    work, ", busy for 192.0.2.1 with \"GET /near HTTP/1.1\"");
	free(slot);
}

static void
test_more_requests_than_places(void **state)
{
	struct worker_slot *slot = calloc(1, sizeof(*slot));
	struct progress p = { .since_ms = 1 };

	(void)state;
	for (unsigned i = 0; i < PROGRESS_MAX; i++)
		seqlock_write(slot->progress[i], &p, sizeof(p));
	atomic_store(&slot->connections, PROGRESS_MAX + 30);
	atomic_store(&slot->stages[STAGE_IDLE], 20);
	crash_report_requests("worker 1", slot);
	assert_int_equal(lines, PROGRESS_MAX + 1);
	expect("worker 1 had 10 more under way\n");
	free(slot);
}

static void
test_rows_of_deaths(void **state)
{
	struct crash_reports r = { 0 };
	unsigned at_length = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		at_length += crash_reports_next(&r);
	assert_int_equal(at_length, 10);
	assert_int_equal(lines, 1);
	expect("in short");
	/* As if that had been long ago. */
	r.since_ms -= 60000;
	assert_true(crash_reports_next(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_without_record, setup),
		cmocka_unit_test_setup(test_record, setup),
		cmocka_unit_test_setup(test_sent_signal, setup),
		cmocka_unit_test_setup(test_nonsense, setup),
		cmocka_unit_test_setup(test_requests, setup),
		cmocka_unit_test_setup(test_more_requests_than_places, setup),
		cmocka_unit_test_setup(test_rows_of_deaths, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is stuck and who is not: a worker that is a real process, and a clock
 * that goes as the test says.
 */
#include "config.h"

#include "master/heartbeat.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "conf_text.h"
#include "master/master_conf.h"
#include "process.h"

#define TIMEOUT_MS 5000

/* What the server is linked with, here nothing. */
struct module;
extern const struct module *const modules[];
const struct module *const modules[] = { NULL };

static int64_t machine_ms;

static struct children children;
static struct generation generation;
static struct child child;
static struct worker_slot *slot;
static struct heartbeat heartbeat;
static struct logger_process logger;

/* In the place of the machine's. */
int
clock_gettime(clockid_t id, struct timespec *time_r)
{
	(void)id;
	*time_r = (struct timespec){ .tv_sec = machine_ms / 1000,
		.tv_nsec = machine_ms % 1000 * 1000000 };
	return 0;
}

/* ---- the worker ---- */

static int
wait_for_death(void *argument)
{
	(void)argument;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

static void
busy(void)
{
	atomic_store(&slot->busy_since_ms, clock_now_ms());
	atomic_store(&slot->state, WORKER_BUSY);
}

static int
setup(void **state)
{
	static const struct conf_section *const sections[] = {
		&listener_section, &master_section, NULL
	};
	int place;

	(void)state;
	machine_ms = 1000000;
	clock_refresh();
	memset(&heartbeat, 0, sizeof(heartbeat));
	memset(&children, 0, sizeof(children));
	memset(&generation, 0, sizeof(generation));
	list_init(&children.generations);
	list_init(&generation.children);
	memset(&logger, 0, sizeof(logger));
	children.logger = &logger;
	generation.owner = &children;
	generation.conf =
	    conf_text_load(sections, "Listen 80\nWorkerTimeout 5\n", NULL);
	if (generation.conf == NULL ||
	    scoreboard_create(&children.scoreboard) < 0)
		return -1;
	place = scoreboard_take(&children.scoreboard, 1, 1);
	child = (struct child){ .generation = &generation,
		.state = CHILD_SERVING,
		.slot = (unsigned)place,
		.pid = process_start(wait_for_death, NULL) };
	slot = (struct worker_slot *)(uintptr_t)scoreboard_slot(
	    &children.scoreboard, child.slot);
	atomic_store(&slot->state, WORKER_WAITING);
	list_append(&children.generations, &generation.node);
	list_append(&generation.children, &child.node);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kill(child.pid, SIGKILL);
	process_end(child.pid);
	scoreboard_release(&children.scoreboard);
	conf_destroy(&generation.conf);
	return 0;
}

/* So many seconds go by, with a look after each. */
static void
pass(unsigned seconds)
{
	while (seconds-- > 0) {
		machine_ms += 1000;
		clock_refresh();
		heartbeat_tick(&heartbeat, &children);
	}
}

/* The machine, or the master, stands still. */
static void
sleep_for(unsigned seconds)
{
	machine_ms += 1000 * (int64_t)seconds;
	clock_refresh();
	heartbeat_tick(&heartbeat, &children);
}

static bool
was_killed(void)
{
	return child.killed_for != NULL;
}

/* ---- tests ---- */

static void
test_idle_workers_live_for_ever(void **state)
{
	(void)state;
	pass(1000);
	assert_false(was_killed());
}

static void
test_busy_with_one_turn(void **state)
{
	(void)state;
	busy();
	pass(TIMEOUT_MS / 1000);
	assert_false(was_killed());
	pass(1);
	assert_string_equal(child.killed_for, "it was stuck for WorkerTimeout");
	assert_int_equal(process_end(child.pid), 128 + SIGABRT);
	child.pid = process_start(wait_for_death, NULL);
	/* As if it had not heard of that. */
	pass(1);
	assert_int_equal(process_end(child.pid), 128 + SIGKILL);
	child.pid = process_start(wait_for_death, NULL);
}

static void
test_many_turns_are_no_matter(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		busy();
		pass(TIMEOUT_MS / 1000);
	}
	assert_false(was_killed());
}

static void
test_stopped(void **state)
{
	(void)state;
	child.stopped_ms = clock_now_ms();
	pass(TIMEOUT_MS / 1000);
	assert_false(was_killed());
	/* It was let go on in time. */
	child.stopped_ms = 0;
	pass(10);
	assert_false(was_killed());
	child.stopped_ms = clock_now_ms();
	pass(TIMEOUT_MS / 1000 + 1);
	assert_string_equal(
	    child.killed_for, "it was stopped for WorkerTimeout");
}

/* What was busy or stopped when the machine fell asleep has its time anew. */
static void
test_sleeping_machine(void **state)
{
	(void)state;
	busy();
	pass(TIMEOUT_MS / 1000 - 1);
	sleep_for(3600);
	pass(TIMEOUT_MS / 1000);
	assert_false(was_killed());
	pass(1);
	assert_true(was_killed());
}

/* A look that is a little late is none that was slept through. */
static void
test_late_looks(void **state)
{
	(void)state;
	busy();
	for (int i = 0; i < 3; i++)
		sleep_for(2);
	assert_true(was_killed());
}

static void
test_those_that_start_or_stop(void **state)
{
	(void)state;
	busy();
	child.state = CHILD_STARTING;
	pass(100);
	child.state = CHILD_STOPPING;
	pass(100);
	assert_false(was_killed());
	/* But those that drain may be stuck as well. */
	child.state = CHILD_DRAINING;
	pass(1);
	assert_true(was_killed());
}

static void
test_traced(void **state)
{
	(void)state;
	if (ptrace(PTRACE_SEIZE, child.pid, NULL, NULL) < 0)
		skip();
	busy();
	pass(100);
	assert_false(was_killed());
	assert_int_equal(kill(child.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	assert_int_equal(ptrace(PTRACE_DETACH, child.pid, NULL, NULL), 0);
	/* Let go, it has all its time. */
	pass(TIMEOUT_MS / 1000 - 1);
	assert_false(was_killed());
	pass(2);
	assert_true(was_killed());
}

static void
test_stopped_logger(void **state)
{
	(void)state;
	logger.pid = child.pid;
	logger.stopped_ms = clock_now_ms();
	pass(TIMEOUT_MS / 1000 - 1);
	sleep_for(3600);
	pass(TIMEOUT_MS / 1000);
	assert_int_equal(kill(child.pid, 0), 0);
	assert_int_equal(waitpid(child.pid, NULL, WNOHANG), 0);
	pass(1);
	assert_int_equal(process_end(child.pid), 128 + SIGKILL);
	child.pid = process_start(wait_for_death, NULL);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_idle_workers_live_for_ever),
		TEST(test_busy_with_one_turn),
		TEST(test_many_turns_are_no_matter),
		TEST(test_stopped),
		TEST(test_sleeping_machine),
		TEST(test_late_looks),
		TEST(test_those_that_start_or_stop),
		TEST(test_traced),
		TEST(test_stopped_logger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

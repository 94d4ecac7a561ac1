/* SPDX-License-Identifier: BSD-2-Clause */
/* os/loop: time-outs and tasks. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/loop.h"

/* A source that is ready once. */
struct bell {
	struct loop_source source;
	struct loop *loop;
};

static void
bell_init(struct bell *b, struct loop *loop,
    void (*ready)(struct loop_source *, uint32_t events))
{
	b->loop = loop;
	b->source.fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	b->source.ready = ready;
	assert_int_equal(loop_add(loop, &b->source, EPOLLIN), 0);
}

/* Its callbacks begin with this. */
static void
bell_stop(struct loop_source *s)
{
	uint64_t value;

	assert_int_equal(read(s->fd, &value, sizeof(value)), sizeof(value));
}

static int
setup(void **state)
{
	*state = loop_create();
	return *state == NULL;
}

static int
teardown(void **state)
{
	struct loop *loop = *state;

	loop_destroy(&loop);
	assert_null(loop);
	loop_destroy(&loop);
	return 0;
}

/* A timer that counts and may act on others. */
struct clockwork {
	struct loop_timer timer;
	struct loop_queue *again;
	struct clockwork *victim;
	int expired;
	int order;
};

static int next_order;

static void
expired(struct loop_timer *t)
{
	struct clockwork *c = (struct clockwork *)(void *)t;

	assert_false(loop_timer_running(t));
	assert_true(clock_now_ms() >= t->deadline_ms);
	c->expired++;
	c->order = ++next_order;
	if (c->victim != NULL)
		loop_timer_stop(&c->victim->timer);
	if (c->again != NULL)
		loop_timer_start(c->again, t);
}

static void
clockwork_init(struct clockwork *c)
{
	memset(c, 0, sizeof(*c));
	loop_timer_init(&c->timer, expired);
}

static void
test_queue(void **state)
{
	struct loop *loop = *state;
	struct loop_queue *a = loop_queue(loop, 5), *b = loop_queue(loop, 6);

	assert_non_null(a);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(loop_queue(loop, 5), a);
	assert_ptr_equal(loop_queue(loop, 6), b);
}

/* The first take no memory; those behind them are as good. */
static void
test_many_queues(void **state)
{
	struct loop *loop = *state;
	struct loop_queue *queues[2 * LOOP_QUEUES];
	struct loop_timer timers[2 * LOOP_QUEUES];
	size_t used = mallinfo2().uordblks;
	int i;

	for (i = 0; i < 2 * LOOP_QUEUES; i++) {
		queues[i] = loop_queue(loop, 1000 + i);
		if (i == LOOP_QUEUES - 1)
			assert_int_equal(mallinfo2().uordblks, used);
		assert_non_null(queues[i]);
		loop_timer_init(&timers[i], NULL);
		loop_timer_start(queues[i], &timers[i]);
	}
	for (i = 0; i < 2 * LOOP_QUEUES; i++)
		assert_ptr_equal(loop_queue(loop, 1000 + i), queues[i]);
	loop_destroy(&loop);
	*state = NULL;
	for (i = 0; i < 2 * LOOP_QUEUES; i++)
		assert_false(loop_timer_running(&timers[i]));
}

static void
test_timer(void **state)
{
	struct loop *loop = *state;
	struct clockwork c;
	int64_t start;
	int turns = 0;

	clockwork_init(&c);
	assert_false(loop_timer_running(&c.timer));
	loop_timer_stop(&c.timer);
	clock_refresh();
	start = clock_exact_us();
	loop_timer_start(loop_queue(loop, 20), &c.timer);
	assert_true(loop_timer_running(&c.timer));
	while (c.expired == 0) {
		assert_int_equal(loop_turn(loop, -1), 0);
		turns++;
	}
	/* A millisecond less, since the cached clock is cut to such. */
	assert_true(clock_exact_us() - start >= 19000);
	/* Waits are exact: no spinning through the last millisecond. */
	assert_in_range(turns, 1, 2);
	assert_false(loop_timer_running(&c.timer));
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(c.expired, 1);
}

static void
test_timer_order(void **state)
{
	struct loop *loop = *state;
	struct clockwork c[4];
	int i;

	next_order = 0;
	for (i = 0; i < 4; i++)
		clockwork_init(&c[i]);
	loop_timer_start(loop_queue(loop, 12), &c[0].timer);
	loop_timer_start(loop_queue(loop, 2), &c[1].timer);
	loop_timer_start(loop_queue(loop, 2), &c[2].timer);
	loop_timer_start(loop_queue(loop, 2), &c[3].timer);
	/* Renewed: to the end of the queue. */
	loop_timer_start(loop_queue(loop, 2), &c[1].timer);
	while (c[0].expired == 0)
		assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(c[2].order, 1);
	assert_int_equal(c[3].order, 2);
	assert_int_equal(c[1].order, 3);
	assert_int_equal(c[0].order, 4);
}

/* Stopping one that is due in the same turn; each is first once. */
static void
test_timer_stop_due(void **state)
{
	struct loop *loop = *state;
	struct clockwork a, b;

	clockwork_init(&a);
	clockwork_init(&b);
	a.victim = &b;
	b.victim = &a;
	loop_timer_start(loop_queue(loop, 0), &a.timer);
	loop_timer_start(loop_queue(loop, 0), &b.timer);
	assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(a.expired + b.expired, 1);
	assert_false(loop_timer_running(&a.timer));
	assert_false(loop_timer_running(&b.timer));
}

/* Duration 0 is the next turn, never this one for ever. */
static void
test_timer_zero(void **state)
{
	struct loop *loop = *state;
	struct clockwork c;
	int i;

	clockwork_init(&c);
	c.again = loop_queue(loop, 0);
	loop_timer_start(c.again, &c.timer);
	for (i = 1; i <= 5; i++) {
		assert_int_equal(loop_turn(loop, -1), 0);
		assert_int_equal(c.expired, i);
	}
	loop_timer_stop(&c.timer);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(c.expired, 5);
}

static void
test_timer_far(void **state)
{
	struct loop *loop = *state;
	struct clockwork c;

	clockwork_init(&c);
	loop_timer_start(loop_queue(loop, INT64_MAX), &c.timer);
	assert_true(c.timer.deadline_ms == INT64_MAX);
	assert_int_equal(loop_turn(loop, 1), 0);
	loop_timer_start(loop_queue(loop, INT64_MAX / 2), &c.timer);
	assert_int_equal(loop_turn(loop, 1), 0);
	assert_int_equal(c.expired, 0);
	assert_true(loop_timer_running(&c.timer));
	loop_timer_stop(&c.timer);
}

static void
test_max_ms(void **state)
{
	struct loop *loop = *state;
	int64_t start = clock_exact_us();
	struct clockwork c;

	clockwork_init(&c);
	loop_timer_start(loop_queue(loop, 60000), &c.timer);
	assert_int_equal(loop_turn(loop, 15), 0);
	assert_in_range(clock_exact_us() - start, 15000, 30000000);
	assert_int_equal(c.expired, 0);
	loop_timer_stop(&c.timer);
}

/* Time that callbacks take does not push deadlines further away. */
static void
be_slow(struct loop_source *s, uint32_t events)
{
	int64_t start = clock_exact_us();

	(void)events;
	bell_stop(s);
	while (clock_exact_us() - start < 300000)
		;
}

static void
test_slow_callback(void **state)
{
	struct loop *loop = *state;
	struct clockwork c;
	struct bell bell;
	int64_t start;

	bell_init(&bell, loop, be_slow);
	clockwork_init(&c);
	clock_refresh();
	start = clock_exact_us();
	loop_timer_start(loop_queue(loop, 400), &c.timer);
	while (c.expired == 0)
		assert_true(loop_turn(loop, -1) >= 0);
	/* Counted from the turn's beginning it would be 700. */
	assert_in_range(clock_exact_us() - start, 399000, 680000);
	close(bell.source.fd);
}

struct job {
	struct loop_task task;
	struct loop *loop;
	struct job *defers;
	int ran;
};

static int jobs_ran;

static void
run_job(struct loop_task *task)
{
	struct job *j = (struct job *)(void *)task;

	j->ran = ++jobs_ran;
	if (j->defers != NULL)
		loop_defer(j->loop, &j->defers->task);
}

static void
job_init(struct job *j, struct loop *loop)
{
	memset(j, 0, sizeof(*j));
	j->loop = loop;
	loop_task_init(&j->task, run_job);
}

/* ---- signals ---- */

#define TIMEOUT_MS 50

static struct bell late_bell;
static int rang_at;

static void
ring(struct loop_source *s, uint32_t events)
{
	(void)events;
	bell_stop(s);
	rang_at = ++next_order;
}

/* Takes until the time-out is over, and then something is there. */
static void
ring_late(int signal)
{
	const uint64_t one = 1;

	(void)signal;
	usleep(2 * TIMEOUT_MS * 1000);
	(void)!write(late_bell.source.fd, &one, sizeof(one));
}

/* A wait that a signal ended has looked at nothing: what was there in time goes
 * before what is due. */
static void
test_interrupted(void **state)
{
	const struct itimerval soon = { .it_value = { .tv_usec = TIMEOUT_MS *
								 1000 / 2 } };
	const struct sigaction action = { .sa_handler = ring_late };
	struct loop *loop = *state;
	struct clockwork c;

	next_order = 0;
	clockwork_init(&c);
	bell_init(&late_bell, loop, ring);
	bell_stop(&late_bell.source);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	loop_timer_start(loop_queue(loop, TIMEOUT_MS), &c.timer);
	while (c.expired == 0)
		assert_true(loop_turn(loop, -1) >= 0);
	assert_int_equal(rang_at, 1);
	assert_int_equal(c.order, 2);
	signal(SIGALRM, SIG_DFL);
	loop_remove(loop, &late_bell.source);
	close(late_bell.source.fd);
}

/* ---- tasks ---- */

static void
test_tasks(void **state)
{
	struct loop *loop = *state;
	struct job a, b, c;

	jobs_ran = 0;
	job_init(&a, loop);
	job_init(&b, loop);
	job_init(&c, loop);
	loop_task_cancel(&a.task);
	loop_defer(loop, &b.task);
	loop_defer(loop, &a.task);
	loop_defer(loop, &b.task);
	loop_defer(loop, &c.task);
	loop_task_cancel(&c.task);
	assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(b.ran, 1);
	assert_int_equal(a.ran, 2);
	assert_int_equal(jobs_ran, 2);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(jobs_ran, 2);
}

/* What a task defers, itself even, waits for the next turn. */
static void
test_task_defers(void **state)
{
	struct loop *loop = *state;
	struct job a, b;

	jobs_ran = 0;
	job_init(&a, loop);
	job_init(&b, loop);
	a.defers = &b;
	b.defers = &b;
	loop_defer(loop, &a.task);
	assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(jobs_ran, 1);
	/* It does not wait although it may. */
	assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(jobs_ran, 2);
	assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(jobs_ran, 3);
	assert_int_equal(b.ran, 3);
	loop_task_cancel(&b.task);
}

static struct job deferred_by_event;

static void
defer_job(struct loop_source *s, uint32_t events)
{
	(void)events;
	bell_stop(s);
	loop_defer(((struct bell *)(void *)s)->loop, &deferred_by_event.task);
	assert_int_equal(deferred_by_event.ran, 0);
}

static void
test_task_after_events(void **state)
{
	struct loop *loop = *state;
	struct bell bell;

	jobs_ran = 0;
	job_init(&deferred_by_event, loop);
	bell_init(&bell, loop, defer_job);
	assert_int_equal(loop_turn(loop, -1), 1);
	assert_int_equal(deferred_by_event.ran, 1);
	close(bell.source.fd);
}

static void
test_destroy(void **state)
{
	struct loop *loop = loop_create();
	struct clockwork c;
	struct job j;

	(void)state;
	assert_non_null(loop);
	clockwork_init(&c);
	job_init(&j, loop);
	loop_timer_start(loop_queue(loop, 10), &c.timer);
	loop_defer(loop, &j.task);
	loop_destroy(&loop);
	assert_false(loop_timer_running(&c.timer));
	assert_false(list_linked(&j.task.node));
	loop_timer_stop(&c.timer);
	loop_task_cancel(&j.task);
}

#define LOOP_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_queue),
		LOOP_TEST(test_many_queues),
		LOOP_TEST(test_timer),
		LOOP_TEST(test_timer_order),
		LOOP_TEST(test_timer_stop_due),
		LOOP_TEST(test_timer_zero),
		LOOP_TEST(test_timer_far),
		LOOP_TEST(test_max_ms),
		LOOP_TEST(test_slow_callback),
		LOOP_TEST(test_interrupted),
		LOOP_TEST(test_tasks),
		LOOP_TEST(test_task_defers),
		LOOP_TEST(test_task_after_events),
		cmocka_unit_test(test_destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* os/loop: events, and events of sources that are gone. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "os/loop.h"
#include "process.h"

/* A source over an eventfd, which is readable until it is read. */
struct probe {
	struct loop_source source;
	struct loop *loop;
	struct probe *victim;
	int called;
	uint32_t events;
};

static struct probe *
probe_of(struct loop_source *s)
{
	return (struct probe *)(void *)s;
}

static void
count_call(struct loop_source *s, uint32_t events)
{
	probe_of(s)->called++;
	probe_of(s)->events = events;
}

static void
drain(struct loop_source *s, uint32_t events)
{
	uint64_t value;

	count_call(s, events);
	assert_int_equal(read(s->fd, &value, sizeof(value)), sizeof(value));
}

static void
probe_init(struct probe *p, struct loop *loop, unsigned value)
{
	memset(p, 0, sizeof(*p));
	p->loop = loop;
	p->source.fd = eventfd(value, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(p->source.fd >= 0);
	p->source.ready = count_call;
}

static void
probe_set(struct probe *p)
{
	uint64_t one = 1;

	assert_int_equal(write(p->source.fd, &one, sizeof(one)), sizeof(one));
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

static void
test_events(void **state)
{
	struct loop *loop = *state;
	struct probe p;

	probe_init(&p, loop, 0);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), 0);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(p.called, 0);
	probe_set(&p);
	assert_int_equal(loop_turn(loop, -1), 1);
	assert_int_equal(loop_turn(loop, 1000), 1);
	assert_int_equal(p.called, 2);
	assert_int_equal(p.events, EPOLLIN);
	assert_int_equal(
	    loop_change(loop, &p.source, EPOLLIN | EPOLLOUT | EPOLLET), 0);
	assert_int_equal(loop_turn(loop, -1), 1);
	assert_int_equal(p.events, EPOLLIN | EPOLLOUT);
	assert_int_equal(loop_turn(loop, 0), 0);
	loop_remove(loop, &p.source);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), 0);
	assert_int_equal(loop_turn(loop, -1), 1);
	close(p.source.fd);
	loop_forget(loop, &p.source);
	assert_int_equal(loop_turn(loop, 0), 0);
}

static void
test_errors(void **state)
{
	struct loop *loop = *state;
	struct probe p, none = { .source = { .fd = -1 } };

	probe_init(&p, loop, 0);
	assert_int_equal(loop_change(loop, &p.source, EPOLLIN), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), 0);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(loop_add(loop, &none.source, EPOLLIN), -1);
	assert_int_equal(errno, EBADF);
	loop_remove(loop, &none.source);
	loop_remove(loop, &p.source);
	loop_remove(loop, &p.source);
	close(p.source.fd);
}

/* close() alone would leave the registration while a copy is open. */
static void
test_remove_shared(void **state)
{
	struct loop *loop = *state;
	struct probe p;
	int copy;

	probe_init(&p, loop, 1);
	copy = dup(p.source.fd);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), 0);
	loop_remove(loop, &p.source);
	close(p.source.fd);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(p.called, 0);
	close(copy);
}

static void
test_exclusive(void **state)
{
	struct loop *loop = *state;
	struct probe p;

	probe_init(&p, loop, 1);
	assert_int_equal(
	    loop_add(loop, &p.source, EPOLLIN | EPOLLEXCLUSIVE), 0);
	assert_int_equal(loop_turn(loop, -1), 1);
	assert_int_equal(loop_change(loop, &p.source, EPOLLIN), -1);
	assert_int_equal(errno, EINVAL);
	loop_remove(loop, &p.source);
	assert_int_equal(
	    loop_add(loop, &p.source, EPOLLIN | EPOLLEXCLUSIVE), 0);
	assert_int_equal(loop_turn(loop, -1), 1);
	close(p.source.fd);
}

static void
remove_victim(struct loop_source *s, uint32_t events)
{
	struct probe *p = probe_of(s);

	count_call(s, events);
	loop_remove(p->loop, &p->victim->source);
}

static void
forget_victim(struct loop_source *s, uint32_t events)
{
	struct probe *p = probe_of(s);

	count_call(s, events);
	close(p->victim->source.fd);
	p->victim->source.fd = -1;
	loop_forget(p->loop, &p->victim->source);
}

/* Two are ready; whichever comes first removes the other. */
static void
check_pair(
    struct loop *loop, void (*ready)(struct loop_source *, uint32_t events))
{
	struct probe a, b;

	probe_init(&a, loop, 1);
	probe_init(&b, loop, 1);
	a.victim = &b;
	b.victim = &a;
	a.source.ready = b.source.ready = ready;
	assert_int_equal(loop_add(loop, &a.source, EPOLLIN), 0);
	assert_int_equal(loop_add(loop, &b.source, EPOLLIN), 0);
	assert_int_equal(loop_turn(loop, -1), 2);
	assert_int_equal(a.called + b.called, 1);
	loop_remove(loop, &a.source);
	loop_remove(loop, &b.source);
	if (a.source.fd >= 0)
		close(a.source.fd);
	if (b.source.fd >= 0)
		close(b.source.fd);
}

static void
test_stale(void **state)
{
	check_pair(*state, remove_victim);
	check_pair(*state, forget_victim);
}

/* Another source takes the place of the removed one in memory. */
static void
replace_victim(struct loop_source *s, uint32_t events)
{
	struct probe *p = probe_of(s), *victim = p->victim;

	count_call(s, events);
	loop_remove(p->loop, &victim->source);
	close(victim->source.fd);
	probe_init(victim, p->loop, 0);
	assert_int_equal(loop_add(p->loop, &victim->source, EPOLLIN), 0);
}

static void
test_stale_replaced(void **state)
{
	check_pair(*state, replace_victim);
}

static void
remove_all(struct loop_source *s, uint32_t events)
{
	struct probe *p = probe_of(s), *all = p->victim;
	int i;

	count_call(s, events);
	for (i = 0; i < 10; i++) {
		loop_remove(p->loop, &all[i].source);
		close(all[i].source.fd);
		/* A call after this would crash. */
		all[i].source.ready = NULL;
	}
}

/* Its own source and those that were called already are removed too. */
static void
test_stale_all(void **state)
{
	struct loop *loop = *state;
	struct probe p[10];
	int i, called = 0;

	for (i = 0; i < 10; i++) {
		probe_init(&p[i], loop, 1);
		p[i].victim = p;
		p[i].source.ready = i == 5 ? remove_all : count_call;
		assert_int_equal(loop_add(loop, &p[i].source, EPOLLIN), 0);
	}
	assert_int_equal(loop_turn(loop, -1), 10);
	for (i = 0; i < 10; i++)
		called += p[i].called;
	assert_in_range(called, 1, 10);
	assert_int_equal(p[5].called, 1);
	assert_int_equal(loop_turn(loop, 0), 0);
}

/* More than one wait returns: all come, none twice. */
static void
test_many(void **state)
{
	enum {
		COUNT = 600
	};
	struct loop *loop = *state;
	struct probe *p = calloc(COUNT, sizeof(*p));
	struct rlimit limit;
	int i, sum = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < COUNT + 50)
		skip();
	for (i = 0; i < COUNT; i++) {
		probe_init(&p[i], loop, 1);
		p[i].source.ready = drain;
		assert_int_equal(loop_add(loop, &p[i].source, EPOLLIN), 0);
	}
	while (sum < COUNT) {
		int n = loop_turn(loop, 0);

		assert_in_range(n, 1, 256);
		sum += n;
	}
	assert_int_equal(loop_turn(loop, 0), 0);
	for (i = 0; i < COUNT; i++) {
		assert_int_equal(p[i].called, 1);
		close(p[i].source.fd);
	}
	free(p);
}

static void
on_alarm(int signal)
{
	(void)signal;
}

/* A signal ends the wait and is no error. */
static void
test_interrupted(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, old;
	struct itimerval every = { { 0, 5000 }, { 0, 5000 } };

	sigemptyset(&action.sa_mask);
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
	assert_int_equal(loop_turn(*state, -1), 0);
	memset(&every, 0, sizeof(every));
	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
}

static int
destroy_loop(void *argument)
{
	struct loop *loop = argument;

	loop_destroy(&loop);
	return 0;
}

/* A forked child that drops the loop leaves its parent's alone. */
static void
test_destroy_in_child(void **state)
{
	struct loop *loop = *state;
	struct probe p;

	probe_init(&p, loop, 1);
	assert_int_equal(loop_add(loop, &p.source, EPOLLIN), 0);
	assert_int_equal(process_run(destroy_loop, loop), 0);
	assert_int_equal(loop_turn(loop, -1), 1);
	assert_int_equal(p.called, 1);
	close(p.source.fd);
}

#define LOOP_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_events),
		LOOP_TEST(test_errors),
		LOOP_TEST(test_remove_shared),
		LOOP_TEST(test_exclusive),
		LOOP_TEST(test_stale),
		LOOP_TEST(test_stale_replaced),
		LOOP_TEST(test_stale_all),
		LOOP_TEST(test_many),
		LOOP_TEST(test_interrupted),
		LOOP_TEST(test_destroy_in_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop.  A turn is wait, clock, events, time-outs, tasks; events
 * come before time-outs so that what arrived in time counts as in time: a wait
 * that a signal ends saw none, so no time-out is due.  It knows nothing of what
 * its sources are.
 */
#include "config.h"

#include "os/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"

/* Events taken by one wait; what is left over comes with the next. */
#define BATCH_SIZE 256

struct loop {
	int epoll_fd;
	struct loop_queue *queues;
	struct loop_queue first_queues[LOOP_QUEUES];
	unsigned first_count;	   /* of those that are in use */
	struct list tasks;	   /* of loop_task, oldest first */
	struct list_node turn_end; /* among the tasks: the last to run now */
	/* This turn's events; those from next on are still to be called. */
	struct epoll_event batch[BATCH_SIZE];
	int batch_next, batch_end;
};

struct loop *
loop_create(void)
{
	struct loop *loop = malloc(sizeof(*loop));

	if (loop == NULL)
		return NULL;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return NULL;
	}
	loop->queues = NULL;
	loop->first_count = 0;
	loop->batch_next = loop->batch_end = 0;
	list_init(&loop->tasks);
	/* Timers may be started before the first turn. */
	clock_refresh();
	return loop;
}

/* The nodes outlive the list: none may point into it. */
static void
unlink_all(struct list *list)
{
	while (!list_empty(list))
		list_remove(list->head.next);
}

static bool
is_first(const struct loop *loop, const struct loop_queue *queue)
{
	unsigned i;

	for (i = 0; i < LOOP_QUEUES; i++)
		if (queue == &loop->first_queues[i])
			return true;
	return false;
}

void
loop_destroy(struct loop **loop_p)
{
	struct loop *loop = *loop_p;
	struct loop_queue *queue;

	*loop_p = NULL;
	if (loop == NULL)
		return;
	while ((queue = loop->queues) != NULL) {
		loop->queues = queue->next;
		unlink_all(&queue->list);
		if (!is_first(loop, queue))
			free(queue);
	}
	unlink_all(&loop->tasks);
	close(loop->epoll_fd);
	free(loop);
}

static int
control(
    struct loop *loop, int operation, struct loop_source *s, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = s };

	return epoll_ctl(loop->epoll_fd, operation, s->fd, &event);
}

int
loop_add(struct loop *loop, struct loop_source *s, uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, s, events);
}

int
loop_change(struct loop *loop, struct loop_source *s, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, s, events);
}

void
loop_forget(struct loop *loop, struct loop_source *s)
{
	int i;

	/* At once, for another source may take its place in memory. */
	for (i = loop->batch_next; i < loop->batch_end; i++)
		if (loop->batch[i].data.ptr == s)
			loop->batch[i].data.ptr = NULL;
}

void
loop_remove(struct loop *loop, struct loop_source *s)
{
	if (s->fd >= 0)
		(void)control(loop, EPOLL_CTL_DEL, s, 0);
	loop_forget(loop, s);
}

struct loop_queue *
loop_queue(struct loop *loop, int64_t duration_ms)
{
	struct loop_queue *queue;

	assert(duration_ms >= 0);
	for (queue = loop->queues; queue != NULL; queue = queue->next)
		if (queue->duration_ms == duration_ms)
			return queue;
	queue = loop->first_count < LOOP_QUEUES
		    ? &loop->first_queues[loop->first_count++]
		    : malloc(sizeof(*queue));
	if (queue == NULL)
		return NULL;
	list_init(&queue->list);
	queue->duration_ms = duration_ms;
	queue->next = loop->queues;
	loop->queues = queue;
	return queue;
}

void
loop_timer_init(struct loop_timer *t, void (*expired)(struct loop_timer *))
{
	list_node_init(&t->node);
	t->deadline_ms = 0;
	t->expired = expired;
}

void
loop_timer_start(struct loop_queue *queue, struct loop_timer *t)
{
	list_remove(&t->node);
	if (__builtin_add_overflow(
		clock_now_ms(), queue->duration_ms, &t->deadline_ms))
		t->deadline_ms = INT64_MAX;
	/* The clock never goes back, so the queue stays sorted. */
	list_append(&queue->list, &t->node);
}

void
loop_timer_stop(struct loop_timer *t)
{
	list_remove(&t->node);
}

static struct loop_timer *
first_timer(struct loop_queue *queue)
{
	struct list_node *node = list_first(&queue->list);

	return node == NULL ? NULL : LIST_ENTRY(node, struct loop_timer, node);
}

/*
 * How long to wait.  The time is read anew, since the callbacks of the last
 * turn took some.  Deadlines are whole milliseconds and the time is cut to
 * such, so the difference is rounded up: a wait never ends just too early.
 */
static int
wait_ms(struct loop *loop, int max_ms)
{
	int64_t wait = max_ms < 0 ? INT64_MAX : max_ms, now = 0;
	struct loop_queue *queue;
	struct loop_timer *t;

	if (!list_empty(&loop->tasks) || wait == 0)
		return 0;
	for (queue = loop->queues; queue != NULL; queue = queue->next) {
		t = first_timer(queue);
		if (t == NULL)
			continue;
		if (now == 0)
			now = clock_exact_us() / 1000;
		if (t->deadline_ms <= now)
			return 0;
		if (t->deadline_ms - now < wait)
			wait = t->deadline_ms - now;
	}
	if (wait == INT64_MAX)
		return -1;
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

static void
run_events(struct loop *loop, int count)
{
	struct loop_source *s;
	uint32_t events;

	loop->batch_next = 0;
	loop->batch_end = count;
	while (loop->batch_next < loop->batch_end) {
		s = loop->batch[loop->batch_next].data.ptr;
		events = loop->batch[loop->batch_next].events;
		loop->batch_next++;
		if (s != NULL)
			s->ready(s, events);
	}
}

/*
 * What is due is first moved to a list of its own: a timer that a callback
 * starts anew with duration 0 then waits for the next turn, and one that a
 * callback stops or renews just leaves that list.
 */
static void
run_timers(struct loop *loop)
{
	int64_t now = clock_now_ms();
	struct loop_queue *queue;
	struct loop_timer *t;
	struct list due;

	list_init(&due);
	for (queue = loop->queues; queue != NULL; queue = queue->next)
		while (
		    (t = first_timer(queue)) != NULL && t->deadline_ms <= now) {
			list_remove(&t->node);
			list_append(&due, &t->node);
		}
	while (!list_empty(&due)) {
		t = LIST_ENTRY(list_first(&due), struct loop_timer, node);
		list_remove(&t->node);
		t->expired(t);
	}
}

static void
run_tasks(struct loop *loop)
{
	struct loop_task *task;

	/* Everything before this mark; what is deferred now comes behind. */
	list_append(&loop->tasks, &loop->turn_end);
	while (loop->tasks.head.next != &loop->turn_end) {
		task =
		    LIST_ENTRY(loop->tasks.head.next, struct loop_task, node);
		list_remove(&task->node);
		task->run(task);
	}
	list_remove(&loop->turn_end);
}

int
loop_turn(struct loop *loop, int max_ms)
{
	int count;

	/* A turn within a callback would overwrite the batch. */
	assert(loop->batch_next == loop->batch_end);
	count = epoll_wait(
	    loop->epoll_fd, loop->batch, BATCH_SIZE, wait_ms(loop, max_ms));
	if (count < 0 && errno != EINTR)
		return -1;
	clock_refresh();
	if (count >= 0) {
		run_events(loop, count);
		run_timers(loop);
	}
	run_tasks(loop);
	return count < 0 ? 0 : count;
}

void
loop_task_init(struct loop_task *task, void (*run)(struct loop_task *))
{
	list_node_init(&task->node);
	task->run = run;
}

void
loop_defer(struct loop *loop, struct loop_task *task)
{
	if (!list_linked(&task->node))
		list_append(&loop->tasks, &task->node);
}

void
loop_task_cancel(struct loop_task *task)
{
	list_remove(&task->node);
}

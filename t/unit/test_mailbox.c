/* SPDX-License-Identifier: BSD-2-Clause */
/* master/mailbox: nothing is lost, whoever is slow and whoever dies. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "master/mailbox.h"

static struct loop *loop;
static struct mailbox box;
static int child; /* the other end */
static int null_fd;
static unsigned received, closed, writable, last;

static void
on_received(struct mailbox *m, struct message *message)
{
	assert_ptr_equal(m, &box);
	assert_int_equal(message->type, MESSAGE_HANDOVER);
	received++;
	last = message->arg;
	if (message->fd >= 0)
		close(message->fd);
}

static void
on_closed(struct mailbox *m)
{
	assert_int_equal(m->source.fd, -1);
	closed++;
}

static void
on_writable(struct mailbox *m)
{
	assert_ptr_equal(m, &box);
	writable++;
}

static int
setup(void **state)
{
	int fds[2];

	(void)state;
	received = closed = writable = last = 0;
	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(null_fd >= 0);
	loop = loop_create();
	assert_non_null(loop);
	assert_int_equal(channel_pair(fds), 0);
	box = (struct mailbox){
		.received = on_received,
		.closed = on_closed,
		.writable = on_writable,
	};
	assert_int_equal(mailbox_open(&box, loop, fds[0]), 0);
	child = fds[1];
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	mailbox_close(&box);
	if (child >= 0)
		close(child);
	loop_destroy(&loop);
	close(null_fd);
	return 0;
}

/* The child reads one message; its arg, or -1 when there is none. */
static int
child_reads(struct message *m)
{
	if (channel_receive(child, m) != 1)
		return -1;
	if (m->fd >= 0)
		close(m->fd);
	return (int)m->arg;
}

/* More than the socket takes, each with a descriptor and data. */
static unsigned
send_many(void)
{
	struct message m;
	unsigned count = 0;

	message_init(&m, MESSAGE_DEST, 0);
	m.len = 3000;
	memset(m.data, 'x', m.len);
	m.fd = null_fd;
	while (list_empty(&box.waiting) || count % 8 != 0) {
		m.arg = count++;
		assert_int_equal(mailbox_send(&box, &m), 0);
	}
	return count;
}

static void
test_slow_child(void **state)
{
	unsigned count = send_many(), next = 0;
	struct message m;
	int arg;

	(void)state;
	/* What waits has its place; this must not come before it. */
	assert_int_equal(mailbox_say(&box, MESSAGE_STOP, 999), 0);
	errno = 0;
	message_init(&m, MESSAGE_ADOPT, 0);
	assert_int_equal(mailbox_try(&box, &m), -1);
	assert_int_equal(errno, EAGAIN);
	while (next < count) {
		arg = child_reads(&m);
		if (arg < 0) {
			assert_true(loop_turn(loop, 1000) > 0);
			continue;
		}
		assert_int_equal(arg, next++);
		assert_int_equal(m.type, MESSAGE_DEST);
		assert_int_equal(m.len, 3000);
	}
	while ((arg = child_reads(&m)) < 0)
		assert_true(loop_turn(loop, 1000) > 0);
	assert_int_equal(arg, 999);
	while (writable == 0)
		assert_true(loop_turn(loop, 1000) >= 0);
	message_init(&m, MESSAGE_ADOPT, 5);
	assert_int_equal(mailbox_try(&box, &m), 0);
	assert_int_equal(child_reads(&m), 5);
}

static void
child_sends(unsigned count)
{
	struct message m;

	for (unsigned i = 0; i < count; i++) {
		message_init(&m, MESSAGE_HANDOVER, i);
		m.fd = null_fd;
		assert_int_equal(channel_send(child, &m), 0);
	}
}

static void
test_dead_child(void **state)
{
	struct message m;

	(void)state;
	child_sends(3);
	close(child);
	child = -1;
	/* It was reaped before its messages were read. */
	mailbox_drain(&box);
	assert_int_equal(received, 3);
	assert_int_equal(last, 2);
	assert_int_equal(closed, 1);
	message_init(&m, MESSAGE_STOP, 0);
	assert_int_equal(mailbox_send(&box, &m), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(mailbox_try(&box, &m), -1);
	assert_int_equal(errno, EPIPE);
}

static void
test_end_is_told(void **state)
{
	(void)state;
	child_sends(20);
	close(child);
	child = -1;
	while (closed == 0)
		assert_true(loop_turn(loop, 1000) > 0);
	assert_int_equal(received, 20);
}

static void
test_pause(void **state)
{
	(void)state;
	child_sends(3);
	mailbox_pause(&box, true);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_int_equal(received, 0);
	/* It may be written to, and that is still told. */
	(void)send_many();
	while (writable == 0) {
		struct message m;

		(void)child_reads(&m);
		assert_true(loop_turn(loop, 0) >= 0);
	}
	assert_int_equal(received, 0);
	mailbox_pause(&box, false);
	assert_true(loop_turn(loop, 1000) > 0);
	assert_int_equal(received, 3);
}

static void
test_end_is_told_in_a_pause(void **state)
{
	(void)state;
	child_sends(20);
	mailbox_pause(&box, true);
	close(child);
	child = -1;
	while (closed == 0)
		assert_true(loop_turn(loop, 1000) > 0);
	assert_int_equal(received, 20);
}

static unsigned
count_open(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
test_waiting_letters_end_with_it(void **state)
{
	unsigned before = count_open();

	(void)state;
	(void)send_many();
	assert_true(count_open() > before);
	close(child);
	child = -1;
	while (closed == 0)
		assert_true(loop_turn(loop, 1000) > 0);
	/* Their descriptors too; and both ends of the channel are closed. */
	assert_int_equal(count_open(), before - 2);
	assert_true(list_empty(&box.waiting));
}

static void
test_nonsense(void **state)
{
	(void)state;
	assert_int_equal(write(child, "garbage", 7), 7);
	assert_true(loop_turn(loop, 1000) > 0);
	assert_int_equal(closed, 1);
	assert_int_equal(received, 0);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slow_child),
		TEST(test_dead_child),
		TEST(test_end_is_told),
		TEST(test_waiting_letters_end_with_it),
		TEST(test_pause),
		TEST(test_end_is_told_in_a_pause),
		TEST(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

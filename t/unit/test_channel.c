/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages come whole, with their descriptor or none; what makes no sense is
 * thrown away without leaking a descriptor.
 */
#include "config.h"

#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int pair[2];
static struct message sent, got;

static int
open_pair(void **state)
{
	(void)state;
	return channel_pair(pair);
}

static int
close_pair(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* How many descriptors this process has, at low numbers. */
static int
count_fds(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
test_plain(void **state)
{
	(void)state;
	assert_int_equal(channel_receive(pair[1], &got), -1);
	assert_int_equal(errno, EAGAIN);
	message_init(&sent, MESSAGE_READY, 7);
	sent.value = UINT64_MAX - 1;
	assert_int_equal(channel_send(pair[0], &sent), 0);
	assert_int_equal(channel_receive(pair[1], &got), 1);
	assert_int_equal(got.type, MESSAGE_READY);
	assert_int_equal(got.arg, 7);
	assert_true(got.value == UINT64_MAX - 1);
	assert_int_equal(got.len, 0);
	assert_int_equal(got.fd, -1);
}

static void
test_data_and_descriptor(void **state)
{
	struct stat a, b;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	message_init(&sent, MESSAGE_HANDOVER, 1);
	sent.fd = ends[0];
	sent.len = MESSAGE_DATA_MAX;
	memset(sent.data, 'x', sizeof(sent.data));
	assert_int_equal(channel_send(pair[0], &sent), 0);
	message_init(&sent, MESSAGE_DRAINING, 2);
	assert_int_equal(channel_send(pair[0], &sent), 0);

	assert_int_equal(channel_receive(pair[1], &got), 1);
	assert_int_equal(got.len, MESSAGE_DATA_MAX);
	assert_memory_equal(got.data, sent.data, sizeof(sent.data));
	assert_true(got.fd != -1 && got.fd != ends[0]);
	assert_int_equal(fcntl(got.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(got.fd, &a), 0);
	assert_int_equal(fstat(ends[0], &b), 0);
	assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	close(got.fd);
	assert_int_equal(channel_receive(pair[1], &got), 1);
	assert_int_equal(got.type, MESSAGE_DRAINING);
	assert_int_equal(got.fd, -1);
	close(ends[0]);
	close(ends[1]);
}

static void
test_too_long_is_not_sent(void **state)
{
	(void)state;
	message_init(&sent, MESSAGE_READY, 0);
	sent.len = MESSAGE_DATA_MAX + 1;
	assert_int_equal(channel_send(pair[0], &sent), -1);
	assert_int_equal(errno, EMSGSIZE);
}

static void
test_slow_and_gone(void **state)
{
	int i;

	(void)state;
	message_init(&sent, MESSAGE_POKE, 0);
	for (i = 0; channel_send(pair[0], &sent) == 0; i++)
		assert_true(i < 1000000);
	assert_int_equal(errno, EAGAIN);
	close(pair[0]);
	for (; i > 0; i--)
		assert_int_equal(channel_receive(pair[1], &got), 1);
	assert_int_equal(channel_receive(pair[1], &got), 0);
	assert_int_equal(channel_send(pair[1], &sent), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), pair[0]);
}

/* Unread messages at the time of the close must neither hide the end nor what
 * was sent before it. */
static void
test_gone_with_unread(void **state)
{
	uint32_t i;

	(void)state;
	message_init(&sent, MESSAGE_POKE, 0);
	assert_int_equal(channel_send(pair[1], &sent), 0);
	for (i = 0; i < 3; i++) {
		message_init(&sent, MESSAGE_DRAINING, i);
		assert_int_equal(channel_send(pair[0], &sent), 0);
	}
	close(pair[0]);
	for (i = 0; i < 3; i++) {
		assert_int_equal(channel_receive(pair[1], &got), 1);
		assert_int_equal(got.arg, i);
	}
	assert_int_equal(channel_receive(pair[1], &got), 0);
	assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), pair[0]);
}

/* In a process of its own: the kernel bounds what root may have under way by
 * nothing.  Returns the errno of the first message that was refused. */
static int
fill_as_nobody(void)
{
	const struct rlimit few = { 8, 8 };
	int i;

	if (setrlimit(RLIMIT_NOFILE, &few) == -1 ||
	    (geteuid() == 0 && setresuid(65534, 65534, 65534) == -1))
		return 0;
	message_init(&sent, MESSAGE_HANDOVER, 0);
	sent.fd = STDIN_FILENO;
	for (i = 0; i < 100000; i++)
		if (channel_send(pair[0], &sent) == -1)
			return errno;
	return 0;
}

/* Descriptors under way are bounded for each user: it is to be tried again
 * when some have arrived, like any channel that is full. */
static void
test_too_many_descriptors(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fill_as_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EAGAIN);
}

/* Ours, not the sender's, is the fault then. */
static void
test_no_room_for_descriptor(void **state)
{
	struct rlimit before, none;
	int fd = dup(STDIN_FILENO);

	(void)state;
	message_init(&sent, MESSAGE_HANDOVER, 1);
	sent.fd = STDIN_FILENO;
	assert_int_equal(channel_send(pair[0], &sent), 0);
	assert_int_equal(channel_send(pair[0], &sent), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)fd; /* the lowest that is free */
	close(fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	errno = 0;
	assert_int_equal(channel_receive(pair[1], &got), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(channel_receive(pair[1], &got), 1);
	assert_true(got.fd >= 0);
	close(got.fd);
}

/* Some, but not so many that a few channels take all that a user may have. */
static void
test_room(void **state)
{
	int i;

	(void)state;
	message_init(&sent, MESSAGE_HANDOVER, 1);
	sent.fd = STDIN_FILENO;
	sent.len = 400;
	for (i = 0; channel_send(pair[0], &sent) == 0; i++)
		;
	assert_int_equal(errno, EAGAIN);
	assert_in_range(i, 8, 40);
	sent.len = MESSAGE_DATA_MAX;
	for (i = 0; channel_send(pair[1], &sent) == 0; i++)
		;
	assert_in_range(i, 2, 40);
}

/* A packet as a broken peer may send it. */
static void
send_raw(const void *data, size_t len, unsigned fd_count)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(64 * sizeof(int))];
	} control;
	struct iovec part = { (void *)(uintptr_t)data, len };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;
	int fds[64] = { 0 };

	memset(&control, 0, sizeof(control));
	if (fd_count > 0) {
		header.msg_control = control.room;
		header.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		c = CMSG_FIRSTHDR(&header);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
	}
	assert_int_equal(sendmsg(pair[0], &header, 0), (int)len);
}

static void
test_nonsense(void **state)
{
	static const struct {
		size_t len;
		uint32_t claimed;
		unsigned fds;
	} packets[] = {
		{ 3, 0, 0 }, /* no head */
		{ 3, 0, 1 },
		{ 24, 1, 0 }, /* less data than claimed */
		{ 24, UINT32_MAX, 1 },
		{ 30, 5, 0 },		/* more */
		{ 24 + 4097, 4097, 0 }, /* truncated */
		{ 24 + 8000, 4096, 1 },
		{ 24, 0, 2 }, /* several descriptors */
		{ 24, 0, 4 },
		{ 24, 0, 64 },
	};
	static char packet[9000];
	int before = count_fds();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		memcpy(packet + 16, &packets[i].claimed, 4);
		send_raw(packet, packets[i].len, packets[i].fds);
		errno = 0;
		assert_int_equal(channel_receive(pair[1], &got), -1);
		assert_int_equal(errno, EPROTO);
		assert_int_equal(count_fds(), before);
	}
	message_init(&sent, MESSAGE_READY, 0);
	assert_int_equal(channel_send(pair[0], &sent), 0);
	assert_int_equal(channel_receive(pair[1], &got), 1);
}

#define WITH_PAIR(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(test_plain),
		WITH_PAIR(test_data_and_descriptor),
		WITH_PAIR(test_too_long_is_not_sent),
		WITH_PAIR(test_slow_and_gone),
		WITH_PAIR(test_gone_with_unread),
		WITH_PAIR(test_too_many_descriptors),
		WITH_PAIR(test_no_room_for_descriptor),
		WITH_PAIR(test_room),
		WITH_PAIR(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain TCP over real sockets on loopback: every result that a connection may
 * see, with the kernel giving it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/transport.h"

/* A connected pair: ours non-blocking under a transport, theirs blocking. */
struct pair {
	struct transport ours;
	int theirs;
};

static int
setup(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct pair *pair = calloc(1, sizeof(*pair));
	socklen_t len = sizeof(addr);
	int listener, fd;

	assert_non_null(pair);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (void *)&addr, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (void *)&addr, &len), 0);
	pair->theirs = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(pair->theirs, (void *)&addr, len), 0);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(fd >= 0);
	close(listener);
	transport_plain_init(&pair->ours, fd);
	*state = pair;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *pair = *state;

	pair->ours.ops->close(&pair->ours, false);
	if (pair->theirs != -1)
		close(pair->theirs);
	free(pair);
	return 0;
}

/* An unlinked file with that content. */
static int
file_with(const char *text)
{
	char path[] = "/tmp/drover-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static void
they_get(struct pair *pair, const char *text)
{
	char data[256];

	assert_int_equal(
	    recv(pair->theirs, data, strlen(text), MSG_WAITALL), strlen(text));
	assert_memory_equal(data, text, strlen(text));
}

static void
test_has_no_state(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;

	assert_true(t->can_hand_over);
	assert_int_equal(t->ops->handshake(t), 1);
	assert_int_equal(t->ops->want(t), 0);
	assert_int_equal(t->ops->pending(t), 0);
	assert_int_equal(t->ops->unsent(t), 0);
}

static void
test_reads_until_the_end(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	char data[8];
	ssize_t n;

	assert_int_equal(
	    t->ops->read(t, data, sizeof(data)), TRANSPORT_AGAIN_READ);
	assert_int_equal(send(pair->theirs, "hello", 5, 0), 5);
	assert_int_equal(t->ops->read(t, data, sizeof(data)), 5);
	assert_memory_equal(data, "hello", 5);
	shutdown(pair->theirs, SHUT_WR);
	while ((n = t->ops->read(t, data, 8)) == TRANSPORT_AGAIN_READ)
		continue;
	assert_int_equal(n, TRANSPORT_END);
}

static void
test_writes_in_order_until_full(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	struct iovec iov[] = { { (char *)"one ", 4 }, { (char *)"two", 3 } };
	static char much[256 * 1024];
	struct iovec big = { much, sizeof(much) };
	ssize_t n;

	assert_int_equal(t->ops->writev(t, iov, 2, true), 7);
	assert_int_equal(t->ops->writev(t, iov, 1, false), 4);
	they_get(pair, "one twoone ");
	do
		n = t->ops->writev(t, &big, 1, false);
	while (n > 0);
	assert_int_equal(n, TRANSPORT_AGAIN_WRITE);
	assert_true(t->ops->unsent(t) > 0);
}

/* Without MSG_NOSIGNAL this test would be killed by SIGPIPE. */
static void
test_a_peer_that_went_is_an_error(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	struct iovec iov = { (char *)"x", 1 };
	struct linger now = { 1, 0 };
	char data[8];

	setsockopt(pair->theirs, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(pair->theirs);
	pair->theirs = -1;
	assert_int_equal(t->ops->read(t, data, 8), TRANSPORT_ERROR);
	assert_int_equal(t->ops->writev(t, &iov, 1, false), TRANSPORT_ERROR);
	assert_int_equal(t->ops->shutdown(t), TRANSPORT_ERROR);
}

static void
test_sends_a_file_range(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	int fd = file_with("0123456789");

	assert_int_equal(t->ops->sendfile(t, fd, 3, 4), 4);
	they_get(pair, "3456");
	/* Ten bytes are there: what is announced beyond is not. */
	assert_int_equal(t->ops->sendfile(t, fd, 8, 10), 2);
	assert_int_equal(t->ops->sendfile(t, fd, 10, 8), TRANSPORT_END);
	assert_int_equal(t->ops->sendfile(t, -1, 0, 1), TRANSPORT_ERROR);
	they_get(pair, "89");
	close(fd);
}

/* Files of /proc are made while they are read: the kernel cannot send them. */
static void
test_copies_a_file_that_cannot_be_sent(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	int fd = open("/proc/self/auxv", O_RDONLY | O_CLOEXEC);
	char copied[24], expected[16];

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, expected, 16, 8), 16);
	assert_int_equal(t->ops->sendfile(t, fd, 8, 16), 16);
	assert_int_equal(recv(pair->theirs, copied, 24, 0), 16);
	assert_memory_equal(copied, expected, 16);
	assert_int_equal(
	    t->ops->sendfile(t, fd, 1024 * 1024, 1), TRANSPORT_END);
	close(fd);
}

static void
test_shutdown_ends_our_direction_alone(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	char data[8];
	ssize_t n;

	assert_int_equal(t->ops->shutdown(t), 1);
	assert_int_equal(recv(pair->theirs, data, 8, 0), 0);
	assert_int_equal(send(pair->theirs, "late", 4, 0), 4);
	while ((n = t->ops->read(t, data, 8)) == TRANSPORT_AGAIN_READ)
		continue;
	assert_int_equal(n, 4);
}

static void
test_close_sends_fin_or_reset(void **state)
{
	struct pair *pair = *state;
	struct transport *t = &pair->ours;
	char data[8];

	t->ops->close(t, true);
	assert_int_equal(t->fd, -1);
	assert_int_equal(recv(pair->theirs, data, 8, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	t->ops->close(t, false); /* nothing left to close */
	teardown(state);
	setup(state);
	pair = *state;
	t = &pair->ours;
	t->ops->close(t, false);
	assert_int_equal(recv(pair->theirs, data, 8, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_has_no_state),
		TEST(test_reads_until_the_end),
		TEST(test_writes_in_order_until_full),
		TEST(test_a_peer_that_went_is_an_error),
		TEST(test_sends_a_file_range),
		TEST(test_copies_a_file_that_cannot_be_sent),
		TEST(test_shutdown_ends_our_direction_alone),
		TEST(test_close_sends_fin_or_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* master/inherit: what the variables say, and what is refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"
#include "ipc/channel.h"
#include "ipc/succession.h"
#include "master/inherit.h"

static struct inherit_entry entries[INHERIT_MAX];

/* Behind the text nothing may be read. */
static int
parse(const char *text, pid_t *pid_r, int *channel_r)
{
	size_t len = strlen(text);
	char *copy = guard_copy(text, len);
	struct err err;
	int result =
	    inherit_parse(span_of(copy, len), pid_r, channel_r, entries, &err);

	guard_free(copy, len);
	return result;
}

static void
test_good(void **state)
{
	int channel = 0;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(parse("1 4711 3", &pid, &channel), 0);
	assert_int_equal(pid, 4711);
	assert_int_equal(channel, 3);
	assert_int_equal(parse("1 7 9 5=0.0.0.0:80 12+[::]:8080 "
			       "2147483647=[fe80::1%a=b;+]:80",
			     &pid, &channel),
	    3);
	assert_int_equal(entries[0].fd, 5);
	assert_string_equal(entries[0].name, "0.0.0.0:80");
	assert_false(entries[0].kept);
	assert_int_equal(entries[1].fd, 12);
	assert_string_equal(entries[1].name, "[::]:8080");
	assert_true(entries[1].kept);
	assert_int_equal(entries[2].fd, INT32_MAX);
	assert_string_equal(entries[2].name, "[fe80::1%a=b;+]:80");
}

static void
test_bad(void **state)
{
	static const char *const texts[] = { "", " ", "1", "1 ", "2 7 9",
		"11 7 9", "1 7", "1 7 ", "1 0 9", "1 -7 9", "1 7 2", "1 7 x",
		"1  7 9", " 1 7 9", "1 7 9 ", "1 7 9  5=a", "1 7 9 5=a ",
		"1 7 9 5", "1 7 9 5=", "1 7 9 =a", "1 7 9 2=a", "1 7 9 0x5=a",
		"1 7 9 5a", "1 7 9 5-a", "1 7 9 9=a", "1 7 9 5=a 5=b",
		"1 7 9 5=a 6=a", "1 7 9 5=a 6+a", "1 7 9 2147483648=a",
		"1 99999999999 9", "1 7 9 5=a\n", "1 7 9 5=a\tb",
		"1 7 9 5=\177" };
	int channel;
	pid_t pid;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (parse(texts[i], &pid, &channel) != -1)
			fail_msg("\"%s\" was taken", texts[i]);
}

static void
test_bounds(void **state)
{
	static char text[INHERIT_MAX * 16 + 64], name[ADDR_TEXT_SIZE + 1];
	int channel, i, at;
	pid_t pid;

	(void)state;
	at = sprintf(text, "1 7 9");
	for (i = 0; i < INHERIT_MAX; i++)
		at += sprintf(text + at, " %d=%d", 10 + i, i);
	assert_int_equal(parse(text, &pid, &channel), INHERIT_MAX);
	sprintf(text + at, " 5=x");
	assert_int_equal(parse(text, &pid, &channel), -1);
	memset(name, 'n', ADDR_TEXT_SIZE);
	sprintf(text, "1 7 9 5=%.*s", ADDR_TEXT_SIZE - 1, name);
	assert_int_equal(parse(text, &pid, &channel), 1);
	sprintf(text, "1 7 9 5=%.*s", ADDR_TEXT_SIZE, name);
	assert_int_equal(parse(text, &pid, &channel), -1);
}

static void
test_count(void **state)
{
	static const struct {
		const char *pid, *fds;
		int count;
	} rows[] = {
		{ NULL, NULL, 0 },
		{ "7", NULL, 0 },
		{ NULL, "2", 0 },
		{ "7", "2", 2 },
		{ "7", "0", 0 },
		{ "8", "2", 0 },
		{ "8", "x", 0 },
		{ "7", "x", -1 },
		{ "7", "-1", -1 },
		{ "7", " 1", -1 },
		{ "7", "1025", -1 },
		{ "7", "1024", 1024 },
		{ "x", "1", -1 },
		{ "", "1", -1 },
	};
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(
		    inherit_count(rows[i].pid, rows[i].fds, 7, &err),
		    rows[i].count);
}

/* A socket that listens, or not, on a free port. */
static int
open_socket(bool listens)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	if (listens)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* What one gives the other takes. */
static void
test_there_and_back(void **state)
{
	struct listener_set set = { 0 };
	struct inherit in;
	struct message m;
	struct err err;
	int fds[2], fd;

	(void)state;
	assert_int_equal(channel_pair(fds), 0);
	assert_int_equal(
	    listener_set_add(&set, open_socket(true), "one", false, &err), 0);
	fd = open_socket(true);
	assert_int_equal(listener_set_add(&set, fd, "two", true, &err), 0);
	assert_int_equal(inherit_give(4711, fds[1], &set, &err), 0);
	assert_int_equal(fcntl(fd, F_GETFD), 0);
	assert_int_equal(fcntl(fds[1], F_GETFD), 0);
	assert_int_equal(inherit_take(&in, &err), 0);
	assert_null(getenv(INHERIT_VARIABLE));
	assert_int_equal(in.giver, 4711);
	assert_int_equal(in.channel, fds[1]);
	assert_int_equal(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	assert_int_equal(in.set.count, 2);
	assert_string_equal(in.set.listeners[0].name, "one");
	assert_string_equal(in.set.listeners[1].name, "two");
	assert_int_equal(in.set.listeners[1].fd, fd);
	assert_true(in.set.listeners[1].kept);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	inherit_say(&in, REPORT_WARN, span_str("a line"));
	assert_int_equal(channel_receive(fds[0], &m), 1);
	assert_int_equal(m.type, SUCCESSION_SAYS);
	assert_int_equal(m.arg, REPORT_WARN);
	assert_int_equal(m.len, 6);
	inherit_release(&in);
	assert_int_equal(channel_receive(fds[0], &m), 0);
	inherit_say(&in, REPORT_WARN, span_str("to nobody"));
	free(set.listeners);
	close(fds[0]);
}

/* A number that is somebody else's descriptor. */
static void
test_no_listener(void **state)
{
	int fd = open_socket(false), fds[2];
	struct inherit in;
	struct err err;
	char text[64];

	(void)state;
	assert_int_equal(channel_pair(fds), 0);
	sprintf(text, "1 7 %d %d=one", fds[1], fd);
	setenv(INHERIT_VARIABLE, text, 1);
	assert_int_equal(inherit_take(&in, &err), -1);
	assert_non_null(strstr(err.text, "no socket that listens"));
	inherit_release(&in);
	sprintf(text, "1 7 %d 1000=one", fds[0]);
	setenv(INHERIT_VARIABLE, text, 1);
	assert_int_equal(inherit_take(&in, &err), -1);
	inherit_release(&in);
	sprintf(text, "1 7 1000");
	setenv(INHERIT_VARIABLE, text, 1);
	assert_int_equal(inherit_take(&in, &err), -1);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_no_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* master/notify: what reaches a service manager's socket. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "master/notify.h"

static char dir[] = "/tmp/drover-notify-XXXXXX";

/* A manager's socket: "@name" is outside the file system. */
static int
manager(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	memcpy(addr.sun_path, name, strlen(name));
	if (name[0] == '@')
		addr.sun_path[0] = '\0';
	len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	notify_init();
	/* Programs that the master starts must not see it. */
	assert_null(getenv("NOTIFY_SOCKET"));
	return fd;
}

static void
expect(int fd, const char *want)
{
	char got[512];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	if (want == NULL) {
		assert_int_equal(n, -1);
		return;
	}
	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void
test_watchdog(void **state)
{
	static const struct {
		const char *usec, *pid; /* pid "": this one's */
		int64_t us;
	} rows[] = {
		{ NULL, NULL, 0 },
		{ "30000000", NULL, 30000000 },
		{ "30000000", "", 30000000 },
		{ "30000000", "1", 0 },
		{ "30000000", "x", 0 },
		{ "0", NULL, 0 },
		{ "-1", NULL, 0 },
		{ "30s", NULL, 0 },
		{ "99999999999999999999", NULL, 0 },
		{ NULL, "", 0 },
	};
	char pid[32];
	int fd;

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].usec != NULL)
			setenv("WATCHDOG_USEC", rows[i].usec, 1);
		if (rows[i].pid != NULL)
			setenv("WATCHDOG_PID",
			    rows[i].pid[0] == '\0' ? pid : rows[i].pid, 1);
		fd = manager("@drover-watchdog-test");
		assert_null(getenv("WATCHDOG_USEC"));
		assert_null(getenv("WATCHDOG_PID"));
		if (notify_watchdog_us() != rows[i].us)
			fail_msg("row %zu: %lld", i,
			    (long long)notify_watchdog_us());
		notify_alive();
		expect(fd, "WATCHDOG=1\n");
		close(fd);
	}
	/* Nobody who could be told. */
	setenv("WATCHDOG_USEC", "30000000", 1);
	notify_init();
	assert_int_equal(notify_watchdog_us(), 0);
}

static void
test_messages(void **state)
{
	char name[128], want[256];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "%s/socket", dir);
	fd = manager(name);
	notify_ready("serving with 2 workers");
	snprintf(want, sizeof(want),
	    "READY=1\nMAINPID=%ld\nSTATUS=serving with 2 workers\n",
	    (long)getpid());
	expect(fd, want);
	notify_status("as ever");
	expect(fd, "STATUS=as ever\n");
	notify_stopping();
	expect(fd, "STOPPING=1\nSTATUS=stopping\n");
	expect(fd, NULL);
	close(fd);
	unlink(name);
	/* Nobody is there any more: it costs nothing but a line. */
	notify_stopping();
}

static void
test_abstract(void **state)
{
	char name[128], got[256];
	uint64_t then = (uint64_t)clock_exact_us(), told;
	ssize_t n;
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@drover-notify-%ld", (long)getpid());
	fd = manager(name);
	notify_reloading();
	n = recv(fd, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	got[n] = '\0';
	assert_int_equal(
	    sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%lu\n", &told), 1);
	assert_true(told >= then && told <= (uint64_t)clock_exact_us());
	close(fd);
}

static void
test_nobody_listens(void **state)
{
	static const char *const values[] = { "", "@", "relative/path",
		"vsock:2:1234" };
	char name[200];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@drover-notify-%ld", (long)getpid());
	fd = manager(name);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		setenv("NOTIFY_SOCKET", values[i], 1);
		notify_init();
		notify_stopping();
		expect(fd, NULL);
	}
	/* Longer than an address can be. */
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	notify_init();
	notify_stopping();
	unsetenv("NOTIFY_SOCKET");
	notify_init();
	notify_stopping();
	expect(fd, NULL);
	close(fd);
}

/* To a new master: it is told what this one was told, and this one is silent
 * from then on. */
static void
test_given(void **state)
{
	static const char *const prefixes[] = { "@", dir };
	char name[128], pid[32];
	int fd;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s/given", prefixes[i]);
		setenv("WATCHDOG_USEC", "5000000", 1);
		fd = manager(name);
		notify_give();
		assert_string_equal(getenv("NOTIFY_SOCKET"), name);
		assert_string_equal(getenv("WATCHDOG_USEC"), "5000000");
		snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		assert_string_equal(getenv("WATCHDOG_PID"), pid);
		unsetenv("NOTIFY_SOCKET");
		notify_main_pid(4711);
		expect(fd, "WATCHDOG=1\nMAINPID=4711\n");
		assert_int_equal(notify_watchdog_us(), 0);
		notify_stopping();
		notify_give();
		assert_null(getenv("NOTIFY_SOCKET"));
		expect(fd, NULL);
		close(fd);
		unlink(name);
		unsetenv("WATCHDOG_USEC");
		unsetenv("WATCHDOG_PID");
	}
}

static int
fill(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int count = 0;

	memcpy(addr.sun_path, name, strlen(name));
	while (sendto(fd, "full", 4, 0, (struct sockaddr *)&addr,
		   sizeof(addr)) == 4)
		count++;
	assert_int_equal(errno, EAGAIN);
	close(fd);
	return count;
}

/* What was said when there was no room comes later, and in its order. */
static void
test_full(void **state)
{
	char name[128], got[512];
	ssize_t n;
	int fd, count, i;

	(void)state;
	snprintf(name, sizeof(name), "%s/full", dir);
	setenv("WATCHDOG_USEC", "5000000", 1);
	fd = manager(name);
	count = fill(name);
	/* More than are kept. */
	for (i = 0; i < 10; i++)
		notify_reloading();
	notify_ready("here");
	notify_status("not worth it");
	notify_alive();
	notify_main_pid(4711);
	assert_true(notify_waits());
	notify_retry();
	assert_true(notify_waits());
	while (count-- > 0)
		expect(fd, "full");
	expect(fd, NULL);
	notify_retry();
	assert_false(notify_waits());
	for (i = 0; i < 6; i++) {
		n = recv(fd, got, sizeof(got) - 1, 0);
		assert_true(n > 0);
		assert_memory_equal(got, "RELOADING=1\n", 12);
	}
	assert_true(recv(fd, got, sizeof(got), 0) > 0);
	assert_memory_equal(got, "READY=1\n", 8);
	expect(fd, "WATCHDOG=1\nMAINPID=4711\n");
	expect(fd, NULL);
	close(fd);
	unlink(name);
	/* One that is gone is waited for no longer. */
	fd = manager(name);
	fill(name);
	notify_stopping();
	assert_true(notify_waits());
	close(fd);
	unlink(name);
	notify_retry();
	assert_false(notify_waits());
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

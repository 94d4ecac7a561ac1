/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listeners with real sockets on loopback: opened, adopted, in use, forbidden,
 * and closed without a reset of whom has connected.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf_text.h"
#include "net/listener.h"

static const struct conf_section *const sections[] = { &listener_section,
	NULL };

/* A configuration whose Listen lines ask for any free port: what stands in the
 * file (port 1) only names them. */
struct setting {
	struct server_conf *loaded;
	struct server_conf conf;
	struct listen_conf listens[2];
};

static void
set_port(struct addr *addr, uint16_t port)
{
	if (addr->any.sa_family == AF_INET)
		addr->v4.sin_port = htons(port);
	else
		addr->v6.sin6_port = htons(port);
}

static void
load(struct setting *setting, const char *text, uint16_t port)
{
	setting->loaded = conf_text_load(sections, text, NULL);
	assert_non_null(setting->loaded);
	setting->conf = *setting->loaded;
	assert_in_range(setting->conf.listen_count, 1, 2);
	for (size_t i = 0; i < setting->conf.listen_count; i++) {
		setting->listens[i] = setting->loaded->listens[i];
		set_port(&setting->listens[i].addr, port);
	}
	setting->conf.listens = setting->listens;
}

static void
unload(struct setting *setting)
{
	conf_destroy(&setting->loaded);
}

static void
open_set(struct listener_set *set, const struct setting *setting,
    const struct listener_set *old)
{
	struct err err;

	if (listener_set_open(set, &setting->conf, old, &err) == -1)
		fail_msg("%s", err.text);
}

/* A set of one listener on a free port. */
static void
open_one(struct listener_set *set, struct setting *setting, const char *text)
{
	char conf_file[256];

	snprintf(conf_file, sizeof(conf_file), "Listen 127.0.0.1:1\n%s", text);
	load(setting, conf_file, 0);
	open_set(set, setting, NULL);
	assert_int_equal(set->count, 1);
}

static int
connect_to(const struct listener *l, int flags)
{
	int fd = socket(l->addr.any.sa_family, SOCK_STREAM | flags, 0);

	assert_true(fd >= 0);
	if (connect(fd, &l->addr.any, l->addr.len) == -1)
		assert_int_equal(errno, EINPROGRESS);
	return fd;
}

/* True when that happens within the time. */
static bool
happens(int fd, short events, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	return poll(&poll_fd, 1, ms) == 1;
}

static int
accept_one(const struct listener *l)
{
	assert_true(happens(l->fd, POLLIN, 10000));
	return accept(l->fd, NULL, NULL);
}

static int
option_of(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, option, &value, &len), 0);
	return value;
}

static void
test_opens_what_is_configured(void **state)
{
	struct setting setting;
	struct listener_set set;
	const struct listener *l;
	int client, fd;

	(void)state;
	open_one(&set, &setting, "");
	l = &set.listeners[0];
	assert_string_equal(l->name, "127.0.0.1:1");
	assert_ptr_equal(listener_find(&set, "127.0.0.1:1"), l);
	assert_null(listener_find(&set, "127.0.0.1:2"));
	assert_int_not_equal(addr_port(&l->addr), 0);
	assert_true(fcntl(l->fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(l->fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(option_of(l->fd, SOL_SOCKET, SO_REUSEADDR), 1);
	client = connect_to(l, 0);
	assert_int_equal(send(client, "x", 1, 0), 1);
	fd = accept_one(l);
	assert_true(fd >= 0);
	assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	close(fd);
	close(client);
	listener_set_close(&set);
	assert_int_equal(set.count, 0);
	unload(&setting);
}

static void
test_both_families_of_a_bare_port(void **state)
{
	struct setting setting;
	struct listener_set set;
	const struct listener *l;

	(void)state;
	load(&setting, "Listen 11\n", 0);
	assert_int_equal(setting.conf.listen_count, 2);
	open_set(&set, &setting, NULL);
	assert_non_null(listener_find(&set, "0.0.0.0:11"));
	l = listener_find(&set, "[::]:11");
	if (l != NULL)
		assert_int_equal(
		    option_of(l->fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	listener_set_close(&set);
	unload(&setting);
}

/* An address that no interface has answers as a missing family does. */
static void
test_a_missing_family_is_passed_over(void **state)
{
	struct setting setting;
	struct listener_set set;
	struct err err;

	(void)state;
	load(&setting, "Listen [2001:db8::1]:1\nListen 127.0.0.1:1\n", 0);
	setting.listens[0].optional = true;
	open_set(&set, &setting, NULL);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.listeners[0].name, "127.0.0.1:1");
	listener_set_close(&set);
	setting.listens[0].optional = false;
	assert_int_equal(
	    listener_set_open(&set, &setting.conf, NULL, &err), -1);
	assert_non_null(strstr(err.text, "[2001:db8::1]:1"));
	assert_int_equal(set.count, 0);
	unload(&setting);
}

static void
test_adopts_from_the_old_set(void **state)
{
	struct setting first, second;
	struct listener_set old, set;
	const struct listener *l;
	uint16_t port;
	int client;

	(void)state;
	open_one(&old, &first, "");
	port = addr_port(&old.listeners[0].addr);
	/* Refused for a while, as by a stop that was called off. */
	listener_refuse_new(&old.listeners[0]);
	load(&second,
	    "Listen 127.0.0.1:1\nListen 127.0.0.2:1\n"
	    "AcceptFilter http none\n",
	    0);
	open_set(&set, &second, &old);
	assert_int_equal(set.count, 2);
	l = listener_find(&set, "127.0.0.1:1");
	assert_int_equal(addr_port(&l->addr), port);
	assert_int_not_equal(l->fd, old.listeners[0].fd);
	assert_true(fcntl(l->fd, F_GETFD) & FD_CLOEXEC);
	listener_set_configure(&set, &second.conf);
	listener_set_close(&old);
	client = connect_to(l, 0);
	close(accept_one(l));
	close(client);
	listener_set_close(&set);
	unload(&first);
	unload(&second);
}

static void
test_a_port_in_use_is_named_with_its_holder(void **state)
{
	struct setting setting, same;
	struct listener_set set, other;
	char holder[64];
	struct err err;

	(void)state;
	open_one(&set, &setting, "");
	load(&same, "Listen 127.0.0.1:1\n", addr_port(&set.listeners[0].addr));
	snprintf(
	    holder, sizeof(holder), "in use by process %ld (", (long)getpid());
	assert_int_equal(listener_set_open(&other, &same.conf, NULL, &err), -1);
	assert_non_null(strstr(err.text, "127.0.0.1:1"));
	assert_non_null(strstr(err.text, holder));
	assert_int_equal(other.count, 0);
	listener_set_close(&set);
	unload(&setting);
	unload(&same);
}

/* A process holds what we want for another fifth of a second. */
static void
test_a_port_that_becomes_free_is_waited_for(void **state)
{
	struct setting setting, same;
	struct listener_set set, next;
	pid_t pid;

	(void)state;
	open_one(&set, &setting, "");
	load(&same, "Listen 127.0.0.1:1\n", addr_port(&set.listeners[0].addr));
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 200);
		_exit(0);
	}
	listener_set_close(&set);
	open_set(&next, &same, NULL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	listener_set_close(&next);
	unload(&setting);
	unload(&same);
}

static int
try_port_80_as_nobody(const struct setting *setting)
{
	struct listener_set set;
	struct err err;

	if (geteuid() == 0 && setuid(65534) == -1)
		return 77;
	if (listener_set_open(&set, &setting->conf, NULL, &err) == 0)
		return 77; /* this machine lets everybody have it */
	return strstr(err.text, "127.0.0.1:80") != NULL &&
		       strstr(err.text, "needs root") != NULL
		   ? 0
		   : 1;
}

static void
test_a_privileged_port_is_explained(void **state)
{
	struct setting setting;
	int status;
	pid_t pid;

	(void)state;
	load(&setting, "Listen 127.0.0.1:80\n", 80);
	pid = fork();
	if (pid == 0)
		_exit(try_port_80_as_nobody(&setting));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unload(&setting);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void
test_accept_filter(void **state)
{
	static const struct {
		const char *text;
		bool defers;
	} rows[] = {
		{ "", true },
		{ "AcceptFilter http none\n", false },
		{ "AcceptFilter HTTP data\n", true },
		{ "AcceptFilter http httpready\n", true },
		{ "AcceptFilter https none\n", true },
		{ "AcceptFilter http data\nAcceptFilter http none\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct setting setting;
		struct listener_set set;
		int seconds;

		open_one(&set, &setting, rows[i].text);
		seconds = option_of(
		    set.listeners[0].fd, IPPROTO_TCP, TCP_DEFER_ACCEPT);
		assert_int_equal(seconds > 0, rows[i].defers);
		listener_set_close(&set);
		unload(&setting);
	}
}

/* Of a listener this is how many may wait. */
static uint32_t
backlog_of(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info.tcpi_sacked;
}

static void
test_backlog(void **state)
{
	static const struct {
		const char *text;
		uint32_t backlog;
	} rows[] = {
		{ "", 511 },
		{ "ListenBacklog 7\n", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct setting setting;
		struct listener_set set;

		open_one(&set, &setting, rows[i].text);
		assert_int_equal(
		    backlog_of(set.listeners[0].fd), rows[i].backlog);
		listener_set_close(&set);
		unload(&setting);
	}
}

/* What is taken over is as it was until it is sure that it will be used. */
static void
test_settings_of_what_is_taken_over(void **state)
{
	struct setting first, second;
	struct listener_set old, set;
	int fd;

	(void)state;
	open_one(&old, &first, "ListenBacklog 5\n");
	fd = old.listeners[0].fd;
	load(&second,
	    "Listen 127.0.0.1:1\nListenBacklog 7\nAcceptFilter http none\n", 0);
	open_set(&set, &second, &old);
	assert_int_equal(backlog_of(fd), 5);
	assert_int_not_equal(option_of(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	listener_set_configure(&set, &second.conf);
	assert_int_equal(backlog_of(fd), 7);
	assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	/* And taken back after all. */
	listener_refuse_new(&old.listeners[0]);
	listener_set_configure(&old, &first.conf);
	assert_int_equal(backlog_of(fd), 5);
	assert_int_not_equal(option_of(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	listener_set_close(&old);
	listener_set_close(&set);
	unload(&first);
	unload(&second);
}

static void
test_bad_settings_are_errors(void **state)
{
	static const char *const texts[] = { "AcceptFilter http often\n",
		"AcceptFilter http\n", "ListenBacklog 0\n",
		"ListenBacklog many\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct conf_messages messages;
		char text[128];

		snprintf(text, sizeof(text), "Listen 8080\n%s", texts[i]);
		assert_null(conf_text_load(sections, text, &messages));
		assert_int_equal(messages.errors, 1);
		assert_non_null(strstr(buf_str(&messages.text), ":2:"));
		buf_release(&messages.text);
	}
}

static void
expect_byte(int fd, char expected)
{
	char byte = 0;

	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, expected);
}

/*
 * Three clients: one is connected, one is connected as far as it knows but
 * held back by the kernel until it sends, one comes too late.
 */
static void
check_refusing(const char *conf_text)
{
	struct setting setting;
	struct listener_set set;
	const struct listener *l;
	int ready, held, late, fds[2];

	load(&setting, conf_text, 0);
	setting.listens[0].optional = true;
	open_set(&set, &setting, NULL);
	if (set.count == 0) { /* without IPv6 */
		unload(&setting);
		return;
	}
	l = &set.listeners[0];
	ready = connect_to(l, 0);
	assert_int_equal(send(ready, "a", 1, 0), 1);
	assert_true(happens(l->fd, POLLIN, 10000));
	held = connect_to(l, 0);
	listener_refuse_new(l);
	late = connect_to(l, SOCK_NONBLOCK);
	assert_int_equal(send(held, "b", 1, 0), 1);
	for (int i = 0; i < 2; i++) {
		fds[i] = accept_one(l);
		listener_accepted(l, fds[i]);
	}
	assert_false(happens(late, POLLOUT, 200));
	assert_false(happens(l->fd, POLLIN, 0));
	listener_set_close(&set);
	expect_byte(fds[0], 'a');
	expect_byte(fds[1], 'b');
	/* They go on in both directions. */
	assert_int_equal(send(fds[1], "c", 1, 0), 1);
	expect_byte(held, 'c');
	assert_int_equal(send(held, "d", 1, 0), 1);
	expect_byte(fds[1], 'd');
	close(fds[0]);
	close(fds[1]);
	close(ready);
	close(held);
	close(late);
	unload(&setting);
}

static void
test_refusing_new_ones_resets_nobody(void **state)
{
	(void)state;
	check_refusing("Listen 127.0.0.1:1\n");
	check_refusing("Listen [::1]:1\n");
}

/* As for a normal user on a kernel that allows filters to root alone. */
static void
test_refusing_without_a_filter(void **state)
{
	struct rlimit before, none;
	struct setting setting;
	struct listener_set old, set;
	int client;

	(void)state;
	setenv("DROVER_NO_SOCKET_FILTER", "1", 1);
	check_refusing("Listen 127.0.0.1:1\n");
	check_refusing("Listen [::1]:1\n");
	/* And it can be taken back. */
	open_one(&old, &setting, "AcceptFilter http none\n");
	listener_refuse_new(&old.listeners[0]);
	open_set(&set, &setting, &old);
	listener_set_configure(&set, &setting.conf);
	client = connect_to(&set.listeners[0], 0);
	close(accept_one(&set.listeners[0]));
	close(client);
	unsetenv("DROVER_NO_SOCKET_FILTER");
	/* What was found out stays where nothing can be tried. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	listener_refuse_prepare();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(listener_refuses_by_ttl);
	listener_refuse_prepare();
	listener_set_close(&set);
	listener_set_close(&old);
	unload(&setting);
}

/* Of both families, on a socket of IPv6, too; and no more than was spoiled. */
static void
check_mending(const char *conf_text)
{
	static const struct linger lingers = { .l_onoff = 1, .l_linger = 60 };
	static const int near = 255;
	struct linger linger = { 0 };
	socklen_t len = sizeof(linger);
	struct setting setting;
	struct listener_set set;
	int fd;

	load(&setting, conf_text, 0);
	setting.listens[0].optional = true;
	open_set(&set, &setting, NULL);
	if (set.count > 0) {
		fd = set.listeners[0].fd;
		assert_int_equal(
		    setsockopt(fd, IPPROTO_IP, IP_MINTTL, &near, sizeof(near)),
		    0);
		assert_int_equal(
		    setsockopt(fd, SOL_SOCKET, SO_LINGER, &lingers, len), 0);
		listener_set_mend(&set, &setting.conf);
		assert_int_equal(option_of(fd, IPPROTO_IP, IP_MINTTL), 0);
		assert_int_equal(
		    getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len), 0);
		assert_int_equal(linger.l_onoff, 0);
	}
	listener_set_close(&set);
	unload(&setting);
}

static void
test_mending_what_was_spoiled(void **state)
{
	(void)state;
	check_mending("Listen 127.0.0.1:1\n");
	check_mending("Listen [::]:1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_what_is_configured),
		cmocka_unit_test(test_both_families_of_a_bare_port),
		cmocka_unit_test(test_a_missing_family_is_passed_over),
		cmocka_unit_test(test_adopts_from_the_old_set),
		cmocka_unit_test(test_a_port_in_use_is_named_with_its_holder),
		cmocka_unit_test(test_a_port_that_becomes_free_is_waited_for),
		cmocka_unit_test(test_a_privileged_port_is_explained),
		cmocka_unit_test(test_accept_filter),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_settings_of_what_is_taken_over),
		cmocka_unit_test(test_bad_settings_are_errors),
		cmocka_unit_test(test_refusing_new_ones_resets_nobody),
		cmocka_unit_test(test_refusing_without_a_filter),
		cmocka_unit_test(test_mending_what_was_spoiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* net/listener_set: listeners that somebody else has opened. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf_text.h"
#include "net/listener.h"

static const struct conf_section *const sections[] = { &listener_section,
	NULL };

/* Bound and listening on any address of a family; both takes IPv4, too. */
static int
open_socket(int family, uint16_t port, bool both)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	int only = !both;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if ((family == AF_INET
		    ? bind(fd, (struct sockaddr *)&v4, sizeof(v4))
		    : bind(fd, (struct sockaddr *)&v6, sizeof(v6))) == 0 &&
	    listen(fd, 1) == 0)
		return fd;
	close(fd);
	return -1;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	struct addr addr;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	addr_set(&addr, (struct sockaddr *)&name, len);
	return addr_port(&addr);
}

static void
add(struct listener_set *set, int fd, bool kept)
{
	struct err err;

	if (listener_set_add(set, fd, NULL, kept, &err) < 0)
		fail_msg("%s", err.text);
}

static struct server_conf *
load(const char *format, unsigned port)
{
	char text[128];
	struct server_conf *conf;

	snprintf(text, sizeof(text), format, port);
	conf = conf_text_load(sections, text, NULL);
	assert_non_null(conf);
	return conf;
}

/* The same socket, by another number. */
static void
assert_same(int a, int b)
{
	int value = 0;
	socklen_t len = sizeof(value);
	int on = 5;

	assert_int_not_equal(a, b);
	assert_int_equal(
	    setsockopt(a, SOL_SOCKET, SO_PRIORITY, &on, sizeof(on)), 0);
	assert_int_equal(
	    getsockopt(b, SOL_SOCKET, SO_PRIORITY, &value, &len), 0);
	assert_int_equal(value, on);
	on = 0;
	setsockopt(a, SOL_SOCKET, SO_PRIORITY, &on, sizeof(on));
}

static void
test_found_by_its_address(void **state)
{
	struct listener_set given = { 0 }, set;
	int fd = open_socket(AF_INET, 0, false);
	struct server_conf *conf = load("Listen 0.0.0.0:%u\n", port_of(fd));
	struct err err;

	(void)state;
	add(&given, fd, true);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_int_equal(listener_set_open(&set, conf, &given, &err), 0);
	assert_int_equal(set.count, 1);
	assert_same(set.listeners[0].fd, fd);
	assert_true(set.listeners[0].kept);
	assert_int_equal(set.spare_count, 0);
	listener_set_close(&set);
	listener_set_close(&given);
	conf_destroy(&conf);
}

/* Without a Listen it waits for one to come, over any number of sets. */
static void
test_kept_without_a_listen(void **state)
{
	struct listener_set given = { 0 }, sets[3];
	int kept = open_socket(AF_INET, 0, false);
	int ours = open_socket(AF_INET, 0, false), i;
	int other = open_socket(AF_INET, 0, false);
	struct server_conf *without =
	    load("Listen 127.0.0.1:%u\n", port_of(other));
	struct server_conf *with = load("Listen 0.0.0.0:%u\n", port_of(kept));
	struct err err;

	(void)state;
	close(other);
	add(&given, kept, true);
	add(&given, ours, false);
	assert_int_equal(listener_set_open(&sets[0], without, &given, &err), 0);
	assert_int_equal(
	    listener_set_open(&sets[1], without, &sets[0], &err), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(sets[i].count, 1);
		assert_int_equal(sets[i].spare_count, 1);
		assert_same(sets[i].spare[0].fd, kept);
	}
	assert_int_equal(listener_set_open(&sets[2], with, &sets[1], &err), 0);
	assert_int_equal(sets[2].spare_count, 0);
	assert_same(sets[2].listeners[0].fd, kept);
	for (i = 0; i < 3; i++)
		listener_set_close(&sets[i]);
	listener_set_close(&given);
	conf_destroy(&without);
	conf_destroy(&with);
}

/* One socket for both families stands for both halves of "Listen port". */
static void
test_both_families(void **state)
{
	struct listener_set given = { 0 }, sets[2];
	int fd = open_socket(AF_INET6, 0, true);
	struct server_conf *conf;
	struct err err;

	(void)state;
	if (fd < 0)
		skip();
	conf = load("Listen %u\n", port_of(fd));
	assert_int_equal(conf->listen_count, 2);
	add(&given, fd, true);
	assert_int_equal(listener_set_open(&sets[0], conf, &given, &err), 0);
	/* And again, as a reload does. */
	assert_int_equal(listener_set_open(&sets[1], conf, &sets[0], &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sets[i].count, 1);
		assert_same(sets[i].listeners[0].fd, fd);
		listener_set_close(&sets[i]);
	}
	listener_set_close(&given);
	conf_destroy(&conf);
}

static void
test_refused(void **state)
{
	int fds[2], udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct listener_set set = { 0 };
	char name[2 * ADDR_TEXT_SIZE];
	struct err err;
	int good;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(listener_set_add(&set, fds[0], "a", true, &err), -1);
	assert_int_equal(listener_set_add(&set, udp, "a", true, &err), -1);
	assert_int_equal(listener_set_add(&set, tcp, "a", true, &err), -1);
	assert_int_equal(listener_set_add(&set, 1000, "a", true, &err), -1);
	good = open_socket(AF_INET, 0, false);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(listener_set_add(&set, good, name, true, &err), -1);
	assert_int_equal(set.count, 0);
	/* They stay whose they are. */
	assert_int_equal(close(fds[0]) + close(fds[1]) + close(udp) +
			     close(tcp) + close(good),
	    0);
	listener_set_close(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_by_its_address),
		cmocka_unit_test(test_kept_without_a_listen),
		cmocka_unit_test(test_both_families),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

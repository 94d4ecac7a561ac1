/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Draining: idle connections go to a successor and know nothing of it, busy
 * ones follow after their answer, and where there is no successor all end with
 * their answers.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "worker_rig.h"

static struct rig old, new;
static struct listener_set listeners;

static void
begin_with(const char *conf)
{
	rig_begin(conf);
	rig_listen(&listeners, 64);
	rig_open(&old, &listeners);
	rig_open(&new, NULL);
}

static int
begin(void **state)
{
	(void)state;
	begin_with("MaxKeepAliveRequests 3\n");
	return 0;
}

static int
begin_endless(void **state)
{
	(void)state;
	begin_with("MaxKeepAliveRequests 0\n");
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	rig_close(&old);
	rig_close(&new);
	listener_set_close(&listeners);
	rig_end();
	return 0;
}

static void
test_idle_ones_go_on(void **state)
{
	struct client fresh, used;

	(void)state;
	client_open(&fresh, &old, 0, NULL);
	client_open(&used, &old, 0, NULL);
	client_get(&used, "/hello");
	client_until(&used, &old, "hello\n", 1);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(rig_relay(&old, &new), 2);
	rig_turns(&old);
	assert_false(worker_has_work(&old.worker));
	assert_int_equal(new.worker.connections, 2);
	assert_int_equal(new.worker.slot->connections, 2);
	client_get(&fresh, "/hello");
	client_until(&fresh, &new, "hello\n", 1);
	/* Its requests are counted on: the third is the last. */
	client_get(&used, "/hello");
	client_until(&used, &new, "hello\n", 2);
	client_get(&used, "/hello");
	client_until_end(&used, &new);
	assert_int_equal(rig_count(client_text(&used), "hello\n"), 3);
	assert_int_equal(rig_count(client_text(&used), "Connection: close"), 1);
	client_close(&fresh);
	client_close(&used);
	rig_until_connections(&new, 0);
	assert_int_equal(rig_count(rig_log(), "\n"), 4);
}

/* What has arrived already and was not read goes along. */
static void
test_unread_request_goes_along(void **state)
{
	struct client c;
	struct message m;

	(void)state;
	client_open(&c, &old, 0, NULL);
	message_init(&m, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(channel_send(old.master, &m), 0);
	client_get(&c, "/hello");
	rig_turns(&old);
	rig_relay(&old, &new);
	client_until(&c, &new, "hello\n", 1);
	rig_turns(&old);
	assert_false(worker_has_work(&old.worker));
	client_close(&c);
}

static void
test_busy_ones_follow(void **state)
{
	struct client big, waits, head, body;

	(void)state;
	client_open(&big, &old, 1 << 20, NULL);
	client_open(&waits, &old, 0, NULL);
	client_open(&head, &old, 0, "GET /hello HT");
	client_open(&body, &old, 0,
	    "POST /upload HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 4\r\n\r\nab");
	client_get(&waits, "/wait");
	rig_turns(&old);
	/* In the middle of an answer that has more than its share to do. */
	client_get(&big, "/file?4000000");
	worker_turn(&old.worker, 1000);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(rig_relay(&old, &new), 0);
	client_until_bytes(&big, &old, 4000000);
	client_send(&head, "TP/1.1\r\nHost: a\r\n\r\n");
	client_until(&head, &old, "hello\n", 1);
	client_send(&body, "cd");
	client_until(&body, &old, "4 bytes\n", 1);
	worker_site_go();
	client_until(&waits, &old, "hello\n", 1);
	rig_turns(&old);
	assert_int_equal(rig_relay(&old, &new), 4);
	assert_false(worker_has_work(&old.worker));
	client_get(&big, "/hello");
	client_until(&big, &new, "hello\n", 1);
	rig_turns(&new);
	assert_int_equal(rig_count(rig_log(), "\n"), 5);
	assert_int_equal(rig_count(rig_log(), "|+\n"), 5);
	client_close(&big);
	client_close(&waits);
	client_close(&head);
	client_close(&body);
}

/* Where those before had more room, those go that were idle the longest, but
 * nobody who has asked. */
static void
test_less_room(void **state)
{
	struct client c[5];

	(void)state;
	new.setup.max_connections = 2;
	for (size_t i = 0; i < 5; i++) {
		client_open(&c[i], &old, 0, NULL);
		client_get(&c[i], "/hello");
		client_until(&c[i], &old, "hello\n", 1);
	}
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	client_get(&c[0], "/hello");
	assert_int_equal(rig_relay(&old, &new), 5);
	assert_int_equal(new.worker.connections, 2);
	client_until_end(&c[0], &new);
	assert_int_equal(rig_count(client_text(&c[0]), "hello\n"), 2);
	for (size_t i = 0; i < 3; i++) {
		client_look(&c[i]);
		assert_true(c[i].ended);
		assert_false(c[i].reset);
	}
	for (size_t i = 3; i < 5; i++) {
		client_get(&c[i], "/hello");
		client_until(&c[i], &new, "hello\n", 2);
	}
	for (size_t i = 0; i < 5; i++)
		client_close(&c[i]);
}

/* Requests that are read already are answered first, however many. */
static void
test_pipelines_follow(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &old, 0, NULL);
	client_get(&c, "/wait");
	client_get(&c, "/hello");
	rig_turns(&old);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(rig_relay(&old, &new), 0);
	worker_site_go();
	client_until(&c, &old, "hello\n", 2);
	rig_turns(&old);
	assert_int_equal(rig_relay(&old, &new), 1);
	client_get(&c, "/hello");
	client_until(&c, &new, "hello\n", 3);
	client_close(&c);
}

/* One that has always begun a further request is told to come again. */
static void
test_endless_pipeline(void **state)
{
	static const char two[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
				  "GET /hello HTTP/1.1\r\nHost";
	static const char more[] = ": h\r\n\r\nGET /hello HTTP/1.1\r\nHost";
	struct client c;
	unsigned sent = 1;

	(void)state;
	client_open(&c, &old, 0, NULL);
	client_send(&c, two);
	client_until(&c, &old, "hello\n", 1);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	while (!c.ended && sent < 1000) {
		client_send(&c, more);
		client_until(&c, &old, "hello\n", ++sent);
		rig_turns(&old);
		client_look(&c);
		assert_int_equal(rig_relay(&old, &new), 0);
	}
	assert_true(c.ended);
	assert_in_range(sent, 100, 103);
	assert_int_equal(
	    rig_count(client_text(&c), "Connection: close\r\n"), 1);
	client_close(&c);
}

/* The master takes no more for a while: what stays is served all the same. */
static void
test_full_channel(void **state)
{
	struct message m;
	struct client c[2];
	unsigned filled = 0, seen = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		client_open(&c[i], &old, 0, NULL);
	message_init(&m, MESSAGE_RETIRE, 0);
	while (channel_send(old.setup.channel, &m) == 0)
		filled++;
	assert_true(filled > 1);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(old.worker.connections, 2);
	client_get(&c[0], "/hello");
	client_until(&c[0], &old, "hello\n", 1);
	assert_int_equal(old.worker.connections, 2);
	/* Now the master reads. */
	while (seen < 2) {
		seen += rig_relay(&old, &new);
		rig_turns(&old);
	}
	assert_int_equal(old.worker.connections, 0);
	for (unsigned i = 0; i < 2; i++) {
		client_get(&c[i], "/hello");
		client_until(&c[i], &new, "hello\n", 2 - i);
		client_close(&c[i]);
	}
}

/* First the successor was to have them, then there is none any more. */
static void
test_handing_over_becomes_closing(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &old, 0, NULL);
	client_get(&c, "/wait");
	rig_turns(&old);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_CLOSE);
	worker_site_go();
	client_until_end(&c, &old);
	assert_int_equal(
	    rig_count(client_text(&c), "Connection: close\r\n"), 1);
	assert_int_equal(rig_count(client_text(&c), "hello\n"), 1);
	rig_turns(&old);
	assert_false(worker_has_work(&old.worker));
	client_close(&c);
}

static void
test_closing(void **state)
{
	struct client c, half;

	(void)state;
	client_open(&c, &old, 0, NULL);
	client_open(&half, &old, 0, "GET /hello HTTP/1.1\r\n");
	rig_say(&old, MESSAGE_DRAIN, DRAIN_CLOSE);
	client_get(&c, "/hello");
	client_until_end(&c, &old);
	client_send(&half, "Host: a\r\n\r\n");
	client_until_end(&half, &old);
	assert_int_equal(
	    rig_count(client_text(&c), "Connection: close\r\n"), 1);
	assert_int_equal(
	    rig_count(client_text(&half), "Connection: close\r\n"), 1);
	assert_int_equal(rig_relay(&old, &new), 0);
	rig_turns(&old);
	assert_false(worker_has_work(&old.worker));
	client_close(&c);
	client_close(&half);
}

/* Who has connected before is served, in both kinds of drain. */
static void
test_listeners_are_emptied(void **state)
{
	static const enum drain_mode modes[] = { DRAIN_CLOSE, DRAIN_HANDOVER };
	struct client c[20];

	(void)state;
	for (unsigned m = 0; m < 2; m++) {
		struct rig r;

		rig_open(&r, &listeners);
		for (unsigned i = 0; i < 20; i++) {
			client_connect(&c[i], &listeners);
			if (i % 2)
				client_get(&c[i], "/hello");
		}
		/* The other worker is not turned and takes none. */
		rig_say(&r, MESSAGE_DRAIN, modes[m]);
		assert_int_equal(r.listeners.listeners[0].fd, -1);
		rig_relay(&r, &new);
		for (unsigned i = 0; i < 20; i++) {
			if (i % 2 == 0)
				client_get(&c[i], "/hello");
			client_until(
			    &c[i], m == 0 || i % 2 ? &r : &new, "hello\n", 1);
			client_close(&c[i]);
		}
		rig_until_connections(&r, 0);
		rig_until_connections(&new, 0);
		rig_close(&r);
	}
	assert_int_equal(rig_count(rig_log(), "|200|6|"), 40);
}

/* Messages that make no sense cost nothing, and no descriptor. */
static void
test_bad_messages(void **state)
{
	struct message m;
	int pair[2], before, after;

	(void)state;
	before = dup(0);
	close(before);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	message_init(&m, MESSAGE_ADOPT, 0);
	assert_int_equal(channel_send(new.master, &m), 0);
	m.fd = pair[0];
	for (m.len = 0; m.len < 200; m.len += 8) {
		memset(m.data, 0xff, m.len);
		assert_int_equal(channel_send(new.master, &m), 0);
		rig_turns(&new);
	}
	/* Nor a descriptor that is no socket, or one whose peer has gone. */
	m.fd = open("/dev/null", O_RDONLY);
	m.len = 84;
	assert_int_equal(channel_send(new.master, &m), 0);
	close(m.fd);
	rig_turns(&new);
	close(pair[0]);
	close(pair[1]);
	rig_until_connections(&new, 0);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

/* As from a worker that means ill: what it hands over would stop the other. */
static void
test_bad_sockets(void **state)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 60 };
	socklen_t len = sizeof(linger);
	struct client client;
	struct message m;
	int pair[2], tcp;

	(void)state;
	client_open(&client, &old, 0, NULL);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	do
		assert_int_equal(channel_receive(old.master, &m), 1);
	while (m.type != MESSAGE_HANDOVER);
	m.type = MESSAGE_ADOPT;
	tcp = m.fd;

	/* Ends a test that hangs. */
	alarm(60);
	assert_int_equal(fcntl(tcp, F_SETFL, 0), 0);
	assert_int_equal(channel_send(new.master, &m), 0);
	rig_turns(&new);
	assert_int_equal(new.worker.connections, 0);
	alarm(0);

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	m.fd = pair[0];
	assert_int_equal(channel_send(new.master, &m), 0);
	rig_turns(&new);
	assert_int_equal(new.worker.connections, 0);

	m.fd = tcp;
	assert_int_equal(fcntl(tcp, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(
	    setsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, len), 0);
	assert_int_equal(channel_send(new.master, &m), 0);
	rig_turns(&new);
	assert_int_equal(new.worker.connections, 1);
	assert_int_equal(
	    getsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, &len), 0);
	assert_int_equal(linger.l_onoff, 0);

	client_close(&client);
	rig_until_connections(&new, 0);
	close(tcp);
	close(pair[0]);
	close(pair[1]);
}

/* The master is gone: so is the worker. */
static void
test_orphan(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &old, 0, NULL);
	close(old.master);
	old.master = -1;
	rig_turns(&old);
	assert_false(worker_has_work(&old.worker));
	client_close(&c);
}

/* The master may still hold the descriptor when its connection is closed and
 * its struct has another user: nothing of it may reach that one. */
static void
test_descriptor_that_somebody_holds(void **state)
{
	struct client first, second;
	struct message m;

	(void)state;
	client_open(&first, &old, 0, NULL);
	rig_say(&old, MESSAGE_DRAIN, DRAIN_HANDOVER);
	assert_int_equal(channel_receive(old.master, &m), 1);
	while (m.type != MESSAGE_HANDOVER)
		assert_int_equal(channel_receive(old.master, &m), 1);
	m.type = MESSAGE_ADOPT;
	assert_int_equal(channel_send(new.master, &m), 0);
	rig_turns(&new);
	client_get(&first, "/close");
	client_until(&first, &new, "hello\n", 1);
	rig_until_connections(&new, 0);
	client_open(&second, &new, 0, NULL);
	/* An edge on the descriptor that lives on in m.fd. */
	client_send(&first, "GET /hello HTTP/1.1\r\n");
	shutdown(first.fd, SHUT_WR);
	assert_int_equal(loop_turn(new.worker.loop, 20), 0);
	assert_false(second.ended);
	close(m.fd);
	client_close(&first);
	client_close(&second);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_idle_ones_go_on),
		TEST(test_unread_request_goes_along),
		TEST(test_busy_ones_follow),
		TEST(test_less_room),
		TEST(test_pipelines_follow),
		cmocka_unit_test_setup_teardown(
		    test_endless_pipeline, begin_endless, finish),
		TEST(test_full_channel),
		TEST(test_handing_over_becomes_closing),
		TEST(test_closing),
		TEST(test_listeners_are_emptied),
		TEST(test_bad_messages),
		TEST(test_bad_sockets),
		TEST(test_orphan),
		TEST(test_descriptor_that_somebody_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

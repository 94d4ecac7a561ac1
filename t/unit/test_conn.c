/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections: requests however they are cut, pipelines, slow and fast
 * readers, half-closed and reset connections, bodies that wait, fail or
 * shrink, and the last bytes before an end.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "worker/conn_private.h"
#include "worker_rig.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define HEAD_END "\r\n\r\n"
#define BIG (1024 * 1024)

/* The body is the alphabet again and again, and n bytes long. */
static void
check_body(struct client *c, size_t n)
{
	const char *body = strstr(client_text(c), HEAD_END);

	assert_non_null(body);
	body += strlen(HEAD_END);
	assert_int_equal(strlen(body), n);
	for (size_t i = 0; i < n; i++)
		if (body[i] != (char)('a' + i % 1048576 % 26) &&
		    body[i] != (char)('a' + i % 26))
			fail_msg("byte %zu is \"%c\"", i, body[i]);
}

/* ---- input ---- */

static void
test_any_split(void **state)
{
	static const struct {
		const char *input, *answer, *line;
	} rows[] = {
		{ "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "hello\n",
		    "GET /hello HTTP/1.1|200|6|+\n" },
		{ "POST /upload HTTP/1.1\r\nHost: localhost\r\n"
		  "Content-Length: 10\r\n\r\n0123456789",
		    "10 bytes\n", "POST /upload HTTP/1.1|200|9|+\n" },
		{ "POST /upload HTTP/1.1\r\nHost: localhost\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
		    "4 bytes\n", "POST /upload HTTP/1.1|200|8|+\n" },
		{ "POST /upload HTTP/1.1\r\nHost: localhost\r\n"
		  "Connection: close\r\nContent-Length: 3\r\n\r\nabc",
		    "3 bytes\n", "POST /upload HTTP/1.1|200|8|-\n" },
	};
	unsigned lines = 0;

	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		size_t len = strlen(rows[row].input);

		for (size_t at = 0; at < len; at++) {
			char first[512];
			struct client c;

			memcpy(first, rows[row].input, at);
			first[at] = '\0';
			client_open(&c, &rig, 0, at == 0 ? NULL : first);
			client_send(&c, rows[row].input + at);
			client_until(&c, &rig, rows[row].answer, 1);
			client_close(&c);
			rig_until_log(&rig, ++lines);
			rig_until_connections(&rig, 0);
		}
		assert_int_equal(rig_count(rig_log(), rows[row].line), len);
	}
	assert_int_equal(rig_count(rig_log(), "\n"), lines);
}

static void
test_a_byte_at_a_time(void **state)
{
	static const char text[] = "POST /upload HTTP/1.1\r\nHost: a\r\n"
				   "Content-Length: 4\r\n\r\nabcd"
				   "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	for (size_t i = 0; text[i] != '\0'; i++) {
		client_send(&c, (char[]){ text[i], '\0' });
		rig_turns(&rig);
	}
	client_until(&c, &rig, "hello\n", 1);
	assert_int_equal(rig_count(client_text(&c), "4 bytes\n"), 1);
	client_close(&c);
}

static void
test_a_thousand_in_a_row(void **state)
{
	struct client c;
	char line[64];

	(void)state;
	client_open(&c, &rig, BIG, NULL);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(
		    line, sizeof(line), i % 3 ? "/hello" : "/memory?%u", i);
		client_get(&c, line);
	}
	client_until(&c, &rig, "HTTP/1.1 200 OK", 1000);
	rig_until_log(&rig, 1000);
	assert_int_equal(rig_count(rig_log(), "\n"), 1000);
	assert_int_equal(rig_count(rig_log(), "|+\n"), 1000);
	assert_int_equal(rig.worker.slot->requests, 1000);
	client_close(&c);
}

/* ---- output ---- */

static void
test_slow_reader_beside_a_fast_one(void **state)
{
	struct client slow, fast;

	(void)state;
	client_open(&slow, &rig, 4096, NULL);
	client_open(&fast, &rig, 0, NULL);
	client_get(&slow, "/file?1000000");
	for (unsigned i = 1; i <= 100; i++) {
		client_get(&fast, "/hello");
		client_until(&fast, &rig, "hello\n", i);
	}
	assert_int_equal(rig_count(rig_log(), "/file"), 0);
	client_until(&slow, &rig, HEAD_END, 1);
	client_until_bytes(&slow, &rig,
	    (size_t)(strstr(client_text(&slow), HEAD_END) - slow.in.data) + 4 +
		1000000);
	check_body(&slow, 1000000);
	rig_until_log(&rig, 101);
	assert_int_equal(
	    rig_count(rig_log(), "?1000000 HTTP/1.1|200|1000000|+"), 1);
	client_close(&slow);
	client_close(&fast);
}

/* One turn moves a bounded part of an answer, and what has more to do is not
 * taken for an idle connection in the meantime. */
static void
test_turns_are_shared(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, BIG, NULL);
	client_get(&c, "/hello");
	client_until(&c, &rig, "hello\n", 1);
	assert_false(list_empty(&rig.worker.idle));
	client_get(&c, "/file?4000000");
	worker_turn(&rig.worker, 1000);
	/* Its share, and another one at the end of the turn. */
	assert_in_range(
	    rig.worker.slot->bytes_sent, 1000, 2 * OUTPUT_TURN_MAX + 512);
	assert_true(list_empty(&rig.worker.idle));
	client_until_bytes(&c, &rig, 4000000);
	rig_until_log(&rig, 2);
	assert_false(list_empty(&rig.worker.idle));
	client_close(&c);
}

/* Sources that give as much as they may leave a little of a turn, where the
 * frame of a chunk finds no room. */
static void
test_pulled_bodies_do_not_stall(void **state)
{
	static const unsigned sizes[] = { 1, 262000, 262100, 262144, 300000,
		1000000, 4000000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct client c;
		char path[64];

		client_open(&c, &rig, BIG, NULL);
		snprintf(path, sizeof(path), "/pieces?%u", sizes[i]);
		client_get(&c, path);
		client_until(&c, &rig, "\r\n0\r\n\r\n", 1);
		client_close(&c);
		rig_until_log(&rig, (unsigned)i + 1);
	}
}

/* An answer in several pieces, with pauses: the source says when. */
static void
test_sources_that_wait(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	client_get(&c, "/pauses");
	client_get(&c, "/hello");
	client_until(&c, &rig, HEAD_END, 1);
	assert_int_equal(rig_count(client_text(&c), "piece"), 0);
	worker_site_go();
	client_until(&c, &rig, "piece", 1);
	rig_turns(&rig);
	assert_int_equal(rig_count(client_text(&c), "piece"), 1);
	worker_site_go();
	client_until(&c, &rig, "hello\n", 1);
	assert_int_equal(rig_count(client_text(&c), "piece"), 2);
	rig_until_log(&rig, 2);
	client_close(&c);
}

static void
test_hooks_that_wait(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	client_get(&c, "/wait");
	client_get(&c, "/wait");
	rig_turns(&rig);
	assert_string_equal(client_text(&c), "");
	worker_site_go();
	client_until(&c, &rig, "hello\n", 1);
	worker_site_go();
	client_until(&c, &rig, "hello\n", 2);
	rig_until_log(&rig, 2);
	client_close(&c);
}

/* ---- a transport that wants the other direction, as TLS may ---- */

static const struct transport_ops *plain;
static bool wants_write, wants_read;

static ssize_t
moody_read(struct transport *t, void *data, size_t len)
{
	return wants_write ? TRANSPORT_AGAIN_WRITE : plain->read(t, data, len);
}

static ssize_t
moody_writev(struct transport *t, const struct iovec *iov, int count, bool more)
{
	return wants_read ? TRANSPORT_AGAIN_READ
			  : plain->writev(t, iov, count, more);
}

static uint32_t
moody_want(const struct transport *t)
{
	(void)t;
	return (wants_write ? EPOLLOUT : 0) | (wants_read ? EPOLLIN : 0);
}

static void
test_other_directions(void **state)
{
	static struct transport_ops moody;
	struct client c;
	struct conn *conn;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	rig_turns(&rig);
	conn = LIST_ENTRY(list_first(&rig.worker.fresh), struct conn, node);
	plain = conn->transport.ops;
	moody = *plain;
	moody.read = moody_read;
	moody.writev = moody_writev;
	moody.want = moody_want;
	conn->transport.ops = &moody;
	wants_write = wants_read = true;
	client_get(&c, "/hello");
	rig_turns(&rig);
	wants_write = false;
	conn_ready(&conn->source, EPOLLOUT);
	assert_string_equal(client_text(&c), "");
	/* It was read and answered; now the answer wants to read. */
	assert_int_equal(conn->peer.requests, 1);
	wants_read = false;
	conn_ready(&conn->source, EPOLLIN);
	client_until(&c, &rig, "hello\n", 1);
	client_close(&c);
}

/* ---- ends ---- */

static void
test_half_closed(void **state)
{
	static const char *const inputs[] = {
		"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /file?4000000 HTTP/1.1\r\nHost: a\r\n\r\n",
		("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
		 "GET /file?4000000 HTTP/1.1\r\nHost: a\r\n\r\n"),
	};
	unsigned lines = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(inputs); i++) {
		struct client c;

		client_open(&c, &rig, 0, i == 0 ? inputs[i] : NULL);
		if (i > 0)
			client_send(&c, inputs[i]);
		assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
		client_until_end(&c, &rig);
		assert_false(c.reset);
		lines += rig_count(inputs[i], "GET");
		assert_int_equal(rig_count(buf_str(&c.in), "HTTP/1.1 200"),
		    rig_count(inputs[i], "GET"));
		if (i > 0)
			assert_true(c.in.len > 4000000);
		rig_until_log(&rig, lines);
		client_close(&c);
	}
	assert_int_equal(rig_count(rig_log(), "|+\n"), lines);
}

static void
test_request_that_never_ends(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, "GET /hello HTTP/1.1\r\nHost:");
	shutdown(c.fd, SHUT_WR);
	client_until_end(&c, &rig);
	assert_string_equal(client_text(&c), "");
	assert_string_equal(rig_log(), "");
	client_close(&c);
}

/* What was under way is logged once, as aborted, whenever the reset comes. */
static void
test_reset(void **state)
{
	static const char *const paths[] = { "/file?4000000", "/pieces?4000000",
		"/wait", "/pauses" };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct client c;

		client_open(&c, &rig, 4096, NULL);
		client_get(&c, paths[i]);
		rig_turns(&rig);
		client_abort(&c);
		rig_until_connections(&rig, 0);
		rig_until_log(&rig, (unsigned)i + 1);
		assert_null(worker_site_waiting);
		assert_int_equal(worker_site_open_bodies, 0);
	}
	assert_int_equal(rig_count(rig_log(), "|X\n"), COUNT(paths));
	assert_int_equal(rig_count(rig_log(), "\n"), COUNT(paths));
}

/* One whose body broke off is a bad request, though nobody can be told. */
static void
test_reset_within_a_body(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0,
	    "POST /upload HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 10\r\n\r\n12");
	rig_turns(&rig);
	assert_non_null(worker_site_waiting);
	client_abort(&c);
	rig_until_connections(&rig, 0);
	assert_string_equal(rig_log(), "POST /upload HTTP/1.1|400|0|X\n");
	assert_null(worker_site_waiting);
}

static void
test_failing_source(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, NULL);
	client_get(&c, "/hello");
	client_get(&c, "/fails");
	client_get(&c, "/hello");
	client_until_end(&c, &rig);
	rig_until_log(&rig, 2);
	assert_int_equal(rig_count(rig_log(), "/hello HTTP/1.1|200|6|+\n"), 1);
	assert_int_equal(rig_count(rig_log(), "/fails HTTP/1.1|200|4|X\n"), 1);
	client_close(&c);
}

/* A file that shrinks while it is sent ends the connection, at once. */
static void
test_shrinking_file(void **state)
{
	static const size_t sizes[] = { 0, 100000, 600000, 3900000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct client c;

		worker_site_cut_file(WORKER_SITE_FILE_MAX);
		client_open(&c, &rig, BIG, NULL);
		client_get(&c, "/file?4000000");
		worker_turn(&rig.worker, 1000);
		worker_site_cut_file(sizes[i]);
		client_until_end(&c, &rig);
		assert_true(c.in.len < 4000000);
		rig_until_log(&rig, (unsigned)i + 1);
		client_close(&c);
	}
	assert_int_equal(rig_count(rig_log(), "|X\n"), COUNT(sizes));
}

/* A client that writes all before it reads gets its answer all the same. */
static void
test_refused_upload(void **state)
{
	static char block[65536];
	struct client c;
	size_t left = 8 * 1024 * 1024;
	unsigned turns = 0;

	(void)state;
	memset(block, 'x', sizeof(block));
	client_open(&c, &rig, 0,
	    "POST /hello HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 8388608\r\n\r\n");
	while (left > 0 && turns++ < 100000) {
		ssize_t n = send(c.fd, block,
		    left < sizeof(block) ? left : sizeof(block), MSG_NOSIGNAL);

		if (n > 0)
			left -= (size_t)n;
		else
			worker_turn(&rig.worker, 1);
	}
	assert_int_equal(left, 0);
	client_until_end(&c, &rig);
	assert_false(c.reset);
	assert_int_equal(rig_count(client_text(&c), "hello\n"), 1);
	shutdown(c.fd, SHUT_WR);
	rig_until_connections(&rig, 0);
	client_close(&c);
}

/* What is behind the last request, and was never read, does not reset the
 * connection under the answer's feet. */
static void
test_bytes_behind_the_last_request(void **state)
{
	static const char start[] =
	    "GET /close HTTP/1.1\r\nHost: localhost\r\nX: ";
	char text[8192 + 100 + 1];
	struct client c;

	(void)state;
	/* The first request fills the input exactly. */
	memset(text, 'x', sizeof(text));
	memcpy(text, start, strlen(start));
	memcpy(text + 4000, "\r\nY: ", 5);
	memcpy(text + 8192 - 4, "\r\n\r\n", 4);
	text[sizeof(text) - 1] = '\0';
	client_open(&c, &rig, 0, NULL);
	client_send(&c, text);
	client_until_end(&c, &rig);
	assert_false(c.reset);
	assert_int_equal(rig_count(client_text(&c), "hello\n"), 1);
	client_close(&c);
}

/* What is in the kernel's hands when the worker stops still arrives. */
static void
test_stop_keeps_what_was_sent(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, BIG, NULL);
	client_get(&c, "/memory?500000");
	rig_until_log(&rig, 1);
	worker_cut(&rig.worker);
	client_until_end(&c, &rig);
	assert_false(c.reset);
	check_body(&c, 500000);
	client_close(&c);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_any_split),
		TEST(test_a_byte_at_a_time),
		TEST(test_a_thousand_in_a_row),
		TEST(test_slow_reader_beside_a_fast_one),
		TEST(test_turns_are_shared),
		TEST(test_pulled_bodies_do_not_stall),
		TEST(test_sources_that_wait),
		TEST(test_hooks_that_wait),
		TEST(test_other_directions),
		TEST(test_half_closed),
		TEST(test_request_that_never_ends),
		TEST(test_reset),
		TEST(test_reset_within_a_body),
		TEST(test_failing_source),
		TEST(test_shrinking_file),
		TEST(test_refused_upload),
		TEST(test_bytes_behind_the_last_request),
		TEST(test_stop_keeps_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

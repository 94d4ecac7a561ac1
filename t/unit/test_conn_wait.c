/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time-outs: what a connection waits for, how that ends, and what does not
 * bring more time.  Durations are small and awaited by turns, by a clock that
 * stands still while this process does, and else runs.
 */
#include "config.h"

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

#include "base/clock.h"
#include "steady_clock.h"
#include "worker_rig.h"

#define TIMEOUT_MS 180
#define KEEP_ALIVE_MS 90
/* The clock of a turn is cut to milliseconds, that of the test as well. */
#define ROUNDING_MS 1
#define LONG_MS 3600000

static int
begin(void **state)
{
	(void)state;
	rig_begin("MaxKeepAliveRequests 0\n");
	rig_timeouts(TIMEOUT_MS, KEEP_ALIVE_MS);
	rig_open(&rig, NULL);
	steady_clock_run(4);
	return 0;
}

/* For tests of what the kernel takes its time for. */
static int
begin_slow(void **state)
{
	begin(state);
	steady_clock_run(1);
	return 0;
}

static int64_t
now_ms(void)
{
	return clock_exact_us() / 1000;
}

/* Turns until time has passed. */
static void
turn_for(int64_t ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		worker_turn(&rig.worker, 2);
}

static void
test_each_wait(void **state)
{
	static const struct {
		const char *what, *input, *answer, *line;
		int64_t ms;
		bool reset;
	} rows[] = {
		{ "nothing ever", NULL, "", "", TIMEOUT_MS, false },
		{ "an empty line", "\r\n", "", "", TIMEOUT_MS, false },
		{ "half a head", "GET / HTTP/1.1\r\nHost: a\r\n",
		    "HTTP/1.1 408 ", "GET / HTTP/1.1|408|", TIMEOUT_MS, false },
		{ "half a body",
		    "POST /upload HTTP/1.1\r\nHost: a\r\n"
		    "Content-Length: 10\r\n\r\n12345",
		    "HTTP/1.1 408 ", "POST /upload HTTP/1.1|408|", TIMEOUT_MS,
		    false },
		{ "half a body that nobody takes",
		    "POST /hello HTTP/1.1\r\nHost: a\r\n"
		    "Content-Length: 10\r\n\r\n12345",
		    "hello\n", "POST /hello HTTP/1.1|200|6|+\n", TIMEOUT_MS,
		    false },
		{ "half of chunks that nobody takes",
		    "POST /hello HTTP/1.1\r\nHost: a\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
		    "HTTP/1.1 408 ", "POST /hello HTTP/1.1|408|", TIMEOUT_MS,
		    false },
		{ "the next request", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
		    "hello\n", "GET /hello HTTP/1.1|200|6|+\n", KEEP_ALIVE_MS,
		    false },
		{ "half of the next head",
		    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nG", "HTTP/1.1 408 ",
		    "G|408|", TIMEOUT_MS, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct client c;
		int64_t begun = now_ms(), took;

		client_open(&c, &rig, 0, rows[i].input);
		client_until_end(&c, &rig);
		took = now_ms() - begun;
		if (took < rows[i].ms - ROUNDING_MS)
			fail_msg("%s: ended after %lld ms", rows[i].what,
			    (long long)took);
		if (rows[i].answer[0] == '\0')
			assert_string_equal(client_text(&c), "");
		if (strstr(client_text(&c), rows[i].answer) == NULL)
			fail_msg("%s: %s", rows[i].what, client_text(&c));
		if (strstr(rig_log(), rows[i].line) == NULL)
			fail_msg("%s: %s", rows[i].what, rig_log());
		shutdown(c.fd, SHUT_WR);
		rig_until_connections(&rig, 0);
		client_close(&c);
	}
}

/* A peer that takes nothing is cut; one that takes a little is not. */
static void
test_writes(void **state)
{
	struct client none, some;
	int64_t begun = now_ms();
	unsigned long taken = 0;
	char bytes[2000];

	(void)state;
	client_open(&none, &rig, 4096, NULL);
	client_open(&some, &rig, 4096, NULL);
	client_get(&none, "/file?1000000");
	client_get(&some, "/file?4000000");
	while (rig_count(rig_log(), "\n") < 1) {
		ssize_t n;

		worker_turn(&rig.worker, 2);
		n = recv(some.fd, bytes, sizeof(bytes), 0);
		if (n > 0)
			taken += (unsigned long)n;
		assert_true(n != 0);
	}
	assert_true(now_ms() - begun >= TIMEOUT_MS - ROUNDING_MS);
	assert_non_null(strstr(rig_log(), "?1000000 HTTP/1.1|200|"));
	assert_int_equal(rig_count(rig_log(), "|X\n"), 1);
	assert_true(taken > 0);
	client_until_bytes(&some, &rig, 4000000 - taken);
	rig_until_log(&rig, 2);
	client_until_end(&none, &rig);
	assert_true(none.reset);
	client_close(&none);
	client_close(&some);
}

/* All that has come, thrown away; how much. */
static size_t
take_all(struct client *client)
{
	char bytes[4096];
	size_t taken = 0;
	ssize_t n;

	while ((n = recv(client->fd, bytes, sizeof(bytes), 0)) > 0)
		taken += (size_t)n;
	return taken;
}

/* Who takes all the time, but less than ResponseMinRate, is cut after Timeout,
 * and not before. */
static void
test_slow_reader(void **state)
{
	int64_t begun = now_ms();
	struct client slow;
	size_t taken = 0;
	char bytes[200];
	ssize_t n;

	(void)state;
	rig_min_rate(1000000000);
	client_open(&slow, &rig, 4096, NULL);
	client_get(&slow, "/file?4000000");
	while (rig_count(rig_log(), "\n") < 1) {
		worker_turn(&rig.worker, 2);
		n = recv(slow.fd, bytes, sizeof(bytes), 0);
		if (n > 0)
			taken += (size_t)n;
		assert_true(now_ms() - begun < 100 * TIMEOUT_MS);
	}
	assert_true(now_ms() - begun >= TIMEOUT_MS - ROUNDING_MS);
	assert_in_range(taken, 1, 3999999);
	assert_int_equal(rig_count(rig_log(), "|X\n"), 1);
	client_until_end(&slow, &rig);
	assert_true(slow.reset);
	client_close(&slow);
}

/* Who takes more is never cut, though it takes nothing for most of Timeout, and
 * for far longer than that. */
static void
test_uneven_reader(void **state)
{
	struct client uneven;
	size_t taken = 0;

	(void)state;
	rig_min_rate(1000);
	client_open(&uneven, &rig, 4096, NULL);
	client_get(&uneven, "/file?4000000");
	for (unsigned i = 0; i < 8; i++) {
		turn_for(TIMEOUT_MS * 2 / 3);
		taken += take_all(&uneven);
	}
	assert_true(taken > 0);
	assert_int_equal(rig_count(rig_log(), "\n"), 0);
	assert_int_equal(rig.worker.connections, 1);
	client_abort(&uneven);
	rig_until_log(&rig, 1);
}

/* Sends begin, and then a byte now and then, until it gets 408; how long that
 * took. */
static int64_t
drip(const char *begin)
{
	int64_t begun = now_ms(), took;
	unsigned lines = rig_count(rig_log(), "|408|");
	struct client c;

	client_open(&c, &rig, 0, begin);
	while (rig_count(rig_log(), "|408|") == lines) {
		assert_true(now_ms() - begun < 100 * TIMEOUT_MS);
		(void)send(c.fd, "x", 1, MSG_NOSIGNAL);
		turn_for(TIMEOUT_MS / 10);
	}
	took = now_ms() - begun;
	client_until(&c, &rig, "HTTP/1.1 408 ", 1);
	shutdown(c.fd, SHUT_WR);
	rig_until_connections(&rig, 0);
	client_close(&c);
	return took;
}

#define HEAD "GET /hello HTTP/1.1\r\nX: "
#define BODY                                   \
	"POST /upload HTTP/1.1\r\nHost: a\r\n" \
	"Content-Length: 100000\r\n\r\n"

/* Head and body are bounded each as a whole; drops bring no more time than
 * their rate is worth. */
static void
test_read_bounds(void **state)
{
	struct read_bound none = { .set = true };
	/* A byte brings 50 ms, and comes more often. */
	struct read_bound most = { TIMEOUT_MS / 2, 4 * TIMEOUT_MS, 20, true };
	struct read_bound first = { 2 * TIMEOUT_MS, 0, 0, true };
	struct read_bound rate = { 2 * TIMEOUT_MS, 0, 1000, true };

	(void)state;
	/* Drops come late where the machine is busy. */
	rig_timeouts(LONG_MS, LONG_MS);
	rig_read_bounds(first, none);
	assert_true(drip(HEAD) >= 2 * TIMEOUT_MS - ROUNDING_MS);
	rig_read_bounds(rate, none);
	assert_true(drip(HEAD) >= 2 * TIMEOUT_MS - ROUNDING_MS);
	rig_read_bounds(none, first);
	assert_true(drip(BODY) >= 2 * TIMEOUT_MS - ROUNDING_MS);
	rig_read_bounds(most, none);
	assert_true(drip(HEAD) >= 4 * TIMEOUT_MS - ROUNDING_MS);
	rig_read_bounds(none, most);
	assert_true(drip(BODY) >= 4 * TIMEOUT_MS - ROUNDING_MS);
}

/* header= is also how long a new connection may be silent. */
static void
test_silent_connection(void **state)
{
	int64_t begun = now_ms();
	struct client c;

	(void)state;
	rig_timeouts(LONG_MS, LONG_MS);
	rig_read_bounds((struct read_bound){ TIMEOUT_MS, 0, 0, true },
	    (struct read_bound){ .set = true });
	client_open(&c, &rig, 0, NULL);
	client_until_end(&c, &rig);
	assert_true(now_ms() - begun >= TIMEOUT_MS - ROUNDING_MS);
	assert_string_equal(client_text(&c), "");
	assert_string_equal(rig_log(), "");
	client_close(&c);
}

/* Who is fast enough gets time, whatever the body's size; and after it the
 * next head has its own. */
static void
test_fast_enough(void **state)
{
	int64_t end = now_ms() + 5 * TIMEOUT_MS;
	char head[128], bytes[1001];
	struct client c;
	unsigned sent = 0;

	(void)state;
	memset(bytes, 'x', 1000);
	bytes[1000] = '\0';
	rig_timeouts(LONG_MS, LONG_MS);
	rig_read_bounds((struct read_bound){ 10 * TIMEOUT_MS, 0, 1000, true },
	    (struct read_bound){ TIMEOUT_MS, 0, 1000, true });
	snprintf(head, sizeof(head),
	    "POST /upload HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: %d\r\n\r\n",
	    1000000);
	client_open(&c, &rig, 0, head);
	for (; now_ms() < end; sent += 1000) {
		client_send(&c, bytes);
		turn_for(TIMEOUT_MS / 10);
	}
	assert_string_equal(rig_log(), "");
	for (; sent < 1000000; sent += 1000) {
		client_send(&c, bytes);
		worker_turn(&rig.worker, 0);
	}
	client_until(&c, &rig, "1000000 bytes\n", 1);
	client_send(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n");
	turn_for(TIMEOUT_MS / 2);
	client_send(&c, "\r\n");
	client_until(&c, &rig, "hello\n", 1);
	client_close(&c);
}

/* But the next one has time of its own, however they are cut. */
static void
test_head_after_head(void **state)
{
	int64_t end = now_ms() + 3 * TIMEOUT_MS;
	unsigned count = 1;
	struct client c;

	(void)state;
	client_open(&c, &rig, 0, "GET /hello HT");
	while (now_ms() < end) {
		client_send(&c, "TP/1.1\r\nHost: a\r\n\r\nGET /hello HT");
		client_until(&c, &rig, "hello\n", count++);
		turn_for(TIMEOUT_MS / 10);
	}
	client_send(&c, "TP/1.1\r\nHost: a\r\n\r\n");
	client_until(&c, &rig, "hello\n", count);
	assert_null(strstr(rig_log(), "|408|"));
	client_close(&c);
}

/* Progress of a body brings time, each byte of it. */
static void
test_slow_body(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, &rig, 0,
	    "POST /upload HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 8\r\n\r\n");
	for (unsigned i = 0; i < 8; i++) {
		turn_for(TIMEOUT_MS / 2);
		client_send(&c, "x");
	}
	client_until(&c, &rig, "8 bytes\n", 1);
	client_close(&c);
}

/* A backend bounds what is waited for itself. */
static void
test_backends_have_their_own(void **state)
{
	static const struct {
		const char *path, *answer;
		unsigned times;
	} rows[] = { { "/wait", "hello\n", 1 },
		{ "/pauses", "\r\n0\r\n\r\n", 2 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct client c;

		client_open(&c, &rig, 0, NULL);
		client_get(&c, rows[i].path);
		/* Not even what is behind it in the pipeline matters. */
		client_send(&c, "GET /half");
		for (unsigned n = 0; n < rows[i].times; n++) {
			turn_for(3 * TIMEOUT_MS);
			worker_site_go();
		}
		client_until(&c, &rig, rows[i].answer, 1);
		client_until_end(&c, &rig);
		assert_int_equal(rig_count(client_text(&c), "HTTP/1.1 408"), 1);
		client_close(&c);
	}
}

/* Who lingers has so long in all; what the peer sends brings no more. */
static void
test_lingering(void **state)
{
	struct client c;
	int64_t begun = now_ms();

	(void)state;
	client_open(&c, &rig, 0, "nonsense\r\n\r\n");
	client_until_end(&c, &rig);
	assert_int_equal(rig_count(client_text(&c), "HTTP/1.1 400"), 1);
	while (rig.worker.connections > 0) {
		(void)send(c.fd, "more", 4, MSG_NOSIGNAL);
		worker_turn(&rig.worker, 2);
		steady_clock_forward(50);
		assert_true(now_ms() - begun < 10 * LINGER_MS);
	}
	assert_true(now_ms() - begun >= LINGER_MS - ROUNDING_MS);
	client_close(&c);
}

/* While a worker drains, idle connections have little time; transfers go on. */
static void
test_draining(void **state)
{
	struct client idle, busy;
	int64_t begun = now_ms();

	(void)state;
	rig_timeouts(LONG_MS, LONG_MS);
	client_open(&idle, &rig, 0, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	client_open(&busy, &rig, 4096,
	    "GET /file?1000000 HTTP/1.1\r\n"
	    "Host: a\r\n\r\n");
	rig_say(&rig, MESSAGE_DRAIN, DRAIN_CLOSE);
	client_until(&idle, &rig, "hello\n", 1);
	steady_clock_forward(DRAIN_IDLE_MS - 200);
	rig_turns(&rig);
	client_look(&idle);
	assert_false(idle.ended);
	client_until_end(&idle, &rig);
	assert_in_range(now_ms() - begun, DRAIN_IDLE_MS - ROUNDING_MS, 20000);
	client_until_bytes(&busy, &rig, 1000000);
	rig_until_log(&rig, 2);
	assert_int_equal(rig_count(rig_log(), "|X\n"), 0);
	client_close(&idle);
	client_close(&busy);
}

/* A successor that is slow to take them costs idle connections no time. */
static void
test_waiting_for_a_successor(void **state)
{
	unsigned given = 0;
	struct message m;
	struct client c;

	(void)state;
	rig_timeouts(LONG_MS, LONG_MS);
	client_open(&c, &rig, 0, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	client_until(&c, &rig, "hello\n", 1);
	message_init(&m, MESSAGE_RETIRE, 0);
	while (channel_send(rig.setup.channel, &m) == 0)
		;
	rig_say(&rig, MESSAGE_DRAIN, DRAIN_HANDOVER);
	steady_clock_forward(2 * DRAIN_IDLE_MS);
	rig_turns(&rig);
	assert_int_equal(rig.worker.connections, 1);
	while (channel_receive(rig.master, &m) == 1) {
		given += m.type == MESSAGE_HANDOVER;
		if (m.fd >= 0)
			close(m.fd);
		rig_turns(&rig);
	}
	assert_int_equal(given, 1);
	assert_int_equal(rig.worker.connections, 0);
	client_close(&c);
}

/* More than a turn takes events of. */
#define MANY 300

/* While the process stood still, a request of each was begun, or its rest, and
 * its time ran out: what is there counts as in time, whoever's turn it is. */
static void
test_standing_still(void **state)
{
	static const struct {
		const char *before, *then;
	} rows[] = {
		{ NULL, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ "GET /hello HTTP/1.1\r\nHo", "st: a\r\n\r\n" },
		{ "POST /upload HTTP/1.1\r\nHost: a\r\n"
		  "Content-Length: 10\r\n\r\n12345",
		    "67890" },
	};
	struct client clients[MANY];

	(void)state;
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		int64_t end;

		for (size_t i = 0; i < MANY; i++)
			client_open(&clients[i], &rig, 0, rows[row].before);
		rig_turns(&rig);
		for (size_t i = 0; i < MANY; i++)
			client_send(&clients[i], rows[row].then);
		for (end = now_ms() + TIMEOUT_MS; now_ms() <= end;)
			;
		for (size_t i = 0; i < MANY; i++) {
			client_until(&clients[i], &rig, "HTTP/1.1 200 ", 1);
			client_close(&clients[i]);
		}
		rig_until_connections(&rig, 0);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, rig_teardown)
#define SLOW(name) \
	cmocka_unit_test_setup_teardown(name, begin_slow, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_each_wait),
		SLOW(test_writes),
		SLOW(test_slow_reader),
		SLOW(test_uneven_reader),
		TEST(test_read_bounds),
		TEST(test_silent_connection),
		TEST(test_fast_enough),
		TEST(test_head_after_head),
		TEST(test_slow_body),
		TEST(test_backends_have_their_own),
		TEST(test_lingering),
		TEST(test_draining),
		TEST(test_waiting_for_a_successor),
		SLOW(test_standing_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

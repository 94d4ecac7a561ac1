/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access and error lines around a send: all lines of an exchange or none, and
 * an error message never publishes an access line that may be taken back.
 */
#include "config.h"

#include "log/access_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "conf_text.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "process.h"

static const struct conf_section *const sections[] = { &log_section, NULL };
static struct server_conf *conf;
static struct log_board board;
static struct log_ring ring, logger;
static struct exchange_peer peer;
static struct exchange x;
static char line[LOG_LINE_MAX + 1];

static const char text[] = "ServerRoot /srv\nListen 80\n"
			   "ErrorLog logs/e\nLogLevel info os:error\n"
			   "CustomLog logs/a \"a %s %U\"\n"
			   "CustomLog logs/b \"b %s\"\n"
			   "<VirtualHost *:80>\n"
			   "ErrorLog logs/host\nLogLevel debug\n"
			   "</VirtualHost>\n";

static int
set_up_for(const char *settings)
{
	struct log_dest *dest;
	int fd = log_ring_create(), id = 0;

	conf = conf_text_load(sections, settings, NULL);
	if (conf == NULL || fd == -1 || log_board_create(&board) == -1 ||
	    log_ring_map(&ring, fd) == -1 || log_ring_map(&logger, fd) == -1)
		return -1;
	close(fd);
	for (dest = log_destinations(conf); dest != NULL; dest = dest->next)
		dest->id = id++; /* e, a, b, host */
	clock_refresh();
	access_log_attach(&ring, &board);
	error_log_attach(&ring, &board, conf);
	(void)addr_parse((struct span)SPAN("192.0.2.1"), 4711, &peer.remote);
	exchange_init(&x, &peer, conf, NULL, 0);
	x.request.uri.path = (struct span)SPAN("/path");
	x.status_original = 200;
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	return set_up_for(text);
}

#define MANY 64

/* Each log in its own file, with the path twice; the last one's is JSON. */
static int
set_up_many(void **state)
{
	static char many[MANY * 64 + 200];
	size_t len = 0;
	int i;

	(void)state;
	len = (size_t)sprintf(many, "ServerRoot /srv\nListen 80\nErrorLog e\n");
	for (i = 1; i < MANY; i++)
		len += (size_t)sprintf(
		    many + len, "CustomLog logs/%d \"%%U %%U\"\n", i);
	sprintf(many + len, "CustomLog logs/json json\n");
	return set_up_for(many);
}

static int
tear_down(void **state)
{
	(void)state;
	error_log_detach();
	exchange_release(&x);
	access_log_attach(NULL, NULL);
	log_ring_unmap(&ring);
	log_ring_unmap(&logger);
	log_board_release(&board);
	conf_destroy(&conf);
	return 0;
}

/* The next published line ("" when there is none); *dest_r is its number. */
static const char *
next_line(int *dest_r)
{
	uint64_t position = logger.position;
	struct log_record record;

	line[0] = '\0';
	*dest_r = -1;
	if (log_ring_next(&logger, false, &position, &record) !=
	    LOG_RING_RECORD)
		return line;
	memcpy(line, record.line, record.len);
	line[record.len] = '\0';
	*dest_r = record.dest;
	log_ring_consume(&logger, position);
	return line;
}

static void
expect(int dest, const char *expected)
{
	int got;

	assert_string_equal(next_line(&got), expected);
	assert_int_equal(got, dest);
}

/* What comes behind the time and the pid. */
static void
expect_error(int dest, const char *room_and_level, const char *message)
{
	char middle[64];
	int got;

	next_line(&got);
	assert_int_equal(got, dest);
	snprintf(middle, sizeof(middle), "] [%s] [pid %d] ", room_and_level,
	    (int)getpid());
	assert_non_null(strstr(line, middle));
	assert_string_equal(
	    strstr(line, "] [pid ") + strlen("] [pid ") +
		strcspn(strstr(line, "] [pid ") + strlen("] [pid "), "]") + 2,
	    message);
}

static void
test_publish(void **state)
{
	uint64_t mark;

	(void)state;
	assert_true(access_log_stage(&x, &mark));
	expect(-1, "");
	atomic_store(board.asleep, 1);
	access_log_publish(mark);
	assert_int_equal(atomic_load(board.asleep), 0);
	expect(1, "a 200 /path");
	expect(2, "b 200");
	expect(-1, "");
}

static void
test_partial_send(void **state)
{
	uint64_t first, second;

	(void)state;
	assert_true(access_log_stage(&x, &first));
	x.status_original = 404;
	assert_true(access_log_stage(&x, &second));
	assert_true(second > first);
	access_log_publish(first);
	access_log_unstage();
	x.status_original = 500;
	assert_true(access_log_write(&x));
	expect(1, "a 200 /path");
	expect(2, "b 200");
	expect(1, "a 500 /path");
	expect(2, "b 500");
	expect(-1, "");
}

static void
test_full_destination(void **state)
{
	uint64_t mark, before = log_ring_mark(&ring);

	(void)state;
	atomic_store(&board.dest[2].full, 1);
	assert_false(access_log_stage(&x, &mark));
	assert_true(log_ring_mark(&ring) == before);
	assert_false(access_log_write(&x));
	expect(-1, "");
	atomic_store(&board.dest[2].full, 0);
	assert_true(access_log_write(&x));
	expect(1, "a 200 /path");
}

static void
test_full_ring(void **state)
{
	unsigned staged = 0, whole = 0, i;
	int dest;

	(void)state;
	while (access_log_write(&x))
		assert_true(++staged < 100000);
	assert_true(staged > 1000);
	for (i = 0; i < 2 * staged; i++) {
		next_line(&dest);
		assert_int_equal(dest, 1 + (int)(i % 2));
		whole++;
	}
	expect(-1, "");
	assert_int_equal(whole, 2 * staged);
	assert_true(access_log_write(&x));
}

/* Together they would never have room, so they are cut; not before. */
static void
test_many_long_lines(void **state)
{
	static char path[8000];
	uint64_t mark;
	int dest, i;

	(void)state;
	memset(path, 'p', sizeof(path));
	x.request.uri.path = span_of(path, 100);
	assert_true(access_log_write(&x));
	for (i = 1; i < MANY; i++)
		assert_int_equal(strlen(next_line(&dest)), 201);
	assert_int_equal(next_line(&dest)[0], '{');
	x.request.uri.path = span_of(path, sizeof(path));
	assert_true(access_log_stage(&x, &mark));
	access_log_publish(mark);
	for (i = 1; i < MANY; i++) {
		assert_in_range(strlen(next_line(&dest)), 1000, 2048);
		assert_int_equal(dest, i);
		assert_string_equal(line + strlen(line) - 4, "\\...");
	}
	assert_int_equal(next_line(&dest)[0], '{');
	assert_int_equal(line[strlen(line) - 1], '}');
	expect(-1, "");
}

/* A ring that was overwritten ends its worker, not its requests' answers. */
static int
stage_in_child(void *argument)
{
	uint64_t mark;

	dup2(*(int *)argument, STDERR_FILENO);
	return access_log_stage(&x, &mark) ? 10 : 11;
}

static void
test_abandoned_ring(void **state)
{
	char said[200];
	int fds[2];

	(void)state;
	process_pipe(fds);
	log_ring_abandon(&logger);
	assert_int_equal(process_run(stage_in_child, &fds[1]), 1);
	close(fds[1]);
	process_read(fds[0], said, sizeof(said));
	assert_non_null(strstr(said, "log ring up"));
	close(fds[0]);
}

static void
test_host_without_ring_or_logs(void **state)
{
	uint64_t mark = 1;

	(void)state;
	access_log_attach(NULL, NULL);
	assert_true(access_log_stage(&x, &mark));
	access_log_publish(mark);
	access_log_unstage();
	assert_true(access_log_write(&x));
	expect(-1, "");
}

static void
test_error_lines(void **state)
{
	(void)state;
	report(REPORT_ERROR, "net", "port %d\nbroke", 80);
	expect_error(0, "net:error", "port 80\\nbroke");
	report(REPORT_DEBUG, "net", "not heard");
	report(REPORT_WARN, "os", "not heard");
	report(REPORT_ERROR, "os", "heard");
	expect_error(0, "os:error", "heard");
	exchange_report(&x, REPORT_INFO, "http", "bad %s", "line");
	expect_error(0, "http:info", "[client 192.0.2.1:4711] bad line");
	exchange_report(&x, REPORT_DEBUG, "http", "not heard");
	/* A host has its own level and log. */
	x.settings = conf->hosts[1].settings;
	exchange_report(&x, REPORT_DEBUG, "http", "heard");
	expect_error(3, "http:debug", "[client 192.0.2.1:4711] heard");
	expect(-1, "");
}

/* A message between stage and send waits until the lines' fate is known. */
static void
test_error_while_staged(void **state)
{
	uint64_t mark;

	(void)state;
	assert_true(access_log_stage(&x, &mark));
	report(REPORT_ERROR, "net", "one");
	report(REPORT_ERROR, "net", "two");
	expect(-1, "");
	access_log_unstage();
	expect_error(0, "net:error", "one");
	expect_error(0, "net:error", "two");
	expect(-1, "");
	assert_true(access_log_stage(&x, &mark));
	report(REPORT_ERROR, "net", "three");
	access_log_publish(mark);
	expect(1, "a 200 /path");
	expect(2, "b 200");
	expect_error(0, "net:error", "three");
}

static void
test_repeated_errors(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		report(REPORT_ERROR, "net", "again");
	report(REPORT_ERROR, "net", "other");
	expect_error(0, "net:error", "again");
	expect_error(0, "net:error", "the last message came again, times: 4");
	expect_error(0, "net:error", "other");
	report(REPORT_WARN, "net", "other");
	expect_error(0, "net:warn", "other");
	report(REPORT_WARN, "net", "other");
	expect(-1, "");
	error_log_tick();
	expect_error(0, "net:warn", "the last message came again, times: 1");
	error_log_tick();
	expect(-1, "");
}

/* Each request has its line; and however many there are, they do not silence
 * what the server says of itself. */
static void
test_errors_of_clients(void **state)
{
	const char *same = "[client 192.0.2.1:4711] denied";
	int i, dest, heard = 0;
	char said[80];

	(void)state;
	for (i = 0; i < 3; i++)
		exchange_report(&x, REPORT_ERROR, "core", "denied");
	for (i = 0; i < 3; i++)
		expect_error(0, "core:error", same);
	for (i = 0; i < 10000; i++) {
		exchange_report(&x, REPORT_ERROR, "core", "denied");
		while (*next_line(&dest) != '\0')
			heard++;
	}
	assert_in_range(heard, 100, 2000);
	report(REPORT_ERROR, "net", "heard all the same");
	expect_error(0, "net:error", "heard all the same");
	error_log_tick();
	snprintf(said, sizeof(said),
	    "messages about requests left out, too many in a second: %d",
	    10000 - heard);
	expect_error(0, "log:warn", said);
}

/* Too many are counted; what is critical comes through all the same. */
static void
test_flood(void **state)
{
	int i, dest, heard = 0;
	char said[64];

	(void)state;
	for (i = 0; i < 10000; i++) {
		report(REPORT_ERROR, "net", "number %d", i);
		while (*next_line(&dest) != '\0')
			heard++;
	}
	assert_in_range(heard, 100, 2000);
	report(REPORT_CRIT, "net", "help");
	expect_error(0, "net:crit", "help");
	error_log_tick();
	snprintf(said, sizeof(said),
	    "messages left out, too many in a second: %d", 10000 - heard);
	expect_error(0, "log:warn", said);
}

static void
test_no_room_for_errors(void **state)
{
	int dest;

	(void)state;
	while (log_ring_append(&ring, 0, (struct span)SPAN("filler")))
		;
	report(REPORT_CRIT, "net", "lost");
	while (*next_line(&dest) != '\0')
		;
	error_log_tick();
	expect_error(0, "log:warn", "messages lost for want of room: 1");
}

/* A child must not write into the ring of its parent. */
static int
report_in_child(void *argument)
{
	int *fds = argument;
	uint64_t before = log_ring_mark(&ring);

	dup2(fds[1], STDERR_FILENO);
	report(REPORT_ERROR, "net", "from a child");
	error_log_tick();
	return log_ring_mark(&ring) == before ? 0 : 1;
}

static void
test_child(void **state)
{
	char said[200];
	int fds[2];

	(void)state;
	process_pipe(fds);
	assert_int_equal(process_run(report_in_child, fds), 0);
	close(fds[1]);
	process_read(fds[0], said, sizeof(said));
	assert_string_equal(said, "[net:error] from a child\n");
	close(fds[0]);
	expect(-1, "");
	report(REPORT_ERROR, "net", "from the parent");
	expect_error(0, "net:error", "from the parent");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define MANY_CASE(f) cmocka_unit_test_setup_teardown(f, set_up_many, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_publish),
		CASE(test_partial_send),
		CASE(test_full_destination),
		CASE(test_full_ring),
		MANY_CASE(test_many_long_lines),
		CASE(test_abandoned_ring),
		CASE(test_host_without_ring_or_logs),
		CASE(test_error_lines),
		CASE(test_error_while_staged),
		CASE(test_repeated_errors),
		CASE(test_errors_of_clients),
		CASE(test_flood),
		CASE(test_no_room_for_errors),
		CASE(test_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

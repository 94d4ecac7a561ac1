/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server-status over shared memory that the test has written: rates and
 * ages, bounds, and pages of workers that are mad.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ipc/boards.h"
#include "site.h"
#include "tree.h"

extern const struct module server_status_module;
const struct module *const modules[] = { &server_status_module, NULL };

static struct scoreboard scoreboard;
static struct log_board ledger;
static unsigned updates;

static void
update(struct exchange *x)
{
	(void)x;
	updates++;
}

static int
begin(void **state)
{
	static struct log_dest unopened = { LOG_DEST_SYSLOG, "a:b", -1, NULL };
	static struct log_dest access = { LOG_DEST_FILE, "/logs/<a>", 3,
		&unopened };

	(void)state;
	tree_make();
	tree_directory("www");
	assert_int_equal(scoreboard_create(&scoreboard), 0);
	assert_int_equal(log_board_create(&ledger), 0);
	boards_place(&(struct boards){ &scoreboard, &ledger, &access, update });
	site_open("DocumentRoot www\n");
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	site_close();
	log_board_release(&ledger);
	scoreboard_release(&scoreboard);
	tree_remove();
	return 0;
}

static struct worker_slot *
take(uint64_t generation)
{
	int slot = scoreboard_take(&scoreboard, generation, 1);
	struct worker_slot *s =
	    (struct worker_slot *)(uintptr_t)scoreboard_slot(
		&scoreboard, (unsigned)slot);

	atomic_store(&s->state, WORKER_WAITING);
	s->pid = 1000 + slot;
	return s;
}

/* The body of an answer to a GET. */
static const char *
page(const char *query)
{
	static char text[4 * 1024 * 1024];
	char request[64];
	struct exchange *x;
	struct span body;

	snprintf(request, sizeof(request), "GET /status%s", query);
	x = site_request(request);
	assert_int_equal(x->response.status, 200);
	body = x->response.body.memory;
	assert_true(body.len < sizeof(text));
	memcpy(text, body.ptr, body.len);
	text[body.len] = '\0';
	assert_int_equal(strlen(text), body.len);
	body_close(&x->response.body);
	site_end(x);
	return text;
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no %s in %.3000s", part, text);
}

/* Strings end, brackets close, and nothing is there that may not be. */
static void
assert_json(const char *text)
{
	bool in_string = false;
	int depth = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (in_string && *p == '\\')
			p++;
		else if (*p == '"')
			in_string = !in_string;
		else if (in_string)
			assert_true((unsigned char)*p >= ' ');
		else if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
	}
	assert_false(in_string);
	assert_int_equal(depth, 0);
}

static void
set_status(int64_t uptime_ms)
{
	struct master_status status = {
		.started_ms = clock_now_ms() - uptime_ms,
		.started_us = clock_real_us() - uptime_ms * 1000,
		.generation = 7,
		.state = MASTER_SERVING,
	};

	seqlock_write(
	    scoreboard_master(&scoreboard)->status, &status, sizeof(status));
}

static void
test_empty_memory(void **state)
{
	(void)state;
	assert_has(page(""), "not known yet");
	assert_has(page("?auto"), "BusyWorkers: 0\n");
	assert_has(page("?auto"), "Scoreboard: \n");
	assert_has(page("?json"), "\"workers\":[]");
	assert_json(page("?json"));
	assert_int_equal(updates, 5);
}

static void
test_uptime(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{ 0, "ServerUptime:\n" },
		{ 1, "ServerUptime: 1 second\n" },
		{ 61, "ServerUptime: 1 minute 1 second\n" },
		{ 7200, "ServerUptime: 2 hours\n" },
		{ 2 * 86400 + 3600 + 120 + 3,
		    "ServerUptime: 2 days 1 hour 2 minutes 3 seconds\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_status(rows[i].s * 1000);
		assert_has(page("?auto"), rows[i].text);
	}
}

static void
test_rates(void **state)
{
	struct worker_slot *slot = take(7);
	struct load_sample sample = { .at_ms = clock_now_ms() - 20000,
		.requests = 100,
		.bytes = 1000,
		.cpu_us = 500000 };

	(void)state;
	set_status(100000);
	atomic_store(&slot->requests, 1100);
	atomic_store(&slot->bytes_sent, 2049000);
	atomic_store(&slot->cpu_user_us, 1500000);
	atomic_store(&slot->cpu_system_us, 1000000);
	atomic_store(&slot->duration_ms, 2200);
	master_board_add_sample(scoreboard_master(&scoreboard), &sample);
	assert_has(page("?json"),
	    "\"mean\":{\"seconds\":100.000,\"requests_per_second\":11.000,"
	    "\"bytes_per_second\":20490.000,\"cpu_percent\":2.500}");
	assert_has(page("?json"),
	    "\"recent\":{\"seconds\":20.000,\"requests_per_second\":50.000,"
	    "\"bytes_per_second\":102400.000,\"cpu_percent\":10.000}");
	assert_has(page("?auto"), "Total Accesses: 1100\nTotal kBytes: 2000\n"
				  "Total Duration: 2200\nCPUUser: 1.5\n"
				  "CPUSystem: 1\n");
	assert_has(page("?auto"), "CPULoad: 2.5\nUptime: 100\nReqPerSec: 11\n"
				  "BytesPerSec: 20490\n");
	assert_has(page("?auto"), "DurationPerReq: 2\n");
	assert_has(page(""), "Last 20 s<td>50.0 requests/s, 102 kB/s, "
			     "10.0 % of a processor");
}

static void
test_scoreboard_letters(void **state)
{
	static const unsigned stages[STAGE_COUNT] = { 0, 1, 1, 1, 2, 1, 3, 1 };
	struct worker_slot *slot = take(7), *old = take(6);

	(void)state;
	for (int i = 1; i < STAGE_COUNT; i++) {
		atomic_store(&slot->stages[i], stages[i]);
		atomic_store(&old->stages[i], stages[i]);
	}
	atomic_store(&slot->connections, 14);
	atomic_store(&old->connections, 14);
	atomic_store(&old->draining, 1);
	atomic_store(&take(7)->state, WORKER_STARTING);
	assert_has(page("?auto"), "Scoreboard: _WWWWRRWWLCGGGGGGGGGGS\n");
}

static void
test_ledger(void **state)
{
	(void)state;
	atomic_store(&ledger.dest[3].appended, 12);
	atomic_store(&ledger.dest[3].written, 9);
	atomic_store(&ledger.dest[3].lost, 1);
	atomic_store(&ledger.dest[3].queued, 2);
	atomic_store(&ledger.dest[3].full, 1);
	/* The other one was never opened. */
	assert_has(page("?json"),
	    "\"logs\":[{\"kind\":\"file\",\"target\":\"/logs/<a>\","
	    "\"appended\":12,\"written\":9,\"lost\":1,\"queued\":2,"
	    "\"stuck\":true}]");
	assert_has(page(""), "/logs/&lt;a&gt;");
}

/* As master/heartbeat.c will see it, before it is killed. */
static void
test_stuck_worker(void **state)
{
	struct worker_slot *slot = take(7);

	(void)state;
	atomic_store(&slot->busy_since_ms, clock_now_ms() - 12345);
	assert_has(page("?json"), "\"busy_seconds\":0.000,");
	assert_has(page(""), "<td>waiting<td");
	atomic_store(&slot->state, WORKER_BUSY);
	assert_has(page("?json"), "\"busy_seconds\":12.345,");
	assert_has(page(""), "<td>busy for 12 s<td");
	atomic_store(&slot->busy_since_ms, clock_now_ms() - 999);
	assert_has(page(""), "<td>busy<td");
}

/* More than are shown: those that take longest are. */
static void
test_requests_are_bounded(void **state)
{
	const unsigned workers = 12;
	struct progress p = { .stage = STAGE_SENDING };
	const char *text;
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < workers; i++) {
		struct worker_slot *slot = take(7);

		for (unsigned j = 0; j < PROGRESS_MAX; j++) {
			count++;
			p.since_ms = clock_now_ms() - (count * 7919) % 288;
			snprintf(p.request, sizeof(p.request), "age %03u",
			    (count * 7919) % 288);
			seqlock_write(slot->progress[j], &p, sizeof(p));
		}
	}
	text = page("?json");
	assert_json(text);
	assert_has(text, "\"requests_left_out\":88}");
	for (unsigned age = 0; age < 288; age++) {
		char name[16];

		snprintf(name, sizeof(name), "age %03u", age);
		assert_int_equal(strstr(text, name) != NULL, age >= 88);
	}
	assert_true(strstr(text, "age 287") < strstr(text, "age 286"));
	assert_has(page(""), "and 88 more");
}

/* Whatever a worker writes on its pages is shown as what it is, if at all. */
static void
test_mad_worker(void **state)
{
	struct worker_slot *slot = take(7);
	struct progress p;

	(void)state;
	memset((char *)slot, 0xff, sizeof(*slot));
	memset(&p, 0xff, sizeof(p));
	memset(p.request, '<', sizeof(p.request));
	atomic_store(&slot->progress[0][0], 0);
	seqlock_write(slot->progress[0], &p, sizeof(p));
	p.since_ms = 1;
	memset(p.client, '"', sizeof(p.client));
	memset(p.host, '\n', sizeof(p.host));
	atomic_store(&slot->progress[1][0], 0);
	seqlock_write(slot->progress[1], &p, sizeof(p));
	/* 2 and others: for ever being written. */
	assert_json(page("?json"));
	assert_has(page("?json"), "\"stage\":\"unknown\"");
	assert_null(strstr(page(""), "<<"));
	assert_has(page(""), "&lt;&lt;");
	assert_true(strlen(page("?auto")) < 70000);
	memset((char *)slot, 0x7f, sizeof(*slot));
	assert_json(page("?json"));
	(void)page("");
	(void)page("?auto");
}

#define ON_BOARDS(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOARDS(test_empty_memory),
		ON_BOARDS(test_uptime),
		ON_BOARDS(test_rates),
		ON_BOARDS(test_scoreboard_letters),
		ON_BOARDS(test_ledger),
		ON_BOARDS(test_stuck_worker),
		ON_BOARDS(test_requests_are_bounded),
		ON_BOARDS(test_mad_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

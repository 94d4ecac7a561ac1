/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * master: generations of workers and their fate.  The master is real and runs
 * in a child, and so does the logger; workers do nothing but to say through a
 * pipe what they are told.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/files.h"
#include "http/module.h"
#include "ipc/channel.h"
#include "log/log_conf.h"
#include "master/master.h"
#include "master/master_conf.h"
#include "process.h"

/* A bound for what should come at once, for slow machines. */
#define SOON_MS 20000

/* Of the workers that these masters have. */
const struct module *const modules[] = { NULL };

static int events_read, events_write;
static pid_t master;

/* ---- workers ---- */

static void
say(const char *what, const struct worker_setup *setup)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %u.%u\n", what,
	    (unsigned)setup->conf->generation, setup->number);

	if (write(events_write, line, (size_t)len) != len)
		_exit(3);
}

static void
tell(const struct worker_setup *setup, uint32_t type, int fd)
{
	struct message m;

	message_init(&m, type, 0);
	m.fd = fd;
	if (channel_send(setup->channel, &m) < 0)
		_exit(3);
}

/* The host's name says how a worker behaves. */
static bool
is(const struct worker_setup *setup, const char *behaviour)
{
	return strcmp(setup->conf->hosts[0].name, behaviour) == 0;
}

static int
drain(const struct worker_setup *setup, uint32_t mode)
{
	say(mode == DRAIN_CLOSE ? "close" : "drain", setup);
	tell(setup, MESSAGE_DRAINING, -1);
	if (mode == DRAIN_HANDOVER)
		tell(setup, MESSAGE_HANDOVER, events_write);
	return 0;
}

/* False: it is over. */
static bool
obey(const struct worker_setup *setup, struct message *m)
{
	switch (m->type) {
	case MESSAGE_DRAIN:
		drain(setup, m->arg);
		/* One that has still work to do. */
		return is(setup, "busy");
	case MESSAGE_ADOPT:
		say("adopt", setup);
		close(m->fd);
		return true;
	case MESSAGE_POKE:
		return true;
	default:
		/* Not said: on a busy machine it is killed before. */
		return is(setup, "deaf");
	}
}

/* Whether nobody had its number before. */
static bool
is_first(const struct worker_setup *setup)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "first.%u", setup->number);
	fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int
fake_worker(const struct worker_setup *setup)
{
	struct pollfd channel = { .fd = setup->channel, .events = POLLIN };
	struct message m;

	/* The list of descriptors is right, or this is closed. */
	events_write = STDERR_FILENO;
	privs_die_with_parent(setup->master, SIGKILL);
	if (is(setup, "stillborn"))
		return 1;
	if (is(setup, "half") && setup->number == 2)
		return 1;
	say("ready", setup);
	tell(setup, MESSAGE_READY, -1);
	if (is(setup, "retires") && is_first(setup))
		tell(setup, MESSAGE_RETIRE, -1);
	for (;;) {
		(void)poll(&channel, 1, -1);
		if (channel_receive(setup->channel, &m) != 1)
			return 1;
		if (!obey(setup, &m))
			return 0;
	}
}

/* ---- the master ---- */

static void
configure(const char *behaviour, const char *more)
{
	FILE *out = fopen("httpd.conf", "w");
	unsigned own = (unsigned)getpid();

	/*
	 * No other test listens on an address made of our number.  A sandbox
	 * refuses calls that sanitizers make.
	 */
	assert_non_null(out);
	fprintf(out,
	    "Listen 127.%u.%u.%u:18080\n"
	    "ServerName %s\n"
	    "Workers 2\n"
	    "PidFile pid\n"
	    "ErrorLog error_log\n"
	    "LogLevel info\n"
	    "%s\n"
	    "Sandbox off\n",
	    1 + (own >> 16 & 127), own >> 8 & 255, own & 255, behaviour, more);
	assert_int_equal(fclose(out), 0);
}

static int
run_master(void *argument)
{
	static const char *const none[] = { NULL };
	static struct conf_schema schema;
	char here[4096], file[4200];
	struct conf_options options = {
		.file = file,
		.server_root = here,
		.defines = none,
		.before = none,
		.after = none,
	};
	struct master_setup setup = {
		.schema = &schema,
		.conf = &options,
		.foreground = true,
		.run_worker = fake_worker,
		.run_logger = logger_run,
	};
	struct conf_messages messages;
	struct server_conf *conf;
	struct err err;
	int status;

	(void)argument;
	if (getcwd(here, sizeof(here)) == NULL)
		return 2;
	snprintf(file, sizeof(file), "%s/httpd.conf", here);
	conf_schema_add(&schema, &master_section);
	conf_schema_add(&schema, &listener_section);
	conf_schema_add(&schema, &log_section);
	conf_schema_add(&schema, &files_section);
	conf = conf_load(&schema, &options, &messages);
	if (conf == NULL) {
		dprintf(STDERR_FILENO, "%s", buf_str(&messages.text));
		return 2;
	}
	buf_release(&messages.text);
	/* Workers keep their standard error, whatever else is closed. */
	dup2(events_write, STDERR_FILENO);
	close(events_read);
	status = master_run(&setup, conf, &err);
	if (err.text[0] != '\0')
		dprintf(events_write, "error %s\n", err.text);
	return status;
}

/* ---- what is expected ---- */

/* The next event, without its newline. */
static void
next_event(char line[128])
{
	struct pollfd p = { .fd = events_read, .events = POLLIN };
	size_t len = 0;

	for (;;) {
		if (poll(&p, 1, SOON_MS) != 1)
			fail_msg("nothing came");
		if (read(events_read, &line[len], 1) != 1)
			fail_msg("the master is gone");
		if (line[len] == '\n')
			break;
		assert_true(++len < 127);
	}
	line[len] = '\0';
}

/* Those of the list, separated by commas, come next in any order. */
static void
expect(const char *list)
{
	char left[256], line[128], *at;
	size_t len;

	snprintf(left, sizeof(left), "%s,", list);
	while (left[0] != '\0') {
		next_event(line);
		len = strlen(line);
		line[len++] = ',';
		line[len] = '\0';
		at = strstr(left, line);
		if (at == NULL)
			fail_msg("\"%s\" came, expected of \"%s\"", line, left);
		memmove(at, at + len, strlen(at + len) + 1);
	}
}

static unsigned
count(const char *text, const char *of)
{
	unsigned n = 0;

	for (; (text = strstr(text, of)) != NULL; text += strlen(of))
		n++;
	return n;
}

/* Waits until the error log has the text so often. */
static void
expect_log_times(const char *text, unsigned times)
{
	static char log[65536];
	struct pollfd nothing = { .fd = -1 };
	int fd, tries;
	ssize_t n;

	for (tries = 0; tries < SOON_MS / 10; tries++) {
		fd = open("error_log", O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, log, sizeof(log) - 1);
		if (fd >= 0)
			close(fd);
		log[n < 0 ? 0 : n] = '\0';
		if (count(log, text) >= times)
			return;
		(void)poll(&nothing, 0, 10);
	}
	fail_msg("\"%s\" is not in the error log:\n%s", text, log);
}

static void
expect_log(const char *text)
{
	expect_log_times(text, 1);
}

static void
expect_end(int status)
{
	pid_t pid = master;

	master = 0;
	assert_int_equal(process_end(pid), status);
	assert_int_equal(access("pid", F_OK), -1);
}

static void
start(void)
{
	master = process_start(run_master, NULL);
	close(events_write);
	events_write = -1;
}

static int
setup(void **state)
{
	int fds[2];

	(void)state;
	process_enter_directory();
	assert_int_equal(chmod(".", 0777), 0);
	process_pipe(fds);
	events_read = fds[0];
	events_write = fds[1];
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	/* Its children end with it. */
	if (master > 0) {
		kill(master, SIGKILL);
		process_end(master);
	}
	master = 0;
	close(events_read);
	if (events_write >= 0)
		close(events_write);
	process_leave_directory();
	return 0;
}

/* ---- tests ---- */

static void
test_start_and_stop(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("serving with 2 workers, generation 1");
	assert_int_equal(access("pid", F_OK), 0);
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_deaf_workers_are_killed(void **state)
{
	(void)state;
	configure("deaf", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("serving");
	kill(master, SIGINT);
	expect_end(0);
}

static void
test_worker_that_cannot_start(void **state)
{
	(void)state;
	char line[128] = "";

	configure("stillborn", "");
	start();
	while (strncmp(line, "error ", 6) != 0)
		next_event(line);
	/* It is the log that knows more. */
	assert_non_null(strstr(line, "a worker could not begin to serve"));
	assert_non_null(strstr(line, "/error_log"));
	expect_end(1);
}

static void
test_half_of_them_start(void **state)
{
	(void)state;
	configure("half", "");
	start();
	expect_end(1);
}

static void
test_graceful_restart(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	kill(master, SIGUSR1);
	expect("ready 2.1,ready 2.2");
	/* Each old worker gives one connection away. */
	expect("drain 1.1,drain 1.2,adopt 2.1,adopt 2.2");
	expect_log("generation 2");
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_restart_at_once(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	kill(master, SIGHUP);
	expect("ready 2.1,ready 2.2");
	expect_log("generation 2");
	expect_log_times("(pid ", 2);
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_broken_configuration(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	configure("plain", "Workers four");
	kill(master, SIGUSR1);
	expect_log("the reload failed and nothing has changed");
	expect_log("httpd.conf:7:9: error: ");
	configure("plain", "ErrorLog nowhere/error_log");
	kill(master, SIGHUP);
	expect_log("cannot open log file");
	/* As good as new. */
	configure("plain", "");
	kill(master, SIGUSR1);
	expect("ready 3.1,ready 3.2,drain 1.1,drain 1.2,adopt 3.1,adopt 3.2");
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_new_workers_cannot_start(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	configure("stillborn", "");
	kill(master, SIGUSR1);
	expect_log("a worker could not begin to serve");
	/* One of them may serve already: it gives back what it has. */
	configure("half", "");
	kill(master, SIGUSR1);
	expect("ready 3.1");
	expect("drain 3.1,adopt 1.1");
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_graceful_stop(void **state)
{
	(void)state;
	configure("plain", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	kill(master, SIGQUIT);
	expect("close 1.1,close 1.2");
	expect_end(0);
}

static void
test_second_signal_hurries(void **state)
{
	(void)state;
	configure("busy", "");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	kill(master, SIGQUIT);
	expect("close 1.1,close 1.2");
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_graceful_stop_is_bounded(void **state)
{
	(void)state;
	configure("busy", "GracefulShutdownTimeout 1");
	start();
	expect("ready 1.1,ready 1.2");
	expect_log("generation 1");
	kill(master, SIGQUIT);
	expect("close 1.1,close 1.2");
	expect_end(0);
}

static void
test_too_many_drain(void **state)
{
	char list[128];
	unsigned i;

	(void)state;
	configure("busy", "Workers 1");
	start();
	expect("ready 1.1");
	expect_log("generation 1");
	for (i = 2; i <= 9; i++) {
		kill(master, SIGUSR1);
		snprintf(list, sizeof(list), "ready %u.1,drain %u.1,adopt %u.1",
		    i, i - 1, i);
		expect(list);
	}
	kill(master, SIGUSR1);
	expect_log("the reload waits for one");
	/* A restart at once ends them all. */
	kill(master, SIGHUP);
	expect("ready 10.1");
	expect_log_times("worker 1 (pid ", 9);
	kill(master, SIGTERM);
	expect_end(0);
}

static void
test_retiring(void **state)
{
	int ready = 0, drained = 0, adopted = 0;
	char line[128];

	(void)state;
	configure("retires", "");
	start();
	/* Successors are started, they drain, and whoever serves by then takes
	 * over what they give away. */
	for (int i = 0; i < 8; i++) {
		next_event(line);
		if (strncmp(line, "ready 1.", 8) == 0)
			ready++;
		else if (strncmp(line, "drain 1.", 8) == 0)
			drained++;
		else if (strncmp(line, "adopt 1.", 8) == 0)
			adopted++;
	}
	assert_int_equal(ready, 4);
	assert_int_equal(drained, 2);
	assert_int_equal(adopted, 2);
	expect_log("generation 1");
	kill(master, SIGTERM);
	expect_end(0);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_start_and_stop),
		TEST(test_deaf_workers_are_killed),
		TEST(test_worker_that_cannot_start),
		TEST(test_half_of_them_start),
		TEST(test_graceful_restart),
		TEST(test_restart_at_once),
		TEST(test_broken_configuration),
		TEST(test_new_workers_cannot_start),
		TEST(test_graceful_stop),
		TEST(test_second_signal_hurries),
		TEST(test_graceful_stop_is_bounded),
		TEST(test_too_many_drain),
		TEST(test_retiring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* base/report and base/fatal: levels, sinks, and the line on stderr. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fatal.h"
#include "base/report.h"

static struct {
	int calls;
	enum report_level level;
	char room[16], text[8192];
	size_t len, reason_len;
	int error;
} seen;

static void
sink(const struct report_message *m)
{
	seen.calls++;
	seen.level = m->level;
	snprintf(seen.room, sizeof(seen.room), "%s", m->room);
	memcpy(seen.text, m->text, m->len);
	seen.text[m->len] = '\0';
	seen.len = m->len;
	seen.error = m->error;
	seen.reason_len = m->reason_len;
	errno = ESRCH;
}

static int
setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	report_set_sink(sink);
	report_set_level(REPORT_NOTICE);
	return 0;
}

static void
test_levels(void **state)
{
	static const char *const names[] = { "emerg", "alert", "crit", "error",
		"warn", "notice", "info", "debug", "trace1", "trace2", "trace3",
		"trace4", "trace5", "trace6", "trace7", "trace8" };
	int level;

	(void)state;
	for (level = REPORT_EMERG; level <= REPORT_TRACE8; level++) {
		assert_string_equal(report_level_name(level), names[level]);
		assert_int_equal(report_wants(level), level <= REPORT_NOTICE);
	}
	assert_string_equal(report_level_name(REPORT_TRACE8 + 1), "unknown");
	report(REPORT_INFO, "base", "unheard");
	report_errno(REPORT_DEBUG, "base", "unheard");
	assert_int_equal(seen.calls, 0);
	report_set_level(REPORT_TRACE8);
	report(REPORT_TRACE8, "base", "heard");
	assert_int_equal(seen.calls, 1);
}

static void
test_text(void **state)
{
	(void)state;
	errno = EAGAIN;
	report(REPORT_WARN, "net", "port %d\n", 80);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(seen.level, REPORT_WARN);
	assert_string_equal(seen.room, "net");
	/* What is in the text is the sink's to escape. */
	assert_string_equal(seen.text, "port 80\n");
	assert_int_equal(seen.len, 8);
	errno = ENOENT;
	report_errno(REPORT_ERROR, "conf", "open %s", "x");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(seen.text, "open x: No such file or directory");
}

static void
test_long(void **state)
{
	(void)state;
	report(REPORT_ERROR, "base", "%9000d", 1);
	assert_int_equal(seen.len, 4095);
	report_errno(REPORT_ERROR, "base", "%9000d", 1);
	assert_int_equal(seen.len, 4095);
	errno = ENOENT;
	report_errno(REPORT_ERROR, "base", "%4090d", 1);
	assert_int_equal(seen.len, 4095);
	assert_memory_equal(seen.text + 4089, "1: No ", 6);
}

/* What a child of this process writes to stderr; its exit status. */
static int
stderr_of(void (*run)(void), char *text, size_t size)
{
	int fds[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		report_set_sink(NULL);
		run();
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], text + used, size - used - 1)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
say(void)
{
	report(REPORT_ERROR, "net", "a\nb\x1b[m \x7f \xc3\xa4 \\");
	report(REPORT_INFO, "net", "not heard");
}

static void
say_much(void)
{
	char text[4000];

	memset(text, '\n', sizeof(text));
	report(REPORT_ERROR, "net", "%.4000s", text);
}

static void
test_default_sink(void **state)
{
	char text[65536];

	(void)state;
	assert_int_equal(stderr_of(say, text, sizeof(text)), 0);
	assert_string_equal(
	    text, "[net:error] a\\x0ab\\x1b[m \\x7f \xc3\xa4 \\\n");
	assert_int_equal(stderr_of(say_much, text, sizeof(text)), 0);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_true(strlen(text) > 4000);
}

static void
die_with_reason(void)
{
	errno = ENOMEM;
	fatal("no %s", "slab");
}

static void
die(void)
{
	errno = 0;
	fatal("no %s", "sense");
}

static void
test_fatal(void **state)
{
	char text[1000];

	(void)state;
	assert_int_equal(stderr_of(die_with_reason, text, sizeof(text)), 1);
	assert_string_equal(
	    text, "[core:emerg] no slab: Cannot allocate memory\n");
	assert_int_equal(stderr_of(die, text, sizeof(text)), 1);
	assert_string_equal(text, "[core:emerg] no sense\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_levels, setup),
		cmocka_unit_test_setup(test_text, setup),
		cmocka_unit_test_setup(test_long, setup),
		cmocka_unit_test_setup(test_default_sink, setup),
		cmocka_unit_test_setup(test_fatal, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

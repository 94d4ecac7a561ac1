/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Destinations that take no more: a file on a full disk never shows half a
 * line, a stuck pipe stops nobody else, what is lost is counted and said, and
 * the ledger adds up at every point.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "logger_rig.h"
#include "process.h"

#define STUCK_MS 300

static struct log_ring ring;
static struct log_board_dest *ledger;

static int
set_up_for(void **state, int64_t stuck_ms)
{
	if (rig_setup(state) != 0 || rig_finish() != 0)
		return -1;
	rig_start(stuck_ms);
	rig_file(9, "errors");
	rig_commit(9);
	rig_ring(&ring, 1);
	ledger = rig.board.dest;
	return 0;
}

/* A logger that drops lines after a short while. */
static int
set_up(void **state)
{
	return set_up_for(state, STUCK_MS);
}

/* One that waits for less than test_slow_pipe takes, and longer than any
 * pause in it. */
static int
set_up_slow(void **state)
{
	return set_up_for(state, 1500);
}

/* One that waits longer than any of these tests takes. */
static int
set_up_patient(void **state)
{
	return set_up_for(state, 60000);
}

static int
tear_down(void **state)
{
	log_ring_unmap(&ring);
	(void)umount2("disk", MNT_DETACH);
	return rig_teardown(state);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Appends n lines of 100 bytes, newline included, numbered from first on. */
static void
append_lines(int dest, unsigned first, unsigned n)
{
	char line[100];
	unsigned i;

	for (i = first; i < first + n; i++) {
		snprintf(line, sizeof(line), "%098u|", i);
		rig_append(&ring, dest, line);
	}
}

/*
 * Every line of the file is whole: one of ours, or one that says how many are
 * missing.  Returns how many of ours there are, and adds up the missing.
 */
static uint64_t
check_lines(const char *path, uint64_t *missing_r)
{
	FILE *file = fopen(path, "re");
	unsigned long long missing;
	uint64_t ours = 0;
	char line[300];

	assert_non_null(file);
	*missing_r = 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *said = strstr(line, "] [pid ");

		assert_int_equal(line[strlen(line) - 1], '\n');
		if (said == NULL) {
			assert_int_equal(strlen(line), 100);
			assert_int_equal(line[98], '|');
			ours++;
			continue;
		}
		said = strchr(said + 2, ']');
		assert_non_null(said);
		assert_int_equal(
		    sscanf(said,
			"] lines missing here, as they could not be "
			"written: %llu",
			&missing),
		    1);
		*missing_r += missing;
	}
	fclose(file);
	return ours;
}

/* The file may grow to that size, and no further. */
static void
limit_files(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	assert_int_equal(prlimit(rig.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void
test_short_file(void **state)
{
	uint64_t missing;

	(void)state;
	rig_file(0, "log");
	limit_files(1050); /* ten lines and a half */
	append_lines(0, 0, 30);
	rig_wait_count(&ledger[0].written, 10);
	rig_check_ledger(0);
	/* Never a torn line, from the first moment on. */
	assert_int_equal(size_of("log"), 1000);
	assert_true(ledger[0].written == 10);
	/* The disk gets room before they are dropped: all arrive. */
	limit_files(RLIM_INFINITY);
	rig_wait_count(&ledger[0].written, 30);
	rig_check_ledger(0);
	assert_true(ledger[0].lost == 0);
	assert_int_equal(check_lines("log", &missing), 30);
	assert_true(missing == 0);
}

static void
test_full_file_drops(void **state)
{
	uint64_t missing, ours;

	(void)state;
	rig_file(0, "log");
	limit_files(1050);
	append_lines(0, 0, 30);
	rig_wait_count(&ledger[0].lost, 20);
	rig_check_ledger(0);
	assert_int_equal(size_of("log"), 1000);
	/* While it lasts, everything is counted, and costs no memory. */
	append_lines(0, 30, 5);
	rig_wait_count(&ledger[0].lost, 25);
	assert_true(ledger[0].queued == 0);
	limit_files(RLIM_INFINITY);
	rig_wait_count(&ledger[0].written, 11);
	append_lines(0, 100, 3);
	rig_wait_count(&ledger[0].written, 14);
	rig_check_ledger(0);
	ours = check_lines("log", &missing);
	assert_int_equal(ours, 13);
	assert_int_equal(missing, 25);
	assert_true(ledger[0].written == rig_lines_in("log"));
	assert_true(ledger[0].appended == 38 + 1);
	assert_int_equal(rig_finish(), 0);
	assert_true(rig_file_has("errors", "] log takes no lines"));
	assert_true(rig_file_has("errors", "] log takes lines again"));
	assert_true(rig_file_has("errors", "] log lost 25 lines"));
}

/* The count itself does not fit: it is not written by halves, either. */
static void
test_no_room_for_the_count(void **state)
{
	uint64_t missing;

	(void)state;
	rig_file(0, "log");
	limit_files(1020);
	append_lines(0, 0, 12);
	rig_wait_count(&ledger[0].lost, 2);
	poll(NULL, 0, STUCK_MS); /* some attempts at the count */
	assert_int_equal(size_of("log"), 1000);
	limit_files(RLIM_INFINITY);
	rig_wait_count(&ledger[0].written, 11);
	rig_check_ledger(0);
	assert_int_equal(check_lines("log", &missing), 10);
	assert_int_equal(missing, 2);
}

/* Somebody else appends to the same file: nothing of his is cut away. */
static void
test_other_writer(void **state)
{
	int fd;

	(void)state;
	fd = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	assert_true(fd != -1);
	assert_int_equal(write(fd, "a foreign line\n", 15), 15);
	rig_file(0, "log");
	limit_files(15 + 150);
	append_lines(0, 0, 3);
	rig_wait_count(&ledger[0].written, 1);
	poll(NULL, 0, 20);
	assert_int_equal(size_of("log"), 115);
	limit_files(RLIM_INFINITY);
	rig_wait_count(&ledger[0].written, 3);
	assert_int_equal(size_of("log"), 315);
	close(fd);
}

static void
test_full_disk(void **state)
{
	uint64_t missing;

	(void)state;
	if (mkdir("disk", 0755) != 0 ||
	    mount("none", "disk", "tmpfs", 0, "size=64k") != 0)
		skip();
	rig_file(0, "disk/log");
	append_lines(0, 0, 2000);
	rig_wait_count(&ledger[0].lost, 2000 - 655);
	rig_check_ledger(0);
	assert_int_equal(size_of("disk/log"), 65500);
	assert_int_equal(
	    mount("none", "disk", "tmpfs", MS_REMOUNT, "size=1m"), 0);
	rig_wait_count(&ledger[0].written, 656);
	append_lines(0, 2000, 100);
	rig_wait_count(&ledger[0].written, 756);
	assert_int_equal(check_lines("disk/log", &missing), 755);
	assert_int_equal(missing, 2000 - 655);
}

/* Reads that many bytes from a pipe and adds them to the file "piped". */
static void
drain(int fd, size_t bytes)
{
	int to = open("piped", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	static char text[65536];
	ssize_t n;

	assert_true(to != -1);
	while (bytes > 0) {
		assert_int_equal(poll(&readable, 1, 10000), 1);
		n = read(fd, text, bytes < sizeof(text) ? bytes : sizeof(text));
		assert_true(n > 0);
		assert_int_equal(write(to, text, (size_t)n), n);
		bytes -= (size_t)n;
	}
	close(to);
}

/* A pipe that nobody reads, 64 KiB, beside a file. */
static void
test_stuck_pipe(void **state)
{
	uint64_t missing, written;
	int fds[2], waiting;

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", fds[1]);
	rig_file(1, "fast");
	append_lines(0, 0, 1000);
	append_lines(1, 0, 10);
	/* The file has its lines at once, the pipe what fits. */
	rig_wait_count(&ledger[1].written, 10);
	rig_wait_count(&ledger[0].appended, 1000);
	assert_true(ledger[0].lost == 0);
	written = ledger[0].written;
	assert_in_range(written, 500, 660);
	rig_wait_count(&ledger[0].lost, 1000 - written);
	rig_check_ledger(0);
	/* Whole lines, even if the logger were killed now. */
	assert_int_equal(ioctl(fds[0], FIONREAD, &waiting), 0);
	assert_int_equal(waiting, written * 100);
	append_lines(0, 1000, 50);
	append_lines(1, 10, 10);
	rig_wait_count(&ledger[1].written, 20);
	rig_wait_count(&ledger[0].lost, 1050 - written);
	rig_check_ledger(0);
	/* It moves again: after what it had comes the count, then the new. */
	drain(fds[0], written * 100);
	rig_wait_count(&ledger[0].written, written + 1);
	append_lines(0, 2000, 1);
	rig_wait_count(&ledger[0].written, written + 2);
	rig_check_ledger(0);
	assert_int_equal(ioctl(fds[0], FIONREAD, &waiting), 0);
	drain(fds[0], (size_t)waiting);
	assert_int_equal(check_lines("piped", &missing), written + 1);
	assert_int_equal(missing, 1050 - written);
	close(fds[0]);
}

#define LONG 9000

/* Of these a pipe may take a part: 64 KiB are five and a half. */
static void
append_long_lines(int dest, unsigned n)
{
	char line[LONG + 1];

	memset(line, 'l', LONG);
	line[LONG] = '\0';
	while (n-- > 0)
		rig_append(&ring, dest, line);
}

/* What it then has not read of a line is lost, too. */
static void
test_end_with_half_a_line(void **state)
{
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", fds[1]);
	rig_commit(-1);
	append_long_lines(0, 20);
	rig_wait_count(&ledger[0].lost, 14);
	assert_true(ledger[0].queued == 1);
	assert_int_equal(rig_finish(), 0);
	assert_true(ledger[0].queued == 0);
	assert_true(ledger[0].appended == ledger[0].written + ledger[0].lost);
	close(fds[0]);
	rig_start(STUCK_MS);
}

/* Closed with half a line out, it leaves nothing to who has its number next. */
static void
test_closed_with_half_a_line(void **state)
{
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", fds[1]);
	rig_commit(-1);
	append_long_lines(0, 20);
	rig_wait_count(&ledger[0].lost, 14);
	assert_true(ledger[0].queued == 1);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", -1);
	rig_commit(-1);
	assert_true(ledger[0].queued == 0);
	assert_true(ledger[0].appended == ledger[0].written + ledger[0].lost);
	rig_file(0, "next");
	rig_append(&ring, 0, "the first");
	rig_wait_file("next", "the first\n");
	close(fds[0]);
}

/* A fifo whose reader goes: what that had of a line the next one has not. */
static void
test_next_reader_of_fifo(void **state)
{
	static struct message broken;
	uint64_t written;
	int reader, writer;

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	writer = open("fifo", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	rig_offer(0, LOG_DEST_FILE, "fifo", writer);
	rig_commit(-1);
	append_long_lines(0, 20);
	rig_wait_count(&ledger[0].appended, 20);
	rig_check_ledger(0);
	close(reader);
	rig_expect(MESSAGE_DEST_BROKEN, &broken);
	written = ledger[0].written;
	reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	writer = open("fifo", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	rig_offer(0, LOG_DEST_FILE, "fifo", writer);
	rig_commit(-1);
	drain(reader, (20 - written) * (LONG + 1));
	assert_int_equal(rig_lines_in("piped"), 20 - written);
	close(reader);
}

/* A slow reader is waited for, as long as it reads at all. */
static void
test_slow_pipe(void **state)
{
	uint64_t missing;
	int fds[2], i;

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "slow", fds[1]);
	rig_commit(-1);
	append_lines(0, 0, 3000);
	for (i = 0; i < 15; i++) {
		poll(NULL, 0, STUCK_MS / 2);
		drain(fds[0], 20000);
	}
	rig_wait_count(&ledger[0].written, 3000);
	rig_check_ledger(0);
	assert_true(ledger[0].lost == 0);
	assert_int_equal(check_lines("piped", &missing), 3000);
	close(fds[0]);
}

/* Waits until the destination is, or is no longer, full. */
static void
wait_full(int dest, bool full)
{
	int64_t since = clock_exact_us();

	while (log_board_full(&rig.board, dest) != full)
		assert_true(clock_exact_us() - since < 20000000);
}

/* Producers are told before the logger's memory grows, and when it shrank. */
static void
test_full_and_drained(void **state)
{
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "late", fds[1]);
	rig_commit(-1);
	append_lines(0, 0, 12000); /* 1.2 MB */
	wait_full(0, true);
	assert_false(log_board_full(&rig.board, 9));
	drain(fds[0], 1200000);
	wait_full(0, false);
	rig_wait_count(&ledger[0].written, 12000);
	rig_check_ledger(0);
	assert_true(ledger[0].lost == 0);
	close(fds[0]);
}

/* What is said there of what is missing looks like all that is said there. */
static void
test_full_error_log(void **state)
{
	(void)state;
	rig_file(0, "log");
	rig_commit_format(0, "%m says: %M");
	limit_files(1050);
	append_lines(0, 0, 30);
	rig_wait_count(&ledger[0].lost, 20);
	limit_files(RLIM_INFINITY);
	rig_wait_count(&ledger[0].written, 12);
	assert_int_equal(rig_finish(), 0);
	assert_true(rig_file_has("log", "|\nlogger says: lines missing here"));
	assert_true(
	    rig_file_has("log", "\nlogger says: log takes lines again"));
	assert_false(rig_file_has("log", "[logger"));
}

/* Dropped, it takes no memory and nobody need wait. */
static void
test_full_and_dropped(void **state)
{
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", fds[1]);
	rig_commit(-1);
	append_lines(0, 0, 12000);
	rig_wait_count(&ledger[0].lost, 11000);
	wait_full(0, false);
	rig_check_ledger(0);
	assert_true(ledger[0].queued <= 1);
	close(fds[0]);
}

/* What nobody wrote to /dev/stdout but us stays blocking for them. */
static void
test_shared_stream(void **state)
{
	int fds[2], copy, waiting;

	(void)state;
	process_pipe(fds);
	copy = dup(fds[1]);
	rig_offer(0, LOG_DEST_STDOUT, "", fds[1]);
	rig_file(1, "fast");
	append_lines(0, 0, 1000);
	append_lines(1, 0, 1);
	rig_wait_count(&ledger[1].written, 1);
	rig_wait_count(&ledger[0].appended, 1000);
	assert_int_equal(fcntl(copy, F_GETFL) & O_NONBLOCK, 0);
	assert_true(ledger[0].queued > 0);
	/* Whole lines only, for others may write in between. */
	assert_int_equal(ioctl(fds[0], FIONREAD, &waiting), 0);
	assert_int_equal(waiting % 100, 0);
	drain(fds[0], 100000);
	rig_check_ledger(0);
	assert_true(ledger[0].written == 1000);
	close(copy);
	close(fds[0]);
}

/* Told to end, it waits for a stuck pipe as long as it would anyway. */
static void
test_finish_while_stuck(void **state)
{
	int64_t since = clock_exact_us();
	int fds[2];

	(void)state;
	process_pipe(fds);
	rig_offer(0, LOG_DEST_PROGRAM, "stuck", fds[1]);
	rig_commit(-1);
	append_lines(0, 0, 1000);
	assert_int_equal(rig_finish(), 0);
	assert_in_range(clock_exact_us() - since, STUCK_MS * 1000 / 2, 5000000);
	rig_check_ledger(0);
	assert_true(ledger[0].lost > 300);
	close(fds[0]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define PATIENT(f) cmocka_unit_test_setup_teardown(f, set_up_patient, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PATIENT(test_short_file),
		CASE(test_full_file_drops),
		CASE(test_no_room_for_the_count),
		PATIENT(test_other_writer),
		CASE(test_full_disk),
		CASE(test_stuck_pipe),
		CASE(test_end_with_half_a_line),
		CASE(test_closed_with_half_a_line),
		PATIENT(test_next_reader_of_fifo),
		cmocka_unit_test_setup_teardown(
		    test_slow_pipe, set_up_slow, tear_down),
		PATIENT(test_full_and_drained),
		CASE(test_full_error_log),
		CASE(test_full_and_dropped),
		PATIENT(test_shared_stream),
		CASE(test_finish_while_stuck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings: what is staged is seen only once published or once its producer is
 * dead; a full ring recovers; no content of the shared memory makes the
 * consumer read outside of it or go on for ever.
 */
#include "config.h"

#include "ipc/log_ring.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int ring_fd;
static struct log_ring producer, consumer;

static int
create(void **state)
{
	(void)state;
	ring_fd = log_ring_create();
	if (ring_fd == -1)
		return -1;
	return log_ring_map(&producer, ring_fd) == -1 ||
		       log_ring_map(&consumer, ring_fd) == -1
		   ? -1
		   : 0;
}

static int
release(void **state)
{
	(void)state;
	log_ring_unmap(&producer);
	log_ring_unmap(&producer);
	log_ring_unmap(&consumer);
	close(ring_fd);
	return 0;
}

static void
stage(struct log_ring *ring, int dest, const char *line)
{
	size_t room;
	char *to = log_ring_reserve(ring, strlen(line), &room);

	assert_non_null(to);
	assert_true(room >= strlen(line));
	memcpy(to, line, strlen(line));
	log_ring_stage(ring, dest, strlen(line));
}

/* Takes the next line and compares; NULL: there is none. */
static void
expect(bool dead, int dest, const char *line)
{
	uint64_t position = consumer.position;
	struct log_record r;
	enum log_ring_status got =
	    log_ring_next(&consumer, dead, &position, &r);

	if (line == NULL) {
		assert_int_equal(got, LOG_RING_EMPTY);
		return;
	}
	assert_int_equal(got, LOG_RING_RECORD);
	assert_int_equal(r.dest, dest);
	assert_int_equal(r.len, strlen(line));
	assert_memory_equal(r.line, line, r.len);
	log_ring_consume(&consumer, position);
}

static void
test_stage_publish(void **state)
{
	uint64_t first;

	(void)state;
	expect(false, 0, NULL);
	stage(&producer, 1, "one");
	first = log_ring_mark(&producer);
	stage(&producer, 2, "");
	assert_true(log_ring_has_staged(&producer));
	expect(false, 0, NULL);
	log_ring_publish(&producer, first);
	expect(false, 1, "one");
	expect(false, 0, NULL);
	log_ring_unstage(&producer);
	assert_false(log_ring_has_staged(&producer));
	stage(&producer, 3, "three");
	log_ring_publish(&producer, log_ring_mark(&producer));
	expect(false, 3, "three");
	expect(true, 0, NULL);
}

static void
test_unstage_to(void **state)
{
	uint64_t mark;

	(void)state;
	stage(&producer, 1, "keep");
	mark = log_ring_mark(&producer);
	stage(&producer, 2, "forget");
	log_ring_unstage_to(&producer, mark);
	stage(&producer, 3, "instead");
	log_ring_publish(&producer, log_ring_mark(&producer));
	expect(false, 1, "keep");
	expect(false, 3, "instead");
	expect(true, 0, NULL);
}

static void
test_append(void **state)
{
	(void)state;
	assert_true(log_ring_append(&producer, 9, span_str("nine")));
	stage(&producer, 1, "staged");
	assert_false(log_ring_append(&producer, 9, span_str("ten")));
	log_ring_publish(&producer, log_ring_mark(&producer));
	assert_true(log_ring_append(&producer, -1, span_of(NULL, 0)));
	expect(false, 9, "nine");
	expect(false, 1, "staged");
	expect(false, UINT16_MAX, "");
	expect(true, 0, NULL);
}

/* Every line length, many times around, nothing lost or changed. */
static void
test_round_and_round(void **state)
{
	static char line[LOG_LINE_MAX + 1];
	unsigned in = 0, out = 0, i;

	(void)state;
	while (out < 3000) {
		for (; in < 3000; in++) {
			size_t len = in * 7919 % LOG_LINE_MAX, room;
			char *to = log_ring_reserve(&producer, len, &room);

			if (to == NULL)
				break;
			assert_true(room >= len && room <= LOG_LINE_MAX);
			memset(to, 'a' + (int)(in % 26), len);
			log_ring_stage(&producer, (int)in, len);
			log_ring_publish(&producer, log_ring_mark(&producer));
		}
		assert_true(in > out);
		for (i = 0; i < 3 && out < in; i++, out++) {
			size_t len = out * 7919 % LOG_LINE_MAX;

			memset(line, 'a' + (int)(out % 26), len);
			line[len] = '\0';
			expect(false, (int)out, line);
		}
	}
	expect(true, 0, NULL);
}

static void
test_full_to_the_byte(void **state)
{
	const size_t eighth = LOG_RING_SIZE / 8;
	size_t room;
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		assert_non_null(log_ring_reserve(&producer, eighth - 8, &room));
		log_ring_stage(&producer, i, eighth - 8);
	}
	assert_null(log_ring_reserve(&producer, 0, &room));
	log_ring_publish(&producer, log_ring_mark(&producer));
	for (i = 0; i < 8; i++) {
		uint64_t position = consumer.position;
		struct log_record r;

		assert_int_equal(log_ring_next(&consumer, false, &position, &r),
		    LOG_RING_RECORD);
		assert_int_equal(r.dest, i);
		assert_int_equal(r.len, eighth - 8);
		if (i == 0)
			assert_null(log_ring_reserve(&producer, 0, &room));
		log_ring_consume(&consumer, position);
		assert_non_null(log_ring_reserve(&producer, 0, &room));
	}
	assert_null(log_ring_reserve(&producer, LOG_LINE_MAX + 1, &room));
	assert_non_null(log_ring_reserve(&producer, LOG_LINE_MAX, &room));
}

/* Killed after staging and before publishing: the line is there, once. */
static void
test_killed_producer(void **state)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		stage(&producer, 1, "published");
		log_ring_publish(&producer, log_ring_mark(&producer));
		stage(&producer, 1, "staged");
		if (write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	expect(false, 1, "published");
	expect(false, 0, NULL);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	expect(false, 0, NULL);
	expect(true, 1, "staged");
	expect(true, 0, NULL);
	close(ready[0]);
	close(ready[1]);
}

static void
test_bad_descriptor(void **state)
{
	struct log_ring ring;
	int fd = memfd_create("small", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(log_ring_map(&ring, fd), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(ftruncate(ring_fd, 0), -1);
	close(fd);
}

static void
test_abandoned(void **state)
{
	size_t room;

	(void)state;
	assert_false(log_ring_abandoned(&producer));
	log_ring_abandon(&consumer);
	assert_true(log_ring_abandoned(&producer));
	assert_null(log_ring_reserve(&producer, 0, &room));
	assert_false(log_ring_append(&producer, 1, span_str("x")));
}

/* Walks a ring of whatever content; lines are read to their last byte. */
static unsigned
walk(bool dead)
{
	uint64_t position = consumer.position;
	enum log_ring_status status;
	unsigned count = 0, sum = 0;
	struct log_record r;
	size_t i;

	while ((status = log_ring_next(&consumer, dead, &position, &r)) ==
	       LOG_RING_RECORD) {
		assert_true(r.len <= LOG_LINE_MAX);
		assert_true(r.line >= consumer.data);
		assert_true(r.line + r.len <=
			    consumer.data + (size_t)2 * LOG_RING_SIZE);
		assert_in_range(r.dest, 0, UINT16_MAX);
		for (i = 0; i < r.len; i++)
			sum += (unsigned char)r.line[i];
		assert_true(++count <= LOG_RING_SIZE / 8);
	}
	assert_true(status == LOG_RING_CORRUPT || status == LOG_RING_EMPTY);
	return count + (sum & 0);
}

static uint64_t
random_word(void)
{
	return (uint64_t)random() << 40 ^ (uint64_t)random() << 20 ^
	       (uint64_t)random();
}

/* The interesting positions are near the real ones and near the ends. */
static uint64_t
random_position(void)
{
	switch (random() % 4) {
	case 0:
		return random_word();
	case 1:
		return consumer.position + (uint64_t)(random() % 64) - 32;
	case 2:
		return consumer.position + LOG_RING_SIZE - 16 +
		       (uint64_t)(random() % 32);
	default:
		return (uint64_t)(random() % LOG_RING_SIZE) & ~7u;
	}
}

static void
test_garbage(void **state)
{
	static const char lines[] = "a line that has some length, not much";
	int round, i;

	(void)state;
	srandom(20260611);
	for (round = 0; round < 4000; round++) {
		struct log_ring_header *h = producer.header;
		uint64_t *words = (uint64_t *)(void *)producer.data;

		producer.position = consumer.position = 0;
		atomic_store(&h->tail, 0);
		atomic_store(&h->head, 0);
		for (i = random() % 40; i >= 0; i--) {
			stage(&producer, i, lines + random() % 30);
			log_ring_publish(&producer, producer.position);
		}
		for (i = random() % 3; i > 0; i--)
			words[random() % 200] = random_word();
		for (i = random() % 3; i > 0; i--)
			words[random() % 200] ^= (uint64_t)1 << random() % 64;
		if (random() % 2 == 0)
			atomic_store(&h->head, random_position());
		if (random() % 2 == 0)
			atomic_store(&h->staged, random_position());
		if (random() % 8 == 0)
			consumer.position = random_position();
		walk(random() % 2 == 0);
	}
}

#define WITH_RING(f) cmocka_unit_test_setup_teardown(f, create, release)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RING(test_stage_publish),
		WITH_RING(test_unstage_to),
		WITH_RING(test_append),
		WITH_RING(test_round_and_round),
		WITH_RING(test_full_to_the_byte),
		WITH_RING(test_killed_producer),
		WITH_RING(test_bad_descriptor),
		WITH_RING(test_abandoned),
		WITH_RING(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

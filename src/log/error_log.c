/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The error log of one process: filters by level, holds floods back, prints
 * the line and puts it into the ring.  A message that comes while an access
 * line is staged waits in memory: published behind that line it would publish
 * it, too.
 */
#include "config.h"

#include "log/error_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "log/error_log_private.h"
#include "log/log_conf.h"
#include "log/log_override.h"

/* Lines a second that one process may log, and how many at once. */
#define FLOOD_RATE 500
#define FLOOD_BURST 2000
/* Bytes that may wait for staged lines. */
#define HELD_MAX ((size_t)256 * 1024)
#define TEXT_SIZE 4096

/* Of lines: full at first, refilled with time.  What clients cause has one of
 * its own, so that nobody silences the server by much noise. */
struct bucket {
	int64_t tokens, filled_ms;
	unsigned limited; /* lines that found it empty */
};

static struct {
	struct log_ring *ring; /* NULL: standard error */
	pid_t pid;	       /* whose it is: not a child's of ours */
	struct log_board *board;
	const struct server_conf *server;
	const struct log_conf *conf; /* the main server's */

	/* The line before, for lines that repeat it. */
	char last[TEXT_SIZE + 256];
	size_t last_len;
	const struct log_dest *last_dest;
	enum report_level last_level;
	char last_room[32];
	unsigned repeated;

	struct bucket own, clients;
	unsigned lost; /* lines that found no room */

	struct buf held; /* of struct held_line and its text */
} log_state = { .own.tokens = FLOOD_BURST,
	.clients.tokens = FLOOD_BURST,
	.held.max = HELD_MAX };

struct held_line {
	int dest;
	size_t len;
};

bool
error_log_ready(void)
{
	if (log_state.ring != NULL && log_state.pid != getpid()) {
		log_state.ring = NULL;
		report_set_sink(NULL);
		exchange_set_reporter(NULL);
	}
	return log_state.ring != NULL;
}

/* ---- into the ring ---- */

static void
hold(int dest, struct span line)
{
	struct held_line head = { dest, line.len };
	size_t before = log_state.held.len;

	buf_add(&log_state.held, &head, sizeof(head));
	buf_add_span(&log_state.held, line);
	if (buf_failed(&log_state.held)) {
		log_state.held.failed = false;
		log_state.held.len = before;
		log_state.lost++;
	}
}

static void
append(int dest, struct span line)
{
	if (!log_ring_append(log_state.ring, dest, line))
		log_state.lost++;
}

void
error_log_unstaged(void)
{
	struct span rest = buf_span(&log_state.held);
	struct held_line head;

	if (rest.len == 0 || log_state.ring == NULL ||
	    log_ring_has_staged(log_state.ring))
		return;
	while (rest.len >= sizeof(head)) {
		memcpy(&head, rest.ptr, sizeof(head));
		rest = span_skip(rest, sizeof(head));
		append(head.dest, span_of(rest.ptr, head.len));
		rest = span_skip(rest, head.len);
	}
	buf_clear(&log_state.held);
	log_board_wake(log_state.board);
}

static void
emit(const struct log_dest *dest, struct span line)
{
	if (dest->id < 0) {
		log_state.lost++;
		return;
	}
	if (log_ring_has_staged(log_state.ring)) {
		hold(dest->id, line);
		return;
	}
	append(dest->id, line);
	log_board_wake(log_state.board);
}

void
error_log_emit(const struct log_dest *dest, struct error_line *line)
{
	static char to[ERROR_LINE_MAX];
	size_t len;

	line->time_us = clock_real_us();
	line->severity = log_dest_has_severity(dest->kind);
	line->pid = getpid();
	len = error_line_print(line, to);
	if (len > 0)
		emit(dest, span_of(to, len));
}

/* Of the server itself. */
static void
emit_own(const struct log_dest *dest, struct error_line line)
{
	line.format = log_state.conf->error_formats.line;
	line.subject = error_subject_server(log_state.server);
	error_log_emit(dest, &line);
}

/* ---- repetitions and floods ---- */

static void
say_repeated(void)
{
	char text[64];
	int len;

	if (log_state.repeated == 0)
		return;
	len = snprintf(text, sizeof(text),
	    "the last message came again, times: %u", log_state.repeated);
	log_state.repeated = 0;
	emit_own(log_state.last_dest,
	    (struct error_line){ .level = log_state.last_level,
		.room = log_state.last_room,
		.text = span_of(text, (size_t)len) });
}

/* True if it is the line before once more; else remembers it. */
static bool
repeats(const struct log_dest *dest, enum report_level level, const char *room,
    struct span text)
{
	if (dest == log_state.last_dest && level == log_state.last_level &&
	    strcmp(room, log_state.last_room) == 0 &&
	    span_equal(text, span_of(log_state.last, log_state.last_len))) {
		log_state.repeated++;
		return true;
	}
	say_repeated();
	log_state.last_dest = dest;
	log_state.last_level = level;
	snprintf(log_state.last_room, sizeof(log_state.last_room), "%s", room);
	log_state.last_len = text.len < sizeof(log_state.last) ? text.len : 0;
	if (log_state.last_len > 0)
		memcpy(log_state.last, text.ptr, log_state.last_len);
	return false;
}

/* What is critical is never held back. */
static bool
floods(struct bucket *b, enum report_level level)
{
	int64_t now = clock_now_ms();
	int64_t more = (now - b->filled_ms) * FLOOD_RATE / 1000;

	if (more > 0) {
		b->filled_ms = now;
		b->tokens += more;
		if (b->tokens > FLOOD_BURST)
			b->tokens = FLOOD_BURST;
	}
	if (level <= REPORT_CRIT)
		return false;
	if (b->tokens == 0) {
		b->limited++;
		return true;
	}
	b->tokens--;
	return false;
}

static void
say_count(unsigned *count, const char *what)
{
	char text[96];
	int len;

	if (*count == 0)
		return;
	len = snprintf(text, sizeof(text), "%s: %u", what, *count);
	*count = 0;
	emit_own(log_state.conf->error->dest,
	    (struct error_line){ .level = REPORT_WARN,
		.room = "log",
		.text = span_of(text, (size_t)len) });
}

void
error_log_tick(void)
{
	if (!error_log_ready())
		return;
	say_repeated();
	say_count(
	    &log_state.own.limited, "messages left out, too many in a second");
	say_count(&log_state.clients.limited,
	    "messages about requests left out, too many in a second");
	say_count(&log_state.lost, "messages lost for want of room");
}

/* ---- messages ---- */

/*
 * Notices tell of starts, reloads and stops.  As in Apache no level leaves
 * them out of a log that is the server's alone.
 */
static bool
is_wanted(enum report_level level, const char *room)
{
	const struct log_conf *conf = log_state.conf;

	return level <= log_level_of(&conf->levels, room) ||
	       (level == REPORT_NOTICE &&
		   conf->error->dest->kind != LOG_DEST_SYSLOG);
}

static void
sink(const struct report_message *m)
{
	const struct log_dest *dest = log_state.conf->error->dest;
	struct span text = span_of(m->text, m->len);

	if (!is_wanted(m->level, m->room))
		return;
	if (!error_log_ready()) {
		report(m->level, m->room, "%.*s", SPAN_ARG(text));
		return;
	}
	if (!repeats(dest, m->level, m->room, text) &&
	    !floods(&log_state.own, m->level))
		emit_own(dest, (struct error_line){ .level = m->level,
				   .room = m->room,
				   .text = text,
				   .error = m->error,
				   .reason_len = m->reason_len });
}

bool
error_log_admits(enum report_level level)
{
	say_repeated();
	log_state.last_dest = NULL;
	return !floods(&log_state.clients, level);
}

/* ---- attaching ---- */

/* report() asks for no room: the sink does. */
static void
set_heard(void)
{
	enum report_level level = log_level_max(&log_state.conf->levels);

	report_set_level(level < REPORT_NOTICE ? REPORT_NOTICE : level);
}

int
error_log_override(struct span words, struct err *err)
{
	if (log_override_set(log_state.server, words, err) < 0)
		return -1;
	set_heard();
	return 0;
}

void
error_log_configure(const struct server_conf *conf)
{
	error_log_tick();
	log_state.server = conf;
	log_state.conf = conf_get(conf, &log_section);
	log_state.last_dest = NULL;
	log_state.last_len = 0;
	log_override_follow(conf);
	set_heard();
}

void
error_log_attach(struct log_ring *ring, struct log_board *board,
    const struct server_conf *conf)
{
	/* In a child: what the parent has counted is the parent's. */
	log_state.ring = NULL;
	log_state.repeated = log_state.lost = 0;
	log_state.own.limited = log_state.clients.limited = 0;
	buf_clear(&log_state.held);
	error_log_configure(conf);
	log_state.ring = ring;
	log_state.board = board;
	log_state.pid = getpid();
	report_set_sink(sink);
	exchange_set_reporter(&error_exchange_reporter);
}

void
error_log_detach(void)
{
	error_log_tick();
	log_state.ring = NULL;
	buf_release(&log_state.held);
	report_set_sink(NULL);
}

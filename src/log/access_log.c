/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access lines on their way into the worker's ring.  This is the fast path of
 * every request: no allocation, no system call, and the line is formatted
 * where the logger will read it.
 */
#include "config.h"

#include "log/access_log.h"

#include <errno.h>

#include "base/fatal.h"
#include "http/exchange_env.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "log/log_format.h"

static struct log_ring *ring;
static struct log_board *board;

void
access_log_attach(struct log_ring *to, struct log_board *of)
{
	ring = to;
	board = of;
}

/*
 * The ring has no room.  If the logger gave it up, it never will: something
 * overwrote it, so nothing else of this process can be trusted either.
 */
static bool
no_room(void)
{
	if (!log_ring_abandoned(ring))
		return false;
	error_log_detach();
	errno = 0;
	fatal("the logger gave this worker's log ring up");
}

/*
 * Where lines have a severity it is info.  Without one a client could give the
 * line his own: formats may begin with what he sent.
 */
static size_t
print_severity(const struct log_dest *dest, char *to)
{
	static const struct span info = SPAN("<6>");

	if (!log_dest_has_severity(dest->kind))
		return 0;
	memcpy(to, info.ptr, info.len);
	return info.len;
}

/*
 * A line of at most `most` bytes, unless its format needs more.  One that the
 * ring has no room for however short it turns out is not begun: it would be
 * cut for no reason but the moment.
 */
static bool
stage_line(const struct custom_log *custom, struct exchange *x, size_t most)
{
	size_t room = log_format_least(custom->format) + LOG_PREFIX_MAX, len;
	int dest = custom->target.dest->id;
	char *to;

	if (dest < 0)
		return true;
	if (log_board_full(board, dest))
		return false;
	if (most < room)
		most = room;
	to = log_ring_reserve(ring, most, &room);
	if (to == NULL)
		return no_room();
	len = print_severity(custom->target.dest, to);
	len += log_format_print(custom->format, x, to + len, most - len);
	log_ring_stage(ring, dest, len);
	return true;
}

static bool
applies(const struct custom_log *custom, const struct exchange *x)
{
	return custom->variable.ptr == NULL ||
	       (exchange_env_get(x, custom->variable).ptr == NULL) ==
		   custom->unless;
}

static bool
stage_all(const struct log_conf *conf, struct exchange *x, size_t most)
{
	const struct custom_log *custom;

	for (custom = conf->customs; custom != NULL; custom = custom->next)
		if (applies(custom, x) && !stage_line(custom, x, most))
			return false;
	return true;
}

/*
 * The lines of an exchange are staged together.  Where a host has so many logs
 * that those alone have filled half of the ring, the rest might never find
 * room: then all of them are cut, to share that half.
 */
static bool
stage_cut(const struct log_conf *conf, struct exchange *x, uint64_t before)
{
	const struct custom_log *custom;
	size_t count = 0;

	if (log_ring_mark(ring) - before <= LOG_RING_SIZE / 2)
		return false;
	log_ring_unstage_to(ring, before);
	for (custom = conf->customs; custom != NULL; custom = custom->next)
		count += applies(custom, x);
	return stage_all(conf, x, LOG_RING_SIZE / 2 / count);
}

static bool
stage_lines(struct exchange *x, uint64_t *mark_r)
{
	const struct log_conf *conf = settings_get(x->settings, &log_section);
	uint64_t before;

	if (ring == NULL) {
		*mark_r = 0;
		return true;
	}
	before = log_ring_mark(ring);
	if (!stage_all(conf, x, LOG_LINE_MAX) && !stage_cut(conf, x, before)) {
		log_ring_unstage_to(ring, before);
		return false;
	}
	*mark_r = log_ring_mark(ring);
	return true;
}

bool
access_log_stage(struct exchange *x, uint64_t *mark_r)
{
	struct request asked;
	bool staged;

	if (x->error == NULL)
		return stage_lines(x, mark_r);
	/* What was received, not the error document that was asked for. */
	asked = x->request;
	x->request = x->error->request;
	staged = stage_lines(x, mark_r);
	x->request = asked;
	return staged;
}

void
access_log_publish(uint64_t mark)
{
	if (ring == NULL || !log_ring_has_staged(ring))
		return;
	log_ring_publish(ring, mark);
	log_board_wake(board);
	error_log_unstaged();
}

void
access_log_unstage(void)
{
	if (ring == NULL)
		return;
	log_ring_unstage(ring);
	error_log_unstaged();
}

bool
access_log_write(struct exchange *x)
{
	uint64_t mark;

	if (!access_log_stage(x, &mark))
		return false;
	access_log_publish(mark);
	return true;
}

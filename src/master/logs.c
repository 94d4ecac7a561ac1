/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of log destinations over all generations.  A destination stays
 * while a generation uses it and the logger has lines for it; its number is
 * given anew only after the logger has said that it forgot the old one.
 */
#include "config.h"

#include "master/logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/report.h"
#include "log/log_conf.h"
#include "master/logs_private.h"

/* A serial that is not known yet. */
#define SOON UINT64_MAX

/* Standard streams need no name. */
static const char *
text_of(const struct log_dest *dest)
{
	return dest->target == NULL ? "" : dest->target;
}

struct log_surroundings
logs_surroundings(const struct logs *logs)
{
	return (struct log_surroundings){
		.user = &logs->user,
		.stderr_fd = logs->stderr_fd,
		.has_streams = logs->has_streams,
	};
}

static void
send_target(struct logs *logs, struct log_slot *t)
{
	t->serial = logs->logger->serial + 1; /* of the next commit */
	logger_process_dest(
	    logs->logger, t->number, t->kind, t->text, t->outlet.fd);
}

static void
forget(struct logs *logs, struct log_slot *t)
{
	logs->targets[t->number] = NULL;
	log_store_forget(&logs->board->store.control->dest[t->number]);
	logs_let_go(logs, &t->outlet);
	free(t->text);
	free(t);
}

static struct log_slot *
find(const struct logs *logs, const struct log_dest *dest)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing == 0 && t->kind == dest->kind &&
		    strcmp(t->text, text_of(dest)) == 0)
			return t;
	}
	return NULL;
}

static bool
grow(struct logs *logs)
{
	struct log_slot **more;

	if (logs->count == LOG_DEST_NOBODY)
		return false;
	more = reallocarray(logs->targets, logs->count + 1, sizeof(*more));
	if (more == NULL)
		return false;
	more[logs->count++] = NULL;
	logs->targets = more;
	return true;
}

/*
 * A free number, or LOG_DEST_NOBODY.  As long as there are others it is one
 * for which the ledger has no lines yet: those are not the new log's.
 */
static unsigned
free_number(struct logs *logs)
{
	unsigned i, used = LOG_DEST_NOBODY;

	for (i = 0; i < logs->count; i++) {
		if (logs->targets[i] != NULL)
			continue;
		if (atomic_load(&logs->board->dest[i].appended) == 0)
			return i;
		if (used == LOG_DEST_NOBODY)
			used = i;
	}
	return grow(logs) ? i : used;
}

static struct log_slot *
make(struct logs *logs, const struct log_dest *dest, struct err *err)
{
	struct log_slot *t = calloc(1, sizeof(*t));
	unsigned number = free_number(logs);

	if (t != NULL)
		t->text = strdup(text_of(dest));
	if (t == NULL || t->text == NULL || number == LOG_DEST_NOBODY) {
		err_set(err, "too many log destinations");
		if (t != NULL)
			free(t->text);
		free(t);
		return NULL;
	}
	t->number = number;
	t->kind = dest->kind;
	t->outlet = t->opened = log_outlet_none;
	logs->targets[number] = t;
	return t;
}

/* Opens one destination beside what it has now.  Only a program that is dead
 * is started on the pipe that it has, for in that there may be lines. */
static int
open_fresh(struct logs *logs, struct log_dest *dest, struct err *err)
{
	struct log_surroundings around = logs_surroundings(logs);
	struct log_slot *t = find(logs, dest);

	if (t == NULL)
		t = make(logs, dest, err);
	if (t == NULL)
		return -1;
	dest->id = (int)t->number;
	if (t->fresh)
		return 0;
	/* Even if that fails: undo_fresh is to see it. */
	t->fresh = true;
	t->opened = log_outlet_none;
	t->stays = logs_is_dead_program(t);
	if (t->stays)
		return logs_revive(logs, t, err);
	if (logs_inherit(logs, t))
		return 0;
	return log_outlet_open(&t->opened, t->kind, t->text, &around, err);
}

static void
undo_fresh(struct logs *logs)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || !t->fresh)
			continue;
		logs_let_go(logs, &t->opened);
		t->fresh = false;
		if (t->users == 0 && t->outlet.fd < 0)
			forget(logs, t);
	}
}

/* Lines go to o from now on. */
static void
replace(struct logs *logs, struct log_slot *t, const struct log_outlet *o)
{
	logs_retire(logs, t);
	t->outlet = *o;
	t->started_ms = clock_now_ms();
	t->restart_ms = 0;
	t->stuck_ms = 0;
	if (t->complained || (t->broken && t->kind == LOG_DEST_FILE))
		t->again = SOON;
	t->asked = t->broken = t->complained = false;
	send_target(logs, t);
}

static void
take_fresh(struct logs *logs)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || !t->fresh)
			continue;
		if (!t->stays)
			replace(logs, t, &t->opened);
		t->opened = log_outlet_none;
		t->fresh = false;
		t->users++;
	}
}

/* The logger is to swap: what waited for the number of that has it. */
static uint64_t
commit(struct logs *logs)
{
	uint64_t serial = logger_process_commit(logs->logger);
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing == SOON)
			t->closing = serial;
		if (t != NULL && t->again == SOON)
			t->again = serial;
	}
	return serial;
}

void
logs_follow(struct logs *logs, const struct server_conf *conf)
{
	const struct error_formats *formats = log_error_formats(conf);

	logs->logger->error_dest = log_error_dest(conf)->id;
	logs->logger->error_format = formats->text;
	logs->logger->error_json = formats->json;
}

int
logs_open(struct logs *logs, const struct server_conf *conf,
    const struct privs *user, uint64_t *serial_r, struct err *err)
{
	struct privs before = logs->user;
	struct log_dest *dest;

	logs->user = *user;
	for (dest = log_destinations(conf); dest != NULL; dest = dest->next) {
		if (open_fresh(logs, dest, err) < 0) {
			undo_fresh(logs);
			logs->user = before;
			return -1;
		}
	}
	take_fresh(logs);
	logs_follow(logs, conf);
	*serial_r = commit(logs);
	return 0;
}

int
logs_reopen(struct logs *logs, const struct server_conf *conf,
    uint64_t *serial_r, struct err *err)
{
	struct privs user = logs->user;

	if (logs_open(logs, conf, &user, serial_r, err) < 0)
		return -1;
	/* It is used by that configuration once, as before. */
	logs_leave(logs, conf);
	return 0;
}

void
logs_leave(struct logs *logs, const struct server_conf *conf)
{
	const struct log_dest *dest;

	/* Closed by logs_tick once the logger's queues for it are empty. */
	for (dest = log_destinations(conf); dest != NULL; dest = dest->next)
		logs->targets[dest->id]->users--;
}

void
logs_send(struct logs *logs)
{
	unsigned i;

	for (i = 0; i < logs->count; i++)
		if (logs->targets[i] != NULL && logs->targets[i]->closing == 0)
			send_target(logs, logs->targets[i]);
}

/* Only now: it may be the error log. */
static void
say_again(struct log_slot *t)
{
	t->again = 0;
	report(REPORT_NOTICE, "master", "log file %s is open again", t->text);
}

void
logs_done(struct logs *logs, uint64_t serial)
{
	struct log_slot *t;
	unsigned i;

	logs->acknowledged = serial;
	logs_release_retired(logs, serial);
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->again != 0 && t->again <= serial)
			say_again(t);
		if (t != NULL && t->closing != 0 && t->closing <= serial)
			forget(logs, t);
	}
}

/* True if the logger has to be told. */
static bool
reopen(struct logs *logs, struct log_slot *t)
{
	struct log_surroundings around = logs_surroundings(logs);
	struct log_outlet outlet;
	struct err err;

	if (log_outlet_open(&outlet, t->kind, t->text, &around, &err) < 0) {
		if (!t->complained)
			report(REPORT_ERROR, "master", "%s; going on %s",
			    err.text,
			    t->broken ? "without it"
				      : "with the one that is open");
		t->complained = true;
		return false;
	}
	if (outlet.fd < 0)
		return false;
	replace(logs, t, &outlet);
	return true;
}

/* Nothing more comes for it.  One that takes nothing may have half a line, of
 * which the rest would wait for ever. */
static bool
tick_unused(struct logs *logs, struct log_slot *t)
{
	const struct log_board_dest *row = &logs->board->dest[t->number];

	if (atomic_load(&row->queued) != 0 && atomic_load(&row->dropping) == 0)
		return false;
	logs_retire(logs, t);
	t->closing = SOON;
	send_target(logs, t);
	return true;
}

static bool
tick_target(struct logs *logs, struct log_slot *t)
{
	if (t->users == 0)
		return tick_unused(logs, t);
	logs_tick_program(logs, t);
	if ((t->kind == LOG_DEST_SYSLOG && t->outlet.fd < 0) || t->broken ||
	    !log_outlet_in_place(&t->outlet, t->text))
		return reopen(logs, t);
	return false;
}

void
logs_tick(struct logs *logs)
{
	bool changed = false;
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing == 0 && tick_target(logs, t))
			changed = true;
	}
	if (changed)
		(void)commit(logs);
}

void
logs_broken(struct logs *logs, unsigned number)
{
	struct log_slot *t =
	    number < logs->count ? logs->targets[number] : NULL;

	if (t == NULL || t->closing != 0 || logs->ending)
		return;
	/* A stream whose reader went stays what it is, and nobody's pipe
	 * breaks while the master holds its other end: it is syslogd, or who
	 * read a fifo, and of that another may come. */
	if (t->kind == LOG_DEST_FILE)
		t->broken = true;
	if (t->kind != LOG_DEST_SYSLOG)
		return;
	log_outlet_close(&t->outlet);
	if (reopen(logs, t))
		(void)commit(logs);
}

void
logs_release(struct logs *logs)
{
	unsigned i;

	for (i = 0; i < logs->count; i++)
		if (logs->targets[i] != NULL)
			forget(logs, logs->targets[i]);
	logs_release_retired(logs, UINT64_MAX);
	for (i = 0; i < logs->leaving_count; i++)
		logs_unwatch(&logs->leaving[i].watch);
	free(logs->targets);
	free(logs->leaving);
	logs->targets = NULL;
	logs->leaving = NULL;
	logs->count = logs->leaving_count = 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of log destinations over all generations.  A destination stays
 * while a generation uses it and the logger has lines for it; its number is
 * given anew only after the logger has said that it forgot the old one.
 */
#include "config.h"

#include "master/logs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/report.h"
#include "log/log_conf.h"
#include "master/child_life.h"
#include "master/respawn.h"

/* A program that lived shorter is not started again at once. */
#define SHORT_LIFE_MS 1000

struct log_slot {
	unsigned number;
	enum log_dest_kind kind;
	char *text;	/* owned: path, command, … */
	unsigned users; /* generations */
	struct log_outlet outlet;
	struct log_outlet opened; /* while logs_open runs */
	bool fresh;		  /* opened is to replace outlet, */
	bool stays;		  /* or it stays and is used once more */
	bool complained;	  /* that it cannot be opened again */
	struct respawn respawn;	  /* of its program */
	int64_t started_ms;
	int64_t restart_ms; /* when to start it; 0: it runs */
	uint64_t closing;   /* serial that closes it; 0: in use */
};

/* A serial that is not known yet. */
#define CLOSING_SOON UINT64_MAX

/* Standard streams need no name. */
static const char *
text_of(const struct log_dest *dest)
{
	return dest->target == NULL ? "" : dest->target;
}

static struct log_surroundings
surroundings(const struct logs *logs)
{
	return (struct log_surroundings){
		.user = &logs->user,
		.stderr_fd = logs->stderr_fd,
		.has_streams = logs->has_streams,
	};
}

static void
send_target(struct logs *logs, const struct log_slot *t)
{
	logger_process_dest(
	    logs->logger, t->number, t->kind, t->text, t->outlet.fd);
}

static void
forget(struct logs *logs, struct log_slot *t)
{
	logs->targets[t->number] = NULL;
	log_outlet_close(&t->outlet);
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

/* A free number, or LOG_DEST_NOBODY. */
static unsigned
free_number(struct logs *logs)
{
	unsigned number = 0;
	struct log_slot **more;

	while (number < logs->count && logs->targets[number] != NULL)
		number++;
	if (number < logs->count || number == LOG_DEST_NOBODY)
		return number;
	more = reallocarray(logs->targets, number + 1, sizeof(*more));
	if (more == NULL)
		return LOG_DEST_NOBODY;
	more[number] = NULL;
	logs->targets = more;
	logs->count++;
	return number;
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

static bool
is_dead_program(const struct log_slot *t)
{
	return t->outlet.pipe_read >= 0 && t->outlet.pid == 0;
}

/* The program of t begins to read where the last one ended. */
static int
revive(struct logs *logs, struct log_slot *t, struct err *err)
{
	struct log_surroundings around = surroundings(logs);

	if (log_outlet_restart(&t->outlet, t->kind, t->text, &around, err) < 0)
		return -1;
	t->started_ms = clock_now_ms();
	t->restart_ms = 0;
	return 0;
}

/* Opens one destination beside what it has now.  Only a program that is dead
 * is started on the pipe that it has, for in that there may be lines. */
static int
open_fresh(struct logs *logs, struct log_dest *dest, struct err *err)
{
	struct log_surroundings around = surroundings(logs);
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
	t->stays = is_dead_program(t);
	if (t->stays)
		return revive(logs, t, err);
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
		log_outlet_close(&t->opened);
		t->fresh = false;
		if (t->users == 0 && t->outlet.fd < 0)
			forget(logs, t);
	}
}

/* Lines go to o from now on. */
static void
replace(struct logs *logs, struct log_slot *t, const struct log_outlet *o)
{
	log_outlet_close(&t->outlet);
	t->outlet = *o;
	t->started_ms = clock_now_ms();
	t->restart_ms = 0;
	t->complained = false;
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
	*serial_r = logger_process_commit(logs->logger);
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

void
logs_done(struct logs *logs, uint64_t serial)
{
	struct log_slot *t;
	unsigned i;

	logs->acknowledged = serial;
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing != 0 && t->closing <= serial)
			forget(logs, t);
	}
}

/* True if the logger has to be told. */
static bool
reopen(struct logs *logs, struct log_slot *t)
{
	struct log_surroundings around = surroundings(logs);
	struct log_outlet outlet;
	struct err err;

	if (log_outlet_open(&outlet, t->kind, t->text, &around, &err) < 0) {
		if (!t->complained)
			report(REPORT_ERROR, "master",
			    "%s; going on with the one that is open", err.text);
		t->complained = true;
		return false;
	}
	if (outlet.fd < 0)
		return false;
	replace(logs, t, &outlet);
	return true;
}

static void
restart_program(struct logs *logs, struct log_slot *t)
{
	struct err err;

	if (revive(logs, t, &err) == 0)
		return;
	report(REPORT_ALERT, "master", "%s", err.text);
	t->restart_ms =
	    clock_now_ms() + respawn_delay(&t->respawn, RESPAWN_STARTING);
}

static bool
tick_unused(struct logs *logs, struct log_slot *t)
{
	if (atomic_load(&logs->board->dest[t->number].queued) != 0)
		return false;
	log_outlet_close(&t->outlet);
	t->closing = CLOSING_SOON;
	send_target(logs, t);
	return true;
}

static bool
tick_target(struct logs *logs, struct log_slot *t)
{
	if (t->users == 0)
		return tick_unused(logs, t);
	if (t->restart_ms != 0 && t->restart_ms <= clock_now_ms())
		restart_program(logs, t);
	if ((t->kind == LOG_DEST_SYSLOG && t->outlet.fd < 0) ||
	    !log_outlet_in_place(&t->outlet, t->text))
		return reopen(logs, t);
	return false;
}

void
logs_tick(struct logs *logs)
{
	bool changed = false;
	struct log_slot *t;
	uint64_t serial;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing == 0 && tick_target(logs, t))
			changed = true;
	}
	if (!changed)
		return;
	serial = logger_process_commit(logs->logger);
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->closing == CLOSING_SOON)
			t->closing = serial;
	}
}

void
logs_broken(struct logs *logs, unsigned number)
{
	struct log_slot *t =
	    number < logs->count ? logs->targets[number] : NULL;

	if (t == NULL || t->closing != 0 || logs->ending)
		return;
	/* A stream whose reader went stays what it is, and nobody's pipe
	 * breaks while the master holds its other end: syslogd it is. */
	if (t->kind != LOG_DEST_SYSLOG)
		return;
	log_outlet_close(&t->outlet);
	if (reopen(logs, t))
		logger_process_commit(logs->logger);
}

static void
program_ended(struct logs *logs, struct log_slot *t, int status)
{
	bool short_life = clock_now_ms() - t->started_ms < SHORT_LIFE_MS;
	char how[CHILD_TEXT_SIZE];
	int64_t delay;

	report(REPORT_ERROR, "master", "log program \"%s\" (pid %ld) %s",
	    t->text, (long)t->outlet.pid, child_text(how, status));
	t->outlet.pid = 0;
	delay = respawn_delay(
	    &t->respawn, short_life ? RESPAWN_STARTING : RESPAWN_USED);
	if (delay == 0)
		restart_program(logs, t);
	else
		t->restart_ms = clock_now_ms() + delay;
}

bool
logs_program_ended(struct logs *logs, pid_t pid, int status)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || t->outlet.pid != pid)
			continue;
		if (logs->ending)
			t->outlet.pid = 0;
		else
			program_ended(logs, t, status);
		return true;
	}
	return false;
}

void
logs_close(struct logs *logs)
{
	struct log_slot *t;
	unsigned i;
	pid_t pid;

	logs->ending = true;
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL)
			continue;
		/* What it was not there to read is read now or never. */
		if (is_dead_program(t))
			restart_program(logs, t);
		pid = t->outlet.pid;
		log_outlet_close(&t->outlet);
		t->outlet.pid = pid;
	}
}

unsigned
logs_programs(const struct logs *logs)
{
	unsigned i, count = 0;

	for (i = 0; i < logs->count; i++)
		if (logs->targets[i] != NULL &&
		    logs->targets[i]->outlet.pid != 0)
			count++;
	return count;
}

void
logs_end_programs(const struct logs *logs)
{
	unsigned i;

	for (i = 0; i < logs->count; i++)
		if (logs->targets[i] != NULL &&
		    logs->targets[i]->outlet.pid != 0)
			kill(logs->targets[i]->outlet.pid, SIGTERM);
}

void
logs_release(struct logs *logs)
{
	unsigned i;

	for (i = 0; i < logs->count; i++)
		if (logs->targets[i] != NULL)
			forget(logs, logs->targets[i]);
	free(logs->targets);
	logs->targets = NULL;
	logs->count = 0;
}

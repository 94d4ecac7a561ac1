/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the control socket share. */
#ifndef DROVER_MASTER_CONTROL_PRIVATE_H
#define DROVER_MASTER_CONTROL_PRIVATE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "ipc/control.h"
#include "master/control.h"

/* So many are heard at once. */
#define CONTROL_CONNS 16

enum control_state {
	CONTROL_READING, /* the request is to come */
	CONTROL_WAITING, /* what it asks for is to be the case */
	CONTROL_ENDING,	 /* the answer is to be taken */
};

struct control_conn {
	struct list_node node;
	struct loop_source source;
	struct master *master;
	enum control_state state;
	int64_t active_ms; /* when there was the last byte */
	pid_t pid;
	uid_t uid;

	char in[CONTROL_REQUEST_MAX + 1];
	size_t in_len;
	struct control_request request; /* within in */

	bool begun;	 /* what it asks for was begun, */
	uint64_t number; /* and bears this number */

	struct buf out;
	bool says_no_more; /* its side of the connection is shut */
	uint32_t watched;  /* events of the loop */
};

/* ---- control_conn.c ---- */

/* Takes fd over. */
void control_conn_open(struct master *, int fd, pid_t, uid_t);
void control_conn_close(struct control_conn *);
/* What it waits for may be the case.  False: it is closed. */
bool control_conn_advance(struct control_conn *);
void control_conn_tick(struct control_conn *);
/* The last words to who waits for the end. */
void control_conn_end(struct control_conn *);

/* Lines of that kind, each of which ends with a newline or the text. */
void control_say(struct control_conn *, enum control_kind, struct span lines);

/* ---- control_command.c ---- */

enum control_step {
	CONTROL_STEP_WAIT,
	CONTROL_STEP_DONE,   /* text: what is the case, or "" */
	CONTROL_STEP_FAILED, /* text: why */
	CONTROL_STEP_MOVED,  /* text: whom to ask */
};

/* Begins what is asked for, or looks whether it is done. */
enum control_step control_step(struct control_conn *, struct err *text);
/* What it waits for now; "": nothing is known. */
void control_progress(const struct control_conn *, struct err *text);
/* It waits for the end of the server. */
bool control_awaits_end(const struct control_conn *);

/* ---- control_status.c ---- */

enum control_step control_status(struct control_conn *, struct err *text);
/* Connections of all workers. */
unsigned control_connections(const struct master *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers without a process of their own: real loops, rings, slots and TCP
 * connections over loopback, turned by the test.  Several share one
 * configuration, scoreboard and log ring.  Waiting is by turns, up to a bound
 * that only a test that hangs reaches.
 */
#ifndef UNIT_WORKER_RIG_H
#define UNIT_WORKER_RIG_H

#include "base/buf.h"
#include "ipc/channel.h"
#include "worker/conn.h"
#include "worker_site.h"

/* ---- what workers share ---- */

/* One line a request: "GET /hello HTTP/1.1|200|6|+", %r, %>s, %B and %X. */
void rig_begin(const char *conf);
void rig_end(void);
/* For all hosts, whatever the configuration says (its least are seconds). */
void rig_timeouts(int64_t timeout_ms, int64_t keep_alive_timeout_ms);
void rig_min_rate(int64_t bytes);
/* Of RequestReadTimeout. */
void rig_read_bounds(struct read_bound header, struct read_bound body);
/* Whether the log's destination takes lines; it does at first. */
void rig_log_full(bool);
/* Whether the ring is emptied; it is at first. */
void rig_log_read(bool);
/* All lines so far, each with a newline. */
const char *rig_log(void);
/* How often text is there. */
unsigned rig_count(const char *in, const char *text);

/* ---- a worker ---- */

struct rig {
	struct worker worker;
	struct worker_setup setup;
	struct listener_set listeners;
	int master; /* the other end of its channel */
};

/* port: of listeners that it accepts on (rig_listen); none: NULL. */
void rig_open(struct rig *, const struct listener_set *);
/* Ends it as STOP does; nothing of it may be left. */
void rig_close(struct rig *);
/* So many turns as there is something to do without waiting. */
void rig_turns(struct rig *);
/* From the master. */
void rig_say(struct rig *, enum message_type, uint32_t arg);
/* Moves what it hands over to another, as the master does; how many. */
unsigned rig_relay(struct rig *from, struct rig *to);

/* ---- most tests have one worker that accepts nowhere ---- */

extern struct rig rig;
/* For cmocka: rig_begin with MaxKeepAliveRequests 0, and rig_open. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* ---- a listener ---- */

/* A listener on loopback, of the configuration's first Listen by name. */
void rig_listen(struct listener_set *, int backlog);

/* ---- a client ---- */

struct client {
	int fd;
	struct buf in;
	bool ended, reset;
};

/* A connection that the worker has; buffers: bytes, 0: the kernel's choice.
 * With text the first bytes are there before the worker looks. */
void client_open(struct client *, struct rig *, int buffers, const char *text);
/* One that waits on a listener. */
void client_connect(struct client *, const struct listener_set *);
void client_close(struct client *);
/* With RST. */
void client_abort(struct client *);
void client_send(struct client *, const char *text);
/* "GET path", kept alive. */
void client_get(struct client *, const char *path);
/* Takes what has come. */
void client_look(struct client *);
/* The same; all that has come so far, as text. */
const char *client_text(struct client *);
/* Turns the worker until the client has text so often. */
void client_until(struct client *, struct rig *, const char *text,
    unsigned times);
void client_until_bytes(struct client *, struct rig *, size_t bytes);
/* ... until the connection has ended. */
void client_until_end(struct client *, struct rig *);
/* ... until the log has so many lines. */
void rig_until_log(struct rig *, unsigned lines);
/* ... until so many connections are left. */
void rig_until_connections(struct rig *, unsigned);

#endif

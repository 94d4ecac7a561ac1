/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its response, from the first byte of the head to the last
 * byte sent.  It owns the arena from which everything of it is taken.  Made
 * by a framing, routed and answered above, ended by the connection.
 */
#ifndef DROVER_HTTP_EXCHANGE_H
#define DROVER_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/list.h"
#include "base/report.h"
#include "conf/conf.h"
#include "conf/lookup.h"
#include "http/request.h"
#include "http/response.h"

enum exchange_state {
	EXCHANGE_HEAD,		/* the head is complete, not yet routed */
	EXCHANGE_WAITING,	/* a hook said WAIT */
	EXCHANGE_BODY,		/* a hook said WAIT, and takes the request's
				 * body */
	EXCHANGE_ANSWERED,	/* response_finish was called */
	EXCHANGE_SENDING,	/* its first byte may have been sent */
	EXCHANGE_SENT,		/* its last byte was taken by the transport */
	EXCHANGE_ABORTED,	/* the connection ended first */
};

/* What a connection tells its exchanges; shared by all of one connection. */
struct exchange_peer {
	struct addr remote, local;
	const char *scheme;		/* "http" or "https" */
	const char *listen_name;
	uint32_t requests;		/* on this connection before this one */
	uint32_t log_id;		/* the error log's number; 0: none yet */
};

/* What route decided, for explain and the error log; filled always, cheap. */
struct route_record {
	const struct host *host;
	const char *host_reason;	/* static words: "by name", … */
	const struct module *mapped_by, *checked_by, *handled_by;
	const struct handler_choice *handler;	/* the worker's: who is to
						 * answer, by the settings */
	/* By a map, check or handle hook: the directive that it went by; NULL:
	 * it does not say. */
	const struct conf_place *decided_at;
	/* By a handle hook that says AGAIN: the directive that names where it
	 * goes on; static, NULL: none does. */
	const char *led_by;
	uint8_t stage;			/* where a hook said WAIT, */
	uint8_t next;			/* and which module's to call again */
	uint8_t again;			/* how often a hook said AGAIN */
};

/* What the error log is told of a refusal by the framing. */
struct exchange_refusal {
	enum report_level level;
	const char *room;
	const char *text;
};

/* What an error document by a path has taken the place of. */
struct exchange_error {
	struct request request;		/* as it was received */
	int status;
	const struct conf_place *set_at; /* the ErrorDocument */
	struct field_list fields;	/* that explain it: Allow */
	bool answered;			/* the document was there */
};

struct exchange {
	struct list_node node;		/* in one of the framing's lists */
	enum exchange_state state;
	struct arena arena;
	struct request request;
	struct response response;
	struct exchange_peer *peer;	/* borrowed from the connection */
	struct body_sink *sink;		/* NULL: the body is nobody's, or has
					 * come to its end */

	const struct server_conf *conf;
	const struct settings *settings;	/* host's until route merged */
	struct lookup_holds held;	/* all that it has gone by */
	struct route_record route;
	/* Set by map hooks: the file's absolute path and where below it the
	 * root ends; both empty when the URI names no file. */
	struct span file_path;		/* NUL-terminated, in the arena */
	bool slash_added;		/* file_path got the "/" of a directory
					 * that was asked for without one */
	struct span root_path;		/* prefix of it: DocumentRoot, Alias */
	struct span uri_prefix;		/* of the URI path that root stands for */
	struct span path_info;		/* what the URI has behind a path that
					 * is a file's */
	const char *mapped_handler;	/* a name as SetHandler's, which goes
					 * before it; NULL: none */
	/* By a framing, before route knows whose error log hears of it; NULL:
	 * nothing is said. */
	struct exchange_refusal *refusal;

	int64_t start_us;		/* CLOCK_REALTIME when the head was
					 * complete (its first byte for %t) */
	int64_t start_mono_us;
	int64_t first_byte_us;		/* the same clock, when the first of an
					 * answer that took several writes had
					 * gone; else 0 */
	uint32_t requests_before;	/* on its connection: %k */
	uint64_t head_bytes_in, body_bytes_in;
	uint64_t bytes_sent;		/* all, with the head: %O */
	uint64_t body_sent;		/* %b */
	int status_original;		/* before ErrorDocument: %<s */
	/* NULL: there is no error document, or none by a path.  Else request
	 * asks for that, but for the log. */
	struct exchange_error *error;
	/* The request's before RequestHeader changed them; fields NULL: it did
	 * not. */
	struct field_list fields_before;
	unsigned methods;		/* METHOD_BITs that AllowMethods
					 * leaves; 0: all */
	bool keep_alive;		/* the connection goes on: %X */
	void *framing_data;		/* the framing's own */
	void *handler_data;
	/*
	 * Placed by a hook that said WAIT, or by a body's source that does:
	 * called once, before anything is freed, when the exchange ends, be it
	 * answered or aborted.  No event may reach it afterwards.
	 */
	void (*release)(struct exchange *);
	const struct addr *client;	/* for whom a proxy asks; NULL: nobody
					 * but who has connected */
	const char *remote_text;	/* by exchange_remote_text */
	bool quiet;			/* nobody sent it: nothing is reported */
	struct env_variable *env;	/* private to exchange_env.c */
	struct env_variable *notes;	/* the same */
	/* By which a line of the error log about it is found, in the arena;
	 * NULL as long as there is none: %L. */
	const char *log_id;

	/* Placed by route: whether the settings give the file of an exchange
	 * to a handler, or to one that is lacking, so that it is not sent. */
	bool (*is_handled)(struct exchange *);

	/* Placed by the connection: exchange_ready() reaches up by it. */
	void (*wake)(struct exchange *);
	void *wake_data;
};

/* storage: first block of the arena. */
void exchange_init(struct exchange *, struct exchange_peer *,
    const struct server_conf *, void *storage, size_t storage_size);
/* The virtual host that its request is for: the target's authority goes before
 * Host (RFC 9112, 3.2.2); the framing has put either into uri.host. */
const struct host *exchange_find_host(const struct exchange *);
/* Closes the body, frees the arena. */
void exchange_release(struct exchange *);
/*
 * A backend's event: a hook that said WAIT, or a body that did, can go on.
 * It does so in a later turn; not to be called from within that hook, but a
 * body's next may, to let others have their turns before it goes on.
 */
void exchange_ready(struct exchange *);
/* The client's address: of whom a trusted proxy speaks for (then without a
 * port), else of who has connected. */
static inline const struct addr *
exchange_client(const struct exchange *x)
{
	return x->client != NULL ? x->client : &x->peer->remote;
}
/* Its IP address as text, made at the first call. */
const char *exchange_remote_text(struct exchange *);

/* No message about a request is longer. */
#define EXCHANGE_REPORT_MAX 2048

/*
 * Says something about a request: in the error log of its host, with the
 * client's address, if the LogLevel that holds for the request hears it.  room
 * is who speaks, or for Apache's own messages ("AH01630: ...") the module of
 * Apache's that has them.
 *
 * A client's fault is never above info, with one exception: what Apache says
 * at level error is said so here.  Its users watch for these, and fail2ban
 * counts them, under the LogLevel warn that all have.
 */
void exchange_report(struct exchange *, enum report_level, const char *room,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Plugged in by log/; without it such messages go the way of report(). */
struct exchange_reporter {
	bool (*wants)(const struct exchange *, enum report_level,
	    const char *room);
	void (*write)(struct exchange *, enum report_level, const char *room,
	    struct span text);
};
void exchange_set_reporter(const struct exchange_reporter *);

#endif

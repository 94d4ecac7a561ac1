/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the control socket is, over changes of the configuration, and who may
 * come in: root, and whom the master itself is.
 */
#include "config.h"

#include "master/control.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/report.h"
#include "master/control_private.h"
#include "master/master.h"
#include "master/master_conf.h"

static struct control_conn *
conn_of(struct list_node *n)
{
	return LIST_ENTRY(n, struct control_conn, node);
}

/* ---- who comes in ---- */

/* Room for one more: of those who have said nothing yet, or do not take what
 * they are told, the first goes. */
static bool
make_room(struct control *c)
{
	struct list_node *n;

	if (c->conn_count < CONTROL_CONNS)
		return true;
	LIST_FOREACH (n, &c->conns) {
		if (conn_of(n)->state == CONTROL_WAITING)
			continue;
		control_conn_close(conn_of(n));
		return true;
	}
	return false;
}

static void
refuse(int fd, const char *answer)
{
	(void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void
let_in(struct master *m, int fd)
{
	uid_t uid = (uid_t)-1;
	pid_t pid = unix_socket_peer(fd, &uid);

	if (pid < 0 || (uid != 0 && uid != geteuid())) {
		report(REPORT_WARN, "master",
		    "process %ld of user %ld may not use the control socket",
		    (long)pid, (long)uid);
		refuse(fd, "failed this is for root and the server's user\n");
	} else if (!make_room(&m->control)) {
		refuse(fd, "failed too many wait for something already\n");
	} else {
		control_conn_open(m, fd, pid, uid);
	}
}

/* One a turn: the master has more to do. */
static void
connect_ready(struct loop_source *source, uint32_t events)
{
	struct master *m = LIST_ENTRY(source, struct master, control.source);
	int fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0) {
		let_in(m, fd);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		/* It would be said again at once, and for long. */
		loop_remove(m->loop, source);
		m->control.paused = true;
	}
}

static void
hear(struct master *m)
{
	struct control *c = &m->control;

	c->source.fd = c->socket.fd;
	c->paused =
	    c->source.fd >= 0 && loop_add(m->loop, &c->source, EPOLLIN) < 0;
}

void
control_tick(struct master *m)
{
	struct list_node *n, *next;

	if (m->control.paused)
		hear(m);
	LIST_FOREACH_SAFE (n, next, &m->control.conns)
		control_conn_tick(conn_of(n));
}

void
control_advance(struct master *m)
{
	struct list_node *n, *next;

	LIST_FOREACH_SAFE (n, next, &m->control.conns)
		if (conn_of(n)->state == CONTROL_WAITING)
			(void)control_conn_advance(conn_of(n));
}

/* ---- where it is ---- */

void
control_init(struct master *m)
{
	m->control = (struct control){ .socket.fd = -1,
		.next.fd = -1,
		.source = { .fd = -1, .ready = connect_ready } };
	list_init(&m->control.conns);
}

int
control_open(struct master *m, const struct server_conf *conf, struct err *err)
{
	const struct master_conf *c = master_conf_get(conf);
	char path[MASTER_CONF_PATH_MAX];

	if (!master_conf_control_path(conf, path, sizeof(path)) ||
	    unix_socket_is_at(&m->control.socket, path))
		return 0;
	if (unix_socket_open(&m->control.next, path, err) == 0)
		return 0;
	if (c->control_socket != NULL)
		return err_prefix(err, "ControlSocket");
	report(REPORT_WARN, "master", "no control socket: %s", err->text);
	return 0;
}

/* Whether it is to stay where it is. */
static bool
stays(const struct master *m)
{
	char path[MASTER_CONF_PATH_MAX];

	return m->control.next.path == NULL &&
	       master_conf_control_path(m->current->conf, path, sizeof(path)) &&
	       unix_socket_is_at(&m->control.socket, path);
}

void
control_take(struct master *m)
{
	struct control *c = &m->control;
	struct err err;

	if (stays(m))
		return;
	loop_remove(m->loop, &c->source);
	unix_socket_close(&c->socket);
	c->source.fd = -1;
	if (c->next.path == NULL)
		return;
	if (unix_socket_put(&c->next, &err) < 0) {
		report(REPORT_ERROR, "master", "%s", err.text);
		unix_socket_close(&c->next);
		return;
	}
	c->socket = c->next;
	c->next = (struct unix_socket){ .fd = -1 };
	hear(m);
}

void
control_undo(struct master *m)
{
	unix_socket_close(&m->control.next);
}

/* ---- the end ---- */

void
control_close(struct master *m)
{
	struct control *c = &m->control;

	control_undo(m);
	if (m->loop != NULL)
		loop_remove(m->loop, &c->source);
	c->source.fd = -1;
	c->paused = false;
	unix_socket_close(&c->socket);
}

void
control_end(struct master *m)
{
	struct list_node *n;

	while ((n = list_first(&m->control.conns)) != NULL)
		control_conn_end(conn_of(n));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listeners: from the Listen lines of a configuration to bound sockets, all
 * or none.  What is open already is kept, found by its name, so that a reload
 * never closes and reopens a port under its clients.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/listener.h"
#include "net/listener_private.h"
#include "net/port_holder.h"
#include "os/signals.h"

/* How long a port in use is waited for, and how often it is tried. */
#define IN_USE_WAIT_US (1000 * 1000)
#define IN_USE_RETRY_MS 20
/* The kernel lets a connection without data through after so long. */
#define DEFER_SECONDS 30
/* What the kernel keeps of an answer for a peer whose window is closed.
 * Without a bound these are megabytes, and a thousand slow readers take all the
 * memory that the machine has for TCP.  What is on its way does not count. */
#define UNSENT_MAX (256 * 1024)

/* ---- settings ---- */

/* AcceptFilter for one protocol; the latest is found first. */
struct accept_filter {
	const char *protocol;
	int defer; /* not accepted before its first bytes */
	const struct accept_filter *next;
};

struct listener_conf {
	int backlog;
	const struct accept_filter *filters;
};

static const struct directive_keyword filter_words[] = {
	{ "none", 0 },
	{ "data", 1 },
	{ "dataready", 1 },
	{ "httpready", 1 },
	{ NULL, 0 },
};

static int
parse_accept_filter(const struct directive_use *use, void *field)
{
	const struct accept_filter **filters = field;
	struct accept_filter *filter;

	filter = arena_alloc(use->arena, sizeof(*filter));
	if (filter == NULL)
		return directive_error(use, -1, "out of memory");
	filter->protocol = use->args[0];
	filter->next = *filters;
	if (directive_keyword(use, 1, filter_words, &filter->defer) == -1)
		return -1;
	*filters = filter;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_INT("ListenBacklog", IN_SERVER, listener_conf, backlog, "511",
	    1, 65535,
	    "connections that may wait to be accepted; the system may allow "
	    "fewer (net.core.somaxconn)"),
	DIRECTIVE_CUSTOM("AcceptFilter", IN_SERVER, listener_conf, filters,
	    const struct accept_filter *, NULL, "protocol none|data",
	    "whether the kernel holds connections back until their first bytes "
	    "have come",
	    .parse = parse_accept_filter, .min_args = 2, .max_args = 2,
	    .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section listener_section = {
	.name = "listener",
	.rows = rows,
	.size = sizeof(struct listener_conf),
	.id = &section_id,
};

/* As in Apache: data for http and https, none for what else there may be. */
static bool
protocol_defers(const struct listener_conf *conf, const char *protocol)
{
	const struct accept_filter *filter;

	for (filter = conf->filters; filter != NULL; filter = filter->next)
		if (strcasecmp(filter->protocol, protocol) == 0)
			return filter->defer != 0;
	return strcasecmp(protocol, "http") == 0 ||
	       strcasecmp(protocol, "https") == 0;
}

/* ---- one socket ---- */

static int
set_option(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* Accepted sockets inherit both, which saves calls for each. */
static int
set_inherited(int fd)
{
	if (set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) == -1)
		return -1;
	return set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_MAX);
}

/* What the configuration may change on a socket that listens already. */
static int
configure(int fd, const struct listener_conf *conf,
    const struct listen_conf *listen_conf)
{
	bool defer = protocol_defers(conf, listen_conf->protocol);

	if (set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT,
		defer ? DEFER_SECONDS : 0) == -1)
		return -1;
	return listen(fd, conf->backlog);
}

/* A bound, listening socket, or -1 with errno.  share: with one that has the
 * port already, on another address, and shares it. */
static int
open_socket(const struct listener_conf *conf,
    const struct listen_conf *listen_conf, bool share)
{
	const struct addr *addr = &listen_conf->addr;
	int family = addr->any.sa_family;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int saved;

	if (fd == -1)
		return -1;
	if (set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
	    (family != AF_INET6 ||
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0) &&
	    set_option(fd, SOL_SOCKET, SO_REUSEPORT, share) == 0 &&
	    bind(fd, &addr->any, addr->len) == 0 && set_inherited(fd) == 0 &&
	    configure(fd, conf, listen_conf) == 0 &&
	    set_option(fd, SOL_SOCKET, SO_REUSEPORT, 0) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Those of the old set that have this port on other addresses share it, or do
 * so no more: how many. */
static unsigned
share_port(const struct listener_set *old, const struct addr *addr, bool share)
{
	unsigned count = 0;

	for (size_t i = 0; old != NULL && i < old->count; i++) {
		const struct listener *l = &old->listeners[i];

		if (l->addr.any.sa_family == addr->any.sa_family &&
		    addr_port(&l->addr) == addr_port(addr) &&
		    !addr_equal_ip(&l->addr, addr) &&
		    set_option(l->fd, SOL_SOCKET, SO_REUSEPORT, share) == 0)
			count++;
	}
	return count;
}

/*
 * From 0.0.0.0:80 to 127.0.0.1:80 or back: the kernel lets a socket for all
 * addresses and another one listen on a port only if both say SO_REUSEPORT.
 * They do for as long as it takes: else anybody of this user could listen
 * beside us, and two servers would start on one port.
 */
static int
open_beside(const struct listener_conf *conf,
    const struct listen_conf *listen_conf, const struct listener_set *old)
{
	int fd, saved;

	if (share_port(old, &listen_conf->addr, true) == 0) {
		errno = EADDRINUSE;
		return -1;
	}
	fd = open_socket(conf, listen_conf, true);
	saved = errno;
	share_port(old, &listen_conf->addr, false);
	errno = saved;
	return fd;
}

static bool
is_told_to_stop(void)
{
	return signals_came(SIGTERM) || signals_came(SIGINT);
}

/* The same, with patience: who held the port may be on its way out. */
static int
open_socket_patiently(const struct listener_conf *conf,
    const struct listen_conf *listen_conf, const struct listener_set *old,
    int64_t deadline_us)
{
	int fd;

	for (;;) {
		fd = open_socket(conf, listen_conf, false);
		if (fd == -1 && errno == EADDRINUSE)
			fd = open_beside(conf, listen_conf, old);
		if (fd != -1 || errno != EADDRINUSE ||
		    clock_exact_us() >= deadline_us || is_told_to_stop())
			return fd;
		poll(NULL, 0, IN_USE_RETRY_MS);
	}
}

static bool
is_missing_family(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT ||
	       error == EADDRNOTAVAIL;
}

static int
describe_failure(const struct listen_conf *listen_conf, struct err *err)
{
	struct port_holder holder;
	int error = errno;

	if (error == EADDRINUSE &&
	    port_holder_find(&listen_conf->addr, &holder))
		return err_set(err,
		    "cannot listen on %s: in use by process %ld (%s)",
		    listen_conf->name, (long)holder.pid, holder.command);
	errno = error;
	if (error == EACCES)
		return err_set_errno(err,
		    "cannot listen on %s: a port below 1024 needs root or "
		    "CAP_NET_BIND_SERVICE",
		    listen_conf->name);
	return err_set_errno(err, "cannot listen on %s", listen_conf->name);
}

/* Takes over a socket of the old set, as it is: all this may fail yet. */
static int
adopt(const struct listener *old)
{
	int fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 3);

	if (fd == -1 || set_inherited(fd) == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- sets ---- */

struct opening {
	const struct listener_conf *conf;
	const struct listener_set *old; /* NULL: none */
	int64_t deadline_us;
};

static int
open_one(struct listener_set *set, const struct opening *o,
    const struct listen_conf *listen_conf, struct err *err)
{
	const struct listener *old = listener_known(o->old, listen_conf->name);
	int fd = old != NULL ? adopt(old)
			     : open_socket_patiently(o->conf, listen_conf,
				   o->old, o->deadline_us);

	if (fd == -1) {
		if (listen_conf->optional && is_missing_family(errno))
			return 0;
		return describe_failure(listen_conf, err);
	}
	if (listener_fill(&set->listeners[set->count], fd, listen_conf->name,
		old != NULL && old->kept) == -1) {
		close(fd);
		return err_set_errno(
		    err, "cannot listen on %s", listen_conf->name);
	}
	set->count++;
	return 0;
}

static int
open_all(struct listener_set *set, const struct server_conf *conf,
    const struct listener_set *old, struct err *err)
{
	const struct opening o = {
		.conf = conf_get(conf, &listener_section),
		.old = old,
		.deadline_us = clock_exact_us() + IN_USE_WAIT_US,
	};
	const struct listen_conf *at = conf->listens;

	for (; at < conf->listens + conf->listen_count; at++) {
		if (listener_is_covered(old, conf, at))
			continue;
		if (open_one(set, &o, at, err) == -1)
			return -1;
	}
	return 0;
}

int
listener_set_open(struct listener_set *set, const struct server_conf *conf,
    const struct listener_set *old, struct err *err)
{
	listener_refuse_prepare();
	*set = (struct listener_set){ 0 };
	set->listeners = calloc(conf->listen_count, sizeof(*set->listeners));
	if (set->listeners == NULL && conf->listen_count > 0)
		return err_set(err, "out of memory");
	if (open_all(set, conf, old, err) == 0 &&
	    listener_keep_spare(set, old, err) == 0)
		return 0;
	listener_set_close(set);
	return -1;
}

void
listener_set_mend(
    const struct listener_set *set, const struct server_conf *server_conf)
{
	const struct listener_conf *conf =
	    conf_get(server_conf, &listener_section);

	for (size_t i = 0; i < set->count; i++)
		listener_mend(&set->listeners[i], conf->backlog);
}

void
listener_set_configure(
    const struct listener_set *set, const struct server_conf *conf)
{
	const struct listener_conf *settings =
	    conf_get(conf, &listener_section);
	const struct listener *l;

	for (size_t i = 0; i < conf->listen_count; i++) {
		l = listener_find(set, conf->listens[i].name);
		if (l == NULL)
			continue;
		/* It may be one that was about to be closed. */
		listener_refuse_undo(l);
		(void)configure(l->fd, settings, &conf->listens[i]);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The rig; what cannot fail in a sound environment fails the test. */
#include "config.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "conf_text.h"
#include "files/files.h"
#include "http/error_document.h"
#include "http/filter.h"
#include "http/http_conf.h"
#include "http/mime.h"
#include "log/access_log.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "worker/handler_conf.h"
#include "worker_rig.h"

#define PATIENCE_US 20000000
#define LOG_MAX (16 * 1024 * 1024)
#define MUCH (64 * 1024 * 1024)

/* What workers share. */
static struct server_conf *conf;
static struct scoreboard scoreboard;
static struct log_board board;
static int ring_fd;
static struct log_ring producer, logger; /* both sides of the one ring */
static bool log_read;
static struct buf lines;

/* ---- what workers share ---- */

void
rig_begin(const char *text)
{
	static const struct conf_section *const sections[] = {
		&listener_section,
		&http_section,
		&error_document_section,
		&mime_section,
		&filter_section,
		&files_section,
		&log_section,
		&framing_section,
		&worker_section,
		&handler_section,
		NULL,
	};
	struct buf all;
	struct err err;
	int id = 0;

	clock_refresh();
	buf_init(&all, 65536);
	buf_printf(&all,
	    "Listen 127.0.0.1:80\nServerName localhost\n"
	    "DocumentRoot /\n"
	    "CustomLog logs/access_log \"%%r|%%>s|%%B|%%X\"\n%s",
	    text);
	conf = conf_text_load(sections, buf_str(&all), NULL);
	assert_non_null(conf);
	buf_release(&all);
	for (struct log_dest *d = log_destinations(conf); d != NULL;
	     d = d->next)
		d->id = id++;
	assert_int_equal(files_start(conf, &err), 0);
	assert_int_equal(scoreboard_create(&scoreboard), 0);
	assert_int_equal(log_board_create(&board), 0);
	ring_fd = log_ring_create();
	assert_int_equal(log_ring_map(&logger, ring_fd), 0);
	assert_int_equal(log_ring_map(&producer, ring_fd), 0);
	access_log_attach(&producer, &board);
	buf_init(&lines, LOG_MAX);
	log_read = true;
	worker_site_cut_file(WORKER_SITE_FILE_MAX);
}

void
rig_end(void)
{
	error_log_detach();
	access_log_attach(NULL, NULL);
	buf_release(&lines);
	log_ring_unmap(&producer);
	log_ring_unmap(&logger);
	close(ring_fd);
	log_board_release(&board);
	scoreboard_release(&scoreboard);
	files_stop();
	conf_destroy(&conf);
	assert_int_equal(worker_site_open_bodies, 0);
	assert_null(worker_site_waiting);
}

/* The test's own configuration: nobody else reads it now. */
static struct worker_conf *
conf_of_host(size_t i)
{
	return (struct worker_conf *)settings_get(
	    conf->hosts[i].settings, &worker_section);
}

void
rig_timeouts(int64_t timeout_ms, int64_t keep_alive_timeout_ms)
{
	for (size_t i = 0; i < conf->host_count; i++) {
		struct worker_conf *c = conf_of_host(i);

		c->timeout_ms = timeout_ms;
		c->keep_alive_timeout_ms = keep_alive_timeout_ms;
	}
}

void
rig_min_rate(int64_t bytes)
{
	for (size_t i = 0; i < conf->host_count; i++)
		conf_of_host(i)->response_min_rate = bytes;
}

void
rig_read_bounds(struct read_bound header, struct read_bound body)
{
	for (size_t i = 0; i < conf->host_count; i++) {
		struct worker_conf *c = conf_of_host(i);

		c->read_bounds.header = header;
		c->read_bounds.body = body;
	}
}

void
rig_log_full(bool full)
{
	const struct log_conf *c = conf_get(conf, &log_section);

	atomic_store(&board.dest[c->customs->target.dest->id].full, full);
}

static void
read_log(void)
{
	uint64_t position = logger.position;
	struct log_record record;

	if (!log_read || logger.header == NULL)
		return;
	while (log_ring_next(&logger, false, &position, &record) ==
	       LOG_RING_RECORD) {
		buf_add(&lines, record.line, record.len);
		buf_add_char(&lines, '\n');
	}
	log_ring_consume(&logger, position);
}

void
rig_log_read(bool on)
{
	log_read = on;
}

const char *
rig_log(void)
{
	read_log();
	return buf_str(&lines);
}

unsigned
rig_count(const char *in, const char *text)
{
	unsigned count = 0;

	for (; (in = strstr(in, text)) != NULL; in += strlen(text))
		count++;
	return count;
}

/* ---- a worker ---- */

void
rig_open(struct rig *r, const struct listener_set *listeners)
{
	struct err err = { .text = "" };
	int slot = scoreboard_take(&scoreboard, conf->generation, 1);
	int fds[2];

	memset(r, 0, sizeof(*r));
	assert_true(slot >= 0);
	assert_int_equal(channel_pair(fds), 0);
	r->master = fds[1];
	if (listeners != NULL) {
		r->listeners.count = listeners->count;
		r->listeners.listeners =
		    calloc(listeners->count, sizeof(struct listener));
		for (size_t i = 0; i < listeners->count; i++) {
			r->listeners.listeners[i] = listeners->listeners[i];
			r->listeners.listeners[i].fd =
			    dup(listeners->listeners[i].fd);
		}
	}
	r->setup = (struct worker_setup){
		.conf = conf,
		.listeners = &r->listeners,
		.channel = fds[0],
		.ring_fd = ring_fd,
		.board = &board,
		.scoreboard = &scoreboard,
		.slot = (unsigned)slot,
		.number = 1,
		.max_connections = 1000,
	};
	worker_init(&r->worker, &r->setup);
	r->worker.slot =
	    (struct worker_slot *)scoreboard_slot(&scoreboard, (unsigned)slot);
	if (worker_open(&r->worker, &err) != 0)
		fail_msg("%s", err.text);
	worker_turn(&r->worker, 0);
}

void
rig_close(struct rig *r)
{
	worker_cut(&r->worker);
	assert_int_equal(r->worker.connections, 0);
	assert_int_equal(r->worker.slot->connections, 0);
	worker_close(&r->worker);
	scoreboard_free(&scoreboard, r->setup.slot);
	listener_set_close(&r->listeners);
	close(r->setup.channel);
	if (r->master >= 0)
		close(r->master);
}

void
rig_turns(struct rig *r)
{
	/* What one turn puts off, the next does; events come at once over
	 * loopback. */
	for (int quiet = 0; quiet < 3;) {
		if (loop_turn(r->worker.loop, 0) > 0)
			quiet = 0;
		else
			quiet++;
	}
	read_log();
}

void
rig_say(struct rig *r, enum message_type type, uint32_t arg)
{
	struct message m;

	message_init(&m, type, arg);
	assert_int_equal(channel_send(r->master, &m), 0);
	rig_turns(r);
}

unsigned
rig_relay(struct rig *from, struct rig *to)
{
	struct message m;
	unsigned count = 0;

	while (channel_receive(from->master, &m) == 1) {
		if (m.type != MESSAGE_HANDOVER)
			continue;
		assert_true(m.fd >= 0);
		m.type = MESSAGE_ADOPT;
		assert_int_equal(channel_send(to->master, &m), 0);
		close(m.fd);
		count++;
		rig_turns(to);
	}
	return count;
}

/* ---- one worker ---- */

struct rig rig;

int
rig_setup(void **state)
{
	(void)state;
	rig_begin("MaxKeepAliveRequests 0\n");
	rig_open(&rig, NULL);
	return 0;
}

int
rig_teardown(void **state)
{
	(void)state;
	rig_log_full(false);
	rig_close(&rig);
	rig_end();
	return 0;
}

/* ---- listeners ---- */

static int
loopback_socket(int backlog)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

static void
address_of(int fd, struct addr *addr)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	addr_set(addr, (struct sockaddr *)&name, len);
}

void
rig_listen(struct listener_set *set, int backlog)
{
	struct listener *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	strcpy(l->name, conf->listens[0].name);
	l->fd = loopback_socket(backlog);
	address_of(l->fd, &l->addr);
	*set = (struct listener_set){ .listeners = l, .count = 1 };
}

/* ---- clients ---- */

static void
set_buffers(int fd, int bytes)
{
	if (bytes == 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static void
connect_to(struct client *c, int listener_fd, int buffers)
{
	struct addr addr;
	int on = 1;

	*c = (struct client){ .fd = -1 };
	buf_init(&c->in, MUCH);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(c->fd >= 0);
	set_buffers(c->fd, buffers);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	address_of(listener_fd, &addr);
	if (connect(c->fd, &addr.any, addr.len) != 0)
		assert_int_equal(errno, EINPROGRESS);
}

void
client_open(struct client *c, struct rig *r, int buffers, const char *text)
{
	struct conn_origin origin = { .listen_name = conf->listens[0].name };
	int listener = loopback_socket(1), fd;

	/* Accepted sockets inherit them; what the window says is settled
	 * when they connect. */
	set_buffers(listener, buffers);
	connect_to(c, listener, buffers);
	if (text != NULL)
		client_send(c, text);
	do
		fd =
		    accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && errno == EAGAIN);
	assert_true(fd >= 0);
	close(listener);
	address_of(fd, &origin.local);
	address_of(c->fd, &origin.remote);
	clock_refresh();
	conn_open(&r->worker, fd, &origin);
	rig_turns(r);
}

void
client_connect(struct client *c, const struct listener_set *set)
{
	connect_to(c, set->listeners[0].fd, 0);
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	buf_release(&c->in);
}

void
client_abort(struct client *c)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	client_close(c);
}

void
client_send(struct client *c, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(send(c->fd, text, len, MSG_NOSIGNAL), len);
}

void
client_get(struct client *c, const char *path)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	client_send(c, text);
}

void
client_look(struct client *c)
{
	char bytes[65536];
	ssize_t n;

	while (!c->ended && ((n = recv(c->fd, bytes, sizeof(bytes), 0)) >= 0 ||
				errno != EAGAIN)) {
		if (n > 0)
			buf_add(&c->in, bytes, (size_t)n);
		else
			c->ended = true;
		c->reset = n < 0;
	}
	assert_false(buf_failed(&c->in));
}

const char *
client_text(struct client *c)
{
	client_look(c);
	return buf_str(&c->in);
}

/* A turn of waiting; fails the test when it was waited for too long. */
static void
one_turn(struct rig *r, int64_t *begun, const char *what)
{
	if (*begun == 0)
		*begun = clock_exact_us();
	else if (clock_exact_us() - *begun > PATIENCE_US)
		fail_msg("waited in vain: %s", what);
	worker_turn(&r->worker, 2);
	read_log();
}

void
client_until(struct client *c, struct rig *r, const char *text, unsigned times)
{
	int64_t begun = 0;

	while (client_look(c), rig_count(buf_str(&c->in), text) < times)
		one_turn(r, &begun, text);
}

void
client_until_bytes(struct client *c, struct rig *r, size_t bytes)
{
	int64_t begun = 0;

	while (client_look(c), c->in.len < bytes)
		one_turn(r, &begun, "bytes");
}

void
client_until_end(struct client *c, struct rig *r)
{
	int64_t begun = 0;

	while (client_look(c), !c->ended)
		one_turn(r, &begun, "the end");
}

void
rig_until_log(struct rig *r, unsigned count)
{
	int64_t begun = 0;

	while (rig_count(rig_log(), "\n") < count)
		one_turn(r, &begun, "lines");
}

void
rig_until_connections(struct rig *r, unsigned count)
{
	int64_t begun = 0;

	while (r->worker.connections != count)
		one_turn(r, &begun, "connections");
}

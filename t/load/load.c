/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client for tests under load that counts and never forgives: every request
 * has a number of its own in its query (/path?17), and ends as answered (a
 * whole 200 of the expected length) or as failed.  Nothing is tried again.
 *
 *	load [-k] [-p depth] [-w ms] [-c connections] [-n requests]
 *	    [-r rate] [-s seconds] [-l length] [-o file] port path
 *
 * -k keeps connections alive; without it each request has one of its own.  -p
 * sends so many requests at once on a connection; -w sends the second half of
 * them so much later; -r begins no more requests than that a second.  The load
 * ends after -n requests or -s seconds, or at SIGTERM: what is under way is
 * finished first.  -o writes the numbers of answered requests, one a line.
 * The last line of output: answered=N failed=N refused=N reset=N short=N bad=N
 * left=N where failed is the sum of the four behind it, and left counts those
 * behind an answer that said Connection: close, which nobody has to answer
 * (RFC 9112, 9.6).  Exit status 0 unless it could not run.  It talks to
 * 127.0.0.1 only.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define DEPTH_MAX 64
#define HEAD_MAX 4096
#define REQUEST_MAX 512
/* A request without any answer for this long has failed. */
#define STALL_S 30

enum outcome {
	ANSWERED,
	REFUSED,
	RESET,
	SHORT,
	BAD,
	LEFT,
	OUTCOMES
};
static const char *const outcome_names[] = { "answered", "refused", "reset",
	"short", "bad", "left" };

struct client {
	int fd;		      /* -1: none */
	bool busy;	      /* a request is under way */
	unsigned long number; /* of the oldest request under way */
	unsigned waiting;     /* how many are */
	time_t since;
	long long half_ms; /* when the second half goes; 0: it has */
	char *text;	   /* of all that are sent at once */
	size_t text_len, text_sent;
	char head[HEAD_MAX];
	size_t head_len;
	long body_left; /* -1: the head is not complete */
	bool closing;	/* the server said Connection: close */
};

static struct {
	bool keep_alive;
	int connections;
	unsigned depth;
	long pause_ms;
	unsigned long requests; /* 0: no bound */
	long rate;		/* requests a second; 0: no bound */
	long seconds;
	long length; /* -1: any */
	FILE *answered;
	const char *path;
	struct sockaddr_in to;
} option = { .connections = 8, .depth = 1, .seconds = 10, .length = -1 };

static volatile sig_atomic_t stopped;
static unsigned long next_number, counts[OUTCOMES];
static int under_way, epoll_fd;

static void
on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(2);
}

static void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* One of those under way has ended so. */
static void
count(struct client *c, enum outcome outcome)
{
	counts[outcome]++;
	if (outcome == ANSWERED && option.answered != NULL)
		fprintf(option.answered, "%lu\n", c->number);
	if (outcome != ANSWERED && outcome != LEFT)
		fprintf(stderr, "load: request %lu: %s (%s)\n", c->number,
		    outcome_names[outcome], strerror(errno));
	c->number++;
	c->waiting--;
	under_way--;
}

/* The oldest under way has ended; with it all, unless it was answered. */
static void
client_end(struct client *c, enum outcome outcome)
{
	bool last = c->closing || !option.keep_alive;

	count(c, outcome);
	c->head_len = 0;
	c->body_left = -1;
	c->since = time(NULL);
	while (c->waiting > 0 && (outcome != ANSWERED || last))
		count(c, outcome == ANSWERED ? LEFT : outcome);
	c->busy = c->waiting > 0;
	if (outcome != ANSWERED || last)
		client_close(c);
}

static bool
client_connect(struct client *c)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = c };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (struct sockaddr *)&option.to, sizeof(option.to)) !=
	    0)
		return false;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
		die("epoll_ctl");
	return true;
}

static long long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Sends up to a place in the text.  Requests fit any send buffer: they go whole
 * or not at all. */
static void
client_send(struct client *c, size_t end)
{
	size_t len = end - c->text_sent;

	if (send(c->fd, c->text + c->text_sent, len, MSG_NOSIGNAL) !=
	    (ssize_t)len)
		client_end(c, RESET);
	else
		c->text_sent = end;
}

static void
client_text(struct client *c)
{
	if (c->text == NULL)
		c->text = malloc((size_t)option.depth * REQUEST_MAX);
	if (c->text == NULL)
		die("malloc");
	c->text_len = c->text_sent = 0;
	for (unsigned i = 0; i < option.depth; i++)
		c->text_len +=
		    (size_t)snprintf(c->text + c->text_len, REQUEST_MAX,
			"GET %s?%lu HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
			option.path, c->number + i,
			option.keep_alive ? "" : "Connection: close\r\n");
}

static void
client_begin(struct client *c)
{
	c->busy = true;
	c->closing = false;
	c->number = next_number;
	c->waiting = option.depth;
	next_number += option.depth;
	c->head_len = 0;
	c->body_left = -1;
	c->since = time(NULL);
	c->half_ms = option.pause_ms > 0 ? now_ms() + option.pause_ms : 0;
	under_way += (int)option.depth;
	if (c->fd < 0 && !client_connect(c)) {
		client_end(c, REFUSED);
		/* Nobody is there: that is not to be said all the time. */
		poll(NULL, 0, 1);
		return;
	}
	client_text(c);
	client_send(c, c->half_ms > 0 ? c->text_len / 2 : c->text_len);
}

static void
client_second_half(struct client *c)
{
	if (c->half_ms == 0 || now_ms() < c->half_ms)
		return;
	c->half_ms = 0;
	client_send(c, c->text_len);
}

/* The value of a field of the head, or NULL. */
static const char *
head_field(const struct client *c, const char *name)
{
	const char *at = strcasestr(c->head, name);

	return at == NULL ? NULL : at + strlen(name);
}

/* The head is complete: what it says of the body.  False: not as expected. */
static bool
client_head(struct client *c)
{
	const char *length = head_field(c, "\r\nContent-Length: ");
	const char *connection = head_field(c, "\r\nConnection: ");

	if (strncmp(c->head, "HTTP/1.1 200 ", 13) != 0 || length == NULL)
		return false;
	c->body_left = strtol(length, NULL, 10);
	c->closing =
	    connection != NULL && strncasecmp(connection, "close", 5) == 0;
	return option.length < 0 || c->body_left == option.length;
}

/* Takes what belongs to the head: how many bytes; it may be complete then, or
 * there is something wrong with it. */
static size_t
client_head_data(struct client *c, const char *data, size_t len)
{
	size_t n = sizeof(c->head) - 1 - c->head_len;
	char *end;

	if (n > len)
		n = len;
	memcpy(c->head + c->head_len, data, n);
	c->head[c->head_len + n] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (end == NULL) {
		c->head_len += n;
		if (n == 0)
			client_end(c, BAD);
		return n;
	}
	n = (size_t)(end + 4 - c->head) - c->head_len;
	end[4] = '\0';
	c->head_len += n;
	if (!client_head(c))
		client_end(c, BAD);
	return n;
}

/* Bytes of answers. */
static void
client_data(struct client *c, const char *data, size_t len)
{
	while (len > 0 && c->busy) {
		size_t n;

		if (c->body_left < 0) {
			n = client_head_data(c, data, len);
		} else {
			n = len > (size_t)c->body_left ? (size_t)c->body_left
						       : len;
			c->body_left -= (long)n;
		}
		data += n;
		len -= n;
		if (c->busy && c->body_left == 0)
			client_end(c, ANSWERED);
	}
	/* What is behind the last answer belongs to none. */
	if (len > 0 && c->fd >= 0) {
		counts[BAD]++;
		client_close(c);
	}
}

static void
client_readable(struct client *c)
{
	static char data[256 * 1024];

	while (c->fd >= 0) {
		ssize_t n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0 && c->busy) {
			client_data(c, data, (size_t)n);
			continue;
		}
		if (n == 0)
			errno = 0;
		/* The end, or bytes that nobody asked for. */
		if (!c->busy)
			client_close(c);
		else
			client_end(c, c->head_len > 0 || c->body_left >= 0
					  ? SHORT
					  : RESET);
		return;
	}
}

static bool
may_begin(time_t end)
{
	return !stopped && time(NULL) < end &&
	       (option.requests == 0 || next_number < option.requests);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Whether the rate allows for one more. */
static bool
is_due(double start)
{
	return option.rate == 0 ||
	       (double)next_number <= (now() - start) * (double)option.rate;
}

static void
run(struct client *clients)
{
	time_t end = time(NULL) + option.seconds;
	struct epoll_event events[64];
	double start = now();

	while (may_begin(end) || under_way > 0) {
		int n;

		for (int i = 0; i < option.connections; i++) {
			if (!clients[i].busy && may_begin(end) && is_due(start))
				client_begin(&clients[i]);
			else if (clients[i].busy &&
				 time(NULL) - clients[i].since > STALL_S)
				client_end(&clients[i], SHORT);
			if (clients[i].busy)
				client_second_half(&clients[i]);
		}
		n = epoll_wait(epoll_fd, events, 64,
		    option.rate > 0	  ? 1
		    : option.pause_ms > 0 ? 5
					  : 1000);
		for (int i = 0; i < n; i++)
			client_readable(events[i].data.ptr);
	}
}

static void
options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "kp:w:c:n:r:s:l:o:")) != -1) {
		switch (c) {
		case 'k':
			option.keep_alive = true;
			break;
		case 'p':
			option.depth = (unsigned)atoi(optarg);
			break;
		case 'w':
			option.pause_ms = atol(optarg);
			break;
		case 'c':
			option.connections = atoi(optarg);
			break;
		case 'n':
			option.requests = strtoul(optarg, NULL, 10);
			break;
		case 'r':
			option.rate = atol(optarg);
			break;
		case 's':
			option.seconds = atol(optarg);
			break;
		case 'l':
			option.length = atol(optarg);
			break;
		case 'o':
			option.answered = fopen(optarg, "w");
			if (option.answered == NULL)
				die(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (argc - optind != 2 || option.connections < 1 ||
	    option.connections > CONNECTIONS_MAX || option.depth < 1 ||
	    option.depth > DEPTH_MAX ||
	    (option.depth > 1 && !option.keep_alive)) {
		fprintf(stderr,
		    "usage: load [-k] [-p depth] [-w ms] [-c n] "
		    "[-n n] [-r rate] [-s seconds] [-l length] [-o file] "
		    "port path\n");
		exit(2);
	}
	option.to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(argv[optind])),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	option.path = argv[optind + 1];
}

int
main(int argc, char **argv)
{
	static struct client clients[CONNECTIONS_MAX];
	unsigned long failed = 0;

	options(argc, argv);
	signal(SIGTERM, on_signal);
	/* A test that dies takes its load along. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		die("epoll_create1");
	for (int i = 0; i < option.connections; i++)
		clients[i].fd = -1;
	run(clients);
	if (option.answered != NULL && fclose(option.answered) != 0)
		die("writing");
	for (int i = REFUSED; i < LEFT; i++)
		failed += counts[i];
	printf("answered=%lu failed=%lu refused=%lu reset=%lu short=%lu "
	       "bad=%lu left=%lu\n",
	    counts[ANSWERED], failed, counts[REFUSED], counts[RESET],
	    counts[SHORT], counts[BAD], counts[LEFT]);
	return 0;
}

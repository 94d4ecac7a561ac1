/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The least that a server can cost: processes with a bare epoll loop on one
 * shared socket, which parse nothing, log nothing, and send the same bytes for
 * whatever arrives.  bench/run lets it send each row's own answer; what other
 * servers cost above it is theirs, what it costs is the kernel's.
 *
 * floor [-c] [-w WORKERS] PORT FILE    -c: one answer, then close
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FDS_MAX = 65536, EVENTS_MAX = 256, WORKERS_MAX = 64 };

static const char *answer;
static size_t answer_len;
static bool one_each;
static size_t unsent[FDS_MAX];	/* bytes still to send, by descriptor */

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
read_answer(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;

	if (fd == -1 || fstat(fd, &st) == -1)
		fail(path);
	answer_len = (size_t)st.st_size;
	bytes = malloc(answer_len + 1);
	if (bytes == NULL || read(fd, bytes, answer_len) != st.st_size)
		fail(path);
	close(fd);
	answer = bytes;
}

static int
listen_on(int port)
{
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (fd == -1)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
	    listen(fd, 511) == -1)
		fail("listen");
	return fd;
}

/* Sends what is left; whether the connection is still to be kept. */
static bool
send_rest(int fd)
{
	while (unsent[fd] > 0) {
		ssize_t n = send(fd, answer + (answer_len - unsent[fd]),
		    unsent[fd], MSG_NOSIGNAL);

		if (n == -1)
			return errno == EAGAIN;
		unsent[fd] -= (size_t)n;
	}
	return true;
}

static void
serve(int fd)
{
	char request[16384];
	bool keep = true;

	if (unsent[fd] == 0) {
		ssize_t n = recv(fd, request, sizeof(request), 0);

		if (n > 0)
			unsent[fd] = answer_len;
		keep = n > 0 || (n == -1 && errno == EAGAIN);
	}
	if (unsent[fd] > 0)
		keep = send_rest(fd);
	/* With one_each its request was there when it was accepted, and what
	 * does not fit at once is no answer of that row. */
	if (!keep || one_each)
		close(fd);
}

static void
accept_all(int epoll, int listener)
{
	for (;;) {
		struct epoll_event event = {
			.events = EPOLLIN | EPOLLOUT | EPOLLET };
		int on = 1;
		int fd = accept4(listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd == -1)
			return;
		if (fd >= FDS_MAX) {
			close(fd);
			continue;
		}
		unsent[fd] = 0;
		if (one_each) {
			serve(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		event.data.fd = fd;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
			close(fd);
	}
}

static void
work(int listener)
{
	struct epoll_event events[EVENTS_MAX];
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE,
		.data.fd = listener };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (epoll == -1 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == -1)
		fail("epoll");
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				accept_all(epoll, listener);
			else if (events[i].events & ~(unsigned)EPOLLOUT ||
			    unsent[events[i].data.fd] > 0)
				serve(events[i].data.fd);
		}
	}
}

int
main(int argc, char **argv)
{
	int option, listener, workers = 2;

	while ((option = getopt(argc, argv, "cw:")) != -1) {
		if (option == 'c')
			one_each = true;
		else if (option == 'w')
			workers = atoi(optarg);
	}
	if (argc - optind != 2 || workers < 1 || workers > WORKERS_MAX) {
		fputs("usage: floor [-c] [-w WORKERS] PORT FILE\n", stderr);
		return 2;
	}
	listener = listen_on(atoi(argv[optind]));
	read_answer(argv[optind + 1]);
	for (int i = 0; i < workers; i++) {
		if (fork() == 0)
			work(listener);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

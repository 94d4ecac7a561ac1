/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sd_notify without libsystemd: one datagram for each message.  A manager that
 * does not listen misses it; the server's life does not depend on that.  One
 * whose queue is full must not hold the master, but acts on what it is told
 * (without READY=1 it would end the server): what matters waits, in its order.
 */
#include "config.h"

#include "master/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/report.h"

/* STOPPING=1 after a few reloads that the manager has not heard of. */
#define WAITING_MAX 8
#define TEXT_SIZE 256

static struct sockaddr_un address;
static socklen_t address_len; /* 0: nobody wants to know */
static int64_t watchdog_us;
static bool given; /* another speaks now */
/* What found no room, the oldest first. */
static char waiting[WAITING_MAX][TEXT_SIZE];
static unsigned waiting_count;

/* What sd_watchdog_enabled(3) reads: for another process unless the pid is
 * this one's, or none is named. */
static int64_t
read_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t for_us, for_pid = (uint64_t)getpid();

	if (usec == NULL ||
	    number_parse(span_str(usec), INT64_MAX, &for_us) != NUMBER_OK)
		return 0;
	if (pid != NULL &&
	    number_parse(span_str(pid), INT32_MAX, &for_pid) != NUMBER_OK)
		return 0;
	return for_pid == (uint64_t)getpid() ? (int64_t)for_us : 0;
}

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path == NULL ? 0 : strlen(path);

	address_len = 0;
	given = false;
	waiting_count = 0;
	if (len < 2 || len >= sizeof(address.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		len = 0;
	if (len > 0) {
		memset(&address, 0, sizeof(address));
		address.sun_family = AF_UNIX;
		memcpy(address.sun_path, path, len);
		/* "@name" is a name outside the file system. */
		if (path[0] == '@')
			address.sun_path[0] = '\0';
		address_len =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	watchdog_us = address_len == 0 ? 0 : read_watchdog();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

int64_t
notify_watchdog_us(void)
{
	return watchdog_us;
}

enum outcome {
	GOT_THERE, /* or nobody wants to know */
	NO_ROOM,
	FAILED, /* with errno */
};

static enum outcome
try_to_tell(const char *text)
{
	ssize_t sent;
	int fd, saved;

	if (address_len == 0)
		return GOT_THERE;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return FAILED;
	sent = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&address, address_len);
	saved = errno;
	close(fd);
	errno = saved;
	if (sent >= 0)
		return GOT_THERE;
	return errno == EAGAIN || errno == ENOBUFS ? NO_ROOM : FAILED;
}

static void
report_failure(void)
{
	report_errno(REPORT_WARN, "master", "cannot tell the service manager");
}

/* The latest are what counts. */
static void
keep(const char *text)
{
	if (waiting_count == WAITING_MAX)
		memmove(waiting[0], waiting[1],
		    sizeof(waiting[0]) * --waiting_count);
	snprintf(waiting[waiting_count++], TEXT_SIZE, "%s", text);
}

void
notify_retry(void)
{
	enum outcome outcome = GOT_THERE;
	unsigned told = 0;

	while (told < waiting_count &&
	       (outcome = try_to_tell(waiting[told])) != NO_ROOM) {
		if (outcome == FAILED)
			report_failure();
		told++;
	}
	waiting_count -= told;
	memmove(waiting[0], waiting[told], sizeof(waiting[0]) * waiting_count);
}

bool
notify_waits(void)
{
	return waiting_count > 0;
}

/* Not before what waits already. */
static void
tell(const char *text)
{
	if (given)
		return;
	keep(text);
	notify_retry();
}

/* What will be said again, if it is still so. */
static enum outcome
mention(const char *text)
{
	return given || notify_waits() ? NO_ROOM : try_to_tell(text);
}

void
notify_ready(const char *status)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "READY=1\nMAINPID=%ld\nSTATUS=%s\n",
	    (long)getpid(), status);
	tell(text);
}

void
notify_reloading(void)
{
	char text[128];

	/* Type=notify-reload tells an old READY from a new one by this. */
	snprintf(text, sizeof(text),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64
	    "\nSTATUS=reading the configuration\n",
	    clock_exact_us());
	tell(text);
}

void
notify_stopping(void)
{
	tell("STOPPING=1\nSTATUS=stopping\n");
}

void
notify_alive(void)
{
	if (mention("WATCHDOG=1\n") == FAILED)
		report_failure();
}

void
notify_status(const char *status)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "STATUS=%s\n", status);
	(void)mention(text);
}

void
notify_main_pid(pid_t pid)
{
	char text[64];

	/* The time of the watchdog begins anew, for both. */
	snprintf(text, sizeof(text), "%sMAINPID=%ld\n",
	    watchdog_us > 0 ? "WATCHDOG=1\n" : "", (long)pid);
	tell(text);
	given = true;
	watchdog_us = 0;
}

void
notify_give(void)
{
	char path[sizeof(address.sun_path) + 1], number[NUMBER_TEXT_SIZE];
	size_t len = address_len - offsetof(struct sockaddr_un, sun_path);

	if (address_len == 0 || given)
		return;
	memcpy(path, address.sun_path, len);
	path[len] = '\0';
	if (path[0] == '\0')
		path[0] = '@';
	(void)setenv("NOTIFY_SOCKET", path, 1);
	if (watchdog_us == 0)
		return;
	number[number_print(number, (uint64_t)watchdog_us)] = '\0';
	(void)setenv("WATCHDOG_USEC", number, 1);
	number[number_print(number, (uint64_t)getpid())] = '\0';
	(void)setenv("WATCHDOG_PID", number, 1);
}

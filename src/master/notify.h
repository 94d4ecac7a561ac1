/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a service manager is told, by the protocol of sd_notify(3): datagrams
 * to the socket that NOTIFY_SOCKET names.  Without one nothing happens.
 */
#ifndef DROVER_MASTER_NOTIFY_H
#define DROVER_MASTER_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment,
 * for they are meant for the master and not for the programs that it starts.
 */
void notify_init(void);
/* How often the manager wants to hear notify_alive at least; 0: never. */
int64_t notify_watchdog_us(void);
/* "READY=1" with MAINPID and a STATUS line. */
void notify_ready(const char *status);
/* "RELOADING=1" with the time, to be followed by notify_ready. */
void notify_reloading(void);
void notify_stopping(void);
/* "WATCHDOG=1".  Where the manager's queue is full, the next one will do. */
void notify_alive(void);
/* "STATUS=" with a line for people, which may get lost. */
void notify_status(const char *status);
/* "MAINPID": another process is the server from now on.  That must be said by
 * the one which is known as such, and is the last that it says. */
void notify_main_pid(pid_t);
/* Those of the messages above that may not get lost and found the manager's
 * queue full wait, in their order, until this is called, once a second. */
void notify_retry(void);
bool notify_waits(void);
/* Puts the variables back, in a child that will execute a new master. */
void notify_give(void);

#endif

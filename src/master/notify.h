/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a service manager is told, by the protocol of sd_notify(3): datagrams
 * to the socket that NOTIFY_SOCKET names.  Without one nothing happens.
 */
#ifndef DROVER_MASTER_NOTIFY_H
#define DROVER_MASTER_NOTIFY_H

/*
 * Takes NOTIFY_SOCKET out of the environment, for it is meant for the master
 * and not for the programs that it starts.
 */
void notify_init(void);
/* "READY=1" with MAINPID and a STATUS line. */
void notify_ready(const char *status);
/* "RELOADING=1" with the time, to be followed by notify_ready. */
void notify_reloading(void);
void notify_stopping(void);

#endif

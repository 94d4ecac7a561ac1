/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talk between the master and one child, over one socket pair of packets:
 * small messages, each with at most one descriptor.  The end of the pair is
 * the sign that the other side died.
 */
#ifndef DROVER_IPC_CHANNEL_H
#define DROVER_IPC_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

enum message_type {
	/* worker to master */
	MESSAGE_READY = 1,	/* serves; master counts it as started */
	MESSAGE_HANDOVER,	/* fd: an idle plain connection, data: a struct
				 * handover, opaque to the master */
	MESSAGE_RETIRE,		/* MaxConnectionsPerChild is reached: start
				 * another worker, then drain this one by
				 * DRAIN_HANDOVER */
	MESSAGE_DRAINING,	/* told to drain, it accepts no more */
	MESSAGE_LOG_LEVEL_DONE, /* value: as of the MESSAGE_LOG_LEVEL */

	/* master to worker */
	MESSAGE_DRAIN,		/* accept no more; arg: enum drain_mode */
	MESSAGE_STOP,		/* end now */
	MESSAGE_ADOPT,		/* fd and data as in MESSAGE_HANDOVER */
	MESSAGE_LOG_LEVEL,	/* data: words, as error_log_override takes
				 * them; answered by MESSAGE_LOG_LEVEL_DONE
				 * with the same value */

	/* master to logger */
	MESSAGE_RING,		/* fd: a ring's memfd; arg: its number */
	MESSAGE_RING_DEAD,	/* arg: ring whose producer was reaped: take
				 * what it had staged, drain, forget it;
				 * answered by MESSAGE_RING_DONE */
	MESSAGE_DEST,		/* fd: where destination arg writes (absent:
				 * closed); data: struct log_dest_message.
				 * Holds from the next MESSAGE_DEST_COMMIT on */
	MESSAGE_DEST_COMMIT,	/* all MESSAGE_DEST of value (a serial) are
				 * sent: swap; answered by MESSAGE_DEST_DONE.
				 * arg: 1 + the destination of the logger's own
				 * messages from now on, 0: as before; data:
				 * their ErrorLogFormat, behind a byte that is
				 * 1 for escape=json; none: the default */
	MESSAGE_STDERR,		/* fd: a pipe whose lines go to dest arg;
				 * MESSAGE_OWN_DEST: to where the logger's own
				 * messages go, which a commit may change */
	MESSAGE_POKE,		/* look at all rings now; to a worker: look
				 * whether a connection waits */
	MESSAGE_FINISH,		/* drain all, then exit 0; arg: for so many ms
				 * a destination may take nothing, 0: as ever */

	/* logger to master */
	MESSAGE_RING_DONE,
	MESSAGE_DEST_DONE,	/* value: the serial */
	MESSAGE_DEST_BROKEN,	/* arg: destination whose pipe broke (EPIPE):
				 * restart the program, send a new fd */
};

/* How a worker is to drain: arg of MESSAGE_DRAIN. */
enum drain_mode {
	DRAIN_HANDOVER = 1,	/* a successor serves: hand idle plain
				 * connections over */
	DRAIN_CLOSE,		/* no successor: accept what waits on the
				 * listeners (their SYN filter is on), answer,
				 * close */
};

#define MESSAGE_OWN_DEST UINT32_MAX

#define MESSAGE_DATA_MAX 4096

struct message {
	uint32_t type;			/* enum message_type */
	uint32_t arg;
	uint64_t value;
	uint32_t len;			/* of data */
	int fd;				/* -1: none; a receiver owns it */
	char data[MESSAGE_DATA_MAX];
};

/* Both ends non-blocking and CLOEXEC; -1 with errno. */
int channel_pair(int fds[2]);
/*
 * 0, or -1 with errno: EAGAIN when the other side is slow or the kernel short
 * of something (then it may be writable all the same), EPIPE when it is gone.
 * m->fd stays the caller's.
 */
int channel_send(int fd, const struct message *);
/*
 * 1 with a message, 0 when the other side is gone, -1 with errno (EAGAIN:
 * none now; EPROTO: one that makes no sense, thrown away; EMFILE: one whose
 * descriptor this process could not take, thrown away).
 */
int channel_receive(int fd, struct message *);
/* A message without descriptor or data. */
void message_init(struct message *, uint32_t type, uint32_t arg);

#endif

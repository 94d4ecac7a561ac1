/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a destination's bytes go: an open descriptor and how to write to it
 * without ever waiting.  Knows nothing of lines.
 */
#ifndef DROVER_LOGGER_OUTPUT_H
#define DROVER_LOGGER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ipc/log_dest.h"

enum output_way {
	OUTPUT_NONE,		/* no descriptor */
	OUTPUT_FILE,		/* a regular file: may be full, never waits */
	OUTPUT_OWN,		/* a pipe of ours, non-blocking */
	OUTPUT_SHARED,		/* a stream whose flags are not ours to change:
				 * others have it too (stdout, stderr) */
	OUTPUT_SOCKET,
};

struct output {
	int fd;			/* owned; -1: none */
	enum output_way way;
	bool terminal;
	bool appends;		/* a file of our own, opened with O_APPEND */
	bool takes_turns;	/* a pipe, which the logger of another master
				 * may have as well (master/upgrade.h) */
	bool is_next, has_turn;
};

void output_init(struct output *);
/* Takes fd (-1: none) over; what was there before is closed. */
void output_set(struct output *, enum log_dest_kind, int fd);
void output_close(struct output *);

/*
 * Of several loggers that write to one pipe each has it for whole lines: false
 * while another has.  Who asked first is the next, and who dies loses it.  True
 * where there is nothing to share.
 */
bool output_take_turn(struct output *);
void output_end_turn(struct output *);

/*
 * Writes what can be written at once: bytes taken, or -1 with errno.  EAGAIN:
 * output_can_wait() says when to try again; EPIPE and its like: nobody reads.
 */
ssize_t output_write(struct output *, const char *data, size_t len);
/*
 * The size of a file that appends; -1 if it is none.  Its offset becomes that
 * too, unless it is to stay where the last write ended (output_cut).
 */
off_t output_size(const struct output *, bool keep_offset);
/* True if a loop can watch the descriptor for EPOLLOUT. */
bool output_can_wait(const struct output *);
/* True if errno of a failed write means that the other end is gone for good. */
bool output_is_gone(int error);
/*
 * Takes the last n bytes that were written back, so that the file ends with a
 * whole line.  False when it cannot: no file, or another process wrote behind.
 */
bool output_cut(struct output *, size_t n);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A logger process for tests, with the test as its master.  What must not
 * fail ends the test by cmocka's assertions.
 */
#ifndef UNIT_LOGGER_RIG_H
#define UNIT_LOGGER_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/channel.h"
#include "ipc/log_board.h"
#include "ipc/log_ring.h"

struct rig {
	struct log_board board;
	int channel;
	pid_t pid;
	uint64_t serial;
};

/* For setup and teardown: makes a directory, goes there, starts a logger. */
int rig_setup(void **state);
int rig_teardown(void **state);
extern struct rig rig;

/* Starts one (again); stuck_ms as in struct logger_setup. */
void rig_start(int64_t stuck_ms);
/* Ends it by FINISH; its exit status. */
int rig_finish(void);

void rig_send(uint32_t type, uint32_t arg, int fd);
/* Waits for a message of that type, passes over others. */
void rig_expect(uint32_t type, struct message *message_r);
/* Gives the destination a descriptor, which is closed here; no commit. */
void rig_offer(uint32_t id, enum log_dest_kind, const char *name, int fd);
/* Commits; error_dest -1: as before. */
void rig_commit(int error_dest);
/* The same with an ErrorLogFormat for the logger's own messages. */
void rig_commit_format(int error_dest, const char *format);
/* A file opened for appending, as destination id, committed. */
void rig_file(uint32_t id, const char *path);
/* A new ring, known to the logger, mapped as producer. */
void rig_ring(struct log_ring *ring_r, uint32_t number);
void rig_ring_dead(uint32_t number);

/* Appends and wakes, waiting for room if need be. */
void rig_append(struct log_ring *, int dest, const char *line);
/* Waits until the file has that content. */
void rig_wait_file(const char *path, const char *content);
/* Waits until a word of the ledger has that value at least. */
void rig_wait_count(const _Atomic uint64_t *word, uint64_t value);
/* Waits for quiet and checks: appended = written + lost + queued. */
void rig_check_ledger(int dest);
uint64_t rig_lines_in(const char *path);
bool rig_file_has(const char *path, const char *text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the upgrade share. */
#ifndef DROVER_MASTER_UPGRADE_PRIVATE_H
#define DROVER_MASTER_UPGRADE_PRIVATE_H

#include "master/upgrade.h"

/* A peer on that end of a channel, which it owns on success; NULL with errno.
 */
struct peer *peer_open(struct master *, int fd, pid_t);
/* It is killed unless it has ended by then. */
void peer_end_within(struct peer *, int64_t ms);
void peer_say_text(struct peer *, uint32_t type, const char *text);

/* ---- upgrade.c: what the next master says ---- */

void upgrade_next_says(struct master *, const struct message *);
void upgrade_next_left(struct master *, const struct message *);
void upgrade_next_serves(struct master *, const struct message *);
void upgrade_next_failed(struct master *, const struct message *);
/* It has ended before it served; how is in text. */
void upgrade_next_ended(struct master *, const char *text);
/* It was the server, or a later one was, and nobody is any more. */
void upgrade_next_gone(struct master *);

/* ---- upgrade_join.c: what the one before says ---- */

void upgrade_take_over(struct master *, const struct message *);
/* It accepts no connections any more, or is gone. */
void upgrade_before_quiet(struct master *);
/* It says neither, perhaps since it was stopped: it is not waited for. */
void upgrade_before_late(struct master *);
void upgrade_before_gone(struct master *);
/* Takes the message's descriptor. */
void upgrade_elder(struct master *, struct message *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a handler finds what the processes of the server say of themselves.
 * The worker, who has joined them, places them here before it serves.
 */
#ifndef DROVER_IPC_BOARDS_H
#define DROVER_IPC_BOARDS_H

#include "ipc/log_board.h"
#include "ipc/scoreboard.h"

struct exchange;

struct boards {
	const struct scoreboard *scoreboard;
	const struct log_board *ledger;
	const struct log_dest *destinations; /* of the configuration */
	/* The worker's own slot holds what is true now, and this exchange is
	 * among the requests in progress. */
	void (*update)(struct exchange *);
};

void boards_place(const struct boards *);
/* NULL where no worker is. */
const struct boards *boards(void);

#endif

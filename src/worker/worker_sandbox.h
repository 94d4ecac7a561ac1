/* SPDX-License-Identifier: BSD-2-Clause */
/* The sandbox of a worker: its table of system calls, and its roots. */
#ifndef DROVER_WORKER_WORKER_SANDBOX_H
#define DROVER_WORKER_WORKER_SANDBOX_H

#include "os/sandbox.h"

extern const struct sandbox_role worker_sandbox_role;

/* What is opened while that is still possible. */
struct worker_sandbox {
	struct sandbox_root *roots;
	size_t count;
};

/* Behind files_start and the modules' start, before privileges go: takes the
 * roots that they opened.  -1 with err. */
int worker_sandbox_prepare(struct worker_sandbox *, struct err *);
void worker_sandbox_release(struct worker_sandbox *);
/* The last step before the worker serves; releases.  refused as in struct
 * sandbox_setup.  -1 with err. */
int worker_sandbox_enter(struct worker_sandbox *, enum sandbox_mode,
    _Atomic uint32_t *refused, struct err *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The logger's table of system calls. */
#ifndef DROVER_LOGGER_LOGGER_SANDBOX_H
#define DROVER_LOGGER_LOGGER_SANDBOX_H

#include "os/sandbox.h"

extern const struct sandbox_role logger_sandbox_role;

#endif

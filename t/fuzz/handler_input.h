/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks of the modules[] that a fuzz target names, on one exchange. */
#ifndef FUZZ_HANDLER_INPUT_H
#define FUZZ_HANDLER_INPUT_H

#include <stdint.h>

#include "http/module.h"

/*
 * Of a configuration, a line "%%", and a request: if both are right, the
 * exchange is used.  Fields of the request and the response stay such as can
 * be sent, and memory in proportion to the input is enough.
 */
void handler_input(
    const uint8_t *data, size_t size, void (*use)(struct exchange *));

#endif

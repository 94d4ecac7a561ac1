/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of anybody as it stands in an error line: nothing in it ends the line
 * or speaks to a terminal.
 */
#ifndef DROVER_IPC_ERROR_TEXT_H
#define DROVER_IPC_ERROR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * Writes what fits into room whole, escapes counted; returns the bytes.
 * As Apache does it, control characters become \n \r \t or \xhh, and \ becomes
 * \\; so does broken UTF-8, but what is well-formed stays as it is.  For a JSON
 * string (RFC 8259) " is escaped too, control characters as JSON has it, and
 * broken UTF-8 so that who reads it finds \xhh.
 */
size_t error_text(char *to, size_t room, struct span, bool json);

#endif

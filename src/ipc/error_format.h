/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ErrorLogFormat, compiled once.  It stands here because the logger has lines
 * of its own to write, and they are to look like all others.
 *
 * As in Apache a format is made of fields, each from a space to the next one.
 * An item without a value takes along what stands before it in its field, and
 * the rest of the field is left out.  "% " ends a field without writing a
 * space, "\ " writes one within a field.
 */
#ifndef DROVER_IPC_ERROR_FORMAT_H
#define DROVER_IPC_ERROR_FORMAT_H

#include "base/arena.h"
#include "base/err.h"
#include "ipc/error_line.h"

struct error_format;

enum error_format_kind {
	ERROR_FORMAT_LINE,	/* of each message: has %M */
	ERROR_FORMAT_ONCE,	/* once for a connection or a request: has no
				 * %M, and may have %+ */
};

/*
 * NULL with err when it makes no sense, and *offset_r says where in text,
 * which is borrowed.  json: values are escaped to stand in JSON's strings.
 */
const struct error_format *error_format_compile(struct arena *,
    const char *text, enum error_format_kind, bool json, struct err *,
    size_t *offset_r);

/* Writes at most room bytes; 0: nothing is to be said. */
size_t error_format_print(const struct error_format *,
    const struct error_line *, char *to, size_t room);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A LogFormat, compiled once to an array of functions with their arguments,
 * and then only walked.
 */
#ifndef DROVER_LOG_LOG_FORMAT_H
#define DROVER_LOG_LOG_FORMAT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/exchange.h"

struct log_format;

/* Apache's predefined ones. */
#define LOG_FORMAT_COMMON "%h %l %u %t \"%r\" %>s %b"
#define LOG_FORMAT_COMBINED \
	LOG_FORMAT_COMMON " \"%{Referer}i\" \"%{User-Agent}i\""

/*
 * NULL with err when it makes no sense, and *offset_r says where in text.
 * text is borrowed; what is made lives in the arena.
 */
const struct log_format *log_format_compile(
    struct arena *, const char *text, struct err *err, size_t *offset_r);
/*
 * Writes the line of a finished exchange, without newline; returns its
 * length, room (at least LOG_OUT_MIN) at most.
 */
size_t log_format_print(
    const struct log_format *, struct exchange *, char *to, size_t room);

#endif

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

/*
 * NULL with err when it makes no sense, and *offset_r says where in text.
 * text is borrowed; what is made lives in the arena.
 *
 * json: values are escaped as JSON needs it, and the line is whole whatever
 * they are: long ones are cut.  A value that the format has no quotes around
 * is left alone if it is a number, null if there is none, else gets quotes.
 */
const struct log_format *log_format_compile(struct arena *, const char *text,
    bool json, struct err *err, size_t *offset_r);
/* A predefined one: common, combined, combinedio, vhost_combined, referer,
 * agent, json.  NULL: there is none of that name, or no memory. */
const struct log_format *log_format_builtin(
    struct arena *, const char *name);
/* What may stand before a line, as its severity. */
#define LOG_PREFIX_MAX 16
/* Room that a line needs, whatever is cut: LOG_LINE_MAX less LOG_PREFIX_MAX at
 * most. */
size_t log_format_least(const struct log_format *);
/*
 * Writes the line of a finished exchange, without newline; returns its
 * length, room at most, which is at least log_format_least.
 */
size_t log_format_print(
    const struct log_format *, struct exchange *, char *to, size_t room);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The parser that a row's type stands for. */
#ifndef DROVER_CONF_PARSE_H
#define DROVER_CONF_PARSE_H

#include "conf/directive.h"

/*
 * Parses one use, whose number of arguments is right, into the row's field.
 * 0; -1 after directive_error, or without memory.
 */
int parse_use(const struct directive_use *, void *field);

#endif

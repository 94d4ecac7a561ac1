/* SPDX-License-Identifier: BSD-2-Clause */
/* Parsers of the arguments that the rows of the logs have; for log_conf.c. */
#ifndef DROVER_LOG_LOG_PARSE_H
#define DROVER_LOG_LOG_PARSE_H

#include "conf/conf.h"
#include "conf/directive.h"
#include "ipc/log_dest.h"
#include "log/log_conf.h"

/* The first argument: a file, |program, a stream, syslog:...; NULL after an error (or without
 * memory). */
struct log_dest *log_parse_dest(const struct directive_use *);
/* A struct log_output *: that, or syslog. */
directive_parse log_parse_error_log;

/* A struct error_formats. */
directive_parse log_parse_error_format;
directive_merge log_merge_error_format;

/* log_custom.c: a struct log_formats; lists of struct custom_log. */
directive_parse log_parse_format, log_parse_custom, log_parse_global;
directive_parse log_parse_transfer;
directive_merge log_merge_formats;
/* Of the section: every access log has its format then. */
int log_finish_customs(void *conf, const struct conf_check *);

/*
 * Adds the level of a module, by any of its names: it holds for the messages
 * that bear that name, and for those of whoever does its work here.  1: there
 * is such a module, 0: there is none (s has the closest), -1: no memory.
 */
struct suggestion;
int log_add_module(const struct conf_schema *, struct arena *,
    struct log_levels *, const char *name, enum report_level,
    struct suggestion *s);
bool log_find_level(const char *word, enum report_level *level_r);

/* A struct log_levels. */
directive_parse log_parse_level;
directive_merge log_merge_level;

#endif

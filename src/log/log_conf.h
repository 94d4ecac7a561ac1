/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is logged where: the rows ErrorLog, LogLevel, LogFormat, CustomLog,
 * GlobalLog and TransferLog, and the distinct destinations that they name.
 */
#ifndef DROVER_LOG_LOG_CONF_H
#define DROVER_LOG_LOG_CONF_H

#include "base/report.h"
#include "conf/conf.h"
#include "ipc/error_format.h"
#include "ipc/log_dest.h"
#include "log/log_format.h"

/* Where a directive logs to; dest is shared once log_destinations() ran. */
struct log_output {
	struct log_dest *dest;
	struct conf_place place;	/* of its name */
};

/* A CustomLog, GlobalLog or TransferLog. */
struct custom_log {
	struct log_output target;
	const char *wanted;		/* a LogFormat's name; NULL: has its
					 * own, or TransferLog's */
	struct conf_place place;	/* of that name */
	const struct log_format *format;
	bool has_unnamed;		/* TransferLog: the scope's unnamed */
	bool global;			/* for hosts with logs of their own, too */
	struct span variable;		/* ptr NULL: for every request; else
					 * if that variable is set, or not */
	bool unless;
	struct custom_log *next;
};

struct named_format {
	const char *name;
	const struct log_format *format;
	struct named_format *next;
};

/* A LogFormat without a name is a format, or the name of one. */
struct unnamed_format {
	const struct log_format *format;
	const char *wanted;		/* if format is NULL */
	struct conf_place place;	/* of that name */
};

/* LogFormat of one scope; those of the outer one hold as well. */
struct log_formats {
	struct named_format *named;	/* newest first */
	const struct unnamed_format *unnamed;	/* for TransferLog */
	const struct log_formats *outer;
};

struct room_level {
	const char *room;
	enum report_level level;
	struct room_level *next;
};

/* LogLevel of one scope; without a level for all, the outer scope's holds. */
struct log_levels {
	bool set;			/* level holds for all other rooms */
	enum report_level level;
	struct room_level *rooms;	/* newest first */
	const struct log_levels *outer;	/* NULL if set */
};

/* An ErrorLogFormat of connections or requests. */
struct error_once {
	const struct error_format *format;
	struct error_once *next;
};

struct error_formats {
	const struct error_format *line;	/* NULL: Apache's default */
	const char *text;	/* of line as written, for the logger */
	bool json;
	bool connection_set, request_set;	/* here, be it to none */
	struct error_once *connection, *request;
};

struct log_conf {
	struct log_output *error;
	struct error_formats error_formats;
	struct log_levels levels;
	bool hostname_lookups;		/* always false: On is refused */
	struct log_formats formats;
	struct custom_log *customs;
	bool track_first_byte;
};

extern const struct conf_section log_section;

/* The level of a room: its own, or that of all. */
enum report_level log_level_of(const struct log_levels *, const char *room);
/* The least urgent level of any room. */
enum report_level log_level_max(const struct log_levels *);

/*
 * The first of all destinations of a configuration, each distinct one once,
 * linked by next; the master opens them and writes their ids before it forks.
 */
struct log_dest *log_destinations(const struct server_conf *);
/* Where the first stands that names it; no file: by default. */
struct conf_place log_dest_place(const struct server_conf *,
    const struct log_dest *);
/* The destination of the main server's ErrorLog, and its ErrorLogFormat. */
struct log_dest *log_error_dest(const struct server_conf *);
const struct error_formats *log_error_formats(const struct server_conf *);

#endif

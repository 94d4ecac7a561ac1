/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a log goes, as ErrorLog, CustomLog and TransferLog say it: a file, a
 * program behind "|", a standard stream, syslog.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log/log_conf.h"
#include "log/log_parse.h"
#include "os/journal.h"

static struct log_dest *
make_dest(const struct directive_use *use, enum log_dest_kind kind,
    const char *target)
{
	struct log_dest *dest = arena_calloc(use->arena, 1, sizeof(*dest));

	if (dest == NULL || target == NULL)
		return NULL;
	dest->kind = kind;
	dest->target = target;
	dest->id = -1;
	return dest;
}

static const char *
skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

/* "|program", "||program" (the same, as in Apache), "|$command for a shell" */
static struct log_dest *
program_dest(const struct directive_use *use, const char *command)
{
	enum log_dest_kind kind = LOG_DEST_PROGRAM;

	if (*command == '$')
		kind = LOG_DEST_SHELL;
	if (*command == '$' || *command == '|')
		command++;
	command = skip_spaces(command);
	if (*command == '\0') {
		directive_error(use, 0, "a program is missing behind \"|\"");
		return NULL;
	}
	return make_dest(use, kind, command);
}

/* "stdout", or any of the names that /dev has for it. */
static bool
is_stream(const char *path, int number)
{
	static const char *const names[] = { "/dev/stdout", "/dev/stderr" };
	const char *name = names[number - 1];
	char numbered[32];

	if (strcmp(path, name) == 0 ||
	    strcmp(path, name + strlen("/dev/")) == 0)
		return true;
	snprintf(numbered, sizeof(numbered), "/proc/self/fd/%d", number);
	if (strcmp(path, numbered) == 0)
		return true;
	snprintf(numbered, sizeof(numbered), "/dev/fd/%d", number);
	return strcmp(path, numbered) == 0;
}

/* "facility:tag", either or both left out */
static struct log_dest *
syslog_dest(const struct directive_use *use, const char *target)
{
	struct span tag;

	if (log_dest_syslog(span_str(target), &tag) == -1) {
		directive_error(use, 0, "syslog has no such facility");
		return NULL;
	}
	return make_dest(use, LOG_DEST_SYSLOG, target);
}

struct log_dest *
log_parse_dest(const struct directive_use *use)
{
	const char *arg = use->args[0];

	if (*arg == '|')
		return program_dest(use, arg + 1);
	if (*arg == '\0') {
		directive_error(use, 0, "a file or |program is missing");
		return NULL;
	}
	if (span_starts(span_str(arg), "syslog:"))
		return syslog_dest(use, arg + strlen("syslog:"));
	/* What the journal reads has severities, wherever it comes from. */
	if (is_stream(arg, 1))
		return make_dest(use,
		    journal_reads(STDOUT_FILENO) && journal_reads(STDERR_FILENO)
			? LOG_DEST_JOURNAL
			: LOG_DEST_STDOUT,
		    "");
	if (is_stream(arg, 2))
		return make_dest(use,
		    journal_reads(STDERR_FILENO) ? LOG_DEST_JOURNAL
						 : LOG_DEST_STDERR,
		    "");
	return make_dest(use, LOG_DEST_FILE, directive_path(use, arg));
}

int
log_parse_error_log(const struct directive_use *use, void *field)
{
	struct log_output **target_p = field;
	struct log_dest *dest;

	if (strcmp(use->args[0], "syslog") == 0)
		dest = syslog_dest(use, "");
	else
		dest = log_parse_dest(use);
	*target_p = arena_calloc(use->arena, 1, sizeof(**target_p));
	if (dest == NULL || *target_p == NULL)
		return -1;
	(*target_p)->dest = dest;
	(*target_p)->place = use->places[0];
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of an ErrorLogFormat: one row each.  What is known of every
 * message is printed here; of a request only whoever has one knows more.
 */
#include "config.h"

#include "ipc/error_value.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_US 1000000

/* ---- %t ---- */

/* u: microseconds, m: milliseconds, c: as ISO 8601 has it, z: the offset. */
static int
print_fraction(char *to, int64_t us, struct span how)
{
	int fraction = (int)(us % SECOND_US);

	if (span_find(how, 'u') < how.len)
		return snprintf(to, 16, ".%06d", fraction);
	if (span_find(how, 'm') < how.len)
		return snprintf(to, 16, ".%03d", fraction / 1000);
	return 0;
}

static struct span
print_time(const struct error_line *line, struct span how, char *to)
{
	time_t second = (time_t)(line->time_us / SECOND_US);
	bool compact = span_find(how, 'c') < how.len;
	struct tm tm = { .tm_mday = 1 };
	size_t len;

	(void)localtime_r(&second, &tm);
	len = strftime(to, 64, compact ? "%Y-%m-%d %H:%M:%S" : "%T", &tm);
	if (!compact)
		/* Not by locale, as %a and %b would be. */
		len = (size_t)snprintf(to, 64, "%.3s %.3s %02d %02d:%02d:%02d",
		    &"SunMonTueWedThuFriSat"[3 * tm.tm_wday],
		    &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * tm.tm_mon],
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	len += (size_t)print_fraction(to + len, line->time_us, how);
	if (!compact)
		len += (size_t)snprintf(to + len, 16, " %d", tm.tm_year + 1900);
	if (span_find(how, 'z') < how.len)
		len += strftime(to + len, 16, " %z", &tm);
	return span_of(to, len);
}

/* ---- what is known of every message ---- */

static struct span
print_error(const struct error_line *line, char *to)
{
	int len;

	if (line->error == 0)
		return (struct span){ NULL, 0 };
	len = snprintf(to, ERROR_VALUE_SCRATCH, "(%d)%s", line->error,
	    strerror(line->error));
	return span_of(to, (size_t)len);
}

static struct span
print_pid(const struct error_line *line, char *to)
{
	return span_of(to, (size_t)snprintf(to, 16, "%d", (int)line->pid));
}

/* {c}: who has connected, whomever a proxy asks for. */
static struct span
client_of(const struct error_line *line, struct span argument,
    char scratch[ERROR_VALUE_SCRATCH])
{
	struct span text = { NULL, 0 };

	if (argument.len > 0 && line->subject != NULL)
		text =
		    line->subject->value(line->subject, 'a', argument, scratch);
	if (text.len == 0 && line->client != NULL)
		text = span_str(line->client);
	return text;
}

struct span
error_value(const struct error_line *line, char letter, struct span argument,
    char scratch[ERROR_VALUE_SCRATCH])
{
	switch (letter) {
	case 't':
		return print_time(line, argument, scratch);
	case 'l':
	case 'm':
		if (line->room == NULL)
			break;
		return span_str(letter == 'm' ? line->room
					      : report_level_name(line->level));
	case 'P':
		return print_pid(line, scratch);
	case 'T':
		/* There are no threads, so only the system's number. */
		if (argument.len > 0)
			return print_pid(line, scratch);
		break;
	case 'E':
		return print_error(line, scratch);
	case 'a':
		return client_of(line, argument, scratch);
	default:
		if (line->subject != NULL)
			return line->subject->value(
			    line->subject, letter, argument, scratch);
	}
	return (struct span){ NULL, 0 };
}

/* ---- the letters there are ---- */

static const struct {
	char letter;
	bool name;	   /* takes {any name} */
	const char *words; /* or one of these letters in braces; "" none */
} letters[] = {
	{ 'a', false, "c" },
	{ 'A', false, "c" },
	{ 'e', true, "" },
	{ 'E', false, "" },
	{ 'F', false, "" }, /* messages do not say where in the source */
	{ 'i', true, "" },
	{ 'k', false, "" },
	{ 'l', false, "" },
	{ 'L', false, "cC" },
	{ 'm', false, "" },
	{ 'M', false, "" },
	{ 'n', true, "" },
	{ 'P', false, "g" },
	{ 't', false, "umcz" },
	{ 'T', false, "g" },
	{ 'v', false, "" },
	{ 'V', false, "" },
};

int
error_value_check(char letter, struct span argument, struct err *err)
{
	size_t i, k;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			break;
	if (i == sizeof(letters) / sizeof(letters[0]))
		return err_set(err, "%%%c is no letter of a format", letter);
	if (letters[i].name && argument.len == 0)
		return err_set(
		    err, "%%%c needs a name: %%{name}%c", letter, letter);
	for (k = 0; k < argument.len && !letters[i].name; k++)
		if (argument.ptr[k] == '\0' ||
		    strchr(letters[i].words, argument.ptr[k]) == NULL)
			return err_set(err, "%%%c takes no {%.*s}", letter,
			    SPAN_ARG(argument));
	return 0;
}

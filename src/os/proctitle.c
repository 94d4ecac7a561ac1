/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The title of a process.  ps reads the memory in which the kernel put the
 * arguments; a title that is longer than those runs on into the environment,
 * which follows them.  So the strings of both are moved away first.
 */
#include "config.h"

#include "os/proctitle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PREFIX "drover: "

static char *title;	  /* the first argument's place */
static size_t title_size; /* of all arguments and what follows them */
/* Holds all copies; kept so that a leak check sees that they are used. */
static char *copies;

/* The end of those strings that lie one behind the other from end on. */
static char *
end_of(char *const *strings, char *end)
{
	for (; *strings != NULL; strings++)
		if (*strings == end)
			end += strlen(end) + 1;
	return end;
}

static size_t
size_of(char *const *strings)
{
	size_t size = 0;

	for (; *strings != NULL; strings++)
		size += strlen(*strings) + 1;
	return size;
}

/* Copies the strings to to, points the array to the copies. */
static char *
move(char **strings, char *to)
{
	for (; *strings != NULL; strings++) {
		size_t size = strlen(*strings) + 1;

		memcpy(to, *strings, size);
		*strings = to;
		to += size;
	}
	return to;
}

void
proctitle_init(int argc, char **argv)
{
	char *end, *to;

	if (argc < 1 || argv[0] == NULL || copies != NULL)
		return;
	end = end_of(environ, end_of(argv, argv[0]));
	copies = malloc(size_of(argv) + size_of(environ));
	if (copies == NULL)
		return;
	title = argv[0];
	title_size = (size_t)(end - argv[0]);
	to = move(argv, copies);
	(void)move(environ, to);
	/* glibc has pointed these into argv[0] too. */
	program_invocation_name = argv[0];
	to = strrchr(argv[0], '/');
	program_invocation_short_name = to == NULL ? argv[0] : to + 1;
}

void
proctitle_set(const char *format, ...)
{
	char text[256];
	const char *name = text;
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	if (strncmp(text, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
	if (title != NULL) {
		memset(title, 0, title_size);
		snprintf(title, title_size, "%s", text);
	}
}

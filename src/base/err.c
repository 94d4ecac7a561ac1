/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filling a struct err.  The text is put together aside and copied at the
 * end, so a caller may print the old text into the new one; errno survives,
 * so a caller may still look at it afterwards.
 */
#include "config.h"

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A reason that does not fit is cut. */
static void
set(struct err *err, const char *format, va_list args, const char *reason)
{
	struct err made;
	size_t len;

	if (vsnprintf(made.text, sizeof(made.text), format, args) < 0)
		made.text[0] = '\0';
	if (reason != NULL) {
		len = strlen(made.text);
		snprintf(
		    made.text + len, sizeof(made.text) - len, ": %s", reason);
	}
	memcpy(err->text, made.text, strlen(made.text) + 1);
}

int
err_set(struct err *err, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	set(err, format, args, NULL);
	va_end(args);
	errno = saved;
	return -1;
}

int
err_set_errno(struct err *err, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	set(err, format, args, strerror(saved));
	va_end(args);
	errno = saved;
	return -1;
}

int
err_prefix(struct err *err, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	set(err, format, args, err->text);
	va_end(args);
	errno = saved;
	return -1;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* An outcome and the words for it, in one call. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "client/outcome.h"

enum outcome
outcome_set(struct err *err, enum outcome outcome, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	err_set(err, "%s", text);
	return outcome;
}

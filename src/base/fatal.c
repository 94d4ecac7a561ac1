/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dying of a fault of the machine.  _exit, not exit: in a forked child the
 * parent's stdio buffers must not be written a second time, and no cleanup
 * can be trusted any more.
 */
#include "config.h"

#include "base/fatal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/report.h"

void
fatal(const char *format, ...)
{
	char text[1024];
	int saved = errno;
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	errno = saved;
	if (saved != 0)
		report_errno(REPORT_EMERG, "core", "%s", text);
	else
		report(REPORT_EMERG, "core", "%s", text);
	_exit(1);
}

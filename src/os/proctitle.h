/* SPDX-License-Identifier: BSD-2-Clause */
/* What ps shows: "drover: worker 3". */
#ifndef DROVER_OS_PROCTITLE_H
#define DROVER_OS_PROCTITLE_H

/*
 * Once, first in main: remembers the room that the strings of argv and
 * environ take, and moves these away: argv[i] then point to copies that
 * last.  Without it proctitle_set only sets the short name.
 */
void proctitle_init(int argc, char **argv);
/* The short name (at most 15 bytes) goes without "drover: ". */
void proctitle_set(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program that runs, by where it was at its start: what lies there later
 * takes its place.
 */
#ifndef DROVER_OS_PROGRAM_H
#define DROVER_OS_PROGRAM_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Remembers the absolute path (a symbolic link as such: where it leads may
 * change), the folder and the arguments, which stay in use.  Called first
 * thing.
 */
void program_init(char **argv);
/* NULL where it could not be found out. */
const char *program_path(void);
/*
 * Runs what is at the path now with the same arguments, in the same folder
 * if they need one.  Returns only on failure, with err.
 */
void program_exec(bool needs_folder, struct err *);

#endif

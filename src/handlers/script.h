/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders of programs, which Drover does not run. */
#ifndef DROVER_HANDLERS_SCRIPT_H
#define DROVER_HANDLERS_SCRIPT_H

#include "conf/directive.h"

/* The handler that such a folder asks for. */
#define SCRIPT_HANDLER "cgi-script"

/* For a row that names one: an error, or only a warning where Apache would have
 * no module for it either. */
int script_refuse(const struct directive_use *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* SetHandler: which module answers, whatever the name of the file is. */
#ifndef DROVER_WORKER_HANDLER_CONF_H
#define DROVER_WORKER_HANDLER_CONF_H

#include "conf/directive.h"

struct module;

struct handler_choice {
	const struct module *module; /* NULL: those without a handler's name */
	bool lacking;		     /* one was named that Drover lacks
				      * (UnsupportedModules warn) */
};

struct handler_conf {
	struct handler_choice choice;
};

extern const struct conf_section handler_section;

#endif

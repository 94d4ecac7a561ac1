/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who answers: what SetHandler names, else what a map hook asked for
 * (ScriptAlias), else what AddHandler says of an extension of the file's name,
 * else those without a handler's name, of which the last sends files.
 */
#ifndef DROVER_WORKER_HANDLER_CONF_H
#define DROVER_WORKER_HANDLER_CONF_H

#include "conf/directive.h"
#include "http/extension.h"

struct exchange;
struct module;

struct handler_choice {
	struct extension_said said;	/* RemoveHandler */
	const struct module *module;	/* NULL: those without a handler's
					 * name, or it is lacking */
	const char *lacking;	/* the name of one that Drover lacks: what it
				 * is for is never sent as a file */
	bool named;		/* SetHandler: nothing else is asked */
	bool of_name;		/* AddHandler: a directory has none */
};

struct handler_conf {
	struct handler_choice choice;
	struct extension_map extensions;	/* struct handler_choice */
};

extern const struct conf_section handler_section;

/* By the settings of the exchange and its file_path; lasts as long as the
 * exchange.  NULL without memory. */
const struct handler_choice *handler_choose(struct exchange *);

#endif

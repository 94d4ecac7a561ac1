/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzz targets of the two syntaxes of configurations share. */
#ifndef FUZZ_CONF_INPUT_H
#define FUZZ_CONF_INPUT_H

#include <stdint.h>

#include "conf/conf.h"

struct conf_use {
	const struct conf_schema *schema;
	const char *server_root;
	const char *const *before; /* as -C, NULL-terminated */
	void (*use)(const struct server_conf *);
	bool read_back; /* which takes longer than the rest */
};

/*
 * Loads the text as a file of that name ("httpd.conf", "httpd.cfg"): there is
 * an error or a configuration, never both, and a report of it.  If there is
 * one, it is used, and its dump, read back, gives the same dump if that is to
 * be seen.  Texts that include others are passed over: what is in those is not
 * the input's.
 */
void conf_input_use(
    const struct conf_use *, const char *name, struct span text);
/* The rows of framings alone. */
const struct conf_schema *conf_input_schema(void);
/* The same with these rows and look-ups as the use. */
void conf_input(const char *name, const uint8_t *data, size_t size);

/* What stands behind a line "%%", which is taken off. */
struct span conf_input_cut(struct span *text);

#endif

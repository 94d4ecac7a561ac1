/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzz targets of the two syntaxes of configurations share. */
#ifndef FUZZ_CONF_INPUT_H
#define FUZZ_CONF_INPUT_H

#include <stdint.h>

#include "base/span.h"

/*
 * Loads the text as a file of that name ("httpd.conf", "httpd.cfg"): there is
 * an error or a configuration, never both.  If there is one, it is used for
 * look-ups, and its dump, read back, gives the same dump.  Texts that include
 * others are passed over: what is in those is not the input's.
 */
void conf_input(const char *name, const uint8_t *data, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations from text, for tests of rooms above conf.
 */
#ifndef UNIT_CONF_TEXT_H
#define UNIT_CONF_TEXT_H

#include "conf/conf.h"

/*
 * Loads the text as a httpd.conf that knows the sections (NULL-terminated)
 * and conf's own.  NULL when it has errors; they, and warnings, are in
 * messages if that is not NULL, else printed as a diagnostic.
 */
struct server_conf *conf_text_load(const struct conf_section *const *sections,
    const char *text, struct conf_messages *messages);

#endif

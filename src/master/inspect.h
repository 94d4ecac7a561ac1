/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts about the program and a configuration: -v -V -l -S -M. */
#ifndef DROVER_MASTER_INSPECT_H
#define DROVER_MASTER_INSPECT_H

#include "base/buf.h"
#include "conf/conf.h"

void inspect_version(struct buf *);
void inspect_build(const struct conf_schema *, struct buf *);
/* Modules of Apache whose work is built in, by file or by module name. */
void inspect_compiled(const struct conf_schema *, struct buf *);
/* Those that <IfModule> finds. */
void inspect_modules(const struct server_conf *, struct buf *);
/* Which host answers where. */
void inspect_hosts(const struct server_conf *, struct buf *);
/* What the process will run with. */
void inspect_run(const struct server_conf *, struct buf *);
/* Which files it was read from. */
void inspect_includes(const struct server_conf *, struct buf *);

/* Where droverctl finds the server. */
void inspect_control(const struct server_conf *, struct buf *);

#endif

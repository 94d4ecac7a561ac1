/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of explain share. */
#ifndef DROVER_WORKER_EXPLAIN_PRIVATE_H
#define DROVER_WORKER_EXPLAIN_PRIVATE_H

#include "base/buf.h"
#include "framing/framing.h"
#include "worker/explain.h"
#include "worker/route.h"

struct explain {
	const struct server_conf *conf;
	struct buf *out;
	struct lookup_cache *lookups;
	struct exchange_peer peer;
	struct framed framed;
	bool woken; /* a hook or a body can go on */
	/* What was told last, so that only what changes is. */
	const struct settings *settings;
	struct span path, file_path;
	bool error_told, client_told;
};

/* "Name      " and so on: the beginning of a line. */
void explain_label(struct explain *, const char *label);

/* ---- explain_steps.c: as route_watch ---- */

void explain_step(void *explain, struct exchange *, enum route_stage done);
/* Once it is answered: an ErrorDocument that no stage has led to. */
void explain_error(struct explain *, const struct exchange *);

/* ---- explain_settings.c ---- */

/* All that is set for the exchange, and the defaults of the rest. */
void explain_settings(struct explain *, const struct exchange *);
/* Those of one section that are set, indented; false: none is. */
bool explain_section(
    struct explain *, const struct exchange *, const struct conf_section *);
/* The line of a directive, indented, and its place. */
void explain_line(struct explain *, const struct conf_place *);
/* The setting of that name, if it is set. */
void explain_setting(
    struct explain *, const struct exchange *, const char *directive);
/* The section that has the row; NULL. */
const struct conf_section *explain_owner(
    const struct server_conf *, const char *directive);
/* Text of a file or a client: a terminal shall not obey it. */
void explain_text(struct explain *, struct span);
/* "file:line". */
void explain_place(struct explain *, const struct conf_place *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations for tests: a folder of its own with small files, a schema
 * with a row of every type, and messages without the folder's name.
 */
#ifndef UNIT_CONF_FIXTURE_H
#define UNIT_CONF_FIXTURE_H

#include "conf/conf.h"

struct sample_conf {
	bool flag;
	int number;
	int64_t size;
	int64_t time;
	const char *text;
	const char *path;
	int word;
	const char *list;	/* Item: joined by spaces, outer ones first */
	const char *pair;	/* Left and Right share it */
	int finished;		/* no row: set by finish */
};

/*
 * Rows: Flag, Number (1..100), Size (0..65536), Time (1s..1h), Text (anywhere),
 * Path, Word (red, green), Item (anywhere, repeats, merges), Left and Right
 * (anywhere, one field, repeat, merge), HostOnly, DirectoryOnly.
 */
extern const struct conf_section sample_section;

struct conf_fixture {
	char folder[64];
	struct conf_schema schema;
	struct conf_messages messages;
	const char *defines[8], *before[8], *after[8];
	char *text;		/* of messages, "FOLDER/" left out */
};

void conf_fixture_init(struct conf_fixture *);
void conf_fixture_release(struct conf_fixture *);
/* Writes a file of the folder; name may have folders. */
void conf_fixture_write(struct conf_fixture *, const char *name,
    const void *data, size_t len);
void conf_fixture_text(struct conf_fixture *, const char *name,
    const char *text);
/* Loads that file with the folder as ServerRoot; may be called again. */
struct server_conf *conf_fixture_load(struct conf_fixture *,
    const char *name);
/* Writes text to "t.conf" and loads it. */
struct server_conf *conf_fixture_try(struct conf_fixture *, const char *text);
/* -D DUMP_CONFIG of that file; to be freed. */
char *conf_fixture_dump(struct conf_fixture *, const char *name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what a request names to the settings that hold for it.  A set of
 * matched sections is a bitset; merged settings are kept per set, so that a
 * request pays a look-up, not a merge.  The cache is a process's own (made in
 * each worker), the configuration stays untouched.
 */
#ifndef DROVER_CONF_LOOKUP_H
#define DROVER_CONF_LOOKUP_H

#include "conf/conf.h"

/*
 * The virtual host for a connection to local and the name of the request's
 * Host (without port, any case; empty: none): by address as Apache's rules
 * say, then by name and alias, else the first of that address, else the main
 * server.  Never NULL.
 */
const struct host *lookup_host(const struct server_conf *,
    const struct addr *local, struct span name);
/* The same for a request that names no host: the first one whose ServerPath its
 * path, as it was sent, is at or below. */
const struct host *lookup_unnamed(const struct server_conf *,
    const struct addr *local, struct span raw_path);

struct lookup_cache;

/*
 * At most max merged sets are kept, for the life of the cache; NULL without
 * memory.
 */
struct lookup_cache *lookup_cache_create(const struct server_conf *,
    size_t max);
void lookup_cache_destroy(struct lookup_cache **);

/* Told of each named group of a section that matched; the value is borrowed for
 * the call. */
typedef void lookup_capture(void *data, struct span variable,
    struct span value);

/* What of a request decides the sections. */
struct lookup_subject {
	const struct host *host;
	struct span uri_path;	/* decoded, normalised, begins with "/"; "//"
				 * counts as "/" */
	struct span file_path;	/* absolute, normalised; one that ends in a
				 * slash has an empty name; empty: no file at
				 * all (Directory and Files do not match) */
	bool no_regex;		/* leave out all with regular expressions, and
				 * Files of an empty name */
	lookup_capture *capture;	/* or NULL */
	void *data;			/* for capture */
};

/* The sections that matched, in merge order, for explain. */
struct lookup_match {
	const struct section *sections[64];
	size_t count;			/* may be more than 64: cut */
};

/*
 * Apache's order: Directory from the shortest path to the longest (as many
 * components: in the order of the files, those of the main server first), then
 * those with a regular expression, by the number of "/" in it in the same way,
 * then Files, then those inside a matching Directory, in the order of these,
 * then Location; each kind those of the main server before the host's.  As in
 * Apache a <Directory> whose path is the file's own matches too, and a regular
 * expression is matched with the path of the file itself.
 *
 * The answer lives as long as the cache; only if max sets are kept already is
 * a further one merged into overflow (an exchange's arena) and lives as long
 * as that.  So it may be held by an exchange, and nothing is given back.
 * match may be NULL.  NULL without memory, or where it cannot be told whether
 * a section matches: then nothing may be served.
 */
const struct settings *lookup_settings(struct lookup_cache *,
    const struct lookup_subject *, struct arena *overflow,
    struct lookup_match *match);
/* The section of which it could not be told, when the latest look-up came to
 * NULL; NULL: there was no memory. */
const struct section *lookup_gave_up(const struct lookup_cache *);

#endif

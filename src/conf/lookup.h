/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what a request names to the settings that hold for it.  Merged settings
 * are kept for each set of sections, and the latest paths with the set that
 * they came to, so that a request pays a look-up, not a merge.  The cache is a
 * process's own (made in each worker), the configuration stays untouched.
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
 * max is how many merged sets are kept if they are of usual size: it keeps as
 * much memory as LOOKUP_SET_BYTES for each, one set more, and what
 * lookup_holds still hold.  Which paths came to which sets is kept for max, too,
 * but for 512 at least and 16,384 at most.  NULL without memory.
 */
#define LOOKUP_SET_BYTES 4096
struct lookup_cache *lookup_cache_create(const struct server_conf *,
    size_t max);
/* What holds still hold lives on. */
void lookup_cache_destroy(struct lookup_cache **);
/* For tests: how often sections had to be matched and sets merged so far, and
 * how much memory the sets take that are kept. */
struct lookup_counts {
	unsigned long matches, merges;
	size_t bytes;
};
struct lookup_counts lookup_cache_counts(const struct lookup_cache *);

/* Merged settings that live as long as somebody, an exchange, needs them. */
struct lookup_holds {
	struct arena *arena;		/* room for notes about them */
	struct lookup_hold *first;	/* private */
};
void lookup_holds_release(struct lookup_holds *);

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
	bool slash_added;	/* file_path's slash is for Directory alone:
				 * for Files the name is what is before it */
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
 * The answer lives until the holds are released, or, if they are NULL, until
 * the next look-up in this cache.  match may be NULL.  NULL without memory, or
 * where it cannot be told whether a section matches: then nothing may be
 * served.
 */
const struct settings *lookup_settings(struct lookup_cache *,
    const struct lookup_subject *, struct lookup_holds *,
    struct lookup_match *match);
/* The section of which it could not be told, when the latest look-up came to
 * NULL; NULL: there was no memory. */
const struct section *lookup_gave_up(const struct lookup_cache *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file cache over a tree of files, under a clock of the tests' own: what is
 * here stands in for base/clock.c.
 */
#ifndef UNIT_CACHE_FIXTURE_H
#define UNIT_CACHE_FIXTURE_H

#include <stdint.h>

#include "files/cache.h"

enum {
	MAX_FILES = 8,
	MAX_BYTES = 256 * 1024
};

extern struct root_set *roots;
extern struct cache *cache;
extern int64_t now_ms;
/* Real time is so far ahead of the machine's: 10 s, so that what a test just
 * wrote is old. */
extern int64_t ahead_us;
/* Called before each read of a file's bytes. */
extern void (*before_read)(void);

/* Setup and teardown: www/dir and www/file ("first"). */
int fixture_open(void **state);
int fixture_close(void **state);

/* www/...; all that it is asked for may be changed before. */
struct file_key key_of(const char *name);
/* Typed text/plain, with all parts of a tag. */
struct cached_file *get_under(const char *name, const struct link_policy *);
struct cached_file *get(const char *name);
void assert_content(const struct cached_file *, const char *expected);
/* What a request now would get. */
void assert_serves(const char *name, const char *expected);

void make_large(const char *name, char fill, size_t size);
/* How many descriptors are open. */
unsigned open_descriptors(void);

#define CACHE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

#endif

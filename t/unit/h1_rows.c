/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways.  A failure names the row, the way and both texts.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h1_rows.h"
#include "h1_site.h"

struct way {
	const char *name;
	struct memory_script script;
	size_t limit;
};

static const struct way ways[] = {
	{ "whole", { .read_max = 0 }, 0 },
	{ "bytes in", { .read_max = 1 }, 0 },
	{ "bytes out", { .write_max = 1 }, 0 },
	{ "refusals", { .read_again = true, .write_again = true }, 0 },
	{ "refusals, bytes",
	    { .read_max = 1,
		.write_max = 1,
		.read_again = true,
		.write_again = true,
		.swapped = true },
	    0 },
	{ "sevens", { .read_max = 7, .write_max = 7 }, 0 },
	{ "no sendfile", { .no_sendfile = true }, 0 },
	{ "small batches", { .read_max = 0 }, 50 },
};

static void
compare(const struct h1_row *row, const char *way, const char *what,
    const char *expected, const char *got)
{
	if (expected != NULL && strcmp(expected, got) != 0)
		fail_msg("%s (%s)\n--- input\n%s\n--- expected\n%s\n--- "
			 "got\n%s\n---",
		    what, way, row->input, expected, got);
}

static void
check_way(const struct server_conf *conf, const struct h1_row *row,
    const struct way *way, bool ends)
{
	struct site_run run = {
		.conf = conf,
		.script = way->script,
		.limit = way->limit,
	};

	run.script.input = span_str(row->input);
	run.script.input_ends = ends;
	h1_site_run(&run);
	compare(row, way->name, "log", row->log, buf_str(&run.log));
	compare(row, way->name, "end", row->end, run.end);
	/* Chunks are as large as there is room in the batch. */
	if (way->limit == 0)
		compare(row, way->name, "text", row->text, buf_str(&run.text));
	h1_site_run_release(&run);
}

static void
check_splits(
    const struct server_conf *conf, const struct h1_row *row, bool ends)
{
	size_t len = strlen(row->input);
	char name[32];

	for (size_t at = 1; at < len; at++) {
		struct way way = { .name = name, .script.read_stop = at };

		snprintf(name, sizeof(name), "split at %zu", at);
		check_way(conf, row, &way, ends);
	}
}

void
h1_rows_check(const struct server_conf *conf, const struct h1_row *rows,
    size_t count, bool ends)
{
	assert_non_null(conf);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof(ways) / sizeof(ways[0]); j++)
			check_way(conf, &rows[i], &ways[j], ends);
		check_splits(conf, &rows[i], ends);
	}
}

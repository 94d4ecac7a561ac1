/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line by the rows of option_rows.c, and what must hold between
 * options.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "client/options_private.h"

enum {
	ROWS_MAX = 64,
	/* What getopt_long() returns for a row is its index from here on. */
	FIRST_ROW = 256
};

static const int64_t CONNECT_TIMEOUT_MS = 300 * 1000;
static const uint64_t MAX_REDIRECTS = 10;

void
options_help(FILE *out)
{
	fputs("Usage: drover-request [OPTION]... URL...\n"
	      "\n"
	      "Asks a server and shows its answer.\n"
	      "\n",
	    out);
	for (const struct option_row *row = option_rows; row->word; row++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", row->word,
		    row->argument != NULL ? " " : "",
		    row->argument != NULL ? row->argument : "");
		if (row->letter != '\0')
			fprintf(out, "  -%c, %-29s %s\n", row->letter, left,
			    row->help);
		else
			fprintf(out, "      %-29s %s\n", left, row->help);
	}
	fputs("\nExit codes are in the manual, drover-request(1).\n", out);
}

/* The rows as getopt_long() wants them. */
static void
make_tables(char letters[2 * ROWS_MAX + 2], struct option words[ROWS_MAX + 1])
{
	*letters++ = ':';
	for (int i = 0; option_rows[i].word != NULL; i++, words++) {
		const struct option_row *row = &option_rows[i];
		bool takes = row->argument != NULL;

		*words = (struct option){ row->word,
			takes ? required_argument : no_argument, NULL,
			FIRST_ROW + i };
		if (row->letter == '\0')
			continue;
		*letters++ = row->letter;
		if (takes)
			*letters++ = ':';
	}
	*letters = '\0';
	*words = (struct option){ 0 };
}

static const struct option_row *
find_row(int value)
{
	const struct option_row *row = option_rows;

	if (value >= FIRST_ROW)
		return &option_rows[value - FIRST_ROW];
	while (row->word != NULL && row->letter != value)
		row++;
	return row;
}

static enum outcome
take(struct options *o, const struct option_row *row, const char *argument,
    struct err *err)
{
	char *member = (char *)o + row->offset;

	if (row->take != NULL)
		return row->take(o, argument, err);
	if (row->argument == NULL)
		*(bool *)(void *)member = true;
	else
		*(const char **)(void *)member = argument;
	return OUTCOME_OK;
}

/* What getopt_long() did not understand; a word stands before optind. */
static enum outcome
misused(int value, char **argv, struct err *err)
{
	const char *what = value == ':' ? "needs an argument"
					: "is no option, or short for several";

	if (optopt > 0 && optopt < FIRST_ROW)
		return outcome_set(err, OUTCOME_USAGE, "-%c %s", optopt, what);
	return outcome_set(err, OUTCOME_USAGE, "%s %s", argv[optind - 1], what);
}

static enum outcome
take_all(struct options *o, int argc, char **argv, struct err *err)
{
	char letters[2 * ROWS_MAX + 2];
	struct option words[ROWS_MAX + 1];
	enum outcome outcome;
	int value;

	make_tables(letters, words);
	opterr = 0;
	optind = 0; /* glibc: begin anew, however often */
	while ((value = getopt_long(argc, argv, letters, words, NULL)) != -1) {
		if (value == ':' || value == '?')
			return misused(value, argv, err);
		outcome = take(o, find_row(value), optarg, err);
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	for (; optind < argc; optind++)
		o->urls.items[o->urls.count++] = argv[optind];
	return OUTCOME_OK;
}

static bool
has_data(const struct options *o, bool form)
{
	for (size_t i = 0; i < o->data_count; i++)
		if ((o->data[i].kind == DATA_FORM) == form)
			return true;
	return false;
}

static enum outcome
check(struct options *o, struct err *err)
{
	bool data = has_data(o, false), form = has_data(o, true);
	bool upload = o->upload != NULL;

	if (o->command != OPTIONS_REQUEST)
		return OUTCOME_OK;
	if (o->urls.count == 0)
		return outcome_set(err, OUTCOME_USAGE, "no URL");
	if (data + form + upload + o->head > 1)
		return outcome_set(
		    err, OUTCOME_USAGE, "only one of -d, -F, -T and -I can be");
	if (o->method == NULL && o->head)
		o->method = "HEAD";
	else if (o->method == NULL && upload)
		o->method = "PUT";
	else if (o->method == NULL)
		o->method = data || form ? "POST" : "GET";
	o->include |= o->head;
	return OUTCOME_OK;
}

/* No list has more items than there are arguments. */
static bool
make_lists(struct options *o, size_t most)
{
	o->headers.items = calloc(most, sizeof(char *));
	o->resolves.items = calloc(most, sizeof(char *));
	o->urls.items = calloc(most, sizeof(char *));
	o->outputs.items = calloc(most, sizeof(char *));
	o->data = calloc(most, sizeof(*o->data));
	return o->headers.items != NULL && o->resolves.items != NULL &&
	       o->urls.items != NULL && o->outputs.items != NULL &&
	       o->data != NULL;
}

/* "-OOO" is one argument that takes as many items as it has letters. */
static size_t
count_items(int argc, char **argv)
{
	size_t most = 1;

	for (int i = 0; i < argc; i++)
		most += 1 + strlen(argv[i]);
	return most;
}

enum outcome
options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	enum outcome outcome;

	*o = (struct options){
		.max_redirects = MAX_REDIRECTS,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
	};
	if (!make_lists(o, count_items(argc, argv)))
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	outcome = take_all(o, argc, argv, err);
	return outcome == OUTCOME_OK ? check(o, err) : outcome;
}

void
options_release(struct options *o)
{
	free(o->headers.items);
	free(o->resolves.items);
	free(o->urls.items);
	free(o->outputs.items);
	free(o->data);
	*o = (struct options){ 0 };
}

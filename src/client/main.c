/* SPDX-License-Identifier: BSD-2-Clause */
/* drover-request: asks a server and shows its answer. */
#include "config.h"

#include <signal.h>
#include <stdio.h>

#include "client/fetch.h"

static void
complain(const struct options *o, const struct err *err)
{
	if (!o->silent || o->show_error)
		fprintf(stderr, "drover-request: %s\n", err->text);
}

/* All URLs, whatever became of the one before; the first failure counts. */
static enum outcome
fetch_all(const struct options *o)
{
	enum outcome first = OUTCOME_OK;
	struct client client;

	client_init(&client, o);
	for (size_t i = 0; i < o->urls.count; i++) {
		struct err err;
		enum outcome outcome = fetch(&client, i, &err);

		if (outcome != OUTCOME_OK)
			complain(o, &err);
		if (first == OUTCOME_OK)
			first = outcome;
	}
	client_release(&client);
	return first;
}

static enum outcome
run(const struct options *o)
{
	switch (o->command) {
	case OPTIONS_HELP:
		options_help(stdout);
		break;
	case OPTIONS_VERSION:
		puts("drover-request " PACKAGE_VERSION);
		break;
	case OPTIONS_REQUEST:
		return fetch_all(o);
	}
	return fflush(stdout) == 0 ? OUTCOME_OK : OUTCOME_WRITE;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct err err;
	enum outcome outcome;

	/* Whoever does not read any more is seen by the write that fails. */
	signal(SIGPIPE, SIG_IGN);
	outcome = options_parse(&options, argc, argv, &err);
	if (outcome == OUTCOME_OK)
		outcome = run(&options);
	else
		fprintf(stderr,
		    "drover-request: %s\n"
		    "\"drover-request --help\" lists the options.\n",
		    err.text);
	options_release(&options);
	return (int)outcome;
}

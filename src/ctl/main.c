/* SPDX-License-Identifier: BSD-2-Clause */
/* droverctl: tells a server what to do, and whether it was done. */
#include "config.h"

#include "ctl/ask.h"
#include "ctl/server.h"

static enum ctl_status
become(const struct ctl_options *o, char *const *arguments)
{
	struct err err;

	(void)server_become(o, arguments, &err);
	return ctl_fail(err.text);
}

static enum ctl_status
run(const struct ctl_options *o)
{
	static char k[] = "-k", start[] = "start", t[] = "-t";
	char *start_arguments[] = { k, start, NULL };
	char *test_arguments[] = { t, NULL };

	switch (o->task) {
	case CTL_ASK:
		return ask(o);
	case CTL_START:
		return become(o, start_arguments);
	case CTL_TEST:
		return become(o, test_arguments);
	case CTL_HELP:
		ctl_options_help(stdout);
		break;
	case CTL_VERSION:
		puts("droverctl " PACKAGE_VERSION);
		break;
	}
	return fflush(stdout) == 0 ? CTL_DONE : CTL_FAILED;
}

int
main(int argc, char **argv)
{
	struct ctl_options options;
	enum ctl_status status;
	struct err err;

	if (ctl_options_parse(&options, argc, argv, &err) < 0) {
		/* getopt has said the rest itself. */
		if (err.text[0] != '\0')
			fprintf(stderr, "droverctl: %s\n", err.text);
		fputs("droverctl --help tells of all options\n", stderr);
		status = CTL_USAGE;
	} else {
		status = run(&options);
	}
	ctl_options_release(&options);
	return status;
}

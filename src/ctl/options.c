/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of droverctl: options anywhere, then a command. */
#include "config.h"

#include "ctl/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 31536000

enum {
	LONG_HELP = 256,
	LONG_JSON,
	LONG_SERVER,
	LONG_TIMEOUT,
	LONG_VERSION,
};

static const struct option longs[] = {
	{ "help", no_argument, NULL, LONG_HELP },
	{ "json", no_argument, NULL, LONG_JSON },
	{ "server", required_argument, NULL, LONG_SERVER },
	{ "timeout", required_argument, NULL, LONG_TIMEOUT },
	{ "version", no_argument, NULL, LONG_VERSION },
	{ NULL, 0, NULL, 0 },
};

void
ctl_options_help(FILE *out)
{
	fputs("Usage: droverctl [option ...] command\n"
	      "\n"
	      "  start            start a server; returns once it serves\n"
	      "  stop             stop it now; returns once it is gone\n"
	      "  graceful-stop    finish the requests under way, then stop\n"
	      "  restart          read the settings again, at once\n"
	      "  graceful         read the settings again, drop nothing\n"
	      "  upgrade          run the program anew, drop nothing\n"
	      "  reopen           open the logs anew\n"
	      "  status           how the server is\n"
	      "  log-level LEVEL  other levels, until the next reload\n"
	      "  configtest       are the settings right?\n"
	      "\n"
	      "  -s SOCKET        the server's control socket\n"
	      "  -d DIRECTORY     the ServerRoot, as the server has it\n"
	      "  -f FILE          the settings, as the server has them\n"
	      "  -C DIRECTIVE     as if it stood before the settings\n"
	      "  -c DIRECTIVE     as if it stood after the settings\n"
	      "  -D NAME          define a name for <IfDefine>\n"
	      "  --server FILE    the server's program\n"
	      "  --timeout SECONDS  how long to wait; 0: until it is done\n"
	      "  --json           status as JSON\n"
	      "  --help           this text\n"
	      "  --version        the version\n",
	    out);
}

static int
set_timeout(struct ctl_options *o, const char *text, struct err *err)
{
	uint64_t seconds;

	if (number_parse(span_str(text), TIMEOUT_MAX_S, &seconds) != NUMBER_OK)
		return err_set(
		    err, "--timeout %s: not a number of seconds", text);
	o->timeout_ms = (int64_t)seconds * 1000;
	return 0;
}

static void
pass(struct ctl_options *o, int letter, char *value)
{
	static char letters[][3] = { "-C", "-c", "-D", "-d", "-f" };
	size_t i = 0;

	while (letters[i][1] != letter)
		i++;
	o->passed[o->passed_count++] = letters[i];
	o->passed[o->passed_count++] = value;
}

/* 1: it was a question that needs no command. */
static int
take_option(struct ctl_options *o, int letter, bool *json, struct err *err)
{
	switch (letter) {
	case 's':
		o->socket = optarg;
		return 0;
	case LONG_SERVER:
		o->server = optarg;
		return 0;
	case LONG_TIMEOUT:
		return set_timeout(o, optarg, err);
	case LONG_JSON:
		*json = true;
		return 0;
	case LONG_HELP:
		o->task = CTL_HELP;
		return 1;
	case LONG_VERSION:
		o->task = CTL_VERSION;
		return 1;
	case '?':
	case ':':
		return err_set(err, "%s", "");
	default:
		pass(o, letter, optarg);
		return 0;
	}
}

/* The words in one, a space between each two. */
static char *
join(char **words)
{
	size_t size = 1;
	char **word, *text;

	for (word = words; *word != NULL; word++)
		size += strlen(*word) + 1;
	text = calloc(1, size);
	for (word = words; text != NULL && *word != NULL; word++) {
		if (word != words)
			strcat(text, " ");
		strcat(text, *word);
	}
	return text;
}

static int
take_command(struct ctl_options *o, char **words, bool json, struct err *err)
{
	if (words[0] == NULL)
		return err_set(err, "which command?");
	if (strcmp(words[0], "start") == 0)
		o->task = CTL_START;
	else if (strcmp(words[0], "configtest") == 0)
		o->task = CTL_TEST;
	else if (!control_command_find(span_str(words[0]), &o->command))
		return err_set(err, "no such command: %s", words[0]);
	if (o->socket != NULL && o->task != CTL_ASK)
		return err_set(err, "-s is for a server that runs");
	if (json && (o->task != CTL_ASK || o->command != CONTROL_STATUS))
		return err_set(err, "--json is for status");
	if (o->task == CTL_ASK && o->command == CONTROL_LOG_LEVEL) {
		if (words[1] == NULL)
			return err_set(err, "log-level: which level?");
		o->argument = join(words + 1);
	} else if (words[1] != NULL) {
		return err_set(
		    err, "%s takes no argument: %s", words[0], words[1]);
	} else if (json) {
		o->argument = strdup("json");
	} else {
		return 0;
	}
	return o->argument == NULL ? err_set(err, "out of memory") : 0;
}

int
ctl_options_parse(struct ctl_options *o, int argc, char **argv, struct err *err)
{
	bool json = false;
	int letter, result = 0;

	*o = (struct ctl_options){ .timeout_ms = TIMEOUT_S * 1000 };
	/* Each option has at most two words, and room for three more. */
	o->passed = calloc(2 * (size_t)argc + 4, sizeof(*o->passed));
	if (o->passed == NULL)
		return err_set(err, "out of memory");
	optind = 0;
	while (result == 0 && (letter = getopt_long(argc, argv,
				   "C:c:D:d:f:s:", longs, NULL)) != -1)
		result = take_option(o, letter, &json, err);
	if (result != 0)
		return result > 0 ? 0 : -1;
	return take_command(o, argv + optind, json, err);
}

void
ctl_options_release(struct ctl_options *o)
{
	free(o->argument);
	free(o->passed);
	*o = (struct ctl_options){ .task = CTL_HELP };
}

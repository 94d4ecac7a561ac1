/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line.  Letters and meanings are those of Apache's httpd, so
 * that scripts and habits go on working: -d is taken from where one stands,
 * -f from the ServerRoot, and names given by -D are also seen by <IfDefine>.
 * What a command does is not known here.
 */
#include "config.h"

#include "master/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Words take no letter. */
enum { WORD_JSON = 256, WORD_FROM };

static const struct option long_options[] = {
	{ "from", required_argument, NULL, WORD_FROM },
	{ "json", no_argument, NULL, WORD_JSON },
	{ NULL, 0, NULL, 0 },
};

#define LETTERS "+:D:C:c:d:e:E:f:H:k:hlLMStTvVX"

struct word {
	const char *word;
	int value;
};

static const struct word signals[] = {
	{ "start", OPTIONS_START },
	{ "stop", OPTIONS_STOP },
	{ "graceful-stop", OPTIONS_GRACEFUL_STOP },
	{ "restart", OPTIONS_RESTART },
	{ "graceful", OPTIONS_GRACEFUL },
	{ "upgrade", OPTIONS_UPGRADE },
	{ NULL, 0 },
};

static const struct word dumps[] = {
	{ "DUMP_VHOSTS", OPTIONS_DUMP_HOSTS },
	{ "DUMP_RUN_CFG", OPTIONS_DUMP_RUN },
	{ "DUMP_MODULES", OPTIONS_DUMP_MODULES },
	{ "DUMP_CONFIG", OPTIONS_DUMP_CONFIG },
	{ "DUMP_CONTROL", OPTIONS_DUMP_CONTROL },
	{ "DUMP_INCLUDES", OPTIONS_DUMP_INCLUDES },
	{ NULL, 0 },
};

void
options_usage(FILE *out, const char *program)
{
	fprintf(out,
	    "Usage: %s [-D name] [-d directory] [-f file]\n"
	    "       [-C directive] [-c directive] [-e level] [-E file]\n"
	    "       [-k start|stop|restart|graceful|graceful-stop|upgrade]\n"
	    "       [-h] [-l] [-L] [-M] [-S] [-t [--json]] [-T] [-v] [-V] [-X]\n"
	    "\n"
	    "  -k start          start; returns once it serves (the default)\n"
	    "  -k stop           stop now; returns once it is gone\n"
	    "  -k graceful-stop  finish the requests under way, then stop\n"
	    "  -k restart        read the settings again, at once\n"
	    "  -k graceful       read the settings again, drop nothing\n"
	    "  -k upgrade        go on with the program as it is installed "
	    "now\n"
	    "\n"
	    "  -f file           the settings, below the ServerRoot\n"
	    "                    (" SERVER_CONFIG_FILE ")\n"
	    "  -d directory      the ServerRoot\n"
	    "                    (" HTTPD_ROOT ")\n"
	    "  -D name           define a name for <IfDefine>\n"
	    "  -C directive      as if it stood before the settings\n"
	    "  -c directive      as if it stood after the settings\n"
	    "\n"
	    "  -t                are the settings right?\n"
	    "  --json            with -t and explain: in the form of JSON\n"
	    "  -T                do not check the document roots\n"
	    "  -S                show the hosts\n"
	    "  -M                show the modules\n"
	    "  -D DUMP_CONFIG    show the settings as they are understood\n"
	    "  -L                list every directive\n"
	    "  -l                list what is built in\n"
	    "\n"
	    "  explain [method] URL\n"
	    "                    what a request would come to, and why\n"
	    "  --from address    with explain: the client's\n"
	    "  -H 'Name: value'  with explain: a field of the request\n"
	    "\n"
	    "  -D FOREGROUND     stay in the foreground\n"
	    "  -X                the same, with a single worker (to debug)\n"
	    "  -e level          how much to say while starting\n"
	    "  -E file           where to say it\n"
	    "  -v, -V            the version; more about it\n"
	    "  -h                this text\n",
	    program);
}

static int
find_word(const struct word *words, const char *text)
{
	for (; words->word != NULL; words++)
		if (strcmp(words->word, text) == 0)
			return words->value;
	return -1;
}

static void
append(const char **list, const char *text)
{
	while (*list != NULL)
		list++;
	*list = text;
}

static void
define(struct options *o, const char *name)
{
	int dump = find_word(dumps, name);
	const char **known;

	for (known = o->defines; *known != NULL; known++)
		if (strcmp(*known, name) == 0)
			break;
	*known = name;
	if (dump >= 0) {
		o->dump |= (unsigned)dump;
		o->command = OPTIONS_DUMP;
	} else if (strcmp(name, "FOREGROUND") == 0 ||
		   strcmp(name, "NO_DETACH") == 0) {
		o->foreground = true;
	} else if (strcmp(name, "DEBUG") == 0 ||
		   strcmp(name, "ONE_PROCESS") == 0) {
		o->foreground = o->single = true;
	}
}

static int
set_level(struct options *o, const char *name, struct err *err)
{
	enum report_level level;

	for (level = REPORT_EMERG; level <= REPORT_TRACE8; level++) {
		if (strcasecmp(report_level_name(level), name) == 0) {
			o->start_level = level;
			return 0;
		}
	}
	return err_set(err, "-e %s: no such level", name);
}

static int
set_command(struct options *o, const char *word, struct err *err)
{
	int command = find_word(signals, word);

	if (command < 0)
		return err_set(err, "-k %s: no such command", word);
	o->command = (enum options_command)command;
	return 0;
}

/* Commands that ask for a text and let everything behind them be. */
static bool
is_question(int letter, enum options_command *command_r)
{
	switch (letter) {
	case 'h':
		*command_r = OPTIONS_HELP;
		return true;
	case 'l':
		*command_r = OPTIONS_MODULES;
		return true;
	case 'L':
		*command_r = OPTIONS_DIRECTIVES;
		return true;
	case 'v':
		*command_r = OPTIONS_VERSION;
		return true;
	case 'V':
		*command_r = OPTIONS_BUILD;
		return true;
	default:
		return false;
	}
}

static int
take_option(struct options *o, int letter, struct err *err)
{
	switch (letter) {
	case 'C':
		append(o->before, optarg);
		return 0;
	case 'c':
		append(o->after, optarg);
		return 0;
	case 'D':
		define(o, optarg);
		return 0;
	case 'd':
		o->conf.server_root = optarg;
		return 0;
	case 'E':
		o->start_log = optarg;
		return 0;
	case 'e':
		return set_level(o, optarg, err);
	case 'f':
		o->conf.file = optarg;
		return 0;
	case 'k':
		return set_command(o, optarg, err);
	case 'M':
		define(o, "DUMP_MODULES");
		return 0;
	case 'S':
		define(o, "DUMP_VHOSTS");
		define(o, "DUMP_RUN_CFG");
		return 0;
	case 't':
		if (o->command != OPTIONS_DUMP)
			o->command = OPTIONS_TEST;
		return 0;
	case 'T':
		o->conf.skip_roots = true;
		return 0;
	case 'X':
		define(o, "DEBUG");
		return 0;
	case WORD_JSON:
		o->json = true;
		return 0;
	case WORD_FROM:
		o->explain.from = optarg;
		return 0;
	case 'H':
		append(o->fields, optarg);
		return 0;
	case ':':
		return err_set(err, "-%c needs an argument", optopt);
	default:
		return err_set(err, "unknown option -%c", optopt);
	}
}

/* Options up to the next word that is none; 1: a question ends it all. */
static int
take_options(struct options *o, int argc, char **argv, struct err *err)
{
	int letter;

	while ((letter = getopt_long(
		    argc, argv, LETTERS, long_options, NULL)) != -1) {
		if (is_question(letter, &o->command))
			return 1;
		if (letter == '?' && optopt == 0)
			return err_set(
			    err, "unknown option %s", argv[optind - 1]);
		if (take_option(o, letter, err) < 0)
			return -1;
	}
	return 0;
}

/* explain [METHOD] URL, with options before, between and behind. */
static int
take_explain(struct options *o, int argc, char **argv, struct err *err)
{
	const char *words[2] = { NULL, NULL };
	int count = 0, result = 0;

	o->command = OPTIONS_EXPLAIN;
	while (optind < argc && result == 0) {
		if (count == 2)
			return err_set(
			    err, "explain: what is \"%s\"?", argv[optind]);
		words[count++] = argv[optind++];
		result = take_options(o, argc, argv, err);
	}
	if (result != 0)
		return result;
	if (count == 0)
		return err_set(err, "explain needs a URL");
	if (o->command != OPTIONS_EXPLAIN)
		return err_set(err, "explain is a command of its own");
	o->explain.method = count == 2 ? words[0] : "GET";
	o->explain.url = words[count - 1];
	return 0;
}

static int
take_all(struct options *o, int argc, char **argv, struct err *err)
{
	int result;

	opterr = 0;
	optind = 0; /* glibc: begin anew, however often */
	result = take_options(o, argc, argv, err);
	if (result == 0 && optind < argc &&
	    strcmp(argv[optind], "explain") == 0) {
		optind++;
		if (optind < argc && argv[optind][0] == '-')
			result = take_options(o, argc, argv, err);
		if (result == 0)
			result = take_explain(o, argc, argv, err);
	} else if (result == 0 && optind < argc) {
		return err_set(err,
		    "unexpected \"%s\": commands stand behind -k",
		    argv[optind]);
	}
	if (result == 0 && o->command != OPTIONS_EXPLAIN &&
	    (o->explain.from != NULL || *o->fields != NULL))
		return err_set(err, "--from and -H go with explain");
	return result < 0 ? -1 : 0;
}

static int
set_report(struct options *o, struct err *err)
{
	if (o->json && o->command != OPTIONS_TEST &&
	    o->command != OPTIONS_EXPLAIN)
		return err_set(err, "--json goes with -t and explain");
	if (o->command == OPTIONS_TEST)
		o->conf.report =
		    o->json ? CONF_REPORT_JSON : CONF_REPORT_TEXT;
	return 0;
}

/* "base/path", or a copy of path when that is absolute; NULL with err. */
static char *
join(const char *base, const char *path, struct err *err)
{
	char *joined;

	if (path[0] == '/')
		joined = strdup(path);
	else if (asprintf(&joined, "%s/%s", base, path) < 0)
		joined = NULL;
	if (joined == NULL)
		err_set(err, "out of memory");
	return joined;
}

/* Where Apache's packages and its source have theirs: the folder of the file,
 * or the one above a folder "conf"; NULL with err. */
static char *
root_of(const char *file, struct err *err)
{
	char *root = strdup(file), *slash;

	if (root == NULL) {
		err_set(err, "out of memory");
		return NULL;
	}
	*strrchr(root, '/') = '\0';
	slash = strrchr(root, '/');
	if (slash != NULL && strcmp(slash, "/conf") == 0)
		*slash = '\0';
	if (root[0] == '\0')
		strcpy(root, "/");
	return root;
}

/* The server leaves the directory that it was started in. */
static int
make_absolute(struct options *o, struct err *err)
{
	const char *root = o->conf.server_root;
	const char *file = o->conf.file;
	char *here = NULL;

	if (root == NULL)
		root = HTTPD_ROOT;
	if (file == NULL)
		file = SERVER_CONFIG_FILE;
	if (root[0] != '/' && (here = getcwd(NULL, 0)) == NULL)
		return err_set_errno(err, "-d %s: where am I", root);
	o->needs_folder =
	    root[0] != '/' || (o->start_log != NULL && o->start_log[0] != '/');
	o->server_root = o->conf.server_root == NULL && file[0] == '/'
			     ? root_of(file, err)
			     : join(here, root, err);
	free(here);
	if (o->server_root == NULL)
		return -1;
	o->file = join(o->server_root, file, err);
	if (o->file == NULL)
		return -1;
	o->conf.server_root = o->server_root;
	o->conf.file = o->file;
	return 0;
}

int
options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	/* Each name is listed once; five are defined by letters. */
	size_t most = (size_t)argc + 5;

	*o = (struct options){ .start_level = REPORT_NOTICE };
	o->defines = calloc(most, sizeof(*o->defines));
	o->before = calloc(most, sizeof(*o->before));
	o->after = calloc(most, sizeof(*o->after));
	o->fields = calloc(most, sizeof(*o->fields));
	if (o->defines == NULL || o->before == NULL || o->after == NULL ||
	    o->fields == NULL)
		return err_set(err, "out of memory");
	o->conf.defines = o->defines;
	o->conf.before = o->before;
	o->conf.after = o->after;
	o->explain.fields = o->fields;
	if (take_all(o, argc, argv, err) < 0)
		return -1;
	if (set_report(o, err) < 0)
		return -1;
	return make_absolute(o, err);
}

void
options_release(struct options *o)
{
	free(o->file);
	free(o->server_root);
	free(o->defines);
	free(o->before);
	free(o->after);
	free(o->fields);
	*o = (struct options){ 0 };
}

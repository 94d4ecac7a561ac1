/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drover: the command line, and from there to what it asks for.  Exit
 * statuses are Apache's: 0, or 1 with the reason on standard error.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "log/log_conf.h"
#include "logger/logger.h"
#include "master/check.h"
#include "master/configtest.h"
#include "master/confinement.h"
#include "master/explain_command.h"
#include "master/inherit.h"
#include "master/inspect.h"
#include "master/instance.h"
#include "master/master.h"
#include "master/master_conf.h"
#include "master/options.h"
#include "os/daemon.h"
#include "os/journal.h"
#include "os/proctitle.h"
#include "os/program.h"
#include "os/signals.h"
#include "worker/worker.h"

/* More than any list or dump of a sane configuration. */
#define TEXT_MAX (64 * 1024 * 1024)

/* What this process was given by who executed it. */
static struct inherit inherited = INHERIT_NONE;

/* Lines on standard error; the journal takes each for itself.  Those of a
 * master that replaces another go to that one's log. */
static void
complain(enum report_level level, struct span text)
{
	bool journal = journal_reads(STDERR_FILENO);

	while (text.len > 0) {
		struct span line = span_cut(&text, '\n');

		if (inherited.channel >= 0) {
			inherit_say(&inherited, level, line);
		} else {
			if (journal)
				fprintf(stderr, "<%d>", (int)level);
			fwrite(line.ptr, 1, line.len, stderr);
			putc('\n', stderr);
		}
	}
}

static int
fail(const char *why)
{
	char text[1100];

	snprintf(text, sizeof(text), "%s%s",
	    inherited.channel >= 0 ? "" : "drover: ", why);
	complain(REPORT_ERROR, span_str(text));
	return 1;
}

/* Prints and releases; the exit status. */
static int
print(struct buf *text)
{
	int status = 0;

	if (text->len > 0 &&
	    fwrite(text->data, 1, text->len, stdout) != text->len)
		status = fail("cannot write");
	if (fflush(stdout) != 0)
		status = fail("cannot write");
	if (buf_failed(text))
		status = fail("out of memory");
	buf_release(text);
	return status;
}

static void
print_messages(struct conf_messages *messages)
{
	complain(messages->errors > 0 ? REPORT_ERROR : REPORT_WARN,
	    buf_span(&messages->text));
	buf_release(&messages->text);
}

/*
 * NULL after what is wrong was printed.  What is asked for by explain or to be
 * stopped has nothing to do with what is merely odd, and a server is stopped
 * whatever became of its settings since it read them.
 */
static struct server_conf *
load(const struct conf_schema *schema, const struct options *options)
{
	bool stops = options->command == OPTIONS_STOP ||
		     options->command == OPTIONS_GRACEFUL_STOP;
	struct conf_options how = options->conf;
	struct conf_messages messages;
	struct server_conf *conf;

	how.even_wrong = stops;
	conf = conf_load(schema, &how, &messages);
	if (messages.errors > 0 ||
	    (!stops && options->command != OPTIONS_EXPLAIN))
		print_messages(&messages);
	else
		buf_release(&messages.text);
	return conf;
}

/* True if a server could start with it; else what is wrong was printed. */
static bool
could_start(const struct conf_schema *schema, const struct options *options)
{
	struct conf_options how = options->conf;
	struct conf_messages messages;
	struct server_conf *conf;
	bool could;

	how.check = check_start;
	conf = conf_load(schema, &how, &messages);
	could = conf != NULL;
	conf_destroy(&conf);
	if (!could)
		print_messages(&messages);
	else
		buf_release(&messages.text);
	return could;
}

/* ---- commands that need no configuration ---- */

static int
answer(const struct conf_schema *schema, const struct options *options,
    const char *program)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	switch (options->command) {
	case OPTIONS_VERSION:
		inspect_version(&text);
		break;
	case OPTIONS_BUILD:
		inspect_build(schema, &text);
		break;
	case OPTIONS_MODULES:
		inspect_compiled(schema, &text);
		break;
	case OPTIONS_DIRECTIVES:
		conf_list_directives(schema, &text);
		break;
	default:
		/* As Apache does: nothing was started, so 1. */
		options_usage(stderr, program);
		return 1;
	}
	return print(&text);
}

static int
dump_config(const struct conf_schema *schema, const struct options *options)
{
	struct conf_messages messages;
	struct buf text;
	int result;

	buf_init(&text, TEXT_MAX);
	result = conf_dump(schema, &options->conf, &text, &messages);
	print_messages(&messages);
	if (result == 0)
		return print(&text);
	buf_release(&text);
	return 1;
}

/* For droverctl, which is to reach a server whatever became of its settings
 * since it read them. */
static int
dump_control(const struct conf_schema *schema, const struct options *options)
{
	struct conf_options lenient = options->conf;
	struct conf_messages messages;
	struct server_conf *conf;
	struct buf text;

	lenient.even_wrong = true;
	conf = conf_load(schema, &lenient, &messages);
	if (conf == NULL) {
		print_messages(&messages);
		return 1;
	}
	buf_release(&messages.text);
	buf_init(&text, TEXT_MAX);
	inspect_control(conf, &text);
	conf_destroy(&conf);
	return print(&text);
}

/* ---- commands about a configuration ---- */

static int
dump(const struct server_conf *conf, const struct options *options)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	if (options->dump & OPTIONS_DUMP_HOSTS)
		inspect_hosts(conf, &text);
	if (options->dump & OPTIONS_DUMP_RUN) {
		inspect_run(conf, &text);
		confinement_print(conf, &text);
	}
	if (options->dump & OPTIONS_DUMP_MODULES)
		inspect_modules(conf, &text);
	if (options->dump & OPTIONS_DUMP_INCLUDES)
		inspect_includes(conf, &text);
	return print(&text);
}

static int
test(const struct conf_schema *schema, const struct options *options)
{
	struct buf out, said;
	int status;
	bool right;

	buf_init(&out, TEXT_MAX);
	buf_init(&said, TEXT_MAX);
	right = configtest(schema, &options->conf, &out, &said);
	status = print(&out);
	complain(right ? REPORT_WARN : REPORT_ERROR, buf_span(&said));
	buf_release(&said);
	return right ? status : 1;
}

static int
explain(const struct server_conf *conf, const struct options *options)
{
	struct buf text, json;
	struct err err;

	buf_init(&text, TEXT_MAX);
	if (explain_command(conf, &options->explain, &text, &err) != 0) {
		buf_release(&text);
		return fail(err.text);
	}
	if (!options->json)
		return print(&text);
	buf_init(&json, TEXT_MAX);
	explain_as_json(buf_span(&text), &json);
	buf_release(&text);
	return print(&json);
}

/* Takes conf over. */
static int
start(const struct conf_schema *schema, const struct options *options,
    struct server_conf *conf)
{
	struct master_setup setup = {
		.schema = schema,
		.conf = &options->conf,
		.foreground = options->foreground,
		.single = options->single,
		.needs_folder = options->needs_folder,
		.inherit = &inherited,
		.run_worker = worker_run,
		.handover_version = worker_handover_version(),
		.run_logger = logger_run,
	};
	struct err err;
	int status = master_run(&setup, conf, &err);

	if (err.text[0] != '\0')
		return fail(err.text);
	return status;
}

/* To an instance that runs; a restart of one that does not is a start. */
static int
tell_instance(const struct conf_schema *schema, const struct options *options,
    const struct server_conf *conf)
{
	enum options_command command = options->command;
	bool reads_settings = command == OPTIONS_RESTART ||
			      command == OPTIONS_GRACEFUL ||
			      command == OPTIONS_UPGRADE;
	enum instance_outcome outcome;
	int tries = 3;
	struct err err;
	pid_t pid;

	do {
		pid = instance_find(conf, &err);
		if (pid < 0)
			return fail(err.text);
		if (pid == 0) {
			printf("drover: not running\n");
			return 0;
		}
		if (reads_settings && !could_start(schema, options))
			return fail("nothing was done");
		outcome = instance_tell(conf, pid, command, &err);
	} while (outcome == INSTANCE_MOVED && --tries > 0);
	if (outcome == INSTANCE_FAILED || outcome == INSTANCE_MOVED)
		return fail(err.text);
	if (outcome == INSTANCE_SIGNALLED && reads_settings)
		printf("drover: a signal was sent; the error log says what "
		       "comes of it\n");
	return 0;
}

/* As Apache says it: what was asked for is the case.  Where two start at the
 * same moment it is the lock that refuses one. */
static bool
runs_already(const struct server_conf *conf)
{
	struct err err;
	pid_t pid = instance_find(conf, &err);

	if (pid <= 0)
		return false;
	printf("drover (pid %ld) already running\n", (long)pid);
	return true;
}

static bool
is_start(const struct server_conf *conf, enum options_command command)
{
	struct err err;

	/* With the arguments of the master before. */
	if (command == OPTIONS_START || inherited.giver != 0)
		return true;
	if ((command != OPTIONS_RESTART && command != OPTIONS_GRACEFUL) ||
	    instance_find(conf, &err) != 0)
		return false;
	printf("drover: not running, trying to start\n");
	fflush(stdout);
	return true;
}

static int
run(const struct conf_schema *schema, const struct options *options)
{
	/* A script that starts and restarts does not kill what still reads. */
	static const int restarts[] = { SIGHUP, SIGUSR1, SIGUSR2, 0 };
	struct server_conf *conf;
	struct err err;
	int status;

	signals_hold(restarts);
	if (options->command <= OPTIONS_GRACEFUL &&
	    inherit_take(&inherited, &err) < 0)
		return fail(err.text);
	conf = load(schema, options);
	if (conf == NULL)
		return 1;
	if (options->command == OPTIONS_START && inherited.giver == 0 &&
	    runs_already(conf)) {
		conf_destroy(&conf);
		return 0;
	}
	if (is_start(conf, options->command))
		return start(schema, options, conf);
	if (options->command == OPTIONS_DUMP)
		status = dump(conf, options);
	else if (options->command == OPTIONS_EXPLAIN)
		status = explain(conf, options);
	else
		status = tell_instance(schema, options, conf);
	conf_destroy(&conf);
	return status;
}

/* -e and -E: how much is said while starting, and where. */
static int
redirect_start(const struct options *options)
{
	report_set_level(options->start_level);
	if (options->start_log == NULL)
		return 0;
	if (freopen(options->start_log, "a", stderr) != NULL)
		return 0;
	/* Standard error is gone. */
	printf("drover: cannot open %s: %s\n", options->start_log,
	    strerror(errno));
	return 1;
}

static int
command(const struct options *options, const char *program)
{
	static struct conf_schema schema;

	conf_schema_add(&schema, &master_section);
	worker_register(&schema);
	if (redirect_start(options) != 0)
		return 1;
	if (options->command >= OPTIONS_VERSION)
		return answer(&schema, options, program);
	if (options->dump & OPTIONS_DUMP_CONFIG)
		return dump_config(&schema, options);
	if (options->dump & OPTIONS_DUMP_CONTROL)
		return dump_control(&schema, options);
	if (options->command == OPTIONS_TEST)
		return test(&schema, options);
	return run(&schema, options);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct err err;
	int status;

	daemon_guard_stdio();
	proctitle_init(argc, argv);
	program_init(argv);
	clock_refresh();
	if (options_parse(&options, argc, argv, &err) < 0) {
		fprintf(stderr, "%s: %s\n", argv[0], err.text);
		options_usage(stderr, argv[0]);
		status = 1;
	} else {
		status = command(&options, argv[0]);
	}
	options_release(&options);
	inherit_release(&inherited);
	return status;
}

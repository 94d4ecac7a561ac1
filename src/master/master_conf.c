/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of the master: who, how many, for how long.  Apache's directives for
 * pools of threads are known so that its files can be used, and say what they
 * do here: nothing.
 */
#include "config.h"

#include "master/master_conf.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WORKERS_MAX 512

/* Of a worker's descriptors those that are neither connections nor the file
 * that one sends: logs, channels, epoll, cached files. */
#define DESCRIPTORS_RESERVED 128

static int
parse_workers(const struct directive_use *use, void *field)
{
	int *workers = field;
	int64_t value;

	if (span_is_nocase(span_str(use->args[0]), "auto")) {
		*workers = -1;
		return 0;
	}
	if (directive_int(use, 0, 1, WORKERS_MAX, &value) < 0)
		return -1;
	*workers = (int)value;
	return 0;
}

/* Not set and "none" are two things. */
static int
parse_control_socket(const struct directive_use *use, void *field)
{
	const char **path = field;

	if (directive_path_or_none(use, field) < 0)
		return -1;
	if (*path == NULL)
		*path = "";
	return 0;
}

/* A number with a fraction. */
static int
parse_factor(const struct directive_use *use, void *field)
{
	struct span text = span_str(use->args[0]);
	size_t digits = strspn(text.ptr, "0123456789.");

	(void)field;
	if (digits == text.len && span_find(text, '.') != 0 &&
	    span_find_last(text, '.') == span_find(text, '.'))
		return 0;
	return directive_error(
	    use, 0, "\"%s\" is no positive number", use->args[0]);
}

static int
parse_mutex(const struct directive_use *use, void *field)
{
	static const char *const mechanisms[] = { "default", "none", "file",
		"fcntl", "flock", "sem", "posixsem", "sysvsem", "pthread" };
	struct span word = span_str(use->args[0]);

	(void)field;
	word.len = span_find(word, ':');
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++) {
		if (span_is_nocase(word, mechanisms[i]))
			return 0;
	}
	return directive_error(use, 0,
	    "\"%s\" is no mechanism: default, none, file, fcntl, flock, sem, "
	    "posixsem, sysvsem or pthread",
	    use->args[0]);
}

#define IGNORED(name_, index_, syntax_, why_, ...)                            \
	DIRECTIVE_CUSTOM(name_, IN_SERVER, master_conf, ignored[index_], int, \
	    NULL, syntax_, NULL, .no_effect = (why_), .min_args = 1,          \
	    __VA_ARGS__)
#define IGNORED_NUMBER(name_, index_, why_)                             \
	IGNORED(name_, index_, "number", why_,                          \
	    .parse = directive_without_effect, .max_args = 1, .min = 0, \
	    .max = INT64_MAX)

#define BY_CONNECTIONS \
	"a worker serves many connections; MaxConnections bounds them"
#define BY_WORKERS "the number of workers is constant; see Workers"
#define BY_NO_THREADS "workers have no threads"

static const struct directive_keyword sandbox_modes[] = {
	{ "off", SANDBOX_OFF },
	{ "on", SANDBOX_ON },
	{ "require", SANDBOX_REQUIRE },
	{ NULL, 0 },
};

static const struct directive rows[] = {
	DIRECTIVE_STRING("User", IN_SERVER, master_conf, user, "nobody",
	    "name|#number",
	    "whom workers and the logger run as when root starts the server",
	    .differs = "the default is nobody, not #-1"),
	DIRECTIVE_STRING("Group", IN_SERVER, master_conf, group, NULL,
	    "name|#number", "their group, if it is not User's own",
	    .differs = "the default is the group of User, not #-1"),
	DIRECTIVE_CUSTOM("PidFile", IN_SERVER, master_conf, pid_file,
	    const char *, "logs/drover.pid", "path|none",
	    "where the number of the master is kept, the process that takes "
	    "signals; none: nowhere, then -k needs a ControlSocket",
	    .differs = "the default is logs/drover.pid, not logs/httpd.pid; "
		       "none is Drover's own",
	    .parse = directive_path_or_none, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("ControlSocket", IN_SERVER, master_conf,
	    control_socket, const char *, NULL, "path|none",
	    "where droverctl reaches the master. Without it the place is the "
	    "pid file's, with .sock for .pid",
	    .parse = parse_control_socket, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("Workers", IN_SERVER, master_conf, workers, int, NULL,
	    "auto|number",
	    "how many processes answer requests; auto: one for each processor",
	    .parse = parse_workers, .min_args = 1, .max_args = 1),
	DIRECTIVE_INT("StartServers", IN_SERVER, master_conf, start_servers,
	    NULL, 0, WORKERS_MAX,
	    "the same as Workers, where neither that nor an mpm module is "
	    "there",
	    .differs = "the number of workers is constant"),
	DIRECTIVE_INT("MaxConnections", IN_SERVER, master_conf, max_connections,
	    NULL, 1, INT32_MAX,
	    "connections of all workers at once. Without it there are as many "
	    "as the limit of open files allows; at the bound those go first "
	    "that have been idle the longest, and where none is idle a new one "
	    "is answered with 503"),
	DIRECTIVE_SECONDS("WorkerTimeout", IN_SERVER, master_conf,
	    worker_timeout_ms, "30", 1000, 86400000,
	    "a worker that is stuck with one thing, or a worker or logger that "
	    "somebody stopped, is replaced after this"),
	DIRECTIVE_SECONDS("UpgradeTimeout", IN_SERVER, master_conf,
	    upgrade_timeout_ms, "60", 1000, 86400000,
	    "how long a new binary may take until it serves (USR2); then it is "
	    "given up, and the server goes on as it is"),
	DIRECTIVE_SECONDS("GracefulShutdownTimeout", IN_SERVER, master_conf,
	    graceful_timeout_ms, "0", 0, 31536000000,
	    "how long a graceful stop may take before it becomes a stop; 0: as "
	    "long as the requests under way"),
	DIRECTIVE_KEYWORD("Sandbox", IN_SERVER, master_conf, sandbox,
	    sandbox_modes, "on", "off|on|require",
	    "confines workers and the logger: workers may read below "
	    "DocumentRoot and Alias and nowhere else, open no connection, "
	    "start "
	    "no program; the logger may open nothing. What the kernel lacks is "
	    "done without, and said at the start; require: then it does not "
	    "start. The logger keeps what held at the start. drover -S shows "
	    "what is permitted"),
	IGNORED_NUMBER("MaxRequestWorkers", 0, BY_CONNECTIONS),
	IGNORED_NUMBER("MaxClients", 1, BY_CONNECTIONS),
	IGNORED_NUMBER("MinSpareServers", 2, BY_WORKERS),
	IGNORED_NUMBER("MaxSpareServers", 3, BY_WORKERS),
	IGNORED_NUMBER("ServerLimit", 4, BY_WORKERS),
	IGNORED_NUMBER("ThreadsPerChild", 5, BY_NO_THREADS),
	IGNORED_NUMBER("ThreadLimit", 6, BY_NO_THREADS),
	IGNORED_NUMBER("MinSpareThreads", 7, BY_NO_THREADS),
	IGNORED_NUMBER("MaxSpareThreads", 8, BY_NO_THREADS),
	IGNORED_NUMBER("ThreadStackSize", 9, BY_NO_THREADS),
	IGNORED("AsyncRequestWorkerFactor", 10, "factor", BY_NO_THREADS,
	    .parse = parse_factor, .max_args = 1),
	IGNORED_NUMBER("ListenCoresBucketsRatio", 11,
	    "workers share their listeners evenly without it"),
	IGNORED("ScoreBoardFile", 12, "path", "the scoreboard is in memory",
	    .parse = directive_without_effect, .max_args = 1),
	IGNORED("Mutex", 13, "mechanism name ...", "workers share no locks",
	    .parse = parse_mutex, .max_args = -1),
	{ .name = NULL },
};

static unsigned section_id;

static const char *const apache_modules[] = { "core.c", "mod_unixd.c",
	"event.c", NULL };

/*
 * User and Group must be somebody, which a look into the machine tells; who is
 * not root stays who he is, and need not have these.
 */
static int
master_finish(void *settings, const struct conf_check *check)
{
	const struct master_conf *c = settings;
	struct conf_place place = check->host->place;
	struct privs privs;
	struct err err;

	if (check->host->index != 0 || geteuid() != 0 ||
	    privs_lookup(&privs, c->user, c->group, &err) == 0)
		return 0;
	(void)settings_place(check->host->settings, &master_section,
	    strncmp(err.text, "Group", 5) == 0 ? "Group" : "User", &place);
	place.argument = true;
	return conf_check_error_at(check, &place, "%s", err.text);
}

const struct conf_section master_section = {
	.name = "master",
	.rows = rows,
	.size = sizeof(struct master_conf),
	.id = &section_id,
	.finish = master_finish,
	.apache_modules = apache_modules,
};

static unsigned
processors(void)
{
	cpu_set_t set;
	long count;

	/* Those that this process may use, as containers restrict them. */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		count = CPU_COUNT(&set);
	else
		count = sysconf(_SC_NPROCESSORS_ONLN);
	return count < 1	     ? 1
	       : count > WORKERS_MAX ? WORKERS_MAX
				     : (unsigned)count;
}

/* Numbers that were chosen for one of these mean processes of many threads. */
static bool
has_mpm(const struct server_conf *conf)
{
	return conf_module_loaded(conf, "mpm_event_module") ||
	       conf_module_loaded(conf, "mpm_worker_module") ||
	       conf_module_loaded(conf, "mpm_prefork_module");
}

bool
master_conf_control_path(
    const struct server_conf *conf, char *path_r, size_t size)
{
	const struct master_conf *c = master_conf_get(conf);
	struct span stem;
	int len;

	if (c->control_socket != NULL)
		return c->control_socket[0] != '\0' &&
		       span_copy(span_str(c->control_socket), path_r, size);
	if (c->pid_file == NULL)
		return false;
	stem = span_str(c->pid_file);
	if (span_ends_nocase(stem, ".pid"))
		stem.len -= 4;
	len = snprintf(path_r, size, "%.*s.sock", SPAN_ARG(stem));
	return (size_t)len < size;
}

unsigned
master_conf_workers(const struct server_conf *conf)
{
	const struct master_conf *c = master_conf_get(conf);

	if (c->workers > 0)
		return (unsigned)c->workers;
	if (c->workers == 0 && c->start_servers > 0 && !has_mpm(conf))
		return (unsigned)c->start_servers;
	return processors();
}

/* What the descriptors of one process allow: each connection may have a file
 * open besides its socket. */
static unsigned
connections_by_descriptors(void)
{
	struct rlimit limit;
	rlim_t files = 1024;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		files = limit.rlim_cur;
	if (files > INT32_MAX)
		files = INT32_MAX;
	if (files < 2 * DESCRIPTORS_RESERVED)
		return (unsigned)files / 4 + 1;
	return (unsigned)(files - DESCRIPTORS_RESERVED) / 2;
}

unsigned
master_conf_connections(const struct server_conf *conf, unsigned workers)
{
	const struct master_conf *c = master_conf_get(conf);
	unsigned most = connections_by_descriptors(), share;

	if (c->max_connections == 0)
		return most;
	share = ((unsigned)c->max_connections + workers - 1) / workers;
	return share < most ? share : most;
}

int
master_conf_privs(
    const struct server_conf *conf, struct privs *privs_r, struct err *err)
{
	const struct master_conf *c = master_conf_get(conf);

	if (geteuid() != 0)
		return privs_lookup(privs_r, NULL, NULL, err);
	return privs_lookup(privs_r, c->user, c->group, err);
}

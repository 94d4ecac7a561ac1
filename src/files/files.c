/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file cache of this worker and what the configuration says about it.
 * Which rule for links holds, and whether a .htaccess would count, depends on
 * the directory where they stand, not on the file that is asked for; so
 * settings are looked up for directories here.
 */
#include "config.h"

#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/report.h"
#include "conf/lookup.h"
#include "http/module.h"

/* A worker's descriptors are for connections first. */
#define DESCRIPTORS_SHARE 8
#define FILES_MIN 64
#define FILES_MAX 16384
#define BYTES_MAX (16 * 1024 * 1024)
/* Merged settings of directories, and two more for each host. */
#define LOOKUPS_MAX 256

struct host_files {
	struct link_policy links;
	const struct host *host;
	bool overridable; /* AllowOverride is something else than None */
};

/* One of each in a process. */
static struct {
	struct root_set *roots;
	struct cache *cache;
	struct lookup_cache *lookups;
	struct host_files *hosts;
} files;

/* ---- settings of directories ---- */

/* Until the next one is asked for; NULL without memory.  As in Apache sections
 * with a regular expression come too late to have a say in which links and
 * which .htaccess count. */
static const struct files_conf *
directory_conf(const struct host *host, struct span directory)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%.*s/", SPAN_ARG(directory));
	const struct lookup_subject subject = {
		.host = host,
		.file_path = span_of(path, (size_t)len),
		.no_regex = true,
	};
	const struct settings *settings = NULL;

	if (len > 0 && (size_t)len < sizeof(path))
		settings = lookup_settings(
		    files.lookups, &subject, NULL, NULL);
	return settings == NULL ? NULL : settings_get(settings, &files_section);
}

static enum link_rule
link_rule(const struct link_policy *policy, struct span directory)
{
	const struct host_files *h =
	    LIST_ENTRY(policy, const struct host_files, links);
	const struct files_conf *conf = directory_conf(h->host, directory);

	if (conf == NULL)
		return LINKS_NEVER;
	if ((conf->options.on & OPTION_FOLLOW_SYM_LINKS) != 0)
		return LINKS_FOLLOW;
	if ((conf->options.on & OPTION_SYM_LINKS_IF_OWNER_MATCH) != 0)
		return LINKS_OWNER_MATCH;
	return LINKS_NEVER;
}

const struct link_policy *
files_links(const struct host *host)
{
	return &files.hosts[host->index].links;
}

bool
files_option(const struct settings *settings, enum option option)
{
	const struct files_conf *conf = settings_get(settings, &files_section);

	return (conf->options.on & option) != 0;
}

/* ---- .htaccess ---- */

static bool
overrides(const struct files_conf *conf)
{
	return conf->allow_override || conf->allow_listed;
}

/* Whether a section of the host itself lets a .htaccess count.  Those with a
 * regular expression come too late for that. */
static bool
host_overrides(const struct host *host)
{
	for (size_t i = 0; i < host->section_count; i++) {
		const struct section *section = host->sections[i];
		const struct files_conf *conf =
		    section_values(section, &files_section);

		if (section->kind == SECTION_DIRECTORY && !section->regex &&
		    conf != NULL && overrides(conf))
			return true;
	}
	return false;
}

/*
 * What the path leads to, through any links.  Beneath the exchange's root that
 * is asked by its descriptor: directories above may be closed to us.
 */
static int
stat_path(const struct exchange *x, const char *path, struct stat *stat_r)
{
	const struct root *root;
	size_t len = x->root_path.len;

	if (strncmp(path, x->root_path.ptr, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0'))
		return stat(path, stat_r);
	root = root_set_find(files.roots, x->root_path);
	if (root == NULL)
		return -1;
	return fstatat(root->fd, root_below(root, path), stat_r, 0);
}

/* Whatever keeps us from seeing that there is none counts as one.  A name that
 * is too long is none of a directory's. */
static bool
has_file(const struct exchange *x, struct span directory, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int len =
	    snprintf(path, sizeof(path), "%.*s/%s", SPAN_ARG(directory), name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return true;
	return stat_path(x, path, &st) == 0 ||
	       (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

static bool
has_access_file(const struct exchange *x, struct span directory)
{
	const struct files_conf *conf =
	    settings_get(x->route.host->settings, &files_section);

	for (const char *const *name = conf->access_files; *name; name++)
		if (has_file(x, directory, *name))
			return true;
	return false;
}

bool
files_overridden(const struct exchange *x)
{
	const struct host_files *h = &files.hosts[x->route.host->index];
	struct span path = x->file_path;

	if (!h->overridable)
		return false;
	for (size_t i = 0; i < path.len; i++) {
		struct span directory = span_of(path.ptr, i);
		const struct files_conf *conf;

		if (path.ptr[i] != '/')
			continue;
		conf = directory_conf(h->host, directory);
		if (conf == NULL ||
		    (overrides(conf) && has_access_file(x, directory)))
			return true;
	}
	return false;
}

/* ---- start and stop ---- */

static unsigned
max_files(void)
{
	struct rlimit limit;
	rlim_t files_max = FILES_MIN;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		files_max = limit.rlim_cur / DESCRIPTORS_SHARE;
	if (files_max < FILES_MIN)
		return FILES_MIN;
	return files_max > FILES_MAX ? FILES_MAX : (unsigned)files_max;
}

void
files_add_root(const char *path)
{
	struct err err;

	if (root_set_add(files.roots, span_str(path), &err) != 0)
		report(REPORT_WARN, "files", "%s", err.text);
}

void
files_roots(const struct server_conf *conf,
    void (*visit)(const char *path, void *data), void *data)
{
	for (size_t i = 0; i < conf->host_count; i++) {
		const struct files_conf *c =
		    settings_get(conf->hosts[i].settings, &files_section);

		visit(c->document_root, data);
	}
}

/* One that nobody named, and that is not there, is no news: hosts may have
 * roots of their own. */
static void
add_document_root(const struct host *host)
{
	const struct files_conf *c =
	    settings_get(host->settings, &files_section);
	struct conf_place place;
	struct err err;

	if (settings_place(
		host->settings, &files_section, "DocumentRoot", &place))
		files_add_root(c->document_root);
	else
		(void)root_set_add(
		    files.roots, span_str(c->document_root), &err);
}

void
files_each_root(
    void (*visit)(const struct root *, void *context), void *context)
{
	root_set_each(files.roots, visit, context);
}

void
files_pin_roots(void)
{
	root_set_pin(files.roots);
}

static void
start_host(const struct host *host)
{
	struct host_files *h = &files.hosts[host->index];

	h->links.rule = link_rule;
	h->host = host;
	/* The main server's sections hold for all. */
	h->overridable = files.hosts[0].overridable || host_overrides(host);
}

int
files_start(const struct server_conf *conf, struct err *err)
{
	files.roots = root_set_create();
	files.lookups =
	    lookup_cache_create(conf, LOOKUPS_MAX + 2 * conf->host_count);
	files.hosts = calloc(conf->host_count, sizeof(struct host_files));
	if (files.roots != NULL)
		files.cache = cache_create(files.roots, max_files(), BYTES_MAX);
	if (files.cache == NULL || files.lookups == NULL ||
	    files.hosts == NULL) {
		files_stop();
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < conf->host_count; i++) {
		start_host(&conf->hosts[i]);
		add_document_root(&conf->hosts[i]);
	}
	return 0;
}

void
files_stop(void)
{
	cache_destroy(&files.cache);
	root_set_destroy(&files.roots);
	lookup_cache_destroy(&files.lookups);
	free(files.hosts);
	files.hosts = NULL;
}

struct cache *
files_cache(void)
{
	return files.cache;
}

/* ---- for handlers ---- */

int
files_map_below(
    struct exchange *x, struct span root, struct span below, size_t prefix_len)
{
	char *path, *to;

	while (root.len > 0 && root.ptr[root.len - 1] == '/')
		root.len--;
	path = arena_alloc(&x->arena, root.len + below.len + 2);
	if (path == NULL)
		return -1;
	memcpy(path, root.ptr, root.len);
	to = path + root.len;
	if (below.len > 0 && below.ptr[0] != '/')
		*to++ = '/';
	/* What <Directory> says of a file holds whatever MergeSlashes is. */
	to += span_merge_slashes(below, to);
	*to = '\0';
	x->file_path = span_of(path, (size_t)(to - path));
	x->slash_added = false;
	x->root_path = span_of(path, root.len);
	x->uri_prefix = span_of(x->request.uri.path.ptr, prefix_len);
	return 0;
}

int
files_map(struct exchange *x, struct span root, size_t prefix_len)
{
	return files_map_below(
	    x, root, span_skip(x->request.uri.path, prefix_len), prefix_len);
}

struct cached_file *
files_get_coded(const struct exchange *x, struct span path,
    struct span content_type, enum coding coding)
{
	const struct files_conf *conf = exchange_conf(x, &files_section);
	const struct file_key key = {
		.root = x->root_path,
		.path = path,
		.content_type = content_type,
		.policy = files_links(x->route.host),
		.etag_parts = conf->etag.on,
		.coding = coding,
		.beside = coding == CODING_IDENTITY && conf->precompressed,
	};

	return cache_get(files.cache, &key);
}

struct cached_file *
files_get(const struct exchange *x, struct span path, struct span content_type)
{
	return files_get_coded(x, path, content_type, CODING_IDENTITY);
}

int
files_open_directory(const struct exchange *x, struct span path)
{
	struct resolved resolved;
	int fd, saved;

	if (resolve_open(files.roots, x->root_path, path.ptr,
		files_links(x->route.host), &resolved) != 0)
		return -1;
	/* It is open as a place only (O_PATH). */
	fd = openat(resolved.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	saved = errno;
	close(resolved.fd);
	errno = saved;
	return fd;
}

bool
files_stat(const struct exchange *x, struct span path, struct stat *stat_r)
{
	struct resolved resolved;

	if (resolve_open(files.roots, x->root_path, path.ptr,
		files_links(x->route.host), &resolved) != 0)
		return false;
	*stat_r = resolved.stat;
	close(resolved.fd);
	return true;
}

bool
files_enter_directory(struct exchange *x)
{
	struct span path = x->file_path;
	struct stat st;
	char *with_slash;

	if (path.len == 0 || path.ptr[path.len - 1] == '/' ||
	    stat_path(x, path.ptr, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	with_slash = arena_alloc(&x->arena, path.len + 2);
	if (with_slash == NULL)
		return false;
	memcpy(with_slash, path.ptr, path.len);
	memcpy(with_slash + path.len, "/", 2);
	x->file_path = span_of(with_slash, path.len + 1);
	x->slash_added = true;
	x->root_path.ptr = with_slash;
	return true;
}

/* A directory leads further. */
static bool
is_directory(const struct exchange *x, struct span path)
{
	struct stat st;

	return files_stat(x, path, &st) && S_ISDIR(st.st_mode);
}

bool
files_end_path(struct exchange *x)
{
	struct span whole = x->file_path;
	char *path;
	size_t end = x->root_path.len;

	if (whole.len == 0)
		return false;
	path = arena_strndup(&x->arena, whole.ptr, whole.len);
	while (path != NULL && end < whole.len) {
		path[end] = '\0';
		if (!is_directory(x, span_of(path, end))) {
			x->path_info = span_skip(whole, end);
			x->file_path = span_of(path, end);
			x->slash_added = false;
			x->root_path.ptr = path;
			return true;
		}
		path[end] = whole.ptr[end];
		end++;
		end += span_find(span_skip(whole, end), '/');
	}
	return false;
}

int
files_status(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return 404;
	case EACCES:
	case EPERM:
	case ELOOP:
	case EXDEV:
		return 403;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 503;
	default:
		return 500;
	}
}

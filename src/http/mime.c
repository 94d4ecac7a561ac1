/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Content types by file name, from TypesConfig's file and AddType.  Types are
 * settings like any other: read by the master, shared by every worker, and
 * borrowed from the configuration by each response.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/mime.h"
#include "http/mime_table.h"

/* The largest that is known, with all the registry's types, has 80 KiB. */
enum {
	TYPES_FILE_MAX = 4 * 1024 * 1024
};

/* One extension of an AddType. */
struct mime_added {
	struct span extension, type;
	const struct mime_added *next;
};

struct mime_conf {
	const char *types_file;
	const struct mime_added *added; /* the latest first */
	const struct mime_table *table; /* NULL: no types file */
	struct span fallback;		/* empty: none */
};

/* -1 and told: it is none. */
static int
parse_type(const struct directive_use *use, struct span *type_r)
{
	struct span type = arena_span(use->arena, span_str(use->args[0]));

	if (type.ptr == NULL)
		return -1;
	if (!mime_is_type(type))
		return directive_error(use, 0,
		    "\"%s\" is no media type (type/subtype)", use->args[0]);
	*type_r = type;
	return 0;
}

static int
parse_default_type(const struct directive_use *use, void *field)
{
	struct span *fallback = field;

	if (strcasecmp(use->args[0], "none") != 0)
		return parse_type(use, fallback);
	*fallback = (struct span){ NULL, 0 };
	return 0;
}

static int
parse_add_type(const struct directive_use *use, void *field)
{
	const struct mime_added **added = field;
	struct span type;

	if (parse_type(use, &type) == -1)
		return -1;
	for (int i = 1; i < use->arg_count; i++) {
		struct mime_added *one = arena_alloc(use->arena, sizeof(*one));
		const char *extension = use->args[i];

		if (extension[0] == '.')
			extension++;
		if (extension[0] == '\0')
			return directive_error(use, i, "no file extension");
		if (one == NULL)
			return -1;
		one->extension = arena_span(use->arena, span_str(extension));
		if (one->extension.ptr == NULL)
			return -1;
		one->type = type;
		one->next = *added;
		*added = one;
	}
	return 0;
}

/* The inner ones in front of the outer ones; both lists stay as they are. */
static int
merge_add_type(struct arena *arena, void *field, const void *outer)
{
	const struct mime_added **added = field, *from = *added;
	const struct mime_added **end = added;

	for (; from != NULL; from = from->next) {
		struct mime_added *copy = arena_alloc(arena, sizeof(*copy));

		if (copy == NULL)
			return -1;
		*copy = *from;
		*end = copy;
		end = &copy->next;
	}
	*end = *(const struct mime_added *const *)outer;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_PATH("TypesConfig", IN_SERVER, mime_conf, types_file,
	    "conf/mime.types",
	    "the file that says which ending of a name means which type"),
	DIRECTIVE_CUSTOM("AddType", IN_ANY, mime_conf, added,
	    const struct mime_added *, NULL, "type extension ...",
	    "the type of files whose names end so, beside those of TypesConfig",
	    .parse = parse_add_type, .merge = merge_add_type, .min_args = 2,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("DefaultType", IN_ANY, mime_conf, fallback,
	    struct span, "application/octet-stream", "type|none",
	    "the type of files whose names tell none; none: they are sent "
	    "without a Content-Type, and clients guess",
	    .parse = parse_default_type, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

/* The whole file into the arena; ptr NULL with errno. */
static struct span
read_file(int fd, struct arena *arena)
{
	struct span text = { NULL, 0 };
	struct stat st;
	char *to;

	if (fstat(fd, &st) == -1)
		return text;
	if (!S_ISREG(st.st_mode) || st.st_size > TYPES_FILE_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return text;
	}
	to = arena_alloc(arena, (size_t)st.st_size + 1);
	if (to == NULL) {
		errno = ENOMEM;
		return text;
	}
	while (text.len < (size_t)st.st_size) {
		ssize_t n =
		    read(fd, to + text.len, (size_t)st.st_size - text.len);

		if (n == -1 && errno != EINTR)
			return (struct span){ NULL, 0 };
		if (n == 0)
			break;
		if (n > 0)
			text.len += (size_t)n;
	}
	text.ptr = to;
	return text;
}

static struct span
open_and_read(const char *path, struct arena *arena)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct span text;
	int saved;

	if (fd == -1)
		return (struct span){ NULL, 0 };
	text = read_file(fd, arena);
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

static int
load_types(struct mime_conf *conf, const struct conf_check *check)
{
	struct conf_place place;
	struct span text;
	unsigned line;

	text = open_and_read(conf->types_file, check->arena);
	if (text.ptr == NULL) {
		/* Nobody asked for the default one: then there are no types. */
		if (errno == ENOENT &&
		    !settings_place(check->host->settings, &mime_section,
			"TypesConfig", &place))
			return 0;
		return conf_check_error(check, "TypesConfig", "%s: %s",
		    conf->types_file, strerror(errno));
	}
	conf->table = mime_table_parse(check->arena, text, &line);
	if (conf->table == NULL && line > 0)
		return conf_check_error(check, "TypesConfig",
		    "%s:%u: the line begins with no media type",
		    conf->types_file, line);
	return conf->table == NULL ? -1 : 0;
}

static int
mime_finish(void *settings, const struct conf_check *check)
{
	struct mime_conf *conf = settings;

	if (check->host->index == 0)
		return load_types(conf, check);
	/* The main server is finished first; its types are everybody's. */
	conf->table =
	    ((const struct mime_conf *)conf_get(check->conf, &mime_section))
		->table;
	return 0;
}

static unsigned section_id;
static const char *const apache_modules[] = { "mod_mime.c", NULL };

const struct conf_section mime_section = {
	.name = "mime",
	.rows = rows,
	.size = sizeof(struct mime_conf),
	.id = &section_id,
	.finish = mime_finish,
	.apache_modules = apache_modules,
};

static struct span
extension_type(const struct mime_conf *conf, struct span extension)
{
	const struct mime_added *added;

	for (added = conf->added; added != NULL; added = added->next)
		if (span_equal_nocase(added->extension, extension))
			return added->type;
	if (conf->table != NULL)
		return mime_table_find(conf->table, extension);
	return (struct span){ NULL, 0 };
}

struct span
mime_type(const struct settings *settings, struct span path)
{
	const struct mime_conf *conf = settings_get(settings, &mime_section);
	size_t slash = span_find_last(path, '/');
	struct span name = slash < path.len ? span_skip(path, slash + 1) : path;
	struct span type = { NULL, 0 };

	/* Dots in front hide a file; what follows is its name. */
	while (name.len > 0 && name.ptr[0] == '.')
		name = span_skip(name, 1);
	while (type.len == 0) {
		size_t dot = span_find_last(name, '.');

		if (dot == name.len)
			break;
		type = extension_type(conf, span_skip(name, dot + 1));
		name.len = dot;
	}
	return type.len > 0 ? type : conf->fallback;
}

bool
mime_names_handler(struct span type)
{
	return span_starts_nocase(type, "application/x-httpd-");
}

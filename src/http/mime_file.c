/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the file of TypesConfig, in the master. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/mime.h"
#include "http/mime_private.h"

/* The largest that is known, with all the registry's types, has 80 KiB. */
enum {
	TYPES_FILE_MAX = 4 * 1024 * 1024
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

int
mime_load_types(struct mime_conf *conf, const struct conf_check *check)
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

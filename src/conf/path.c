/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes names of files absolute.  Touches no file. */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/path.h"

/*
 * Takes empty, "." and ".." segments out of an absolute path, in place: by
 * the text alone, as Apache, so that sections and files agree on names.
 */
static void
clean(char *path)
{
	char *to = path;
	const char *from = path;

	while (*from) {
		size_t len;

		from += strspn(from, "/");
		len = strcspn(from, "/");
		if (len == 2 && memcmp(from, "..", 2) == 0) {
			while (to > path && *--to != '/')
				continue;
		} else if (len > 0 && !(len == 1 && *from == '.')) {
			*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

char *
path_absolute(struct arena *arena, const char *root, const char *path)
{
	char *whole;

	if (*path == '/')
		whole = arena_strdup(arena, path);
	else
		whole = arena_printf(arena, "%s/%s", root, path);
	if (whole)
		clean(whole);
	return whole;
}

char *
path_from_cwd(struct arena *arena, const char *path)
{
	char *cwd = getcwd(NULL, 0), *whole;

	whole = path_absolute(arena, cwd ? cwd : "/", path);
	free(cwd);
	return whole;
}

bool
path_is_pattern(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

char *
path_pattern(struct arena *arena, const char *root, const char *pattern)
{
	char *quoted, *to;

	if (*pattern == '/' || !path_is_pattern(pattern))
		return path_absolute(arena, root, pattern);
	to = quoted = arena_alloc(arena, strlen(root) * 2 + 1);
	if (!quoted)
		return NULL;
	for (; *root; root++) {
		if (strchr("*?[]\\", *root))
			*to++ = '\\';
		*to++ = *root;
	}
	*to = '\0';
	return path_absolute(arena, quoted, pattern);
}

char *
path_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return arena_strdup(arena, "/");
	return arena_strndup(arena, path, (size_t)(slash - path));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the files of a configuration, whole and bounded.  Knows no syntax.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/source.h"

void
source_list_init(struct source_list *list, struct arena *arena)
{
	*list = (struct source_list){ .arena = arena };
	table_init(&list->names, false);
}

void
source_list_release(struct source_list *list)
{
	struct source *s = list->first;

	while (s) {
		struct source *next = s->next;

		free((char *)s->text.ptr);
		free(s);
		s = next;
	}
	table_release(&list->names);
	list->first = NULL;
}

/* Takes text over. */
static const struct source *
keep(struct source_list *list, const char *name, char *text, size_t len,
    struct err *err)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		goto no_memory;
	s->name = arena_strdup(list->arena, name);
	s->text = span_of(text, len);
	if (!s->name || table_put(&list->names, span_str(s->name), s) == -1)
		goto no_memory;
	s->next = list->first;
	list->first = s;
	return s;
no_memory:
	free(s);
	free(text);
	err_set(err, "out of memory");
	return NULL;
}

/* The bytes of fd with a NUL behind; NULL with errno. */
static char *
read_all(int fd, size_t *len_r)
{
	size_t size = 4096, len = 0;
	char *text = malloc(size), *more;
	ssize_t n;

	while (text) {
		n = read(fd, text + len, size - len - 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (len > SOURCE_MAX_BYTES) {
			n = -1;
			errno = EFBIG;
			break;
		}
		if (size - len > 1)
			continue;
		more = realloc(text, size *= 2);
		if (!more)
			free(text);
		text = more;
	}
	if (!text)
		return NULL;
	if (n == -1) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	*len_r = len;
	return text;
}

/* Nothing that could block or never end is read. */
static int
open_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd == -1)
		return err_set_errno(err, "cannot be read");
	if (fstat(fd, &st) == -1)
		err_set_errno(err, "cannot be read");
	else if (S_ISDIR(st.st_mode))
		err_set(err, "is a directory");
	else if (!S_ISREG(st.st_mode) && strcmp(path, "/dev/null") != 0)
		err_set(err, "is not a regular file");
	else if (st.st_size > SOURCE_MAX_BYTES)
		err_set(err, "is larger than 16 MiB");
	else
		return fd;
	close(fd);
	return -1;
}

const struct source *
source_open(struct source_list *list, const char *path, struct err *err)
{
	const struct source *s = table_get(&list->names, span_str(path));
	char *text;
	size_t len;
	int fd;

	if (s)
		return s;
	fd = open_file(path, err);
	if (fd == -1)
		return NULL;
	text = read_all(fd, &len);
	if (!text)
		err_set_errno(err, "cannot be read");
	close(fd);
	return text ? keep(list, path, text, len, err) : NULL;
}

const struct source *
source_add(struct source_list *list, const char *name, struct span text,
    struct err *err)
{
	char *copy = malloc(text.len + 1);

	if (!copy) {
		err_set(err, "out of memory");
		return NULL;
	}
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return keep(list, name, copy, text.len, err);
}

int
source_included(struct source_list *list, const struct source *source,
    const struct conf_place *from, unsigned order)
{
	struct source *s = table_get(&list->names, span_str(source->name));
	struct source_inclusion *i = arena_alloc(list->arena, sizeof(*i));

	if (!s || !i)
		return -1;
	*i = (struct source_inclusion){
		.earlier = s->inclusions,
		.from = *from,
		.order = order,
	};
	s->inclusions = i;
	return 0;
}

const struct conf_place *
source_includer(const struct source_list *list, const struct conf_place *place)
{
	const struct source *s = table_get(&list->names, span_str(place->file));
	const struct source_inclusion *i = s ? s->inclusions : NULL;

	while (i && i->order > place->order)
		i = i->earlier;
	return i ? &i->from : NULL;
}

bool
source_line(const struct source_list *list, const char *name, int number,
    struct span *line_r)
{
	const struct source *s = table_get(&list->names, span_str(name));
	struct span rest;

	if (!s)
		return false;
	rest = s->text;
	while (--number > 0 && rest.len > 0)
		rest = span_skip(rest, span_find(rest, '\n') + 1);
	rest.len = span_find(rest, '\n');
	if (rest.len > 0 && rest.ptr[rest.len - 1] == '\r')
		rest.len--;
	*line_r = rest;
	return true;
}

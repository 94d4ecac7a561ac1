/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of proxies, from arguments and files. */
#include "config.h"

#include "handlers/remoteip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_internal(const struct directive_use *use)
{
	static const char internal[] = "RemoteIPInternal";

	return strncasecmp(use->row->name, internal, strlen(internal)) == 0;
}

static int
add(const struct directive_use *use, struct proxy_list *list,
    const struct subnet *subnet)
{
	struct proxy proxy = { *subnet, is_internal(use) };
	void *all = arena_append(
	    use->arena, list->proxies, list->count, &proxy, 1, sizeof(proxy));

	if (all == NULL)
		return -1;
	list->proxies = all;
	list->count++;
	return 0;
}

/* -1 with err.text, or without memory where that is empty. */
static int
add_text(const struct directive_use *use, struct proxy_list *list,
    struct span text, struct err *err)
{
	struct subnet subnet;

	err->text[0] = '\0';
	if (span_is_nocase(text, "localhost"))
		return add(use, list, &subnet_localhost[0]) == 0
			   ? add(use, list, &subnet_localhost[1])
			   : -1;
	if (subnet_parse(text, &subnet, err) != 0)
		return -1;
	return add(use, list, &subnet);
}

int
proxy_list_parse(const struct directive_use *use, void *field)
{
	struct err err;

	for (int i = 0; i < use->arg_count; i++) {
		if (add_text(use, field, span_str(use->args[i]), &err) == 0)
			continue;
		return err.text[0] == '\0'
			   ? -1
			   : directive_error(use, i, "%s", err.text);
	}
	return 0;
}

static int
add_line(const struct directive_use *use, struct proxy_list *list, char *line,
    struct err *err)
{
	char *word, *rest = line;

	line[strcspn(line, "#")] = '\0';
	while ((word = strtok_r(rest, " \t\r\n", &rest)) != NULL)
		if (add_text(use, list, span_str(word), err) != 0)
			return -1;
	return 0;
}

static int
add_lines(const struct directive_use *use, struct proxy_list *list, FILE *file,
    const char *path)
{
	int number = 0, status = 0;
	size_t room = 0;
	char *line = NULL;
	struct err err;

	while (status == 0 && getline(&line, &room, file) != -1) {
		number++;
		status = add_line(use, list, line, &err);
	}
	free(line);
	if (status != 0 && err.text[0] != '\0')
		return directive_error(
		    use, 0, "%s:%d: %s", path, number, err.text);
	return status;
}

int
proxy_list_parse_file(const struct directive_use *use, void *field)
{
	const char *path = directive_path(use, use->args[0]);
	FILE *file;
	int status;

	if (path == NULL)
		return -1;
	file = fopen(path, "re");
	if (file == NULL)
		return directive_error(
		    use, 0, "cannot open %s: %s", path, strerror(errno));
	status = add_lines(use, field, file, path);
	if (status == 0 && ferror(file))
		status = directive_error(use, 0, "%s cannot be read", path);
	fclose(file);
	return status;
}

bool
proxy_list_has(
    const struct proxy_list *list, const struct addr *addr, bool *internal_r)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!subnet_has(&list->proxies[i].subnet, addr))
			continue;
		*internal_r = list->proxies[i].internal;
		return true;
	}
	return list->count == 0;
}

bool
proxy_address_is_private(const struct addr *addr)
{
	uint32_t ip;

	if (addr->any.sa_family == AF_INET6)
		return addr->v6.sin6_addr.s6_addr[0] >> 5 != 1;
	ip = ntohl(addr->v4.sin_addr.s_addr);
	return ip >> 24 == 10 || ip >> 24 == 127 || ip >> 20 == 0xac1 ||
	       ip >> 16 == 0xc0a8 || ip >> 16 == 0xa9fe;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A configuration has to be a file: the text becomes one, nameless but for
 * /proc, which leaves nothing behind.  The schema is one for the process, as
 * in the server; sections are added as tests name them.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf_text.h"

static void
add_section(struct conf_schema *schema, const struct conf_section *section)
{
	for (unsigned i = 0; i < schema->count; i++)
		if (schema->sections[i] == section)
			return;
	conf_schema_add(schema, section);
}

struct server_conf *
conf_text_load(const struct conf_section *const *sections, const char *text,
    struct conf_messages *messages)
{
	static struct conf_schema schema;
	struct conf_messages own;
	struct conf_options options = { .server_root = "/tmp" };
	struct server_conf *conf;
	char path[64];
	int fd = memfd_create("httpd.conf", MFD_CLOEXEC);

	for (; *sections != NULL; sections++)
		add_section(&schema, *sections);
	if (fd == -1 ||
	    write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		perror("conf_text_load");
		exit(1);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	options.file = path;
	conf = conf_load(&schema, &options, messages != NULL ? messages : &own);
	if (messages == NULL) {
		if (own.text.len > 0)
			fprintf(stderr, "%s", buf_str(&own.text));
		buf_release(&own.text);
	}
	close(fd);
	return conf;
}

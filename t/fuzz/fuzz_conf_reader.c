/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations: an error or a result, never both, and all of it ends. */
#include "config.h"

#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/lookup.h"
#include "framing/framing.h"
#include "fuzz.h"
#include "http/http_conf.h"
#include "http/mime.h"

static struct conf_schema schema;
static char path[64];
static int fd;

static void
prepare(void)
{
	conf_schema_add(&schema, &http_section);
	conf_schema_add(&schema, &mime_section);
	conf_schema_add(&schema, &framing_section);
	fd = memfd_create("httpd.conf", MFD_CLOEXEC);
	CHECK(fd != -1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
}

/* The settings of some file, by way of all sections that match it. */
static void
look_up(const struct server_conf *conf)
{
	struct lookup_cache *cache = lookup_cache_create(conf, 4);
	struct lookup_subject subject = {
		lookup_host(conf, &conf->listens->addr, span_str("a.b")),
		SPAN("/a/b.c"), SPAN("/a/b.c")
	};
	struct arena arena;

	arena_init(&arena, NULL, 0, 0);
	CHECK(cache != NULL);
	CHECK(lookup_settings(cache, &subject, &arena, NULL) != NULL);
	mime_type(
	    lookup_settings(cache, &subject, &arena, NULL), subject.file_path);
	lookup_cache_destroy(&cache);
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const before[] = { "Listen 127.0.0.1:8080", NULL };
	struct conf_options options = {
		.file = path,
		.server_root = "/nonexistent",
		.before = before,
	};
	struct conf_messages messages;
	struct server_conf *conf;

	if (fd == 0)
		prepare();
	/* What other files hold is not this input's. */
	if (memmem(data, size, "nclude", 6) != NULL ||
	    memmem(data, size, "NCLUDE", 6) != NULL)
		return 0;
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	conf = conf_load(&schema, &options, &messages);
	CHECK((conf != NULL) == (messages.errors == 0));
	CHECK((messages.text.len > 0) ==
	      (messages.errors + messages.warnings > 0));
	if (conf != NULL)
		look_up(conf);
	conf_destroy(&conf);
	buf_release(&messages.text);
	return 0;
}

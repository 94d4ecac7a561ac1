/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations that are no files: a directory of links to files in memory,
 * which is removed at exit.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "conf/lookup.h"
#include "conf_input.h"
#include "framing/framing.h"
#include "fuzz.h"
#include "http/http_conf.h"
#include "http/mime.h"

/* A mistake in a macro comes up to ten thousand times: of longer texts there is
 * no report. */
#define REPORTED_MAX 256

static char folder[] = "/tmp/drover-fuzz.XXXXXX";
static char paths[3][64];
static int fds[3];
static const char *const names[3] = { "httpd.conf", "httpd.cfg", "dump.cfg" };

static void
clean_up(void)
{
	for (int i = 0; i < 3; i++)
		unlink(paths[i]);
	rmdir(folder);
}

static void
prepare(void)
{
	char target[64];

	CHECK(mkdtemp(folder) != NULL && atexit(clean_up) == 0);
	for (int i = 0; i < 3; i++) {
		fds[i] = memfd_create(names[i], MFD_CLOEXEC);
		CHECK(fds[i] != -1);
		snprintf(target, sizeof(target), "/proc/self/fd/%d", fds[i]);
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i]);
		CHECK(symlink(target, paths[i]) == 0);
	}
}

/* The path of a file with this content; which is an index of names. */
static const char *
make_file(int which, const void *data, size_t size)
{
	CHECK(ftruncate(fds[which], 0) == 0);
	CHECK(pwrite(fds[which], data, size, 0) == (ssize_t)size);
	return paths[which];
}

/* Settings by way of all sections that match some file. */
static void
look_up(const struct server_conf *conf)
{
	struct lookup_cache *cache = lookup_cache_create(conf, 4);
	struct lookup_subject subject = {
		.host =
		    lookup_host(conf, &conf->listens->addr, span_str("a.b")),
		.uri_path = SPAN("/a/b.c"),
		.file_path = SPAN("/a/b.c"),
	};
	const struct settings *settings;

	CHECK(cache != NULL);
	settings = lookup_settings(cache, &subject, NULL, NULL);
	CHECK(settings != NULL);
	mime_type(settings, subject.file_path);
	lookup_cache_destroy(&cache);
}

/* The dump without its comments, which tell where each line stood. */
static void
dump(const struct conf_schema *schema, const struct conf_options *options,
    struct buf *text)
{
	struct conf_messages messages;
	struct span line, rest;
	struct buf raw;

	buf_init(&raw, 1 << 26);
	CHECK(conf_dump(schema, options, &raw, &messages) == 0);
	for (rest = buf_span(&raw); rest.len > 0;
	     rest = span_skip(rest, line.len + 1)) {
		const char *comment;

		line = span_of(rest.ptr, span_find(rest, '\n'));
		comment = memmem(line.ptr, line.len, "\t# ", 3);
		buf_add(text, line.ptr,
		    comment == NULL ? line.len : (size_t)(comment - line.ptr));
		buf_add_char(text, '\n');
	}
	buf_release(&messages.text);
	buf_release(&raw);
}

static void
dump_and_read_back(
    const struct conf_schema *schema, const struct conf_options *options)
{
	struct conf_options back = { .skip_roots = true,
		.server_root = options->server_root };
	struct buf once, twice;

	buf_init(&once, 1 << 26);
	buf_init(&twice, 1 << 26);
	dump(schema, options, &once);
	back.file = make_file(2, once.data, once.len);
	dump(schema, &back, &twice);
	CHECK(span_equal(buf_span(&once), buf_span(&twice)));
	buf_release(&once);
	buf_release(&twice);
}

static bool
includes(struct span rest)
{
	for (; rest.len > 0; rest = span_skip(rest, 1))
		if (span_starts_nocase(rest, "include"))
			return true;
	return false;
}

/* The members of an object, in UTF-8, with strings and brackets closed. */
static void
check_json(struct span text)
{
	bool quoted = false;
	int depth = 0;

	while (text.len > 0) {
		char c = *text.ptr;
		size_t n = text_utf8_length(text);

		CHECK(n > 0 && (!quoted || (unsigned char)c >= ' '));
		if (c == '"')
			quoted = !quoted;
		if (quoted && c == '\\')
			n = 2;
		if (!quoted)
			depth +=
			    (c == '[' || c == '{') - (c == ']' || c == '}');
		CHECK(depth >= 0);
		text = span_skip(text, n);
	}
	CHECK(!quoted && depth == 0);
}

void
conf_input_use(const struct conf_use *use, const char *name, struct span text)
{
	struct conf_options options = { .skip_roots = true,
		.server_root = use->server_root,
		.before = use->before,
		.report = text.len > REPORTED_MAX ? CONF_REPORT_NONE
						  : CONF_REPORT_JSON };
	struct conf_messages messages;
	struct server_conf *conf;

	if (fds[0] == 0)
		prepare();
	if (includes(text))
		return;
	options.file =
	    make_file(strcmp(name, names[0]) != 0, text.ptr, text.len);
	conf = conf_load(use->schema, &options, &messages);
	CHECK((conf != NULL) == (messages.errors == 0));
	CHECK((messages.text.len > 0) ==
	      (messages.errors + messages.warnings > 0));
	check_json(buf_span(&messages.report));
	if (conf != NULL) {
		use->use(conf);
		if (use->read_back)
			dump_and_read_back(use->schema, &options);
	}
	conf_destroy(&conf);
	buf_release(&messages.text);
	buf_release(&messages.report);
}

struct span
conf_input_cut(struct span *text)
{
	struct span all = *text;
	const char *end = memmem(all.ptr, all.len, "\n%%\n", 4);

	if (end != NULL)
		text->len = (size_t)(end - all.ptr);
	return span_skip(all, text->len + 4);
}

const struct conf_schema *
conf_input_schema(void)
{
	static struct conf_schema schema;

	if (schema.count == 0) {
		conf_schema_add(&schema, &http_section);
		conf_schema_add(&schema, &mime_section);
		conf_schema_add(&schema, &framing_section);
	}
	return &schema;
}

void
conf_input(const char *name, const uint8_t *data, size_t size)
{
	static const char *const before[] = { "Listen 127.0.0.1:8080", NULL };
	const struct conf_use use = { conf_input_schema(), "/nonexistent",
		before, look_up, .read_back = true };

	conf_input_use(&use, name, span_of((const char *)data, size));
}

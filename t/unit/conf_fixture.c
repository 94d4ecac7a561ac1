/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations for tests; see the header. */
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf_fixture.h"

static int
add_text(const struct directive_use *use, void *field)
{
	const char **list = field;

	for (int i = 0; i < use->arg_count; i++) {
		if (strcmp(use->args[i], "bad") == 0)
			return directive_error(use, i, "\"bad\" is refused");
		if (strchr(use->args[i], '!') != NULL)
			return directive_error_inside(use, i,
			    strcspn(use->args[i], "!"), "an exclamation");
		*list = arena_printf(use->arena, "%s%s%s", *list ? *list : "",
		    *list ? " " : "", use->args[i]);
	}
	return 0;
}

static int
add_named(const struct directive_use *use, void *field)
{
	const char **list = field;

	*list = arena_printf(use->arena, "%s%s%s:%s", *list ? *list : "",
	    *list ? " " : "", use->row->name, use->args[0]);
	return 0;
}

static int
merge_text(struct arena *arena, void *field, const void *outer)
{
	const char **list = field, *const *before = outer;

	if (!*before)
		return 0;
	*list = arena_printf(arena, "%s %s", *before, *list);
	return *list ? 0 : -1;
}

static const struct directive_keyword words[] = {
	{ "red", 1 },
	{ "green", 2 },
	{ .word = NULL },
};

static const struct directive rows[] = {
	DIRECTIVE_FLAG("Flag", IN_SERVER_HOST, sample_conf, flag, "On", "f"),
	DIRECTIVE_INT("Number", IN_SERVER, sample_conf, number, "7", 1, 100,
	    "n"),
	DIRECTIVE_SIZE("Size", IN_ANY, sample_conf, size, "8190", 0, 65536,
	    "s"),
	DIRECTIVE_SECONDS("Time", IN_SERVER_HOST, sample_conf, time, "60",
	    1000, 3600000, "t"),
	DIRECTIVE_STRING("Text", IN_ANY, sample_conf, text, "\"a default\"",
	    "text", "x"),
	DIRECTIVE_PATH("Path", IN_ANY, sample_conf, path, "htdocs", "p"),
	DIRECTIVE_KEYWORD("Word", IN_ANY, sample_conf, word, words, "red",
	    "red|green", "w"),
	DIRECTIVE_CUSTOM("Item", IN_ANY, sample_conf, list, const char *,
	    NULL, "text ...", "i", .parse = add_text, .merge = merge_text,
	    .min_args = 1, .max_args = 3, .repeats = true),
	DIRECTIVE_CUSTOM("Left", IN_ANY, sample_conf, pair, const char *,
	    "zero", "text", "l", .parse = add_named, .merge = merge_text,
	    .min_args = 1, .max_args = 1, .repeats = true),
	DIRECTIVE_CUSTOM("Right", IN_ANY, sample_conf, pair, const char *,
	    NULL, "text", "r", .parse = add_named, .merge = merge_text,
	    .min_args = 1, .max_args = 1, .repeats = true),
	{ .name = NULL },
};

static int
finish(void *conf, const struct conf_check *check)
{
	struct sample_conf *c = conf;

	if (c->number == 13)
		return conf_check_error(check, "Number", "13 is unlucky");
	assert_int_equal(c->finished, 0);
	c->finished = 1 + (int)check->host->index;
	return 0;
}

static unsigned section_id;

static const char *const modules[] = { "mod_sample.c", "mod_autoindex.c",
	NULL };

const struct conf_section sample_section = {
	.name = "sample",
	.rows = rows,
	.size = sizeof(struct sample_conf),
	.id = &section_id,
	.finish = finish,
	.apache_modules = modules,
};

void
conf_fixture_init(struct conf_fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	memset(f, 0, sizeof(*f));
	if (!tmp || strlen(tmp) > 40)
		tmp = "/tmp";
	snprintf(f->folder, sizeof(f->folder), "%s/conf-XXXXXX", tmp);
	assert_non_null(mkdtemp(f->folder));
	conf_schema_add(&f->schema, &sample_section);
}

static int
remove_entry(const char *path, const struct stat *st, int type,
    struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

void
conf_fixture_release(struct conf_fixture *f)
{
	nftw(f->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	buf_release(&f->messages.text);
	free(f->text);
}

static void
make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*p = '/';
	}
}

void
conf_fixture_write(struct conf_fixture *f, const char *name, const void *data,
    size_t len)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	make_folders(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void
conf_fixture_text(struct conf_fixture *f, const char *name, const char *text)
{
	conf_fixture_write(f, name, text, strlen(text));
}

/* Leaves "FOLDER/" out of a text. */
static char *
without_folder(const struct conf_fixture *f, const char *text)
{
	char *copy = calloc(1, strlen(text) + 1), *to = copy;
	size_t len = strlen(f->folder);

	assert_non_null(copy);
	while (*text) {
		if (strncmp(text, f->folder, len) == 0 && text[len] == '/')
			text += len + 1;
		else
			*to++ = *text++;
	}
	return copy;
}

static struct conf_options
make_options(struct conf_fixture *f, const char *name)
{
	return (struct conf_options){
		.file = name,
		.server_root = f->folder,
		.defines = f->defines,
		.before = f->before,
		.after = f->after,
	};
}

static void
take_messages(struct conf_fixture *f)
{
	free(f->text);
	f->text = without_folder(f, buf_str(&f->messages.text));
}

struct server_conf *
conf_fixture_load(struct conf_fixture *f, const char *name)
{
	struct conf_options options = make_options(f, name);
	struct server_conf *conf;

	buf_release(&f->messages.text);
	conf = conf_load(&f->schema, &options, &f->messages);
	take_messages(f);
	assert_int_equal(conf == NULL, f->messages.errors > 0);
	return conf;
}

struct server_conf *
conf_fixture_try(struct conf_fixture *f, const char *text)
{
	conf_fixture_text(f, "t.conf", text);
	return conf_fixture_load(f, "t.conf");
}

char *
conf_fixture_dump(struct conf_fixture *f, const char *name)
{
	struct conf_options options = make_options(f, name);
	struct buf to;
	char *text;
	int status;

	buf_init(&to, 1024 * 1024);
	buf_release(&f->messages.text);
	status = conf_dump(&f->schema, &options, &to, &f->messages);
	take_messages(f);
	assert_int_equal(status == -1, f->messages.errors > 0);
	text = strdup(buf_str(&to));
	buf_release(&to);
	return text;
}

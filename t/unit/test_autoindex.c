/* SPDX-License-Identifier: BSD-2-Clause */
/* The body of a listing: that it gives way, what it shows, how it ends. */
#include "config.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/report.h"
#include "site.h"
#include "tree.h"

extern const struct module access_module, static_module, autoindex_module;
const struct module *const modules[] = { &access_module, &static_module,
	&autoindex_module, NULL };

#define MANY 20000

static unsigned wakes;

static void
count_wake(struct exchange *x)
{
	(void)x;
	wakes++;
}

static int
make_site(void **state)
{
	(void)state;
	report_set_level(REPORT_EMERG);
	tree_make();
	tree_directory("www");
	tree_directory("www/many");
	tree_directory("www/some");
	tree_directory("www/some/shut");
	tree_directory("www/some/open");
	tree_file("www/some/a.txt", "a");
	tree_file("www/some/b.bak", "b");
	tree_file("www/some/.c", "c");
	tree_link("www/some/link", "a.txt");
	tree_link("www/some/loop", "loop");
	for (int i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "www/many/%05d", i);
		tree_file(name, "");
	}
	return 0;
}

static int
remove_site(void **state)
{
	(void)state;
	tree_remove();
	return 0;
}

static int
open_site(void **state)
{
	(void)state;
	site_open("DocumentRoot www\nOptions Indexes\n"
		  "<Files *.bak>\nRequire all denied\n</Files>\n"
		  "<Directory www/some/shut>\nRequire all denied\n"
		  "</Directory>\n");
	return 0;
}

static int
close_site(void **state)
{
	(void)state;
	site_close();
	return 0;
}

/* Pulls the whole body; how often it said that it waits. */
static unsigned
pull(struct exchange *x, struct buf *buf)
{
	struct body *body = &x->response.body;
	unsigned waits = 0;
	struct span data;

	wakes = 0;
	x->wake = count_wake;
	for (;;) {
		switch (body->ops->next(body, 1000, &data)) {
		case BODY_DATA:
			assert_in_range(data.len, 1, 1000);
			buf_add_span(buf, data);
			break;
		case BODY_WAIT:
			waits++;
			assert_int_equal(wakes, waits);
			break;
		case BODY_END:
			return waits;
		default:
			fail_msg("the body failed");
		}
	}
}

static void
test_gives_way(void **state)
{
	struct exchange *x = site_request("GET /many/");
	struct buf buf;
	unsigned rows = 0;

	(void)state;
	assert_int_equal(x->response.status, 200);
	assert_int_equal(x->response.body.length, -1);
	buf_init(&buf, 16 * 1024 * 1024);
	assert_true(pull(x, &buf) > 0);
	for (const char *at = buf_str(&buf);
	     (at = strstr(at, "<tr><td>")) != NULL; at++)
		rows++;
	assert_int_equal(rows, MANY);
	buf_release(&buf);
	site_end(x);
}

/* In the middle of reading, and of printing (leak checkers see the rest). */
static void
test_aborted(void **state)
{
	(void)state;
	for (unsigned pulls = 0; pulls < 100; pulls += 9) {
		struct exchange *x = site_request("GET /many/");
		struct span data;

		for (unsigned i = 0; i < pulls; i++)
			x->response.body.ops->next(
			    &x->response.body, 1000, &data);
		site_end(x);
	}
}

static void
check_names(const char *request, const char *names)
{
	struct exchange *x = site_request(request);
	struct buf buf, found;
	const char *at;

	buf_init(&buf, 65536);
	buf_init(&found, 1000);
	pull(x, &buf);
	for (at = buf_str(&buf); (at = strstr(at, "href=\"")) != NULL;) {
		at += strlen("href=\"");
		if (*at == '?' || *at == '.')
			continue;
		buf_add(&found, at, strcspn(at, "\""));
		buf_add_char(&found, ' ');
	}
	assert_string_equal(buf_str(&found), names);
	buf_release(&buf);
	buf_release(&found);
	site_end(x);
}

static void
test_shown(void **state)
{
	(void)state;
	check_names("GET /some/", "open/ a.txt ");
	check_names("GET /", "many/ some/ ");
	site_close();
	site_open("DocumentRoot www\nOptions Indexes FollowSymLinks\n"
		  "IndexIgnore a*\n");
	check_names("GET /some/", "open/ shut/ b.bak link ");
}

/* FUSE takes names of 1024 bytes: one is there while this is set. */
static bool has_long_name;

struct dirent *
readdir(DIR *directory)
{
	static union {
		struct dirent entry;
		char room[1024];
	} longer;
	struct dirent *(*real)(DIR *);
	void *found = dlsym(RTLD_NEXT, "readdir64");

	memcpy(&real, &found, sizeof(real));
	if (!has_long_name)
		return real(directory);
	has_long_name = false;
	memset(longer.entry.d_name, 'x', 700);
	return &longer.entry;
}

int
fstatat(int fd, const char *restrict name, struct stat *restrict st, int flags)
{
	int (*real)(int, const char *, struct stat *, int);
	void *found = dlsym(RTLD_NEXT, "fstatat64");

	memcpy(&real, &found, sizeof(real));
	return real(fd, strlen(name) > NAME_MAX ? "a.txt" : name, st, flags);
}

static void
test_longer_than_any(void **state)
{
	(void)state;
	has_long_name = true;
	check_names("GET /some/", "open/ a.txt ");
	assert_false(has_long_name);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
	const struct CMUnitTest tests[] = {
		TEST(test_gives_way),
		TEST(test_aborted),
		TEST(test_shown),
		TEST(test_longer_than_any),
	};

	return cmocka_run_group_tests(tests, make_site, remove_site);
}

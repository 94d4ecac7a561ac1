/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roots of every kind: directories, single files, links that are switched,
 * places that are not there yet; under a clock of the test's own.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "files/resolve.h"
#include "tree.h"

static struct root_set *roots;
static int64_t now_ms = 1;

/* In the place of base/clock.c's. */
int64_t
clock_now_ms(void)
{
	return now_ms;
}

static void
add_root(const char *name, int expected)
{
	struct err err;

	assert_int_equal(
	    root_set_add(roots, span_str(tree_path(name)), &err), expected);
}

static int
make_tree(void **state)
{
	static const char *const directories[] = { "www", "releases",
		"releases/7", "releases/8", "icons", "data", "secret" };
	static const char *const files[] = { "releases/7/file",
		"releases/8/file", "icons/one.ico", "icons/other.ico",
		"icons/third.ico", "data/link.ico", "secret/file" };

	(void)state;
	tree_make();
	for (size_t i = 0; i < sizeof(directories) / sizeof(char *); i++)
		tree_directory(directories[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(char *); i++)
		tree_file(files[i], files[i]);
	tree_link("current", "releases/7");
	tree_link("current2", "releases/7");
	tree_link("also-www", "www");
	tree_link("www/to-seven", "%T/releases/7/file");
	tree_link("icons/link.ico", "%T/data/link.ico");
	tree_link("icons/near.ico", "other.ico");
	assert_int_equal(mkfifo(tree_path("www/fifo"), 0644), 0);
	roots = root_set_create();
	add_root("www", 0);
	add_root("www/", 0);
	add_root("also-www", 0);
	add_root("current", 0);
	add_root("current2", 0);
	add_root("icons/one.ico", 0);
	add_root("icons/link.ico", 0);
	add_root("icons/near.ico", 0);
	add_root("later", -1);
	add_root("www/fifo", -1);
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	root_set_destroy(&roots);
	assert_null(roots);
	tree_remove();
	return 0;
}

/* What path (below root, both names in the tree) leads to: its content, or
 * the words of errno. */
static const char *
outcome(const char *root, const char *path, const struct link_policy *policy)
{
	static char text[128];
	struct resolved resolved;
	ssize_t n;

	if (resolve_open(roots, span_str(tree_path(root)), tree_path(path),
		policy, &resolved) != 0)
		return strerrorname_np(errno);
	n = read(resolved.fd, text, sizeof(text) - 1);
	close(resolved.fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void
test_single_files(void **state)
{
	(void)state;
	assert_string_equal(
	    outcome("icons/one.ico", "icons/one.ico", &links_never),
	    "icons/one.ico");
	assert_string_equal(
	    outcome("icons/link.ico", "icons/link.ico", &links_follow),
	    "data/link.ico");
	assert_string_equal(
	    outcome("icons/near.ico", "icons/near.ico", &links_follow),
	    "icons/other.ico");
	assert_string_equal(
	    outcome("icons/link.ico", "icons/link.ico", &links_never), "ELOOP");
	assert_string_equal(
	    outcome("icons/one.ico", "icons/one.ico/more", &links_never),
	    "ENOTDIR");
	tree_file("new", "new");
	tree_rename("new", "icons/one.ico");
	assert_string_equal(
	    outcome("icons/one.ico", "icons/one.ico", &links_never), "new");
	tree_file("icons/one.ico", "icons/one.ico");
}

/* The root itself may be a link, which is switched or gone for a while. */
static void
test_root_is_link(void **state)
{
	(void)state;
	assert_string_equal(outcome("current", "current/file", &links_never),
	    "releases/7/file");
	tree_link("current", "releases/8");
	assert_string_equal(outcome("current", "current/file", &links_never),
	    "releases/7/file");
	now_ms += ROOT_CHECK_MS;
	assert_string_equal(outcome("current", "current/file", &links_never),
	    "releases/8/file");
	/* The old one is a root still, by another link. */
	assert_string_equal(
	    outcome("www", "www/to-seven", &links_follow), "releases/7/file");
	tree_link("current2", "releases/8");
	now_ms += ROOT_CHECK_MS;
	assert_string_equal(
	    outcome("www", "www/to-seven", &links_follow), "EXDEV");
	tree_unlink("current");
	now_ms += ROOT_CHECK_MS;
	assert_string_equal(
	    outcome("current", "current/file", &links_never), "ENOENT");
	tree_link("current", "releases/7");
	assert_string_equal(outcome("current", "current/file", &links_never),
	    "releases/7/file");
	assert_string_equal(
	    outcome("www", "www/to-seven", &links_follow), "releases/7/file");
}

static void
test_root_is_special(void **state)
{
	(void)state;
	assert_string_equal(
	    outcome("www/fifo", "www/fifo", &links_follow), "EACCES");
	tree_file("www/new", "no fifo any more");
	tree_rename("www/new", "www/fifo2");
	assert_int_equal(
	    rename(tree_path("www/fifo2"), tree_path("www/fifo")), 0);
	assert_string_equal(
	    outcome("www/fifo", "www/fifo", &links_follow), "no fifo any more");
	tree_unlink("www/fifo");
	assert_int_equal(mkfifo(tree_path("www/fifo"), 0644), 0);
}

static void
test_root_comes_later(void **state)
{
	(void)state;
	assert_string_equal(
	    outcome("later", "later/file", &links_follow), "ENOENT");
	tree_directory("later");
	tree_file("later/file", "later");
	assert_string_equal(
	    outcome("later", "later/file", &links_follow), "later");
}

static void
test_no_root(void **state)
{
	(void)state;
	assert_string_equal(
	    outcome("secret", "secret/file", &links_follow), "EXDEV");
}

/* The whole file system as a root: every absolute link leads into it. */
static void
test_file_system(void **state)
{
	struct root_set *set = root_set_create();
	struct resolved resolved;
	struct err err;

	(void)state;
	assert_int_equal(root_set_add(set, span_str("/"), &err), 0);
	assert_int_equal(
	    resolve_open(set, span_str(""), "/", &links_follow, &resolved), 0);
	close(resolved.fd);
	assert_int_equal(
	    resolve_open(set, span_str(""), tree_path("www/to-seven"),
		&links_follow, &resolved),
	    0);
	close(resolved.fd);
	assert_int_equal(resolve_open(set, span_str(""), "/dev/null",
			     &links_follow, &resolved),
	    -1);
	assert_int_equal(errno, EACCES);
	root_set_destroy(&set);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_single_files),
		TEST(test_root_is_link),
		TEST(test_root_is_special),
		TEST(test_root_comes_later),
		TEST(test_no_root),
		TEST(test_file_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

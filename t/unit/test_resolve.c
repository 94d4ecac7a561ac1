/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths to files: links of every kind under every rule, and what is no file.
 * Built twice, the second time without openat2.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "files/resolve.h"
#include "os/file.h"
#include "tree.h"

enum {
	SOMEBODY = 12345
};

static struct root_set *roots;

static void
add_root(const char *name)
{
	struct err err;

	assert_int_equal(
	    root_set_add(roots, span_str(tree_path(name)), &err), 0);
}

static void
make_chain(unsigned length)
{
	char name[32], target[32] = "file";

	for (unsigned i = 1; i <= length; i++) {
		snprintf(name, sizeof(name), "www/chain%u", i);
		tree_link(name, target);
		snprintf(target, sizeof(target), "chain%u", i);
	}
}

static void
make_special(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(mkfifo(tree_path("www/fifo"), 0644), 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
	    tree_path("www/socket"));
	assert_int_equal(bind(fd, (void *)&addr, sizeof(addr)), 0);
	close(fd);
	tree_link("www/to-fifo", "fifo");
	tree_link("www/to-device", "/dev/null");
}

static void
make_links(void)
{
	static const char *const links[][2] = {
		{ "www/rel", "file" },
		{ "www/rel-dir", "dir" },
		{ "www/dir/up", "../file" },
		{ "www/abs", "%T/www/file" },
		{ "www/abs-dir", "%T/www/dir" },
		{ "www/abs-dots", "//%T/./www//dir/./../file" },
		{ "www/to-root", "%T/other" },
		{ "www/to-root-slash", "%T/other/" },
		{ "www/to-other", "%T/other/file" },
		{ "www/rel-other", "../other/file" },
		{ "www/dir/rel-other", "../../other/file" },
		{ "www/rel-same", "../www/file" },
		{ "other/back", "../www/abs" },
		{ "www/two-roots", "../other/back" },
		{ "www/outside", "%T/secret" },
		{ "www/rel-outside", "../secret" },
		{ "www/through-root", "%T/www/../secret" },
		{ "www/beside-root", "%T/www-secret/file" },
		{ "www/out-and-in", "%T/nowhere/../other/file" },
		{ "www/far-up", "../../../../../../../../../../../etc/passwd" },
		{ "www/etc", "/etc" },
		{ "www/magic", "/proc/self/root/etc/passwd" },
		{ "www/loop", "loop" },
		{ "www/loop1", "loop2" },
		{ "www/loop2", "loop1" },
		{ "www/dangling", "nothing" },
		{ "www/here", "." },
		{ "www/here/deeper/link", "d" },
		{ "www/via-link", "deeper/link/../mark" },
		{ "www/file-slash", "file/" },
		{ "www/file-dot", "file/." },
		{ "www/file-up", "file/.." },
		{ "www/dir-slash", "dir/" },
		{ "www/to-real", "%T/releases/7/file" },
		{ "www/to-single", "%T/icons/one.ico" },
		{ "www/to-beside-single", "%T/icons/third.ico" },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		tree_link(links[i][0], links[i][1]);
}

static int
make_tree(void **state)
{
	static const char *const directories[] = { "www", "www/dir",
		"www/deeper", "www/deeper/d", "other", "www-secret", "releases",
		"releases/7", "releases/8", "icons", "data" };
	static const char *const files[] = { "www/file", "www/dir/file",
		"www/deeper/mark", "other/file", "www-secret/file", "secret",
		"releases/7/file", "releases/8/file", "icons/one.ico",
		"icons/other.ico", "icons/third.ico", "data/link.ico" };

	(void)state;
	tree_make();
	for (size_t i = 0; i < sizeof(directories) / sizeof(char *); i++)
		tree_directory(directories[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(char *); i++)
		tree_file(files[i], files[i]);
	make_links();
	make_chain(41);
	make_special();
	tree_link("current", "releases/7");
	roots = root_set_create();
	add_root("www");
	add_root("other/");
	add_root("current");
	add_root("icons/one.ico");
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

/* What path (below root, both names in the tree) leads to: its content, the
 * words of errno, or "a directory". */
static const char *
outcome(const char *root, const char *path, const struct link_policy *policy)
{
	static char text[128];
	struct resolved resolved;
	struct stat st;
	ssize_t n;

	if (resolve_open(roots, span_str(tree_path(root)), tree_path(path),
		policy, &resolved) != 0)
		return strerrorname_np(errno);
	assert_int_equal(fstat(resolved.fd, &st), 0);
	assert_true(st.st_ino == resolved.stat.st_ino);
	assert_true(fcntl(resolved.fd, F_GETFD) & FD_CLOEXEC);
	n = S_ISDIR(st.st_mode) ? 0 : read(resolved.fd, text, sizeof(text) - 1);
	close(resolved.fd);
	if (S_ISDIR(st.st_mode))
		return "a directory";
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

struct row {
	const char *path, *expected;
};

static void
check_rows(
    const char *root, const struct row *row, const struct link_policy *policy)
{
	for (; row->path != NULL; row++) {
		const char *got = outcome(root, row->path, policy);

		if (strcmp(got, row->expected) != 0)
			fail_msg(
			    "%s: %s, not %s", row->path, got, row->expected);
	}
}

static void
test_plain(void **state)
{
	static char long_name[300] = "www/";
	static const struct row rows[] = {
		{ "www", "a directory" },
		{ "www/file", "www/file" },
		{ "www/dir", "a directory" },
		{ "www/dir/file", "www/dir/file" },
		{ "www/nothing", "ENOENT" },
		{ "www/nothing/file", "ENOENT" },
		{ "www/file/more", "ENOTDIR" },
		{ "www/fifo", "EACCES" },
		{ "www/socket", "EACCES" },
		{ "www/fifo/more", "ENOTDIR" },
		{ long_name, "ENAMETOOLONG" },
		{ NULL, NULL },
	};

	(void)state;
	memset(long_name + 4, 'a', 256);
	check_rows("www", rows, &links_follow);
	check_rows("www", rows, &links_owner_match);
	check_rows("www", rows, &links_never);
}

static const struct row followed[] = {
	{ "www/rel", "www/file" },
	{ "www/rel-dir", "a directory" },
	{ "www/rel-dir/file", "www/dir/file" },
	{ "www/rel-dir/up", "www/file" },
	{ "www/dir/up", "www/file" },
	{ "www/abs", "www/file" },
	{ "www/abs-dir/file", "www/dir/file" },
	{ "www/abs-dir/up", "www/file" },
	{ "www/abs-dots", "www/file" },
	{ "www/to-root", "a directory" },
	{ "www/to-root/file", "other/file" },
	{ "www/to-root/back", "www/file" },
	{ "www/to-root-slash/file", "other/file" },
	{ "www/to-other", "other/file" },
	{ "www/rel-other", "other/file" },
	{ "www/dir/rel-other", "other/file" },
	{ "www/abs-dir/rel-other", "other/file" },
	{ "www/rel-same", "www/file" },
	{ "www/two-roots", "www/file" },
	{ "www/outside", "EXDEV" },
	{ "www/rel-outside", "EXDEV" },
	{ "www/through-root", "EXDEV" },
	{ "www/beside-root", "EXDEV" },
	{ "www/out-and-in", "EXDEV" },
	{ "www/far-up", "EXDEV" },
	{ "www/etc", "EXDEV" },
	{ "www/etc/passwd", "EXDEV" },
	{ "www/magic", "EXDEV" },
	{ "www/loop", "ELOOP" },
	{ "www/loop1", "ELOOP" },
	{ "www/loop/more", "ELOOP" },
	{ "www/dangling", "ENOENT" },
	{ "www/here/here/here/file", "www/file" },
	{ "www/via-link", "www/deeper/mark" },
	{ "www/file-slash", "ENOTDIR" },
	{ "www/file-dot", "ENOTDIR" },
	{ "www/file-up", "ENOTDIR" },
	{ "www/rel/more", "ENOTDIR" },
	{ "www/dir-slash/file", "www/dir/file" },
	{ "www/dir-slash", "a directory" },
	{ "www/to-real", "releases/7/file" },
	{ "www/to-single", "icons/one.ico" },
	{ "www/to-beside-single", "EXDEV" },
	{ "www/to-fifo", "EACCES" },
	{ "www/to-device", "EXDEV" },
	{ "www/chain1", "www/file" },
	{ "www/chain40", "www/file" },
	{ "www/chain41", "ELOOP" },
	{ NULL, NULL },
};

static void
test_links_followed(void **state)
{
	(void)state;
	check_rows("www", followed, &links_follow);
}

/* One owner for everything: as if they were followed. */
static void
test_links_of_one_owner(void **state)
{
	(void)state;
	check_rows("www", followed, &links_owner_match);
}

static void
test_links_never(void **state)
{
	(void)state;
	for (const struct row *row = followed; row->path != NULL; row++)
		assert_string_equal(
		    outcome("www", row->path, &links_never), "ELOOP");
}

/* What is still to walk grows beyond all bounds. */
static void
test_long_targets(void **state)
{
	static const char *const expected[] = { "a directory", "a directory",
		"ENAMETOOLONG" };
	char target[4000], name[32], path[40];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int n = i == 0 ? snprintf(target, 20, "dir/")
			       : snprintf(target, 20, "long%u/", i - 1);

		for (size_t j = (size_t)n; j + 2 < sizeof(target); j += 2)
			memcpy(target + j, "./", 3);
		snprintf(name, sizeof(name), "www/long%u", i);
		tree_link(name, target);
		snprintf(path, sizeof(path), "%s", name);
		assert_string_equal(
		    outcome("www", path, &links_follow), expected[i]);
	}
}

struct recorder {
	struct link_policy policy;
	enum link_rule rule;
	unsigned asked;
	char directory[256];
};

static enum link_rule
record(const struct link_policy *policy, struct span directory)
{
	struct recorder *recorder = (struct recorder *)(uintptr_t)policy;

	recorder->asked++;
	span_copy(directory, recorder->directory, sizeof(recorder->directory));
	return recorder->rule;
}

/* The rule is that of the directory in which the request meets a link. */
static void
test_policy(void **state)
{
	static const struct {
		const char *path, *directory;
		unsigned asked;
	} rows[] = {
		{ "www/dir/file", "", 0 },
		{ "www/rel", "www", 1 },
		{ "www/dir/up", "www/dir", 1 },
		{ "www/rel-dir/up", "www/rel-dir", 2 },
		{ "www/two-roots", "www", 1 },
		{ "www/to-root/back", "www/to-root", 2 },
		{ "www/chain40", "www", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct recorder recorder = { { record }, LINKS_FOLLOW, 0, "" };
		struct resolved resolved;

		assert_int_equal(
		    resolve_open(roots, span_str(tree_path("www")),
			tree_path(rows[i].path), &recorder.policy, &resolved),
		    0);
		close(resolved.fd);
		assert_int_equal(recorder.asked, rows[i].asked);
		assert_int_equal(resolved.through_link, rows[i].asked > 0);
		if (rows[i].asked > 0)
			assert_string_equal(
			    recorder.directory, tree_path(rows[i].directory));
	}
}

static void
own(const char *name)
{
	assert_int_equal(lchown(tree_path(name), SOMEBODY, SOMEBODY), 0);
}

static void
test_owners(void **state)
{
	static const struct row rows[] = {
		{ "other/theirs/link", "EACCES" }, /* to root's file */
		{ "other/theirs/own-link", "mine" },
		{ "other/theirs/chain", "EACCES" },
		{ "other/theirs/root-link", "EACCES" },
		{ "other/theirs/dir-link/file", "EACCES" },
		{ "other/theirs/own-dir/file", "other/file" },
		{ "other/theirs/abs", "EACCES" },
		{ "other/theirs/to-root/file", "EACCES" },
		{ "other/plain-link", "other/file" },
		{ NULL, NULL },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	tree_directory("other/theirs");
	tree_file("other/theirs/mine", "mine");
	tree_link("other/theirs/link", "../file");
	tree_link("other/theirs/own-link", "mine");
	tree_link("other/theirs/chain", "own-link-of-root");
	tree_link("other/theirs/own-link-of-root", "mine");
	tree_link("other/theirs/root-link", "mine");
	tree_link("other/theirs/dir-link", "..");
	tree_link("other/theirs/own-dir", ".");
	tree_file("other/theirs/file", "other/file");
	tree_link("other/theirs/abs", "%T/www/file");
	tree_link("other/theirs/to-root", "%T/www");
	tree_link("other/plain-link", "file");
	own("other/theirs");
	own("other/theirs/mine");
	own("other/theirs/link");
	own("other/theirs/own-link");
	own("other/theirs/chain");
	own("other/theirs/dir-link");
	own("other/theirs/own-dir");
	own("other/theirs/abs");
	own("other/theirs/to-root");
	check_rows("other", rows, &links_owner_match);
	assert_string_equal(
	    outcome("other", "other/theirs/chain", &links_follow), "mine");
}

static void
test_device(void **state)
{
	(void)state;
	if (geteuid() != 0 ||
	    mknod(tree_path("www/device"), S_IFCHR | 0666, makedev(1, 5)) != 0)
		skip();
	assert_string_equal(
	    outcome("www", "www/device", &links_follow), "EACCES");
	tree_link("www/to-own-device", "device");
	assert_string_equal(
	    outcome("www", "www/to-own-device", &links_follow), "EACCES");
}

static void
test_permissions(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip();
	tree_directory("www/closed");
	tree_file("www/closed/file", "closed");
	tree_file("www/unreadable", "unreadable");
	assert_int_equal(chmod(tree_path("www/unreadable"), 0), 0);
	assert_int_equal(chmod(tree_path("www/closed"), 0711), 0);
	assert_string_equal(
	    outcome("www", "www/closed", &links_follow), "a directory");
	assert_int_equal(chmod(tree_path("www/closed"), 0), 0);
	assert_string_equal(
	    outcome("www", "www/closed/file", &links_follow), "EACCES");
	assert_string_equal(
	    outcome("www", "www/unreadable", &links_follow), "EACCES");
	assert_int_equal(chmod(tree_path("www/closed"), 0700), 0);
}

static unsigned
open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			count++;
	return count;
}

/* Runs last: nothing above left a descriptor open but the roots'. */
static void
test_descriptors(void **state)
{
	unsigned before = open_descriptors();

	(void)state;
	test_links_followed(state);
	test_links_never(state);
	assert_int_equal(open_descriptors(), before);
	assert_true(before < 20);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_links_followed),
		cmocka_unit_test(test_links_of_one_owner),
		cmocka_unit_test(test_links_never),
		cmocka_unit_test(test_long_targets),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_descriptors),
	};

#ifdef WITHOUT_OPENAT2
	setenv("DROVER_NO_OPENAT2", "1", 1);
	if (file_has_openat2())
		return 1;
#endif
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}

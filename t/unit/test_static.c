/* SPDX-License-Identifier: BSD-2-Clause */
/* Static files and directories: what of them is answered, and how. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/report.h"
#include "files/files.h"
#include "site.h"
#include "tree.h"

extern const struct module access_module, static_module, autoindex_module;
const struct module *const modules[] = { &access_module, &static_module,
	&autoindex_module, NULL };

static int
make_site(void **state)
{
	static const char *const directories[] = { "www", "www/dir",
		"www/empty", "www/a b", "www/.git", "www/.well-known",
		"www/more", "www/more/deep", "other" };
	static const char *const files[] = { "www/index.html", "www/file.txt",
		"www/none", "www/dir/index.html", "www/dir/index.txt",
		"www/.git/config", "www/.env", "www/.well-known/a.txt",
		"www/run.php", "www/more/first.html", "www/more/deep/in.html",
		"www/page.html", "other/file.txt" };

	(void)state;
	report_set_level(REPORT_EMERG);
	tree_make();
	for (size_t i = 0; i < sizeof(directories) / sizeof(char *); i++)
		tree_directory(directories[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(char *); i++)
		tree_file(files[i], files[i] + strlen("www/"));
	tree_link("www/link.txt", "file.txt");
	tree_link("www/out", "%T/other");
	return 0;
}

static int
remove_site(void **state)
{
	(void)state;
	site_close();
	tree_remove();
	return 0;
}

static void
test_files(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /file.txt", "200 text/plain: file.txt" },
		{ "GET /file.txt?query", "200 text/plain: file.txt" },
		{ "GET /%66ile.txt", "200 text/plain: file.txt" },
		{ "GET /none", "200 application/octet-stream: none" },
		{ "GET /dir/../file.txt", "200 text/plain: file.txt" },
		{ "GET //file.txt", "200 text/plain: file.txt" },
		{ "GET /dir/index.txt", "200 text/plain: dir/index.txt" },
		{ "GET /link.txt", "200 text/plain: file.txt" },
		{ "GET /FILE.TXT", "404" },
		{ "GET /missing", "404" },
		{ "GET /missing/file.txt", "404" },
		{ "GET /file.txt/", "404" },
		{ "GET /file.txt/more", "404" },
		{ "GET /run.php", "501" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n");
	site_check(rows);
}

static void
test_directories(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /", "200 text/html: index.html" },
		{ "GET /dir/", "200 text/html: dir/index.html" },
		{ "GET /dir", "301 /dir/" },
		{ "HEAD /dir", "301 /dir/" },
		{ "GET /dir?a=b&c", "301 /dir/?a=b&c" },
		{ "GET /dir?", "301 /dir/?" },
		{ "GET /a%20b", "301 /a%20b/" },
		{ "GET //dir", "301 /dir/" },
		{ "GET /%2e//./dir", "301 /dir/" },
		{ "GET /empty", "301 /empty/" },
		{ "GET /empty/", "403" },
		{ "POST /dir", "405 GET, HEAD, OPTIONS" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n");
	site_check(rows);
}

static void
test_methods(void **state)
{
	static const struct site_row rows[] = {
		{ "HEAD /file.txt", "200 text/plain: file.txt" },
		{ "OPTIONS /file.txt", "200 GET, HEAD, OPTIONS" },
		{ "OPTIONS *", "200 GET, HEAD, POST, OPTIONS" },
		{ "OPTIONS /missing", "200 GET, HEAD, OPTIONS" },
		{ "POST /file.txt", "405 GET, HEAD, OPTIONS" },
		{ "POST /", "405 GET, HEAD, OPTIONS" },
		{ "POST /missing", "404" },
		{ "PUT /file.txt", "405 GET, HEAD, OPTIONS" },
		{ "DELETE /missing", "405 GET, HEAD, OPTIONS" },
		{ "PATCH /file.txt", "405 GET, HEAD, OPTIONS" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n");
	site_check(rows);
}

static void
test_dotfiles(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /.env", "404" },
		{ "GET /.git/config", "404" },
		{ "GET /.git", "404" },
		{ "GET /.git/", "404" },
		{ "GET /%2egit/config", "404" },
		{ "GET /.missing", "404" },
		{ "GET /.well-known/a.txt",
		    "200 text/plain: .well-known/a.txt" },
		{ "GET /.well-known2/a.txt", "404" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n");
	site_check(rows);
}

static void
test_index_names(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /dir/", "200 text/plain: dir/index.txt" },
		{ "GET /more/", "200 text/html: more/deep/in.html" },
		{ "GET /", "403" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "DirectoryIndex missing.html index.txt\n"
		  "DirectoryIndex deep/in.html\n");
	site_check(rows);
}

static void
test_index_by_section(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /", "200 text/html: index.html" },
		{ "GET /dir/", "403" },
		{ "GET /more/", "200 text/html: more/first.html" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "<Directory %T/www/dir>\nDirectoryIndex disabled\n"
		  "</Directory>\n"
		  "<Location /more/>\nDirectoryIndex first.html disabled\n"
		  "</Location>\n");
	site_check(rows);
}

/* An index has its own settings: whoever may see the directory may not for
 * that see every index. */
static void
test_index_is_a_resource(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /dir/", "403" },
		{ "GET /", "403" },
		{ "GET /page.html", "200 text/html: page.html" },
		{ "GET /more/", "200 text/plain: more/first.html" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\nDirectoryIndex index.html first.html\n"
		  "<Files index.html>\nRequire all denied\n</Files>\n"
		  "<Location /more/first.html>\nAddType text/plain .html\n"
		  "</Location>\n");
	site_check(rows);
}

/* <Directory> holds for the directory itself, with and without its slash. */
static void
test_closed_directory(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /dir", "403" },
		{ "GET /dir/", "403" },
		{ "GET /dir/index.txt", "403" },
		{ "GET /directory", "404" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\n"
		  "<Directory %T/www/dir>\nRequire all denied\n</Directory>\n");
	site_check(rows);
}

static void
test_index_that_is_closed(void **state)
{
	static const struct site_row rows[] = {
		{ "GET /more/", "403" },
		{ NULL, NULL },
	};

	(void)state;
	assert_int_equal(mkfifo(tree_path("www/more/index.html"), 0644), 0);
	site_open("DocumentRoot www\n");
	site_check(rows);
}

static void
test_fields(void **state)
{
	struct exchange *x;
	char etag[64];

	(void)state;
	site_open("DocumentRoot www\n");
	tree_date("www/file.txt", 784111777, 0);
	x = site_request("GET /file.txt");
	assert_int_equal(x->response.validators.last_modified, 784111777);
	span_copy(x->response.validators.etag, etag, sizeof(etag));
	assert_true(x->response.block.len > 0);
	assert_int_equal(x->response.body.length, 8);
	response_finish(x);
	assert_int_equal(x->response.announced_length, 8);
	site_end(x);

	/* HEAD: the body is gone, what the head is made of is not. */
	x = site_request("HEAD /file.txt");
	response_finish(x);
	assert_null(x->response.body.ops);
	assert_int_equal(x->response.announced_length, 8);
	assert_int_equal(x->response.block.len, 0);
	assert_true(span_is(x->response.validators.etag, etag));
	assert_true(span_is(x->response.content_type, "text/plain"));
	site_end(x);
}

static void
test_large_file(void **state)
{
	char *data = malloc(100000);
	struct exchange *x;

	(void)state;
	memset(data, 'x', 100000);
	tree_bytes("www/large", data, 100000);
	free(data);
	site_open("DocumentRoot www\n");
	x = site_request("GET /large");
	assert_int_equal(x->response.status, 200);
	assert_true(x->response.body.file.fd >= 0);
	assert_int_equal(x->response.body.file.left, 100000);
	site_end(x);
}

static void
test_status(void **state)
{
	static const struct {
		int error, status;
	} rows[] = {
		{ ENOENT, 404 },
		{ ENOTDIR, 404 },
		{ ENAMETOOLONG, 404 },
		{ EACCES, 403 },
		{ ELOOP, 403 },
		{ EXDEV, 403 },
		{ EMFILE, 503 },
		{ ENFILE, 503 },
		{ ENOMEM, 503 },
		{ EIO, 500 },
		{ ESTALE, 500 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(files_status(rows[i].error), rows[i].status);
	site_open("DocumentRoot www\n");
}

/* The whole file system as a DocumentRoot: its path is empty then. */
static void
test_root_of_all(void **state)
{
	struct site_row rows[] = { { NULL, "200 text/plain: file.txt" },
		{ NULL, NULL } };
	char request[300];

	(void)state;
	site_open("DocumentRoot /\n");
	snprintf(request, sizeof(request), "GET %s", tree_path("www/file.txt"));
	rows[0].request = request;
	site_check(rows);
	snprintf(request, sizeof(request), "GET %s", tree_path("www/dir/"));
	rows[0].answer = "200 text/html: dir/index.html";
	site_check(rows);
}

static void
test_empty_file(void **state)
{
	struct exchange *x;

	(void)state;
	tree_file("www/nothing.txt", "");
	site_open("DocumentRoot www\n");
	x = site_request("GET /nothing.txt");
	response_finish(x);
	assert_int_equal(x->response.status, 200);
	assert_int_equal(x->response.announced_length, 0);
	site_end(x);
}

static void
test_links(void **state)
{
	static const struct site_row closed[] = {
		{ "GET /link.txt", "403" },
		{ "GET /out/file.txt", "403" },
		{ "GET /file.txt", "200 text/plain: file.txt" },
		{ NULL, NULL },
	};
	static const struct site_row followed[] = {
		{ "GET /link.txt", "200 text/plain: file.txt" },
		{ "GET /out/file.txt", "403" },
		{ NULL, NULL },
	};
	static const struct site_row other_root[] = {
		{ "GET /out/file.txt", "200 text/plain: r/file.txt" },
		{ NULL, NULL },
	};
	static const struct site_row by_directory[] = {
		{ "GET /link.txt", "403" },
		{ "GET /dir/link.txt", "200 text/plain: file.txt" },
		{ "GET /to-dir/index.txt", "403" },
		{ NULL, NULL },
	};

	(void)state;
	site_open("DocumentRoot www\nOptions None\n");
	site_check(closed);
	site_close();
	site_open("DocumentRoot www\nOptions None\n"
		  "<Directory %T/www>\nOptions +SymLinksIfOwnerMatch\n"
		  "</Directory>\n");
	site_check(followed);
	site_close();
	site_open("DocumentRoot www\n<VirtualHost *>\nServerName o\n"
		  "DocumentRoot other\n</VirtualHost>\n"
		  "<VirtualHost *>\nServerName w\nDocumentRoot www\n"
		  "</VirtualHost>\n");
	site_check((const struct site_row[]){
	    { "GET /out/file.txt Host: w", other_root[0].answer },
	    { NULL, NULL } });
	site_close();
	/* What holds is said by the directory where the link stands, and not
	 * by a <Location> or by where it leads. */
	tree_link("www/dir/link.txt", "../file.txt");
	tree_link("www/to-dir", "dir");
	site_open("DocumentRoot www\nOptions None\n"
		  "<Directory %T/www/dir>\nOptions FollowSymLinks\n"
		  "</Directory>\n<Directory %T/www/to-dir>\n"
		  "Options FollowSymLinks\n</Directory>\n"
		  "<Location />\nOptions FollowSymLinks\n</Location>\n");
	site_check(by_directory);
}

static void
test_htaccess(void **state)
{
	static const struct site_row open[] = {
		{ "GET /dir/index.txt", "200 text/plain: dir/index.txt" },
		{ NULL, NULL },
	};
	static const struct site_row closed[] = {
		{ "GET /dir/index.txt", "403" },
		{ "GET /dir/", "403" },
		{ "GET /dir", "403" },
		{ "GET /file.txt", "200 text/plain: file.txt" },
		{ "GET /more/first.html", "200 text/html: more/first.html" },
		{ NULL, NULL },
	};

	(void)state;
	tree_file("www/dir/.htaccess", "Require all denied\n");
	site_open("DocumentRoot www\n");
	site_check(open);
	site_close();
	site_open("DocumentRoot www\n<Directory />\nAllowOverride None\n"
		  "</Directory>\n");
	site_check(open);
	site_close();
	site_open("DocumentRoot www\n<Directory %T/www>\nAllowOverride All\n"
		  "</Directory>\n");
	site_check(closed);
	site_close();
	/* One above the root counts too. */
	tree_file(".htaccess", "Require all denied\n");
	site_open("DocumentRoot www\n<Directory %T>\nAllowOverride All\n"
		  "</Directory>\n");
	site_check((const struct site_row[]){
	    { "GET /file.txt", "403" }, { NULL, NULL } });
	site_close();
	tree_unlink(".htaccess");
	/* It counts below as well, even where none would be read. */
	tree_directory("www/dir/sub");
	tree_file("www/dir/sub/a.txt", "a");
	site_open("DocumentRoot www\n<Directory %T/w*>\n"
		  "AllowOverride AuthConfig Options=Indexes\n</Directory>\n"
		  "<Directory %T/www/dir/sub>\nAllowOverride None\n"
		  "</Directory>\n");
	site_check(closed);
	site_check((const struct site_row[]){
	    { "GET /dir/sub/a.txt", "403" }, { NULL, NULL } });
}

static void
test_bad_settings(void **state)
{
	static const char *const rows[][2] = {
		{ "DocumentRoot missing\n", "is not a directory" },
		{ "DocumentRoot www/file.txt\n", "is not a directory" },
		{ "DocumentRoot www\n<VirtualHost *>\n"
		  "DocumentRoot missing\n</VirtualHost>\n",
		    "warning: DocumentRoot: the directory" },
		{ "Options Indexes +FollowSymLinks\n", "either all options" },
		{ "Options +Indexes FollowSymLinks\n", "either all options" },
		{ "Options +None\n", "cannot be added" },
		{ "Options -All\n", "cannot be added" },
		{ "Options Index\n", "\"Index\" is no option" },
		{ "FileETag Digest\n", "\"Digest\" is no part of a tag" },
		{ "FileETag MTime +Size\n", "either all parts" },
		{ "FileETag +None\n", "cannot be added" },
		{ "Options MultiViews\n",
		    "warning: Options: MultiViews has no effect" },
		{ "<Directory />\nAllowOverride Nothing\n</Directory>\n",
		    "is none of None, All" },
		{ "AllowOverride None\n", "AllowOverride" },
		{ "DirectoryIndex /index?a\n", "cannot be the path" },
		{ "DirectoryIndex /../index\n", "cannot be the path" },
		{ "FallbackResource index.html\n", "cannot be the path" },
		{ "FallbackResource http://a.example/\n",
		    "cannot be the path" },
		{ "DirectoryIndexRedirect 304\n", "of the statuses 301" },
		{ "DirectoryIndexRedirect gone\n", "\"gone\"" },
		{ "DirectoryIndex a/../../b\n", "leads out" },
		{ "DirectoryIndex ..\n", "leads out" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *messages = site_messages(rows[i][0]);

		if (strstr(messages, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], messages);
	}
	site_open("DocumentRoot www\n");
}

/* What + and - make of the outer scope, and several lines of each other. */
static void
test_options_merge(void **state)
{
	static const struct {
		const char *server, *directory;
		unsigned on;
	} rows[] = {
		{ "", "", OPTION_FOLLOW_SYM_LINKS },
		{ "Options +Indexes\n", "",
		    OPTION_FOLLOW_SYM_LINKS | OPTION_INDEXES },
		{ "Options Indexes\n", "", OPTION_INDEXES },
		{ "Options Indexes\nOptions +ExecCGI\n", "",
		    OPTION_INDEXES | OPTION_EXEC_CGI },
		{ "Options Indexes\nOptions ExecCGI\n", "", OPTION_EXEC_CGI },
		{ "Options All\n", "Options -Indexes -FollowSymLinks\n",
		    OPTION_EXEC_CGI | OPTION_INCLUDES },
		{ "Options Indexes\n", "Options +Includes -Indexes\n",
		    OPTION_INCLUDES },
		{ "Options Indexes\n", "Options +ExecCGI\nOptions -ExecCGI\n",
		    OPTION_INDEXES },
		{ "Options All\n", "Options None\n", 0 },
		{ "Options All\n", "Options SymLinksIfOwnerMatch\n",
		    OPTION_SYM_LINKS_IF_OWNER_MATCH },
		{ "Options None\n", "Options IncludesNOEXEC\n",
		    OPTION_INCLUDES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		const struct files_conf *conf;
		struct exchange *x;

		snprintf(text, sizeof(text),
		    "DocumentRoot www\n%s<Directory %%T/www/dir>\n%s"
		    "</Directory>\n",
		    rows[i].server, rows[i].directory);
		site_open(text);
		x = site_request("GET /dir/index.txt");
		conf = exchange_conf(x, &files_section);
		assert_int_equal(conf->options.on, rows[i].on);
		assert_int_equal(files_option(x->settings, OPTION_INDEXES),
		    (rows[i].on & OPTION_INDEXES) != 0);
		site_end(x);
		site_close();
	}
	site_open("DocumentRoot www\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_site, remove_site)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_files),
		TEST(test_directories),
		TEST(test_methods),
		TEST(test_dotfiles),
		TEST(test_index_names),
		TEST(test_index_by_section),
		TEST(test_index_is_a_resource),
		TEST(test_closed_directory),
		TEST(test_index_that_is_closed),
		TEST(test_fields),
		TEST(test_large_file),
		TEST(test_status),
		TEST(test_root_of_all),
		TEST(test_empty_file),
		TEST(test_links),
		TEST(test_htaccess),
		TEST(test_bad_settings),
		TEST(test_options_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

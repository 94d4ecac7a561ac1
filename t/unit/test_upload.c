/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of requests: -d, -F and -T, read in pieces and read again. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/upload.h"

static char folder[] = "/tmp/test_upload.XXXXXX";
static char file[64], ends[64], fifo[64];

static void
write_file(char *path, const char *name, const char *text, size_t len)
{
	FILE *out;

	snprintf(path, 64, "%s/%s", folder, name);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, len, out), len);
	fclose(out);
}

static int
make_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	write_file(file, "file.txt", "content\n", 8);
	write_file(ends, "ends", "a\r\nb\n\0c\n", 8);
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	return mkfifo(fifo, 0600);
}

static int
remove_files(void **state)
{
	(void)state;
	unlink(file);
	unlink(ends);
	unlink(fifo);
	return rmdir(folder);
}

struct rig {
	struct options options;
	struct upload upload;
	struct err err;
};

/* Options in pairs up to NULL. */
static enum outcome
open_upload(struct rig *rig, const char *const *arguments)
{
	char *argv[16] = { "drover-request", "http://a" };
	int argc = 2;

	while (*arguments != NULL)
		argv[argc++] = (char *)*arguments++;
	assert_int_equal(
	    options_parse(&rig->options, argc, argv, &rig->err), OUTCOME_OK);
	return upload_open(&rig->upload, &rig->options, &rig->err);
}

static void
release(struct rig *rig)
{
	upload_release(&rig->upload);
	options_release(&rig->options);
}

/* All of it, in pieces of step bytes, as a string. */
static void
read_all(struct upload *u, size_t step, char *to, size_t size)
{
	struct err err;
	size_t len = 0;
	ssize_t n;

	while ((n = upload_read(u, to + len, step, &err)) > 0) {
		assert_true((size_t)n <= step);
		len += (size_t)n;
		assert_true(len + step < size);
	}
	assert_int_equal(n, UPLOAD_END);
	to[len] = '\0';
}

static void
check(const char *expected, const char *const *arguments)
{
	struct rig rig;
	char text[1024];

	assert_int_equal(open_upload(&rig, arguments), OUTCOME_OK);
	assert_true(rig.upload.present);
	assert_int_equal(rig.upload.length, strlen(expected));
	for (size_t step = 1; step < 10; step += 4) {
		assert_true(upload_untouched(&rig.upload));
		read_all(&rig.upload, step, text, sizeof(text));
		assert_string_equal(text, expected);
		assert_true(upload_rewind(&rig.upload));
	}
	release(&rig);
}

#define CHECK(expected, ...) \
	check(expected, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_data(void **state)
{
	char at_file[80], at_ends[80], named[80];

	(void)state;
	snprintf(at_file, sizeof(at_file), "@%s", file);
	snprintf(named, sizeof(named), "x@%s", file);
	snprintf(at_ends, sizeof(at_ends), "@%s", ends);
	CHECK("", "-d", "");
	CHECK("a=b", "-d", "a=b");
	CHECK("a\r\nb&c", "-d", "a\r\nb", "-d", "c");
	CHECK("content", "-d", at_file);
	CHECK("abc&x", "-d", at_ends, "-d", "x");
	CHECK("content\n", "--data-binary", at_file);
	CHECK("x&content\n&y", "-d", "x", "--data-binary", at_file, "-d", "y");
	CHECK(at_file, "--data-raw", at_file);
	CHECK("content\n", "-T", file);
	CHECK("a=b+%26%3D%2F%C3%A4-._~Z9", "--data-urlencode",
	    "a=b &=/\xc3\xa4-._~Z9");
	CHECK("a%40b&c", "--data-urlencode", "=a@b", "--data-urlencode", "c");
	CHECK("content%0A&x=content%0A", "--data-urlencode", at_file,
	    "--data-urlencode", named);
}

static void
test_none(void **state)
{
	static const char *const arguments[] = { NULL };
	struct rig rig;

	(void)state;
	assert_int_equal(open_upload(&rig, arguments), OUTCOME_OK);
	assert_false(rig.upload.present);
	release(&rig);
}

static void
test_missing(void **state)
{
	static const char *const rows[][3] = {
		{ "-d", "@/no/such/file", NULL },
		{ "--data-binary", "@/no/such/file", NULL },
		{ "-F", "a=@/no/such/file", NULL },
		{ "--data-urlencode", "a@/no/such/file", NULL },
		{ "-T", "/no/such/file", NULL },
		{ "-T", "/tmp", NULL },
		{ "-d", "@/tmp", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig rig;

		assert_int_equal(open_upload(&rig, rows[i]), OUTCOME_READ);
		release(&rig);
	}
}

/* The body of -F with "B" in the place of the boundary. */
static void
check_form(const char *expected, const char *const *arguments)
{
	static const char type[] = "multipart/form-data; boundary=";
	struct rig rig;
	char text[2048], plain[2048], *from = text, *found;
	const char *boundary;

	assert_int_equal(open_upload(&rig, arguments), OUTCOME_OK);
	assert_memory_equal(rig.upload.content_type, type, sizeof(type) - 1);
	boundary = rig.upload.content_type + sizeof(type) - 1;
	assert_true(strlen(boundary) > 40);
	read_all(&rig.upload, 100, text, sizeof(text));
	assert_int_equal(rig.upload.length, strlen(text));
	plain[0] = '\0';
	while ((found = strstr(from, boundary)) != NULL) {
		strncat(plain, from, (size_t)(found - from));
		strcat(plain, "B");
		from = found + strlen(boundary);
	}
	strcat(plain, from);
	assert_string_equal(plain, expected);
	release(&rig);
}

#define CHECK_FORM(expected, ...) \
	check_form(expected, (const char *const[]){ __VA_ARGS__, NULL })

#define PART "--B\r\nContent-Disposition: form-data; name="

static void
test_form(void **state)
{
	char plain[80], typed[120], named[120];

	(void)state;
	snprintf(plain, sizeof(plain), "f=@%s", file);
	snprintf(typed, sizeof(typed), "f=@%s;type=a/b; c=d", file);
	snprintf(named, sizeof(named), "f=@%s;filename=x\"y.PNG", file);
	CHECK_FORM(
	    PART "\"a\"\r\n\r\nb=c;type=d\r\n--B--\r\n", "-F", "a=b=c;type=d");
	CHECK_FORM(PART "\"a\"\r\n\r\n\r\n" PART
			"\"%22%0D%0A\"\r\n\r\nc\r\n--B--\r\n",
	    "-F", "a=", "-F", "\"\r\n=c");
	CHECK_FORM(PART "\"f\"; filename=\"file.txt\"\r\n"
			"Content-Type: text/plain\r\n\r\n"
			"content\n\r\n--B--\r\n",
	    "-F", plain);
	CHECK_FORM(PART "\"f\"; filename=\"file.txt\"\r\n"
			"Content-Type: a/b; c=d\r\n\r\n"
			"content\n\r\n--B--\r\n",
	    "-F", typed);
	CHECK_FORM(PART "\"f\"; filename=\"x%22y.PNG\"\r\n"
			"Content-Type: image/png\r\n\r\n"
			"content\n\r\n" PART "\"a\"\r\n\r\nb\r\n--B--\r\n",
	    "-F", named, "-F", "a=b");
}

static void
test_form_bad_type(void **state)
{
	char text[100];
	const char *const arguments[] = { "-F", text, NULL };
	struct rig rig;

	(void)state;
	snprintf(text, sizeof(text), "f=@%s;type=a/b\r\nX: y", file);
	assert_int_equal(open_upload(&rig, arguments), OUTCOME_USAGE);
	release(&rig);
}

/* A file that is cut while it is sent does not become another request. */
static void
test_shorter(void **state)
{
	const char *const arguments[] = { "-T", file, NULL };
	struct rig rig;
	char byte;

	(void)state;
	assert_int_equal(open_upload(&rig, arguments), OUTCOME_OK);
	assert_int_equal(upload_read(&rig.upload, &byte, 1, &rig.err), 1);
	assert_int_equal(truncate(file, 1), 0);
	assert_int_equal(
	    upload_read(&rig.upload, &byte, 1, &rig.err), UPLOAD_ERROR);
	release(&rig);
	write_file(file, "file.txt", "content\n", 8);
}

/* A pipe: no length, waits for bytes, is not read twice. */
static void
test_pipe(void **state)
{
	const char *const arguments[] = { "-T", fifo, NULL };
	struct rig rig;
	FILE *end = fopen(fifo, "r+");
	char bytes[8];

	(void)state;
	assert_non_null(end);
	assert_int_equal(open_upload(&rig, arguments), OUTCOME_OK);
	assert_int_equal(rig.upload.length, -1);
	assert_int_equal(
	    upload_read(&rig.upload, bytes, sizeof(bytes), &rig.err),
	    UPLOAD_WAIT);
	assert_true(upload_fd(&rig.upload) >= 0);
	assert_true(upload_rewind(&rig.upload));
	fputs("abc", end);
	fflush(end);
	assert_int_equal(
	    upload_read(&rig.upload, bytes, sizeof(bytes), &rig.err), 3);
	assert_false(upload_untouched(&rig.upload));
	assert_false(upload_rewind(&rig.upload));
	fclose(end);
	assert_int_equal(
	    upload_read(&rig.upload, bytes, sizeof(bytes), &rig.err),
	    UPLOAD_END);
	release(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_form_bad_type),
		cmocka_unit_test(test_shorter),
		cmocka_unit_test(test_pipe),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}

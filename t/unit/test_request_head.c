/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads of requests: what goes by itself, what -H changes, what is kept from
 * another server, and which method a redirect leads to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/redirect.h"
#include "client/request.h"

#define AGENT "User-Agent: drover-request/" PACKAGE_VERSION "\r\n"

struct rig {
	struct options options;
	struct url url;
	struct upload upload;
	struct request request;
	struct buf head;
};

/* Arguments up to NULL, the URL among them. */
static const char *
print_head(struct rig *rig, bool foreign, const char *const *arguments)
{
	char *argv[16] = { "drover-request" };
	int argc = 1;
	struct err err;

	while (*arguments != NULL)
		argv[argc++] = (char *)*arguments++;
	assert_int_equal(
	    options_parse(&rig->options, argc, argv, &err), OUTCOME_OK);
	url_parse(&rig->url, span_str(rig->options.urls.items[0]), &err);
	assert_int_equal(
	    upload_open(&rig->upload, &rig->options, &err), OUTCOME_OK);
	rig->request = (struct request){
		.method = rig->options.method,
		.url = &rig->url,
		.target = rig->options.request_target,
		.userinfo = rig->url.userinfo,
		.upload = rig->upload.present ? &rig->upload : NULL,
		.foreign = foreign,
	};
	buf_init(&rig->head, 1 << 16);
	if (request_init(&rig->request, &rig->options, &err) != OUTCOME_OK)
		return NULL;
	assert_int_equal(
	    request_print(&rig->request, &rig->options, &rig->head, &err),
	    OUTCOME_OK);
	return buf_str(&rig->head);
}

static void
release(struct rig *rig)
{
	buf_release(&rig->head);
	upload_release(&rig->upload);
	url_release(&rig->url);
	options_release(&rig->options);
}

static void
check(const char *expected, bool foreign, const char *const *arguments)
{
	struct rig rig;
	const char *head = print_head(&rig, foreign, arguments);

	if (expected == NULL)
		assert_null(head);
	else
		assert_string_equal(head, expected);
	release(&rig);
}

#define CHECK(expected, ...) \
	check(expected, false, (const char *const[]){ __VA_ARGS__, NULL })
#define CHECK_FOREIGN(expected, ...) \
	check(expected, true, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_plain(void **state)
{
	(void)state;
	CHECK("GET /x?y HTTP/1.1\r\nHost: a\r\n" AGENT "Accept: */*\r\n\r\n",
	    "http://a/x?y");
	CHECK("HEAD / HTTP/1.1\r\nHost: [::1]:80\r\n" AGENT
	      "Accept: */*\r\n\r\n",
	    "-I", "http://[::1]:80");
	CHECK("GET / HTTP/1.0\r\nHost: a\r\n" AGENT "Accept: */*\r\n\r\n", "-0",
	    "a");
	CHECK("OPTIONS * HTTP/1.1\r\nHost: a\r\n" AGENT "Accept: */*\r\n\r\n",
	    "-X", "OPTIONS", "--request-target", "*", "a");
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n"
	      "Accept: */*\r\nReferer: c\r\n\r\n",
	    "-A", "b", "-e", "c", "a");
	CHECK(
	    "GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n", "-A", "", "a");
	CHECK("GET / HTTP/1.1\r\nHost: a\r\n" AGENT
	      "Accept: */*\r\nRange: bytes=-5\r\n\r\n",
	    "-r", "-5", "a");
}

static void
test_given(void **state)
{
	(void)state;
	CHECK("GET / HTTP/1.1\r\nhost: b\r\nX: 1\r\nX: 2\r\nY: \r\n\r\n", "-H",
	    "host: b", "-H", "X: 1", "-H", "X: 2", "-H", "User-Agent:", "-H",
	    "ACCEPT:", "-H", "Y;", "a");
	CHECK("GET / HTTP/1.1\r\nAccept: \r\n\r\n", "-H", "Host:", "-H",
	    "User-Agent:", "-H", "Accept;", "a");
}

static void
test_credentials(void **state)
{
	(void)state;
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dTpw\r\n" AGENT
	      "Accept: */*\r\n\r\n",
	    "-u", "u:p", "a");
	CHECK("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dTo=\r\n" AGENT
	      "Accept: */*\r\n\r\n",
	    "http://u@a");
	/* "us:p@" */
	CHECK("GET / HTTP/1.1\r\nHost: a\r\n"
	      "Authorization: Basic dXM6cEA=\r\n" AGENT "Accept: */*\r\n\r\n",
	    "http://us:p%40@a");
	CHECK("GET / HTTP/1.1\r\nHost: a\r\n" AGENT
	      "Accept: */*\r\nAuthorization: x\r\n\r\n",
	    "-H", "Authorization: x", "http://u:p@a");
}

static void
test_foreign(void **state)
{
	(void)state;
	CHECK_FOREIGN("GET / HTTP/1.1\r\nHost: a\r\n" AGENT
		      "Accept: */*\r\nX: y\r\n\r\n",
	    "-u", "u:p", "-H", "authorization: x", "-H", "Cookie: y", "-H",
	    "Host: b", "-H", "Proxy-Authorization: z", "-H", "X: y", "a");
}

static void
test_bodies(void **state)
{
	(void)state;
	CHECK("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: "
	      "application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\n",
	    "-d", "x", "-d", "y", "-A", "", "-H", "Accept:", "a");
	CHECK("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
	      "Content-Type: b\r\n\r\n",
	    "-d", "x", "-A", "", "-H", "Accept:", "-H", "Content-Length: 9",
	    "-H", "Content-Type: b", "a");
	CHECK("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	      "Expect: 100-continue\r\n\r\n",
	    "-T", "/dev/zero", "-A", "", "-H", "Accept:", "a");
	CHECK("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "-T", "/dev/zero", "-A", "", "-H", "Accept:", "-H", "Expect:", "a");
	CHECK(NULL, "-0", "-T", "/dev/zero", "a");
	CHECK("POST / HTTP/1.1\r\nHost: a\r\n"
	      "Transfer-Encoding: chunked\r\n\r\n",
	    "-d", "x", "-A", "", "-H", "Accept:", "-H", "Content-Type:", "-H",
	    "Transfer-Encoding: chunked", "a");
}

/* What a redirect to GET leaves of a request that had a body. */
static void
test_body_left_out(void **state)
{
	static const char *const arguments[] = { "-d", "x", "-A", "", "-H",
		"Accept:", "-H", "Content-Type: b", "-H", "X: y", "a", NULL };
	struct rig rig;
	struct err err;

	(void)state;
	print_head(&rig, false, arguments);
	buf_clear(&rig.head);
	rig.request.upload = NULL;
	rig.request.method = "GET";
	request_init(&rig.request, &rig.options, &err);
	request_print(&rig.request, &rig.options, &rig.head, &err);
	assert_string_equal(
	    buf_str(&rig.head), "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
	release(&rig);
}

static void
test_redirects(void **state)
{
	static const struct {
		int status;
		const char *from, *to;
	} rows[] = {
		{ 301, "GET", "GET" },
		{ 301, "POST", "GET" },
		{ 302, "POST", "GET" },
		{ 302, "PUT", "PUT" },
		{ 303, "POST", "GET" },
		{ 303, "PUT", "GET" },
		{ 303, "HEAD", "HEAD" },
		{ 307, "POST", "POST" },
		{ 308, "DELETE", "DELETE" },
		{ 302, "HEAD", "HEAD" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(redirect_applies(rows[i].status));
		assert_string_equal(
		    redirect_method(rows[i].status, rows[i].from), rows[i].to);
	}
	assert_false(redirect_applies(200));
	assert_false(redirect_applies(300));
	assert_false(redirect_applies(304));
	assert_false(redirect_applies(305));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_body_left_out),
		cmocka_unit_test(test_redirects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

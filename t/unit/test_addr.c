/* SPDX-License-Identifier: BSD-2-Clause */
/* base/addr: what is an address, and how it is printed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/addr.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
parse_guarded(const char *text, uint16_t port, struct addr *addr_r)
{
	size_t len = strlen(text);
	char *copy = guard_copy(text, len);
	bool good = addr_parse(span_of(copy, len), port, addr_r);

	guard_free(copy, len);
	return good;
}

static void
test_good(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
		const char *ip, *full;
	} rows[] = {
		{ "127.0.0.1", 80, "127.0.0.1", "127.0.0.1:80" },
		{ "0.0.0.0", 0, "0.0.0.0", "0.0.0.0:0" },
		{ "255.255.255.255", 65535, "255.255.255.255",
		    "255.255.255.255:65535" },
		{ "::1", 8080, "::1", "[::1]:8080" },
		{ "[::1]", 8080, "::1", "[::1]:8080" },
		{ "::", 1, "::", "[::]:1" },
		{ "2001:DB8:0:0:0:0:0:1", 443, "2001:db8::1",
		    "[2001:db8::1]:443" },
		{ "::ffff:192.0.2.7", 80, "192.0.2.7", "192.0.2.7:80" },
		{ "[::ffff:c000:207]", 80, "192.0.2.7", "192.0.2.7:80" },
		{ "fe80::1%7", 80, "fe80::1%7", "[fe80::1%7]:80" },
		{ "[ff02::1%4294967295]", 80, "ff02::1%4294967295",
		    "[ff02::1%4294967295]:80" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", 65535,
		    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *to =
		    guard_copy((char[ADDR_TEXT_SIZE]){ 0 }, ADDR_TEXT_SIZE);
		struct addr a;

		assert_true(parse_guarded(rows[i].text, rows[i].port, &a));
		assert_int_equal(addr_port(&a), rows[i].port);
		assert_int_equal(addr_print_ip(&a, to), strlen(rows[i].ip));
		assert_string_equal(to, rows[i].ip);
		assert_int_equal(addr_print(&a, to), strlen(rows[i].full));
		assert_string_equal(to, rows[i].full);
		guard_free(to, ADDR_TEXT_SIZE);
	}
}

static void
test_bad(void **state)
{
	static const char *const rows[] = { "", "localhost", "127.0.0", "127.1",
		"1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", " 1.2.3.4", "0x7f.0.0.1",
		"1.2.3.04x", "127.0.0.1:80", "*", "[", "]", "[]", "[127.0.0.1]",
		"[::1", "::1]", "[[::1]]", ":", ":::", "1::2::3",
		"12345::", "::1%", "::1%1", "2001:db8::1%1", "fe80::1%0",
		"fe80::1%", "fe80::1%nosuchinterface", "fe80::1%4294967296",
		"fe80::1%-1", "fe80::1%no/such", "::g", "1:2:3:4:5:6:7:8:9",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:" };
	struct addr a, before;
	size_t i;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	a = before;
	for (i = 0; i < COUNT(rows); i++)
		assert_false(parse_guarded(rows[i], 80, &a));
	assert_false(addr_parse(span_of("127.0.0.1\0", 10), 80, &a));
	assert_false(addr_parse(span_of("::1\0", 4), 80, &a));
	assert_false(addr_parse(span_of(NULL, 0), 80, &a));
	assert_memory_equal(&a, &before, sizeof(a));
}

/* An interface's name is its number; the loopback exists everywhere. */
static void
test_scope_name(void **state)
{
	struct addr by_name, by_number;
	char text[40];

	(void)state;
	if (if_nametoindex("lo") == 0)
		skip();
	assert_true(addr_parse(span_str("fe80::1%lo"), 80, &by_name));
	snprintf(text, sizeof(text), "fe80::1%%%u", if_nametoindex("lo"));
	assert_true(addr_parse(span_str(text), 80, &by_number));
	assert_true(addr_equal(&by_name, &by_number));
}

static void
test_set(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct addr a, expected;

	(void)state;
	v4.sin_port = v6.sin6_port = htons(80);
	inet_pton(AF_INET, "192.0.2.7", &v4.sin_addr);
	inet_pton(AF_INET6, "::ffff:192.0.2.7", &v6.sin6_addr);
	assert_true(addr_parse(span_str("192.0.2.7"), 80, &expected));
	addr_set(&a, (struct sockaddr *)&v4, sizeof(v4));
	assert_memory_equal(&a, &expected, sizeof(a));
	addr_set(&a, (struct sockaddr *)&v6, sizeof(v6));
	assert_memory_equal(&a, &expected, sizeof(a));
	addr_set(&a, &a.any, a.len);
	assert_memory_equal(&a, &expected, sizeof(a));

	inet_pton(AF_INET6, "fe80::2", &v6.sin6_addr);
	v6.sin6_scope_id = 3;
	v6.sin6_flowinfo = 99;
	assert_true(addr_parse(span_str("fe80::2%3"), 80, &expected));
	addr_set(&a, (struct sockaddr *)&v6, sizeof(v6));
	assert_memory_equal(&a, &expected, sizeof(a));

	/* Neither a peer without a name nor a short answer is an address. */
	addr_set(&a, (struct sockaddr *)&v6, sizeof(v6) - 1);
	assert_int_equal(a.len, 0);
	addr_set(&a, (struct sockaddr *)&v4, sizeof(v4) - 1);
	assert_int_equal(a.len, 0);
	addr_set(&a, (struct sockaddr *)&un, sizeof(un));
	assert_int_equal(a.len, 0);
	addr_set(&a, NULL, 0);
	assert_int_equal(a.len, 0);
}

static void
test_none(void **state)
{
	struct addr none = { .len = 0 }, a;
	char to[ADDR_TEXT_SIZE];

	(void)state;
	assert_int_equal(addr_print(&none, to), 1);
	assert_string_equal(to, "-");
	assert_int_equal(addr_print_ip(&none, to), 1);
	assert_string_equal(to, "-");
	assert_int_equal(addr_port(&none), 0);
	assert_false(addr_is_any(&none));
	assert_true(addr_equal(&none, &none));
	assert_true(addr_parse(span_str("0.0.0.0"), 0, &a));
	assert_false(addr_equal(&none, &a));
}

static void
test_equal(void **state)
{
	static const struct {
		const char *a;
		uint16_t a_port;
		const char *b;
		uint16_t b_port;
		bool equal, equal_ip;
	} rows[] = {
		{ "127.0.0.1", 80, "127.0.0.1", 80, true, true },
		{ "127.0.0.1", 80, "127.0.0.1", 81, false, true },
		{ "127.0.0.1", 80, "127.0.0.2", 80, false, false },
		{ "127.0.0.1", 80, "::ffff:127.0.0.1", 80, true, true },
		{ "0.0.0.0", 80, "::", 80, false, false },
		{ "::1", 80, "0:0::1", 80, true, true },
		{ "::1", 80, "::1", 81, false, true },
		{ "::1", 80, "::2", 80, false, false },
		{ "fe80::1%1", 80, "fe80::1%2", 80, false, false },
		{ "fe80::1", 80, "fe80::1%2", 80, false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct addr a, b;

		assert_true(
		    addr_parse(span_str(rows[i].a), rows[i].a_port, &a));
		assert_true(
		    addr_parse(span_str(rows[i].b), rows[i].b_port, &b));
		assert_int_equal(addr_equal(&a, &b), rows[i].equal);
		assert_int_equal(addr_equal(&b, &a), rows[i].equal);
		assert_int_equal(addr_equal_ip(&a, &b), rows[i].equal_ip);
	}
}

static void
test_any(void **state)
{
	static const struct {
		const char *text;
		bool any;
	} rows[] = {
		{ "0.0.0.0", true },
		{ "::", true },
		{ "::ffff:0.0.0.0", true },
		{ "127.0.0.1", false },
		{ "::1", false },
		{ "0.0.0.1", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct addr a;

		assert_true(addr_parse(span_str(rows[i].text), 80, &a));
		assert_int_equal(addr_is_any(&a), rows[i].any);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_scope_name),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

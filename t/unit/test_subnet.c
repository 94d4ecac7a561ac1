/* SPDX-License-Identifier: BSD-2-Clause */
/* base/subnet: what is a set of addresses, and who is in it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/subnet.h"
#include "guard.h"

static int
parse(const char *text, struct subnet *subnet_r, struct err *err)
{
	size_t len = strlen(text);
	char *copy = guard_copy(text, len);
	int status = subnet_parse(span_of(copy, len), subnet_r, err);

	guard_free(copy, len);
	return status;
}

static void
test_members(void **state)
{
	static const struct {
		const char *subnet, *in, *out;
	} rows[] = {
		{ "10.1.2.3", "10.1.2.3", "10.1.2.4" },
		{ "10", "10.255.0.1", "11.0.0.1" },
		{ "10.", "10.0.0.0", "100.0.0.1" },
		{ "10.1", "10.1.255.255", "10.10.0.1" },
		{ "10.1.", "10.1.0.1", "10.2.0.1" },
		{ "10.1.2", "10.1.2.9", "10.1.3.0" },
		{ "0.0.0.0/0", "255.255.255.255", "::1" },
		{ "10.1.2.3/32", "10.1.2.3", "10.1.2.2" },
		{ "10.1.2.3/31", "10.1.2.2", "10.1.2.4" },
		{ "10.1.2.3/9", "10.127.0.1", "10.128.0.1" },
		{ "10.1.2.3/255.255.0.0", "10.1.9.9", "10.2.2.3" },
		{ "10.1.2.3/255.0.255.0", "10.9.2.9", "10.1.3.3" },
		{ "10.1.2.3/0.0.0.0", "1.1.1.1", "::" },
		{ "::1", "::1", "::2" },
		{ "2001:db8::/32", "2001:db8:ffff::1", "2001:db9::" },
		{ "2001:db8::ff/121", "2001:db8::80", "2001:db8::7f" },
		{ "::/0", "ffff::", "1.2.3.4" },
		{ "::ffff:10.1.2.3", "10.1.2.3", "10.1.2.4" },
		{ "::ffff:10.1.2.3/120", "10.1.2.0", "10.1.3.3" },
		{ "::ffff:10.1.2.3/96", "99.1.2.0", "::10.1.2.3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subnet s;
		struct addr in, out;
		struct err err;

		if (parse(rows[i].subnet, &s, &err) == -1)
			fail_msg("%s: %s", rows[i].subnet, err.text);
		assert_true(addr_parse(span_str(rows[i].in), 80, &in));
		assert_true(addr_parse(span_str(rows[i].out), 80, &out));
		if (!subnet_has(&s, &in) || subnet_has(&s, &out))
			fail_msg("%s", rows[i].subnet);
	}
}

static void
test_bad(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "\"\" is no IP address, nor the beginning of one" },
		{ ".", "\".\" is no IP address, nor the beginning of one" },
		{ "10..1",
		    "\"10..1\" is no IP address, nor the beginning of one" },
		{ "10.1..",
		    "\"10.1..\" is no IP address, nor the beginning of one" },
		{ "256", "\"256\" is no IP address, nor the beginning of one" },
		{ "010.1",
		    "\"010.1\" is no IP address, nor the beginning of one" },
		{ "1.2.3.4.5", "\"1.2.3.4.5\" is no IP address, nor the "
			       "beginning of one" },
		{ "host", "\"host\" is no IP address, nor the beginning of "
			  "one" },
		{ "[::1]", "\"[::1]\" is no IP address, nor the beginning of "
			   "one" },
		{ "10.1/16", "\"10.1\" is no IP address" },
		{ "10.0.0.0/33", "\"33\" is neither 0 to 32 bits nor a mask" },
		{ "10.0.0.0/", "\"\" is neither 0 to 32 bits nor a mask" },
		{ "10.0.0.0/-1", "\"-1\" is neither 0 to 32 bits nor a mask" },
		{ "10.0.0.0/255.255", "\"255.255\" is neither 0 to 32 bits "
				      "nor a mask" },
		{ "10.0.0.0/8/8", "\"8/8\" is neither 0 to 32 bits nor a "
				  "mask" },
		{ "::/129", "\"129\" is not 0 to 128 bits" },
		{ "::/255.0.0.0", "\"255.0.0.0\" is not 0 to 128 bits" },
		{ "::ffff:1.2.3.4/24", "a mapped IPv4 address has a mask of "
				       "96 bits or more" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subnet s;
		struct err err;

		assert_int_equal(parse(rows[i].text, &s, &err), -1);
		assert_string_equal(err.text, rows[i].why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

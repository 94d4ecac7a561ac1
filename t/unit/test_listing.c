/* SPDX-License-Identifier: BSD-2-Clause */
/* Listings: their order, their bounds, and how they are printed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/index_title.h"
#include "handlers/listing_print.h"
#include "http/module.h"

const struct module *const modules[] = { NULL };

/* ---- order ---- */

static const struct entry some[] = {
	{ SPAN("b"), 20, 3, "two", false },
	{ SPAN("C"), 10, 1, NULL, false },
	{ SPAN("a"), 20, 2, NULL, false },
	{ SPAN("A"), 20, 2, "one", false },
	{ SPAN("ab"), 5, 9, NULL, false },
	{ SPAN("Z"), 0, 4, NULL, true },
	{ SPAN("y"), 0, 5, "three", true },
};

/* The names in that order, separated by spaces. */
static void
check_entries(const struct entry *entries, size_t count,
    struct listing_order order, const char *names)
{
	struct listing *l = listing_create(order);
	const struct entry *entry;
	struct buf buf;

	assert_non_null(l);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(listing_add(l, &entries[i]), 0);
	buf_init(&buf, 1000);
	while ((entry = listing_next(l)) != NULL) {
		if (buf.len > 0)
			buf_add_char(&buf, ' ');
		buf_add_span(&buf, entry->name);
	}
	assert_null(listing_next(l));
	assert_string_equal(buf_str(&buf), names);
	buf_release(&buf);
	listing_destroy(&l);
	assert_null(l);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
check_order(enum listing_key key, bool descending, const char *names)
{
	check_entries(some, COUNT(some),
	    (struct listing_order){ .key = key, .descending = descending },
	    names);
}

static void
test_order(void **state)
{
	(void)state;
	check_order(LISTING_NAME, false, "y Z A a ab b C");
	check_order(LISTING_NAME, true, "Z y C b ab a A");
	check_order(LISTING_SIZE, false, "y Z ab C A a b");
	check_order(LISTING_SIZE, true, "Z y b a A C ab");
	check_order(LISTING_MODIFIED, false, "Z y C A a b ab");
	check_order(LISTING_MODIFIED, true, "y Z ab b a A C");
	check_order(LISTING_DESCRIPTION, false, "Z y a ab C A b");
	check_order(LISTING_DESCRIPTION, true, "y Z b A C ab a");
}

static void
test_apache_order(void **state)
{
	(void)state;
	check_entries(some, COUNT(some),
	    (struct listing_order){ .mixed = true, .exact_case = true },
	    "A C Z a ab b y");
	check_entries(some, COUNT(some),
	    (struct listing_order){
		.key = LISTING_SIZE, .mixed = true, .exact_case = true },
	    "Z y ab C A a b");
	check_entries(some, COUNT(some),
	    (struct listing_order){ .mixed = true, .descending = true },
	    "Z y C b ab a A");
}

/* Each name goes before the next one. */
static void
test_versions(void **state)
{
	static const struct entry entries[] = {
		{ SPAN("a"), 0, 0, NULL, false },
		{ SPAN("a-0"), 0, 0, NULL, false },
		{ SPAN("a-01"), 0, 0, NULL, false },
		{ SPAN("a-011"), 0, 0, NULL, false },
		{ SPAN("a-1"), 0, 0, NULL, false },
		{ SPAN("a-1.05"), 0, 0, NULL, false },
		{ SPAN("a-1.5"), 0, 0, NULL, false },
		{ SPAN("a- 9"), 0, 0, NULL, false },
		{ SPAN("a-9"), 0, 0, NULL, false },
		{ SPAN("a-10"), 0, 0, NULL, false },
		{ SPAN("a-18446744073709551616"), 0, 0, NULL, false },
		{ SPAN("a-x"), 0, 0, NULL, false },
		{ SPAN("b"), 0, 0, NULL, false },
	};
	const struct listing_order order = {
		.mixed = true, .exact_case = true, .versions = true
	};

	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++)
		for (size_t j = i + 1; j < COUNT(entries); j++) {
			struct entry pair[] = { entries[j], entries[i] };
			char names[64];

			snprintf(names, sizeof(names), "%s %s",
			    entries[i].name.ptr, entries[j].name.ptr);
			check_entries(pair, 2, order, names);
		}
}

static void
test_empty(void **state)
{
	struct listing *l =
	    listing_create((struct listing_order){ .key = LISTING_NAME });

	(void)state;
	assert_null(listing_next(l));
	assert_null(listing_next(l));
	listing_destroy(&l);
	listing_destroy(&l);
}

/* So many that there are full runs, one more, and runs of one entry. */
static void
check_many(unsigned count, bool descending)
{
	struct listing *l =
	    listing_create((struct listing_order){ .descending = descending });
	char name[16];

	for (unsigned i = 0; i < count; i++) {
		const struct entry entry = { { name, 8 }, i, 0, NULL, false };

		/* Each number below a prime comes once, in disorder. */
		snprintf(name, sizeof(name), "%08u", (i + 1) * 7919 % 20011);
		assert_int_equal(listing_add(l, &entry), 0);
	}
	memset(name, descending ? '9' : '0', 8);
	for (unsigned i = 0; i < count; i++) {
		const struct entry *entry = listing_next(l);
		int order;

		assert_non_null(entry);
		order = memcmp(name, entry->name.ptr, 8);
		assert_true(descending ? order > 0 : order < 0);
		memcpy(name, entry->name.ptr, 8);
	}
	assert_null(listing_next(l));
	listing_destroy(&l);
}

static void
test_many(void **state)
{
	static const unsigned counts[] = { 1, 2, 1023, 1024, 1025, 2048, 2049,
		4000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		check_many(counts[i], false);
		check_many(counts[i], true);
	}
}

/* ---- bounds ---- */

/* Adds until there is no room; how many that were. */
static size_t
fill(struct listing *l)
{
	static const char name[200] = { 'n' };
	const struct entry entry = { { name, sizeof(name) }, 0, 0, NULL,
		false };
	size_t count = 0;

	while (listing_add(l, &entry) == 0)
		count++;
	return count;
}

static void
test_bounds(void **state)
{
	struct listing *all[20] = { NULL }, *one;
	size_t most, count, i, taken = 0;

	(void)state;
	one = listing_create((struct listing_order){ .key = LISTING_NAME });
	most = fill(one);
	assert_in_range(most * 200, LISTING_BYTES_MAX / 2, LISTING_BYTES_MAX);
	/* What found room is there. */
	for (i = 0; listing_next(one) != NULL; i++)
		;
	assert_int_equal(i, most);
	listing_destroy(&one);

	for (count = 0; count < 20; count++) {
		all[count] = listing_create(
		    (struct listing_order){ .key = LISTING_NAME });
		if (all[count] == NULL)
			break;
		taken += fill(all[count]) * 200;
	}
	assert_in_range(count, 4, 6);
	assert_in_range(taken, LISTINGS_BYTES_MAX / 2, LISTINGS_BYTES_MAX);
	/* Whoever ends makes room. */
	listing_destroy(&all[0]);
	all[0] = listing_create((struct listing_order){ .key = LISTING_NAME });
	assert_int_equal(fill(all[0]), most);
	for (i = 0; i < count; i++)
		listing_destroy(&all[i]);
}

/* ---- printing ---- */

static void
test_sizes(void **state)
{
	static const struct {
		int64_t size;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 972, "972" },
		{ 973, "1.0K" },
		{ 1024, "1.0K" },
		{ 1177, "1.1K" },
		{ 1536, "1.5K" },
		{ 10188, "9.9K" },
		{ 10189, "10K" },
		{ 10751, "10K" },
		{ 10752, "11K" },
		{ 995327, "972K" },
		{ 996352, "1.0M" },
		{ 1234567, "1.2M" },
		{ 1048576, "1.0M" },
		{ 5368709120, "5.0G" },
		{ 1099511627776, "1.0T" },
		{ INT64_MAX, "8.0E" },
	};
	char text[LISTING_SIZE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		listing_print_size(rows[i].size, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void
check_entry(const struct listing_format *format, const struct entry *entry,
    const char *text)
{
	const struct listing_page page = { .path = SPAN("/") };
	struct buf buf;

	buf_init(&buf, 4000);
	format->entry(&buf, &page, entry, true);
	assert_string_equal(buf_str(&buf), text);
	buf_release(&buf);
}

static void
test_html(void **state)
{
	(void)state;
	check_entry(&listing_html,
	    &(struct entry){ SPAN("a.txt"), 1, 784111777, NULL, false },
	    "<tr><td><a href=\"a.txt\">a.txt</a></td><td>"
	    "<time datetime=\"1994-11-06T08:49:37Z\">1994-11-06 08:49</time>"
	    "</td><td class=\"number\" title=\"1 byte\">1</td></tr>\n");
	check_entry(&listing_html,
	    &(struct entry){ SPAN("<\"&'>"), 973, INT64_MAX, NULL, false },
	    "<tr><td><a href=\"%3C%22%26%27%3E\">&lt;&quot;&amp;&#39;&gt;"
	    "</a></td><td></td>"
	    "<td class=\"number\" title=\"973 bytes\">1.0K</td></tr>\n");
	/* No name is taken for a scheme, a query, another host. */
	check_entry(&listing_html,
	    &(struct entry){ SPAN("x:y?%#;\\\n\xff"), 0, 0, NULL, true },
	    "<tr><td><a class=\"folder\" href=\"x%3Ay%3F%25%23%3B%5C%0A%FF/\">"
	    "x:y?%#;\\\n\\xff/</a></td><td>"
	    "<time datetime=\"1970-01-01T00:00:00Z\">1970-01-01 00:00</time>"
	    "</td><td class=\"number\">-</td></tr>\n");
}

static void
test_json(void **state)
{
	(void)state;
	check_entry(&listing_json,
	    &(struct entry){
		SPAN("a\"\xff"), 5000000000, 784111777, NULL, false },
	    "\n{\"name\":\"a\\\"\\\\xff\",\"type\":\"file\","
	    "\"size\":5000000000,\"modified\":\"1994-11-06T08:49:37Z\"}");
	check_entry(&listing_json,
	    &(struct entry){ SPAN("d"), 0, INT64_MIN, NULL, true },
	    "\n{\"name\":\"d\",\"type\":\"directory\",\"size\":null,"
	    "\"modified\":null}");
}

static void
test_titles(void **state)
{
	static const struct {
		const char *html, *title; /* NULL: none */
	} rows[] = {
		{ "<title>a</title>", "a" },
		{ "<html>\n<TITLE id=x>\n a \t\n b\n</TITLE>", "a b " },
		{ "<title>cut", "cut" },
		{ "<title>&lt;\"<b>", "&lt;&quot;&lt;b&gt;" },
		{ "<title>\xc3\xa4</title>", "\xc3\xa4" },
		{ "<title>\xe4</title>", NULL },
		{ "<title>\x01</title>", NULL },
		{ "<title></title>", NULL },
		{ "<title> \n</title>", NULL },
		{ "<title", NULL },
		{ "<titl", NULL },
		{ "", NULL },
	};
	char title[INDEX_TITLE_SIZE], html[1000] = "<title>";
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool found = index_title_find(span_str(rows[i].html), title);

		assert_int_equal(found, rows[i].title != NULL);
		if (found)
			assert_string_equal(title, rows[i].title);
	}
	/* A long one ends between two characters, and fits. */
	for (len = 7; len < 900; len += 3)
		memcpy(html + len, "\xe2\x82\xac", 3);
	assert_true(index_title_find(span_of(html, len), title));
	assert_in_range(strlen(title), 240, INDEX_TITLE_SIZE - 1);
	assert_int_equal(strlen(title) % 3, 0);
	memset(html + 7, '<', 900);
	assert_true(index_title_find(span_of(html, 907), title));
	assert_in_range(strlen(title), 240, INDEX_TITLE_SIZE - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_apache_order),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_titles),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

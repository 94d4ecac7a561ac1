/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The times of a LogFormat.  %t is made once a second; other forms are rare
 * and go through strftime each time.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "log/log_conf.h"
#include "log/log_letter.h"

#define SECOND_US 1000000
/* For any year that an int64_t of microseconds has. */
#define TIME_TEXT_MAX 48
/* Of a format for strftime. */
#define TIME_FORMAT_MAX 255

/* "[20/Nov/2026:08:26:27 +0000]" */
static size_t
print_apache_time(time_t second, char to[TIME_TEXT_MAX])
{
	struct tm tm = { .tm_mday = 1 };
	long offset;

	(void)localtime_r(&second, &tm);
	offset = tm.tm_gmtoff / 60;
	return (size_t)snprintf(to, TIME_TEXT_MAX,
	    "[%02d/%.3s/%d:%02d:%02d:%02d %c%02ld%02ld]", tm.tm_mday,
	    &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    offset < 0 ? '-' : '+', labs(offset) / 60, labs(offset) % 60);
}

void
log_time_default(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	static int64_t from = -1; /* the cached second, in microseconds */
	static char text[TIME_TEXT_MAX];
	static size_t len;

	(void)item;
	if (from == -1 || (uint64_t)(x->start_us - from) >= SECOND_US) {
		from = x->start_us - x->start_us % SECOND_US;
		len = print_apache_time(from / SECOND_US, text);
	}
	if (log_out_room(out, sizeof(text))) {
		memcpy(out->at, text, sizeof(text));
		out->at += len;
	}
}

/* Words that %{word}t knows besides strftime's formats. */
enum {
	TIME_STRFTIME,
	TIME_SEC,
	TIME_MSEC,
	TIME_USEC,
	TIME_MSEC_FRAC,
	TIME_USEC_FRAC,
	TIME_ISO8601, /* ours */
	TIME_CLF
};
/* Added to those: the time of the end. */
#define TIME_END 16

static log_print log_time_format;

/* "begin", "end", either with ":" and a format behind, or a format alone. */
static struct span
take_moment(struct span word, int *end_r)
{
	static const char *const moments[] = { "begin", "end" };
	int i;

	for (i = 0; i < 2; i++) {
		struct span rest = span_skip(word, strlen(moments[i]));

		if (!span_starts(word, moments[i]) ||
		    (rest.len > 0 && rest.ptr[0] != ':'))
			continue;
		*end_r = i == 1 ? TIME_END : 0;
		return span_skip(rest, 1);
	}
	return word;
}

int
log_time_prepare(struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { NULL, "sec", "msec", "usec",
		"msec_frac", "usec_frac", "iso8601" };
	int end = 0;
	size_t i;

	(void)arena;
	if (item->text.len > TIME_FORMAT_MAX)
		return err_set(err, "a format of a time has %d bytes at most",
		    TIME_FORMAT_MAX);
	item->text = take_moment(item->text, &end);
	if (item->text.len == 0 && end == 0)
		return 0;
	item->print = log_time_format;
	item->number = item->text.len == 0 ? TIME_CLF : TIME_STRFTIME;
	for (i = 1; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(item->text, words[i]))
			item->number = (int)i;
	item->is_long = item->number == TIME_STRFTIME;
	item->number += end;
	return 0;
}

/* A number of the given digits, with zeros in front. */
static void
print_fraction(struct log_out *out, int64_t value, int digits)
{
	char text[8];
	int i;

	for (i = digits; i-- > 0; value /= 10)
		text[i] = (char)('0' + value % 10);
	log_out_span(out, span_of(text, (size_t)digits));
}

static void
print_strftime(struct log_out *out, struct span format, int64_t us)
{
	time_t second = (time_t)(us / SECOND_US);
	char copy[TIME_FORMAT_MAX + 1], text[512];
	struct span text_span;
	struct tm tm = { .tm_mday = 1 };

	if (!span_copy(format, copy, sizeof(copy)))
		return;
	(void)localtime_r(&second, &tm);
	text_span = span_of(text, strftime(text, sizeof(text), copy, &tm));
	if (out->json)
		log_out_escaped(out, text_span);
	else
		log_out_span(out, text_span);
}

/* "2026-11-20T08:26:27.123+00:00" (RFC 3339), made anew once a second. */
static void
print_iso8601(struct log_out *out, int64_t us)
{
	static time_t known = -1;
	static char date[64], zone[32];
	time_t second = (time_t)(us / SECOND_US);
	struct tm tm = { .tm_mday = 1 };
	long offset;

	if (second != known) {
		(void)localtime_r(&second, &tm);
		offset = tm.tm_gmtoff / 60;
		snprintf(date, sizeof(date), "%04d-%02d-%02dT%02d:%02d:%02d.",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		    tm.tm_min, tm.tm_sec);
		snprintf(zone, sizeof(zone), "%c%02ld:%02ld",
		    offset < 0 ? '-' : '+', labs(offset) / 60,
		    labs(offset) % 60);
		known = second;
	}
	log_out_span(out, span_str(date));
	print_fraction(out, us % SECOND_US / 1000, 3);
	log_out_span(out, span_str(zone));
}

static void
print_clf(struct log_out *out, int64_t us)
{
	char text[TIME_TEXT_MAX];

	log_out_span(
	    out, span_of(text, print_apache_time(us / SECOND_US, text)));
}

static int64_t
taken_us(const struct exchange *x)
{
	return clock_exact_us() - x->start_mono_us;
}

static void
log_time_format(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	int64_t us = x->start_us;

	if (item->number >= TIME_END)
		us += taken_us(x);
	switch (item->number % TIME_END) {
	case TIME_SEC:
		log_out_signed(out, us / SECOND_US);
		break;
	case TIME_MSEC:
		log_out_signed(out, us / 1000);
		break;
	case TIME_USEC:
		log_out_signed(out, us);
		break;
	case TIME_MSEC_FRAC:
		print_fraction(out, us % SECOND_US / 1000, 3);
		break;
	case TIME_USEC_FRAC:
		print_fraction(out, us % SECOND_US, 6);
		break;
	case TIME_ISO8601:
		print_iso8601(out, us);
		break;
	case TIME_CLF:
		print_clf(out, us);
		break;
	default:
		print_strftime(out, item->text, us);
	}
}

void
log_time_taken_us(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	(void)item;
	log_out_signed(out, taken_us(x));
}

int
log_time_prepare_unit(
    struct log_item *item, struct arena *arena, struct err *err)
{
	(void)arena;
	item->number = SECOND_US;
	if (item->text.len == 0 || span_is_nocase(item->text, "s"))
		return 0;
	item->number = 1000;
	if (span_is_nocase(item->text, "ms"))
		return 0;
	item->number = 1;
	if (span_is_nocase(item->text, "us"))
		return 0;
	return err_set(err, "%%{%.*s}T is not known: it is ms, us or s",
	    SPAN_ARG(item->text));
}

void
log_time_taken(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	log_out_signed(out, taken_us(x) / item->number);
}

/* Until the first byte of the answer went, which is now for one that goes in a
 * single write: its line is made just before. */
void
log_time_first_byte(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	const struct log_conf *conf = settings_get(x->settings, &log_section);

	(void)item;
	if (!conf->track_first_byte || x->bytes_sent == 0)
		log_out_char(out, '-');
	else if (x->first_byte_us == 0)
		log_out_signed(out, taken_us(x));
	else
		log_out_signed(out, x->first_byte_us - x->start_mono_us);
}

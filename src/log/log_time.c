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
#include "log/log_letter.h"

#define SECOND_US 1000000
/* For any year that an int64_t of microseconds has. */
#define TIME_TEXT_MAX 48

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
	TIME_USEC_FRAC
};
/* Added to those: the time of the end. */
#define TIME_END 16

int
log_time_prepare(struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "", "sec", "msec", "usec",
		"msec_frac", "usec_frac" };
	struct span word = item->text;
	int end = 0;
	size_t i;

	(void)arena;
	if (item->text.ptr == NULL)
		return 0;
	item->print = log_time_format;
	if (span_starts(word, "end:")) {
		end = TIME_END;
		word = span_skip(word, 4);
	} else if (span_starts(word, "begin:")) {
		word = span_skip(word, 6);
	}
	if (word.len == 0)
		return err_set(err, "a format of strftime belongs into {}");
	item->text = word;
	item->number = TIME_STRFTIME + end;
	for (i = 1; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i]))
			item->number = (int)i + end;
	return 0;
}

/* A number of the given digits, with zeros in front. */
static void
print_fraction(struct log_out *out, int64_t value, int digits)
{
	char text[8];

	snprintf(text, sizeof(text), "%0*d", digits, (int)value);
	log_out_span(out, span_str(text));
}

static void
print_strftime(struct log_out *out, struct span format, int64_t us)
{
	time_t second = (time_t)(us / SECOND_US);
	char copy[256], text[512];
	struct tm tm = { .tm_mday = 1 };

	if (!span_copy(format, copy, sizeof(copy)))
		return;
	(void)localtime_r(&second, &tm);
	log_out_span(
	    out, span_of(text, strftime(text, sizeof(text), copy, &tm)));
}

static int64_t
taken_us(const struct exchange *x)
{
	return clock_exact_us() - x->start_mono_us;
}

void
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
	if (item->text.ptr == NULL || span_is(item->text, "s"))
		return 0;
	item->number = 1000;
	if (span_is(item->text, "ms"))
		return 0;
	item->number = 1;
	if (span_is(item->text, "us"))
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

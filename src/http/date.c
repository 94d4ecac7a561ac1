/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP dates (RFC 9110, 5.6.7), printed and parsed by arithmetic: gmtime and
 * timegm know time zones, strptime knows locales, and neither is wanted here.
 */
#include "config.h"

#include <stdint.h>

#include "http/date.h"

enum {
	DAY = 86400,
	MONTHS = 12,
	ERA_YEARS = 400, /* after which the calendar repeats */
	ERA_DAYS = 146097,
	EPOCH_DAYS = 719468, /* from 0000-03-01 to 1970-01-01 */
};

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
static const int64_t FIRST_SECOND = -62167219200;
static const int64_t LAST_SECOND = 253402300799;

static const char day_names[7][10] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };
static const char month_names[MONTHS][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

struct date {
	int year, month, day; /* month 0 to 11, day 1 to 31 */
	int hour, minute, second;
};

/* Days from 1970-01-01 to the first day of a month (0 to 11). */
static int64_t
days_to_month(int year, int month)
{
	/* Years from March, so that a leap day is a year's last; an era more
	 * keeps every quotient positive. */
	int64_t y = year + ERA_YEARS - (month < 2);
	int64_t m = (month + 10) % MONTHS;

	return y * 365 + y / 4 - y / 100 + y / ERA_YEARS + (m * 153 + 2) / 5 -
	       ERA_DAYS - EPOCH_DAYS;
}

static int64_t
days_to_next_month(int year, int month)
{
	return month == MONTHS - 1 ? days_to_month(year + 1, 0)
				   : days_to_month(year, month + 1);
}

/* The day that is `days` days behind 1970-01-01. */
static struct date
date_of_days(int64_t days)
{
	struct date date = { 0 };

	/* At most one year off, since leap years are not evenly spread. */
	date.year = (int)((days + EPOCH_DAYS) * ERA_YEARS / ERA_DAYS);
	if (days_to_month(date.year + 1, 0) <= days)
		date.year++;
	else if (days_to_month(date.year, 0) > days)
		date.year--;
	while (days_to_next_month(date.year, date.month) <= days)
		date.month++;
	date.day = (int)(days - days_to_month(date.year, date.month)) + 1;
	return date;
}

/* Writes value with leading zeros. */
static char *
put_number(char *to, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		to[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return to + digits;
}

static char *
put_text(char *to, const char *text, size_t len)
{
	memcpy(to, text, len);
	return to + len;
}

void
date_print(time_t time, char to[DATE_SIZE])
{
	int64_t t = time < FIRST_SECOND	 ? FIRST_SECOND
		    : time > LAST_SECOND ? LAST_SECOND
					 : time;
	int64_t from_first = t - FIRST_SECOND;
	int64_t days = from_first / DAY + FIRST_SECOND / DAY;
	int second = (int)(from_first % DAY);
	struct date date = date_of_days(days);

	/* 0000-01-01 was a Saturday in this calendar. */
	to = put_text(to, day_names[(from_first / DAY + 6) % 7], 3);
	to = put_text(to, ", ", 2);
	to = put_number(to, date.day, 2);
	*to++ = ' ';
	to = put_text(to, month_names[date.month], 3);
	*to++ = ' ';
	to = put_number(to, date.year, 4);
	*to++ = ' ';
	to = put_number(to, second / 3600, 2);
	*to++ = ':';
	to = put_number(to, second / 60 % 60, 2);
	*to++ = ':';
	to = put_number(to, second % 60, 2);
	put_text(to, " GMT", 5);
}

/* The functions that take something take it off the front of s, if there. */
static bool
take(struct span *s, const char *text)
{
	if (!span_starts(*s, text))
		return false;
	*s = span_skip(*s, strlen(text));
	return true;
}

static bool
take_number(struct span *s, size_t digits, int *value_r)
{
	int value = 0;

	if (s->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (s->ptr[i] < '0' || s->ptr[i] > '9')
			return false;
		value = value * 10 + (s->ptr[i] - '0');
	}
	*s = span_skip(*s, digits);
	*value_r = value;
	return true;
}

static bool
take_month(struct span *s, int *month_r)
{
	for (int i = 0; i < MONTHS; i++) {
		if (take(s, month_names[i])) {
			*month_r = i;
			return true;
		}
	}
	return false;
}

/* A name of a day, whole or its first three letters. */
static bool
take_day_name(struct span *s, bool whole)
{
	for (int i = 0; i < 7; i++) {
		size_t len = whole ? strlen(day_names[i]) : 3;

		if (s->len >= len && memcmp(s->ptr, day_names[i], len) == 0) {
			*s = span_skip(*s, len);
			return true;
		}
	}
	return false;
}

static bool
take_time(struct span *s, struct date *date)
{
	return take_number(s, 2, &date->hour) && take(s, ":") &&
	       take_number(s, 2, &date->minute) && take(s, ":") &&
	       take_number(s, 2, &date->second);
}

static bool
parse_fixdate(struct span s, struct date *date)
{
	return take_day_name(&s, false) && take(&s, ", ") &&
	       take_number(&s, 2, &date->day) && take(&s, " ") &&
	       take_month(&s, &date->month) && take(&s, " ") &&
	       take_number(&s, 4, &date->year) && take(&s, " ") &&
	       take_time(&s, date) && take(&s, " GMT") && s.len == 0;
}

/* The year is left as its two digits. */
static bool
parse_rfc850(struct span s, struct date *date)
{
	return take_day_name(&s, true) && take(&s, ", ") &&
	       take_number(&s, 2, &date->day) && take(&s, "-") &&
	       take_month(&s, &date->month) && take(&s, "-") &&
	       take_number(&s, 2, &date->year) && take(&s, " ") &&
	       take_time(&s, date) && take(&s, " GMT") && s.len == 0;
}

static bool
parse_asctime(struct span s, struct date *date)
{
	return take_day_name(&s, false) && take(&s, " ") &&
	       take_month(&s, &date->month) && take(&s, " ") &&
	       take_number(&s, take(&s, " ") ? 1 : 2, &date->day) &&
	       take(&s, " ") && take_time(&s, date) && take(&s, " ") &&
	       take_number(&s, 4, &date->year) && s.len == 0;
}

/* False for a day or a time that no calendar has; 60 is a leap second. */
static bool
date_to_time(const struct date *date, int64_t *time_r)
{
	int64_t first = days_to_month(date->year, date->month);
	int64_t next = days_to_next_month(date->year, date->month);

	if (date->day < 1 || date->day > next - first || date->hour > 23 ||
	    date->minute > 59 || date->second > 60)
		return false;
	*time_r = (first + date->day - 1) * DAY + date->hour * 3600 +
		  date->minute * 60 + date->second;
	return true;
}

/* The last year with these two digits that is no more than 50 years ahead. */
static bool
complete_year(struct date *date, time_t now, int64_t *time_r)
{
	struct date today = date_of_days(now / DAY);
	int64_t latest = now + (days_to_month(today.year + 50, today.month) -
				   days_to_month(today.year, today.month)) *
				   DAY;
	int digits = date->year;

	for (int century = today.year / 100 + 1, i = 0; i < 3; i++) {
		date->year = (century - i) * 100 + digits;
		if (date_to_time(date, time_r) && *time_r <= latest)
			return true;
	}
	return false;
}

bool
date_parse(struct span text, time_t now, time_t *time_r)
{
	struct date date;
	int64_t time;

	if (parse_rfc850(text, &date)) {
		if (!complete_year(&date, now, &time))
			return false;
	} else if ((!parse_fixdate(text, &date) &&
		       !parse_asctime(text, &date)) ||
		   !date_to_time(&date, &time)) {
		return false;
	}
	*time_r = (time_t)time;
	return true;
}

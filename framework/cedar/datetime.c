/*
 * datetime: a date, or a date and a time with milliseconds or not, in UTC or with an offset
 * ("2024-01-31", "2024-01-31T08:00:00Z", "2024-01-31T08:00:00.123+0100"); a Long that counts
 * milliseconds since 1970-01-01T00:00Z in the proleptic Gregorian calendar.
 */
#include "cedar/extension.h"

#include <stdio.h>

#define MS_A_SECOND INT64_C(1000)
#define MS_A_MINUTE INT64_C(60000)
#define MS_A_DAY INT64_C(86400000)

enum {
	DAYS_AN_ERA = 146097, /* 400 years */
	/* From 1 March of the year 0, where years are counted from here, to 1 January 1970. */
	DAYS_TO_1970 = 719468,
};

/* Exactly `digits` digits at the start of `*text`, which are stepped over; at most `max`. */
static bool
read_number(struct slice *text, size_t digits, int max, int *ret_number)
{
	int number = 0;

	if (text->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (text->data[i] < '0' || text->data[i] > '9')
			return false;
		number = number * 10 + (text->data[i] - '0');
	}
	*text = slice_skip(*text, digits);
	*ret_number = number;
	return number <= max;
}

static bool
read_mark(struct slice *text, char mark)
{
	if (text->len == 0 || text->data[0] != mark)
		return false;
	*text = slice_skip(*text, 1);
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/*
 * Days since 1970-01-01. Years are taken to begin in March, so that the leap day is their last; of
 * such a year the month m (0: March) begins after (153 m + 2) / 5 days.
 */
static int64_t
days_of_date(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
	int era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int day_of_year = (153 * m + 2) / 5 + day - 1;

	return (int64_t)era * DAYS_AN_ERA + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year -
	       DAYS_TO_1970;
}

/* YYYY "-" MM "-" DD */
static bool
read_date(struct slice *text, int64_t *ret_ms)
{
	int year, month, day;

	if (!read_number(text, 4, 9999, &year) || !read_mark(text, '-') ||
	    !read_number(text, 2, 12, &month) || month == 0 || !read_mark(text, '-') ||
	    !read_number(text, 2, days_of_month(year, month), &day) || day == 0)
		return false;
	*ret_ms = days_of_date(year, month, day) * MS_A_DAY;
	return true;
}

/* hh ":" mm ":" ss [ "." SSS ] */
static bool
read_clock(struct slice *text, int64_t *ret_ms)
{
	int hours, minutes, seconds, ms = 0;

	if (!read_number(text, 2, 23, &hours) || !read_mark(text, ':') ||
	    !read_number(text, 2, 59, &minutes) || !read_mark(text, ':') ||
	    !read_number(text, 2, 59, &seconds) ||
	    (read_mark(text, '.') && !read_number(text, 3, 999, &ms)))
		return false;
	*ret_ms = (hours * 60 + minutes) * MS_A_MINUTE + seconds * MS_A_SECOND + ms;
	return true;
}

/* "Z" | ( "+" | "-" ) hhmm */
static bool
read_zone(struct slice *text, int64_t *ret_ms)
{
	bool is_west;
	int hours, minutes;

	*ret_ms = 0;
	if (read_mark(text, 'Z'))
		return true;
	is_west = read_mark(text, '-');
	if ((!is_west && !read_mark(text, '+')) || !read_number(text, 2, 23, &hours) ||
	    !read_number(text, 2, 59, &minutes))
		return false;
	*ret_ms = (hours * 60 + minutes) * (is_west ? -MS_A_MINUTE : MS_A_MINUTE);
	return true;
}

/* Seven digits at most before the day: nothing here comes near the ends of a Long. */
bool
datetime_parse(struct slice text, int64_t *ret_ms)
{
	int64_t date, time = 0, zone = 0;

	if (!read_date(&text, &date))
		return false;
	if (text.len > 0 && (!read_mark(&text, 'T') || !read_clock(&text, &time) ||
				!read_zone(&text, &zone) || text.len > 0))
		return false;
	*ret_ms = date + time - zone;
	return true;
}

int64_t
datetime_time(int64_t ms)
{
	int64_t rest = ms % MS_A_DAY;

	return rest < 0 ? rest + MS_A_DAY : rest;
}

bool
datetime_date(int64_t ms, int64_t *ret_ms)
{
	return !__builtin_sub_overflow(ms, datetime_time(ms), ret_ms);
}

/* The inverse of days_of_date, of days from 1 March of the year 0 on. */
static void
date_of_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int era = (int)(days / DAYS_AN_ERA), of_era = (int)(days % DAYS_AN_ERA);
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (DAYS_AN_ERA - 1)) / 365;
	int day_of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * day_of_year + 2) / 153;

	*ret_day = day_of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = era * 400 + year + (*ret_month <= 2 ? 1 : 0);
}

size_t
datetime_text(int64_t ms, char room[EXTENSION_MAX_TEXT])
{
	const int64_t first = days_of_date(0, 1, 1) * MS_A_DAY;
	const int64_t behind_last = days_of_date(10000, 1, 1) * MS_A_DAY;
	int64_t time = datetime_time(ms);
	int year, month, day, of_day = (int)time;

	if (ms < first || ms >= behind_last)
		return 0;
	/* Counted from 400 years earlier: the year 0 begins before its March. */
	date_of_days((ms - time) / MS_A_DAY + DAYS_TO_1970 + DAYS_AN_ERA, &year, &month, &day);
	return (size_t)snprintf(room, EXTENSION_MAX_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    year - 400, month, day, of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60,
	    of_day % 1000);
}

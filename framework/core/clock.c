/*
 * The clocks. Wall time goes through one variable that tests can set, so that no test ever waits
 * for time to pass. In production that variable is never written.
 */
#include "core/clock.h"

#include <limits.h>
#include <time.h>

enum { US_PER_SECOND = 1000000, SECONDS_PER_DAY = 86400 };

/* 0000-01-01T00:00:00.000000Z and 9999-12-31T23:59:59.999999Z: what four digits of year can say. */
static const int64_t earliest_us = INT64_C(-62167219200) * US_PER_SECOND;
static const int64_t latest_us = INT64_C(253402300800) * US_PER_SECOND - 1;

static int64_t injected_us = -1;

static int64_t
read_us(clockid_t clock)
{
	struct timespec now = { 0 };

	/* Cannot fail for these two clocks and a valid address. */
	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t
clock_wall_us(void)
{
	return injected_us >= 0 ? injected_us : read_us(CLOCK_REALTIME);
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int
clock_left_ms(int64_t deadline_us)
{
	return clock_left_ms_at(clock_mono_us(), deadline_us);
}

int
clock_left_ms_at(int64_t now_us, int64_t deadline_us)
{
	const int64_t left_us = deadline_us - now_us;

	if (left_us <= 0)
		return 0;
	return left_us / 1000 < INT_MAX ? (int)((left_us + 999) / 1000) : INT_MAX;
}

void
clock_wall_inject(int64_t wall_us)
{
	injected_us = wall_us;
}

/* `width` decimal digits, zeros in front, and then the separator. */
static char *
put(char *at, int64_t number, int width, char separator)
{
	for (int i = width - 1; i >= 0; i--) {
		at[i] = (char)('0' + number % 10);
		number /= 10;
	}
	at[width] = separator;
	return at + width + 1;
}

/*
 * Days since 1970-01-01 as year, month and day. A year begins in March here, so that the day that
 * a leap year adds is its last, and 400 years are 146097 days.
 */
static void
civil(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
	int64_t since = days + 719468 + 146097; /* days since 1 March of the year -400 */
	int64_t era = since / 146097;
	int64_t day_of_era = since % 146097;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* 0 is March */

	*ret_day = day_of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = year_of_era + (era - 1) * 400 + (*ret_month <= 2);
}

void
clock_rfc3339(int64_t wall_us, char ret_text[CLOCK_RFC3339_SIZE])
{
	int64_t us = wall_us < earliest_us ? earliest_us
		     : wall_us > latest_us ? latest_us
					   : wall_us;
	int64_t since_year_0 = us - earliest_us; /* not negative: division rounds down */
	int64_t seconds = since_year_0 / US_PER_SECOND;
	int64_t of_day = seconds % SECONDS_PER_DAY;
	int64_t year, month, day;
	char *at = ret_text;

	civil(seconds / SECONDS_PER_DAY + earliest_us / US_PER_SECOND / SECONDS_PER_DAY, &year,
	    &month, &day);
	at = put(at, year, 4, '-');
	at = put(at, month, 2, '-');
	at = put(at, day, 2, 'T');
	at = put(at, of_day / 3600, 2, ':');
	at = put(at, of_day / 60 % 60, 2, ':');
	at = put(at, of_day % 60, 2, '.');
	at = put(at, since_year_0 % US_PER_SECOND, 6, 'Z');
	*at = '\0';
}

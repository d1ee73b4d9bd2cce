/* Clocks: injected time, and RFC 3339 for every day that four digits of year can name. */
#include "core/clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "rows.h"

#define SECOND INT64_C(1000000)

struct row {
	const char *name;
	int64_t wall_us;
	const char *text;
};

static const struct row rows[] = {
	{ "the epoch", 0, "1970-01-01T00:00:00.000000Z" },
	{ "microseconds", 1, "1970-01-01T00:00:00.000001Z" },
	{ "before the epoch", -1, "1969-12-31T23:59:59.999999Z" },
	{ "leap day of 2000", 951782400 * SECOND, "2000-02-29T00:00:00.000000Z" },
	{ "day after no leap day of 2100", 4107542400 * SECOND, "2100-03-01T00:00:00.000000Z" },
	{ "last microsecond of a year", 1798761599 * SECOND + 999999,
	    "2026-12-31T23:59:59.999999Z" },
	{ "behind 32 bits", 2147483648 * SECOND, "2038-01-19T03:14:08.000000Z" },
	{ "the last of all", 253402300799 * SECOND + 999999, "9999-12-31T23:59:59.999999Z" },
	{ "later than the last", INT64_MAX, "9999-12-31T23:59:59.999999Z" },
	{ "the first of all", -62167219200 * SECOND, "0000-01-01T00:00:00.000000Z" },
	{ "earlier than the first", INT64_MIN, "0000-01-01T00:00:00.000000Z" },
};

static void
rfc3339(void **state)
{
	const struct row *row = *state;
	char text[CLOCK_RFC3339_SIZE];

	clock_rfc3339(row->wall_us, text);
	assert_string_equal(text, row->text);
}

static void
every_day_as_the_c_library_says(void **state)
{
	const int64_t step = is_under_valgrind() ? 97 : 1;

	(void)state;
	for (int64_t day = -719528; day < 2932897; day += step) {
		char text[CLOCK_RFC3339_SIZE], expected[64];
		time_t seconds = (time_t)(day * 86400 + 3723);
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		(void)snprintf(expected, sizeof(expected), "%04d-%02d-%02dT01:02:03.000000Z",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		clock_rfc3339((int64_t)seconds * SECOND, text);
		assert_string_equal(text, expected);
	}
}

static void
injected_time_stands_still_until_it_is_given_back(void **state)
{
	int64_t real = (int64_t)time(NULL);

	(void)state;
	clock_wall_inject(42);
	assert_int_equal(clock_wall_us(), 42);
	assert_int_equal(clock_wall_us(), 42);
	clock_wall_inject(-1);
	assert_true(clock_wall_us() / SECOND >= real - 1);
	assert_true(clock_wall_us() / SECOND < real + 3600);
}

static void
monotonic_time_never_goes_back(void **state)
{
	int64_t before = clock_mono_us();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_us();

		assert_true(now >= before);
		before = now;
	}
}

static void
the_sooner_of_two_times_is_never_never(void **state)
{
	static const struct {
		int64_t at, other, sooner;
	} times[] = { { 0, 0, 0 }, { 0, 5, 5 }, { 5, 0, 5 }, { 5, 7, 5 }, { 7, 5, 5 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		int64_t at = times[i].at;

		clock_take_sooner(&at, times[i].other);
		assert_int_equal(at, times[i].sooner);
	}
}

/* A wait that ended before its time would be begun again at once, and again. */
static void
what_is_left_is_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(clock_left_ms(clock_mono_us()), 0);
	assert_int_equal(clock_left_ms(0), 0);
	assert_int_equal(clock_left_ms_at(5000, 5000), 0);
	assert_int_equal(
	    clock_left_ms_at(5000, 5001), 1); /* rounded up: who waits must not wake too early */
	assert_int_equal(clock_left_ms_at(5000, 7000), 2);
	assert_int_equal(clock_left_ms_at(5000, 4000), 0);
	assert_int_equal(clock_left_ms(INT64_MAX), INT_MAX);
	assert_in_range(clock_left_ms(clock_mono_us() + 3600 * SECOND), 3500 * 1000, 3600 * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_as_the_c_library_says),
		cmocka_unit_test(injected_time_stands_still_until_it_is_given_back),
		cmocka_unit_test(monotonic_time_never_goes_back),
		cmocka_unit_test(the_sooner_of_two_times_is_never_never),
		cmocka_unit_test(what_is_left_is_rounded_up),
	};

	return RUN_ROWS(rows, rfc3339) + cmocka_run_group_tests(tests, NULL, NULL);
}

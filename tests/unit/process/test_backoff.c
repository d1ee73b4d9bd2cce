/* When a dead process is replaced. Times are milliseconds on a clock that the test turns. */
#include "check.h"

#include "process/backoff.h"

static const struct row {
	const char *name;
	unsigned workers;
	unsigned quick;       /* deaths at the same moment, before */
	unsigned quiet_ms;    /* then nobody dies for so long */
	unsigned expected_ms; /* what the next death is answered with */
} rows[] = {
	{ "the first death is answered at once", 1, 0, 0, 0 },
	{ "the fifth death is answered at once", 1, 4, 0, 0 },
	{ "the sixth death waits", 1, 5, 0, 100 },
	{ "the seventh waits twice as long", 1, 6, 0, 200 },
	{ "the ninth waits eight times as long", 1, 8, 0, 800 },
	{ "the wait ends at half a minute", 1, 20, 0, 30000 },
	{ "four workers may die four times as often", 4, 19, 0, 0 },
	{ "four workers have a storm, too", 4, 20, 0, 100 },
	{ "ten quiet seconds empty the bucket", 1, 5, 10000, 0 },
	{ "two quiet seconds make room for one", 1, 5, 2000, 0 },
	{ "a quiet second is not enough", 1, 5, 1000, 100 },
	{ "no workers count as one", 0, 5, 0, 100 },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct backoff backoff = { 0 };
	int64_t now_us = 1000000;
	unsigned i, delay_ms;

	for (i = 0; i < row->quick; i++) {
		delay_ms = backoff_death(&backoff, row->workers, now_us);
		now_us += (int64_t)delay_ms * 1000;
	}
	now_us += (int64_t)row->quiet_ms * 1000;
	assert_int_equal(backoff_death(&backoff, row->workers, now_us), row->expected_ms);
}

/* A worker that lives for three seconds each time is sick, but no storm. */
static void
slow_deaths_never_wait(void **state UNUSED)
{
	struct backoff backoff = { 0 };
	int64_t now_us = 1000000;
	unsigned i;

	for (i = 0; i < 1000; i++, now_us += 3000000)
		assert_int_equal(backoff_death(&backoff, 1, now_us), 0);
}

/* After the longest storm, ten healthy seconds are enough to start afresh. */
static void
a_storm_is_forgotten(void **state UNUSED)
{
	struct backoff backoff = { 0 };
	int64_t now_us = 1000000;
	unsigned i;

	for (i = 0; i < 100; i++)
		now_us += (int64_t)backoff_death(&backoff, 1, now_us) * 1000;
	now_us += 13 * 1000000;
	for (i = 0; i < BACKOFF_DEATHS_PER_WORKER; i++)
		assert_int_equal(backoff_death(&backoff, 1, now_us), 0);
	assert_int_equal(backoff_death(&backoff, 1, now_us), BACKOFF_FIRST_MS);
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows) + 2];
	size_t i;

	memset(tests, 0, sizeof(tests));
	for (i = 0; i < COUNT_OF(rows); i++) {
		tests[i].name = rows[i].name;
		tests[i].test_func = check_row;
		tests[i].initial_state = (void *)(uintptr_t)&rows[i];
	}
	tests[i++] = (struct CMUnitTest)cmocka_unit_test(slow_deaths_never_wait);
	tests[i++] = (struct CMUnitTest)cmocka_unit_test(a_storm_is_forgotten);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a dead process is replaced. Times are milliseconds on a clock that the test turns. */
#include "../core/rows.h"
#include "check.h"

#include "process/storm.h"

static const struct row {
	const char *name;
	unsigned quick;       /* deaths before, each as soon as the place is filled again */
	unsigned quiet_ms;    /* then nobody dies for so long */
	unsigned expected_ms; /* what the next death is answered with */
} rows[] = {
	{ "the first death is answered at once", 0, 0, 0 },
	{ "the fifth death is answered at once", 4, 0, 0 },
	{ "the sixth death waits", 5, 0, 100 },
	{ "the seventh waits twice as long", 6, 0, 200 },
	{ "the ninth waits eight times as long", 8, 0, 800 },
	{ "the fourteenth waits for almost half a minute", 13, 0, 25600 },
	{ "the wait ends at half a minute", 14, 0, 30000 },
	{ "and grows no more", 100, 0, 30000 },
	{ "a quiet second is not enough", 5, 1000, 100 },
	{ "two quiet seconds make room for one", 5, 2000, 0 },
	{ "ten quiet seconds forget five deaths", 5, 10000, 0 },
	{ "two quiet seconds halve a wait", 8, 2000, 400 },
	{ "a wait is no quiet time: who dies behind it waits longer", 10, 0, 3200 },
	{ "the longest storm is forgotten after half a minute", 100, 30000, 0 },
};

static unsigned
die_quickly(struct storm *storm, unsigned count, int64_t *now_us)
{
	unsigned delay_ms = 0;

	while (count-- > 0) {
		delay_ms = storm_death(storm, *now_us);
		*now_us += (int64_t)delay_ms * 1000;
	}
	return delay_ms;
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct storm storm = { 0 };
	int64_t now_us = 1000000;

	(void)die_quickly(&storm, row->quick, &now_us);
	now_us += (int64_t)row->quiet_ms * 1000;
	assert_int_equal(storm_death(&storm, now_us), row->expected_ms);
}

/* A worker that lives for three seconds each time is sick, but no storm. */
static void
slow_deaths_never_wait(void **state UNUSED)
{
	struct storm storm = { 0 };
	int64_t now_us = 1000000;
	unsigned i;

	for (i = 0; i < 1000; i++, now_us += 3000000)
		assert_int_equal(storm_death(&storm, now_us), 0);
}

static void
a_storm_is_forgotten(void **state UNUSED)
{
	struct storm storm = { 0 };
	int64_t now_us = 1000000;

	(void)die_quickly(&storm, 100, &now_us);
	now_us += 30 * 1000000;
	assert_int_equal(die_quickly(&storm, STORM_DEATHS, &now_us), 0);
	assert_int_equal(storm_death(&storm, now_us), STORM_FIRST_MS);
}

static void
one_place_is_nothing_to_another(void **state UNUSED)
{
	struct storm storms[2] = { { 0, 0 }, { 0, 0 } };
	int64_t now_us = 1000000;

	(void)die_quickly(&storms[0], 20, &now_us);
	assert_int_equal(storm_death(&storms[1], now_us), 0);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(slow_deaths_never_wait),
		cmocka_unit_test(a_storm_is_forgotten),
		cmocka_unit_test(one_place_is_nothing_to_another),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}

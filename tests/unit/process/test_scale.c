/* When there should be more workers, or fewer. Times are milliseconds on a clock that the test turns. */
#include "../core/rows.h"
#include "check.h"

#include "config/config.h"
#include "process/scale.h"

static const int64_t now_us = 1000 * 1000000LL;

static const struct config fixed = { .worker_mode = WORKER_MODE_STATIC, .workers = 8 };
static const struct config dynamic = {
	.worker_mode = WORKER_MODE_DYNAMIC,
	.workers = 8,
	.worker_min_spare = 2,
	.worker_max_spare = 4,
	.worker_spawn_rate = 4,
};
static const struct config ondemand = {
	.worker_mode = WORKER_MODE_ONDEMAND,
	.workers = 8,
	.worker_idle_timeout_s = 10,
	.worker_spawn_rate = 4,
};

static const struct row {
	const char *name;
	const struct config *config;
	unsigned total, spare, busy, waiting;
	int idle_ms;   /* of the first that may go; 0: none may */
	unsigned rate; /* of a step before */
	unsigned more;
	bool one_less, is_exhausted;
} rows[] = {
	{ "a number that follows nothing stays", &fixed, 8, 0, 8, 100, 0, 0, 0, false, false },
	{ "and does not fall", &fixed, 8, 8, 0, 0, 100000, 0, 0, false, false },

	{ "enough are idle", &dynamic, 4, 2, 2, 0, 5, 0, 0, false, false },
	{ "one too few: one more", &dynamic, 4, 1, 3, 0, 5, 0, 1, false, false },
	{ "two too few: one at first", &dynamic, 4, 0, 4, 0, 0, 0, 1, false, false },
	{ "two too few: two in the next step", &dynamic, 4, 0, 4, 0, 0, 2, 2, false, false },
	{ "nobody idle and five wait", &dynamic, 1, 0, 1, 5, 0, 8, 5, false, false },
	{ "two idle and five wait: as if three were missing", &dynamic, 3, 2, 1, 5, 5, 8, 3, false,
	    false },
	{ "no more than there may be", &dynamic, 7, 0, 7, 5, 0, 8, 1, false, false },
	{ "more are needed than there may be", &dynamic, 8, 1, 7, 0, 5, 8, 0, false, true },
	{ "all busy at the limit", &dynamic, 8, 0, 8, 3, 0, 8, 0, false, true },
	{ "as many idle as may be", &dynamic, 5, 4, 1, 0, 5, 0, 0, false, false },
	{ "one idle too many goes at once", &dynamic, 6, 5, 1, 0, 5, 0, 0, true, false },
	{ "many idle too many go one by one", &dynamic, 8, 8, 0, 0, 5, 0, 0, true, false },
	{ "but not while somebody waits", &dynamic, 8, 7, 1, 1, 5, 0, 0, false, false },
	{ "nor one that nobody can take over from", &dynamic, 8, 8, 0, 0, 0, 0, 0, false, false },

	{ "nobody there and nobody waits", &ondemand, 0, 0, 0, 0, 0, 0, 0, false, false },
	{ "the first comes", &ondemand, 0, 0, 0, 1, 0, 0, 1, false, false },
	{ "one waits for an idle one", &ondemand, 1, 1, 0, 1, 0, 0, 0, false, false },
	{ "one waits for one on its way", &ondemand, 3, 1, 2, 1, 0, 0, 0, false, false },
	{ "three wait for an idle one", &ondemand, 1, 1, 0, 3, 5, 0, 2, false, false },
	{ "many wait: so many at once", &ondemand, 1, 0, 1, 100, 0, 0, 4, false, false },
	{ "many wait: no more than there may be", &ondemand, 6, 0, 6, 100, 0, 0, 2, false, false },
	{ "all there are, and one more waits", &ondemand, 8, 0, 8, 1, 0, 0, 0, false, true },
	{ "all there are and nobody waits", &ondemand, 8, 0, 8, 0, 0, 0, 0, false, false },
	{ "idle for a while", &ondemand, 2, 1, 1, 0, 9999, 0, 0, false, false },
	{ "idle for too long", &ondemand, 2, 1, 1, 0, 10000, 0, 0, true, false },
	{ "the last one, too", &ondemand, 1, 1, 0, 0, 10000, 0, 0, true, false },
	{ "not while somebody waits for it", &ondemand, 1, 1, 0, 1, 10000, 0, 0, false, false },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct scale_view view = {
		.total = row->total,
		.limit = 8,
		.spare = row->spare,
		.busy = row->busy,
		.waiting = row->waiting,
		.idle_since_us = row->idle_ms == 0 ? 0 : now_us - (int64_t)row->idle_ms * 1000,
	};
	struct scale scale = { .rate = row->rate };
	const struct scale_step step = scale_decide(&scale, row->config, &view, now_us);

	assert_int_equal(step.more, row->more);
	assert_int_equal(step.one_less, row->one_less);
	assert_int_equal(step.is_exhausted, row->is_exhausted);
}

/* --- steps that follow one another ----------------------------------------------------------- */

static void
the_rate_doubles_and_has_an_end(void **state UNUSED)
{
	static const unsigned expected[] = { 1, 2, 4, 8, 8 };
	struct config config = dynamic;
	struct scale scale = { 0 };
	struct scale_view view = { .total = 1, .limit = 100, .busy = 1, .waiting = 60 };
	size_t i;

	config.worker_spawn_rate = 8;
	for (i = 0; i < COUNT_OF(expected); i++)
		assert_int_equal(scale_decide(&scale, &config, &view, now_us).more, expected[i]);
	view.waiting = 0;
	view.spare = 2;
	assert_int_equal(scale_decide(&scale, &config, &view, now_us).more, 0);
	view.spare = 0;
	assert_int_equal(scale_decide(&scale, &config, &view, now_us).more, 1);
}

static void
one_goes_in_a_second(void **state UNUSED)
{
	const struct scale_view view = { 8, 8, 8, 0, 0, now_us - 1000000 };
	struct scale scale = { 0 };

	assert_true(scale_decide(&scale, &dynamic, &view, now_us).one_less);
	assert_int_equal(scale.look_us, now_us + SCALE_SHRINK_US);
	assert_false(scale_decide(&scale, &dynamic, &view, now_us + 999999).one_less);
	assert_true(scale_decide(&scale, &dynamic, &view, now_us + 1000000).one_less);
}

/* php-fpm's warning: once, until it was enough again. */
static void
exhaustion_is_told_once(void **state UNUSED)
{
	struct scale_view view = { .total = 8, .limit = 8, .busy = 8, .waiting = 1 };
	struct scale scale = { 0 };

	assert_true(scale_decide(&scale, &ondemand, &view, now_us).is_exhausted);
	assert_false(scale_decide(&scale, &ondemand, &view, now_us).is_exhausted);
	view.waiting = 0;
	assert_false(scale_decide(&scale, &ondemand, &view, now_us).is_exhausted);
	view.waiting = 1;
	assert_true(scale_decide(&scale, &ondemand, &view, now_us).is_exhausted);
}

/* --- when to look again ---------------------------------------------------------------------- */

static const struct look_row {
	const char *name;
	const struct config *config;
	unsigned total, spare, busy, waiting;
	int idle_ms;
	int active_ms; /* since the last work; -1: long ago */
	int look_ms;   /* until the next look; -1: none */
	bool is_watching;
} look_rows[] = {
	{ "a number that follows nothing is not looked at", &fixed, 8, 0, 8, 9, 0, 0, -1, false },
	{ "nobody there: who comes wakes us", &ondemand, 0, 0, 0, 0, 0, -1, -1, true },
	{ "work: look again soon", &ondemand, 2, 1, 1, 0, 5, 0, 100, false },
	{ "a moment ago there was work", &ondemand, 2, 2, 0, 0, 900, 900, 100, false },
	{ "quiet: until one has been idle for long enough", &ondemand, 2, 2, 0, 0, 4000, 2000, 6000,
	    true },
	{ "quiet, and nobody may go", &ondemand, 1, 1, 0, 0, 0, -1, -1, true },
	{ "nobody idle: who comes wakes us", &ondemand, 1, 0, 1, 0, 0, 0, 100, true },
	{ "somebody waits and one is on its way", &ondemand, 0, 0, 0, 1, 0, -1, 100, false },
	{ "nobody idle, but that is the limit", &ondemand, 8, 0, 8, 0, 0, 0, 100, false },
	{ "some idle and all quiet", &dynamic, 3, 3, 0, 0, 5000, -1, -1, true },
	{ "too few idle: more are on their way", &dynamic, 2, 0, 2, 0, 0, -1, 100, false },
};

static void
check_look(void **state)
{
	const struct look_row *row = *state;
	const struct scale_view view = {
		.total = row->total,
		.limit = 8,
		.spare = row->spare,
		.busy = row->busy,
		.waiting = row->waiting,
		.idle_since_us = row->idle_ms == 0 ? 0 : now_us - (int64_t)row->idle_ms * 1000,
	};
	struct scale scale = {
		.active_us = row->active_ms < 0 ? 0 : now_us - (int64_t)row->active_ms * 1000,
	};

	(void)scale_decide(&scale, row->config, &view, now_us);
	assert_int_equal(
	    scale.look_us, row->look_ms < 0 ? 0 : now_us + (int64_t)row->look_ms * 1000);
	assert_int_equal(scale.is_watching, row->is_watching);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(the_rate_doubles_and_has_an_end),
		cmocka_unit_test(one_goes_in_a_second),
		cmocka_unit_test(exhaustion_is_told_once),
	};

	return RUN_ROWS(rows, check_row) + RUN_ROWS(look_rows, check_look) +
	       cmocka_run_group_tests(others, NULL, NULL);
}

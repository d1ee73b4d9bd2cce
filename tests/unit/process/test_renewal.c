/* How many requests a worker answers, who goes and who comes when workers are renewed, how large one is. */
#include "../core/rows.h"
#include "check.h"

#include "process/memory.h"
#include "process/renewal.h"

static const struct row {
	const char *name;
	struct renewal_view view; /* wanted, starting, serving, near, due, done, going */
	unsigned hire, dismiss, reserve;
} rows[] = {
	{ "nobody wishes anything", { 4, 0, 4, 0, 0, 0, 0 }, 0, 0, 0 },
	{ "one comes near its end: another is hired", { 4, 0, 4, 1, 0, 0, 0 }, 1, 0, 1 },
	{ "it is on its way", { 4, 1, 4, 1, 0, 0, 0 }, 0, 0, 1 },
	{ "it stands by, and nobody goes before its end", { 4, 0, 5, 1, 0, 0, 0 }, 0, 0, 1 },
	{ "the one goes at its end", { 4, 0, 4, 0, 0, 1, 0 }, 0, 1, 1 },
	{ "not before the other accepts", { 4, 1, 3, 0, 0, 1, 0 }, 0, 0, 1 },
	{ "nobody stands by: one is hired", { 4, 0, 3, 0, 0, 1, 0 }, 1, 0, 1 },
	{ "all come near at once: a quarter is hired", { 8, 0, 8, 8, 0, 0, 0 }, 2, 0, 2 },
	{ "all are done at once: a quarter is hired", { 8, 0, 0, 0, 0, 8, 0 }, 2, 0, 2 },
	{ "and a quarter goes", { 8, 0, 2, 0, 0, 8, 0 }, 0, 2, 2 },
	{ "the next quarter is hired meanwhile", { 8, 0, 2, 0, 0, 6, 2 }, 2, 0, 2 },
	{ "and waits until the first is gone", { 8, 0, 4, 0, 0, 6, 2 }, 0, 0, 2 },
	{ "one of it is gone", { 8, 0, 4, 0, 0, 6, 1 }, 0, 1, 2 },
	{ "the last one alone", { 8, 0, 8, 0, 0, 1, 0 }, 0, 1, 2 },
	{ "a single worker comes near its end", { 1, 0, 1, 1, 0, 0, 0 }, 1, 0, 1 },
	{ "a single worker is done: another is hired", { 1, 0, 0, 0, 0, 1, 0 }, 1, 0, 1 },
	{ "it goes when the other accepts", { 1, 0, 1, 0, 0, 1, 0 }, 0, 1, 1 },
	{ "three are too old: one is hired", { 3, 0, 3, 0, 3, 0, 0 }, 1, 0, 1 },
	{ "one goes", { 3, 0, 4, 0, 3, 0, 0 }, 0, 1, 1 },
	{ "who is too old works on until another accepts", { 3, 1, 3, 0, 1, 0, 0 }, 0, 0, 1 },
	{ "512 wish to go: 128 at once", { 512, 0, 512, 0, 512, 0, 0 }, 128, 0, 128 },
	{ "a worker is missing besides", { 4, 0, 3, 1, 0, 0, 0 }, 2, 0, 1 },
	{ "nobody is wanted any more", { 0, 0, 1, 0, 1, 0, 0 }, 0, 1, 1 },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct renewal_step step = renewal_decide(&row->view);

	assert_int_equal(step.hire, row->hire);
	assert_int_equal(step.dismiss, row->dismiss);
	assert_int_equal(step.reserve, row->reserve);
}

/* Whatever is seen: no more than a quarter above what is wanted, and nobody told for whom nobody is there. */
static void
bounds_hold_for_all_small_crews(void **state UNUSED)
{
	struct renewal_view v = { 0 };

	for (v.wanted = 0; v.wanted <= 9; v.wanted++)
		for (v.starting = 0; v.starting <= 3; v.starting++)
			for (v.serving = 0; v.serving <= 9; v.serving++)
				for (v.near = 0; v.near <= v.serving; v.near++)
					for (v.due = 0; v.due <= v.serving - v.near; v.due++)
						for (v.done = 0; v.done <= 9; v.done++) {
							const unsigned at_once =
							    v.wanted < 8 ? 1 : 2;
							const struct renewal_step step =
							    renewal_decide(&v);

							assert_true(step.hire == 0 ||
								    v.starting + v.serving +
									    v.done + step.hire <=
									v.wanted + at_once);
							assert_true(step.dismiss <= at_once);
							assert_true(step.dismiss <= v.done + v.due);
							assert_true(
							    step.dismiss == 0 ||
							    v.serving + v.done - step.dismiss >=
								v.wanted);
						}
}

static void
quotas(void **state UNUSED)
{
	uint64_t chance;

	assert_int_equal(renewal_quota(0, 0, 12345), 0);
	assert_int_equal(renewal_quota(0, 10, 12345), 0);
	assert_int_equal(renewal_quota(50, 0, UINT64_MAX), 50);
	for (chance = 0; chance < 100; chance++)
		assert_in_range(renewal_quota(50, 10, chance), 50, 60);
	assert_int_equal(renewal_quota(50, 10, 10), 60);
	assert_int_equal(renewal_quota(1000000000, 1000000000, 1000000000), 2000000000);
	assert_int_equal(renewal_notice(1), 1);
	assert_int_equal(renewal_notice(3), 3);
	assert_int_equal(renewal_notice(4), 3);
	assert_int_equal(renewal_notice(50), 38);
	assert_int_equal(renewal_notice(1000), 900);
}

/* --- memory ---------------------------------------------------------------------------------- */

static const struct memory_row {
	const char *name;
	enum config_memory_measure measure;
	const char *text;
	uint64_t expected;
} memory_rows[] = {
	{ "pages that are resident", MEMORY_MEASURE_RSS, "1402 301 200 7 0 120 0\n", 301 * 4096 },
	{ "one number alone", MEMORY_MEASURE_RSS, "1402\n", 0 },
	{ "nothing", MEMORY_MEASURE_RSS, "", 0 },
	{ "more pages than any machine has", MEMORY_MEASURE_RSS, "1 99999999999999999999 1\n", 0 },
	{ "the part of what is shared", MEMORY_MEASURE_PSS,
	    "55d0-7ffe ---p 00000000 00:00 0  [rollup]\nRss:   5000 kB\nPss:   1234 kB\n"
	    "Pss_Dirty:  77 kB\n",
	    1234 * 1024 },
	{ "no such line", MEMORY_MEASURE_PSS, "Rss: 5000 kB\nPss_Anon: 3 kB\n", 0 },
};

static void
check_memory(void **state)
{
	const struct memory_row *row = *state;

	assert_int_equal(memory_parse(row->measure, row->text, 4096), row->expected);
}

static void
this_process_has_memory(void **state UNUSED)
{
	struct memory_meter meter;
	uint64_t before;
	char *more;

	assert_true(memory_meter_open(&meter, MEMORY_MEASURE_RSS));
	before = memory_meter_read(&meter);
	assert_in_range(before, 100 * 1024, UINT64_C(1) << 40);
	more = malloc(32 * 1024 * 1024);
	assert_non_null(more);
	memset(more, 1, 32 * 1024 * 1024);
	assert_true(memory_meter_read(&meter) > before + 16 * 1024 * 1024);
	free(more);
	memory_meter_close(&meter);
	assert_int_equal(memory_meter_read(&meter), 0);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(bounds_hold_for_all_small_crews),
		cmocka_unit_test(quotas),
		cmocka_unit_test(this_process_has_memory),
	};

	return RUN_ROWS(rows, check_row) + RUN_ROWS(memory_rows, check_memory) +
	       cmocka_run_group_tests(others, NULL, NULL);
}

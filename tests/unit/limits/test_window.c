/* The strategy: one counter, one hit, one clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/compiler.h"
#include "limits/window.h"

static const struct row {
	const char *name;
	uint32_t amount, window_s;
	uint64_t end_ms; /* the counter before: end and hits */
	uint32_t hits;
	uint64_t now_ms;
	enum limit_verdict verdict;
	uint32_t remaining, retry_after_s;
	uint64_t new_end_ms; /* and after */
	uint32_t new_hits;
} rows[] = {
	{ "the first hit begins a window", 10, 60, 0, 0, 5000, LIMIT_PASSED, 9, 0, 65000, 1 },
	{ "a hit inside counts", 10, 60, 65000, 1, 6000, LIMIT_PASSED, 8, 0, 65000, 2 },
	{ "the last hit leaves nothing", 10, 60, 65000, 9, 6000, LIMIT_PASSED, 0, 0, 65000, 10 },
	{ "one more is refused and not counted", 10, 60, 65000, 10, 6000, LIMIT_EXCEEDED, 0, 59,
	    65000, 10 },
	{ "the wait is rounded up", 10, 60, 65000, 10, 6001, LIMIT_EXCEEDED, 0, 59, 65000, 10 },
	{ "the wait is at least a second", 10, 60, 65000, 10, 64999, LIMIT_EXCEEDED, 0, 1, 65000,
	    10 },
	{ "at its end a window is over", 10, 60, 65000, 10, 65000, LIMIT_PASSED, 9, 0, 125000, 1 },
	{ "long after, too", 10, 60, 65000, 10, 9965000, LIMIT_PASSED, 9, 0, 10025000, 1 },
	{ "a lowered amount meets the old count", 5, 60, 65000, 8, 6000, LIMIT_EXCEEDED, 0, 59,
	    65000, 8 },
	{ "a raised amount gives the difference", 20, 60, 65000, 10, 6000, LIMIT_PASSED, 9, 0,
	    65000, 11 },
	{ "a shortened window ends sooner", 10, 1, 65000, 10, 6000, LIMIT_EXCEEDED, 0, 1, 7000,
	    10 },
	{ "a lengthened window ends as it would have", 10, 3600, 65000, 10, 6000, LIMIT_EXCEEDED, 0,
	    59, 65000, 10 },
	{ "clock set back an hour: still refused, for one window", 10, 60, 3665000, 10, 6000,
	    LIMIT_EXCEEDED, 0, 60, 66000, 10 },
	{ "clock set back an hour: hits stay counted", 10, 60, 3665000, 3, 6000, LIMIT_PASSED, 6, 0,
	    66000, 4 },
	{ "clock at the epoch", 1, 1, 0, 0, 0, LIMIT_PASSED, 0, 0, 1000, 1 },
	{ "amount 0 passes nobody", 0, 60, 0, 0, 5000, LIMIT_EXCEEDED, 0, 60, 65000, 0 },
	{ "the largest amount", 1000000, 86400, 65000, 999999, 6000, LIMIT_PASSED, 0, 0, 65000,
	    1000000 },
	{ "more hits than any amount are never reached", 2000000, 60, 65000, 1000000, 6000,
	    LIMIT_EXCEEDED, 0, 59, 65000, 1000000 },
	{ "the last millisecond that a state can hold", 10, 60, WINDOW_MAX_MS, 3, WINDOW_MAX_MS - 1,
	    LIMIT_PASSED, 6, 0, WINDOW_MAX_MS, 4 },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct limit limit = { row->amount, row->window_s };
	uint64_t next = 0;
	struct limit_answer answer =
	    window_hit(&limit, window_pack(row->end_ms, row->hits), row->now_ms, &next);

	assert_int_equal(answer.verdict, row->verdict);
	assert_int_equal(answer.remaining, row->remaining);
	assert_int_equal(answer.retry_after_s, row->retry_after_s);
	assert_int_equal(window_end_ms(next), row->new_end_ms);
	assert_int_equal(window_hits(next), row->new_hits);
}

static void
check_clock(void **state)
{
	(void)state;
	assert_int_equal(window_now_ms(1999), 1);
	assert_int_equal(window_now_ms(-1), 0);
	assert_int_equal(window_now_ms(INT64_MIN), 0);
	assert_int_equal(window_now_ms(INT64_MAX),
	    INT64_MAX / 1000 > (int64_t)WINDOW_MAX_MS ? WINDOW_MAX_MS : (uint64_t)INT64_MAX / 1000);
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows) + 1];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	tests[COUNT_OF(rows)] = (struct CMUnitTest)cmocka_unit_test(check_clock);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

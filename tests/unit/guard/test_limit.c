/*
 * Guard 6: every answer of a store, and which counter is asked. limit_hit is replaced at link
 * time.
 */
#include "setup.h"

#include "../core/rows.h"

struct limit_answer __wrap_limit_hit(struct limit_store *store, const struct limit *limit,
    const struct limit_key *key, int64_t now_us);

static struct limit_answer next_answer;
static struct limit_key asked_key;
static uint32_t asked_amount;
static int64_t asked_at_us;
static int asked_count;

struct limit_answer
__wrap_limit_hit(struct limit_store *store, const struct limit *limit, const struct limit_key *key,
    int64_t now_us)
{
	(void)store;
	asked_key = *key;
	asked_amount = limit->amount;
	asked_at_us = now_us;
	asked_count++;
	return next_answer;
}

static const struct postern_route route = { .methods = POSTERN_GET };

/* Any non-NULL store: the replaced limit_hit does not look at it. */
static struct limit_store *
some_store(struct setup *setup)
{
	return (struct limit_store *)setup->limits;
}

static void
begin(struct setup *setup, uint32_t amount)
{
	setup_begin(setup);
	setup_request(setup, NULL);
	setup_route(setup, &route, &route);
	setup->match.route_index = 2;
	setup->limits[2] = (struct limit) { .amount = amount, .window_s = 60 };
	setup->env.limits = some_store(setup);
	asked_count = 0;
}

static const struct row {
	const char *name;
	struct limit_answer answer;
	int status; /* 0: passes */
	const char *retry_after, *event, *reason;
} rows[] = {
	{ "a hit within the limit", { .verdict = LIMIT_PASSED }, 0, NULL, NULL, NULL },
	{ "a hit over the limit", { .verdict = LIMIT_EXCEEDED, .retry_after_s = 17 }, 429, "17",
	    "rate_limit.exceeded", "route" },
	{ "the longest wait", { .verdict = LIMIT_EXCEEDED, .retry_after_s = UINT32_MAX }, 429,
	    "4294967295", "rate_limit.exceeded", "route" },
	{ "a wait of nothing is told as a second", { .verdict = LIMIT_EXCEEDED }, 429, "1",
	    "rate_limit.exceeded", "route" },
	{ "no room for another client", { .verdict = LIMIT_TABLE_FULL, .retry_after_s = 60 }, 429,
	    "60", "rate_limit.table_full", "table" },
	{ "a store that fails", { .verdict = LIMIT_UNAVAILABLE }, 503, NULL,
	    "rate_limit.unavailable", "store" },
	{ "an answer that is none", { .verdict = (enum limit_verdict)77 }, -1, NULL, NULL, NULL },
};

static void
check(void **state)
{
	const struct row *row = *state;
	enum guard_verdict verdict;
	struct setup setup;

	begin(&setup, 5);
	next_answer = row->answer;
	verdict = guard_limit(&setup.env, &setup.req.in, &setup.res.out);
	assert_int_equal(verdict, row->status == 0 ? GUARD_PASSED : GUARD_REFUSED);
	if (row->status > 0)
		assert_int_equal(setup.res.out.status, row->status);
	if (row->retry_after != NULL)
		assert_string_equal(setup_header(&setup, "Retry-After"), row->retry_after);
	else
		assert_null(setup_header(&setup, "Retry-After"));
	if (row->event != NULL)
		expect_logged(&setup, row->event, row->reason);
	else
		assert_string_equal(setup_log(&setup), "");
	setup_end(&setup);
}

static void
the_counter_is_the_route_and_the_client(void **state)
{
	struct limit_key wanted;
	struct setup setup;

	(void)state;
	begin(&setup, 5);
	next_answer.verdict = LIMIT_PASSED;
	setup.req.in.client = SLICE_OF("203.0.113.9");
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	limit_key_make(&wanted, 2, SLICE_OF("203.0.113.9"));
	assert_int_equal(asked_count, 1);
	assert_int_equal(asked_key.route, 2);
	assert_memory_equal(asked_key.client, wanted.client, sizeof(wanted.client));
	assert_int_equal(asked_amount, 5);
	assert_int_equal(asked_at_us, setup.req.in.wall_us);
	/* With a body the time of the hit: the request's own is older by as long as the body took. */
	setup.req.in.body = SLICE_OF("x");
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_true(asked_at_us > setup.req.in.wall_us);
	setup_end(&setup);
}

static void
a_route_without_a_limit_is_not_counted(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 0);
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_int_equal(asked_count, 0);
	setup_end(&setup);
}

static void
without_a_store_a_limit_refuses(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 5);
	setup.env.limits = NULL;
	next_answer.verdict = LIMIT_PASSED;
	expect_refused(&setup, guard_limit(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_SERVICE_UNAVAILABLE);
	assert_int_equal(asked_count, 0);
	setup_end(&setup);
}

static void
without_a_route_or_limits_nothing_passes(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 0);
	setup.env.route_limits = NULL;
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_route(&setup, NULL, &route);
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup.req.in.match = NULL;
	assert_int_equal(guard_limit(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_counter_is_the_route_and_the_client),
		cmocka_unit_test(a_route_without_a_limit_is_not_counted),
		cmocka_unit_test(without_a_store_a_limit_refuses),
		cmocka_unit_test(without_a_route_or_limits_nothing_passes),
	};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(tests, NULL, NULL);
}

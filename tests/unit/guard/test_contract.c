/* Guard 8: what the contract's verdicts become. contract_check is replaced at link time. */
#include "setup.h"

#include "../core/rows.h"

enum contract_verdict __wrap_contract_check(
    const struct contract *contract, const struct request *req);

static enum contract_verdict next_verdict;

enum contract_verdict
__wrap_contract_check(const struct contract *contract, const struct request *req)
{
	(void)contract;
	(void)req;
	return next_verdict;
}

static const struct row {
	const char *name;
	enum contract_verdict verdict;
	int status; /* 0: passes; -1: refused without an answer of its own */
	const char *reason;
} rows[] = {
	{ "a request within the contract", CONTRACT_KEPT, 0, NULL },
	{ "a request outside of it", CONTRACT_REFUSED, 400, "schema" },
	{ "another media type", CONTRACT_MEDIA_TYPE, 415, "media_type" },
	{ "a verdict that is none", (enum contract_verdict)9, -1, NULL },
};

static void
check(void **state)
{
	const struct row *row = *state;
	enum guard_verdict verdict;
	struct setup setup;

	setup_begin(&setup);
	setup_request(&setup, NULL);
	setup.env.contract = (const struct contract *)setup.limits; /* any: not looked at */
	next_verdict = row->verdict;
	verdict = guard_contract(&setup.env, &setup.req.in, &setup.res.out);
	assert_int_equal(verdict, row->status == 0 ? GUARD_PASSED : GUARD_REFUSED);
	if (row->status > 0) {
		assert_int_equal(setup.res.out.status, row->status);
		expect_logged(&setup, "contract.refused", row->reason);
	}
	setup_end(&setup);
}

static void
without_a_contract_nothing_passes(void **state)
{
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, NULL);
	next_verdict = CONTRACT_KEPT;
	assert_int_equal(guard_contract(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_contract_nothing_passes),
	};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(tests, NULL, NULL);
}

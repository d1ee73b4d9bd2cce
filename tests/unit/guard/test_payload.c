/* Guard 3: bodies, declared and real. The cap is 100 bytes unless a row says otherwise. */
#include "setup.h"

#include "../core/rows.h"

enum answer { PASSED, TOO_LARGE, BAD };

static const struct row {
	const char *name;
	uint64_t cap;
	const char *declared; /* NULL: no CONTENT_LENGTH */
	size_t arrives, step;
	bool breaks;
	enum answer answer;
	const char *reason;
} rows[] = {
	{ "no body", 100, NULL, 0, 1, false, PASSED, NULL },
	{ "a length of zero and no body", 100, "0", 0, 1, false, PASSED, NULL },
	{ "a length of zero and a byte", 100, "0", 1, 1, false, BAD, "longer_than_declared" },
	{ "a body as declared", 100, "10", 10, 100, false, PASSED, NULL },
	{ "a body in single bytes", 100, "10", 10, 1, false, PASSED, NULL },
	{ "exactly the cap", 100, "100", 100, 64, false, PASSED, NULL },
	{ "one above the cap, declared", 100, "101", 101, 64, false, TOO_LARGE, "too_large" },
	{ "the largest length there is", 100, "9999999999", 0, 1, false, TOO_LARGE, "too_large" },
	{ "shorter than declared", 100, "11", 10, 64, false, BAD, "shorter_than_declared" },
	{ "nothing of what was declared", 100, "11", 0, 64, false, BAD, "shorter_than_declared" },
	{ "longer than declared", 100, "10", 11, 64, false, BAD, "longer_than_declared" },
	{ "longer than declared and than the cap", 100, "10", 500, 64, false, BAD,
	    "longer_than_declared" },
	{ "undeclared, within the cap", 100, NULL, 99, 7, false, PASSED, NULL },
	{ "undeclared, exactly the cap", 100, NULL, 100, 7, false, PASSED, NULL },
	{ "undeclared, one above the cap", 100, NULL, 101, 7, false, TOO_LARGE, "too_large" },
	{ "undeclared and endless", 100, NULL, 60000, 4096, false, TOO_LARGE, "too_large" },
	{ "undeclared, one below the first step", 16384, NULL, 4095, 4096, false, PASSED, NULL },
	{ "undeclared, exactly the first step", 16384, NULL, 4096, 4096, false, PASSED, NULL },
	{ "undeclared, one above the first step", 16384, NULL, 4097, 4096, false, PASSED, NULL },
	{ "undeclared, exactly a larger cap", 16384, NULL, 16384, 1000, false, PASSED, NULL },
	{ "undeclared, one above a larger cap", 16384, NULL, 16385, 1000, false, TOO_LARGE,
	    "too_large" },
	{ "a body that breaks off", 100, "10", 5, 5, true, BAD, "body" },
	{ "an undeclared body that breaks off", 100, NULL, 5, 5, true, BAD, "body" },
	{ "an undeclared body that breaks off behind the first step", 16384, NULL, 5000, 4096, true,
	    BAD, "body" },
};

static char sent[60000];

static void
check(void **state)
{
	const struct row *row = *state;
	char declared[64];
	const char *params[] = { NULL, "REQUEST_METHOD=TRACE", NULL };
	enum guard_verdict verdict;
	struct setup setup;

	strcat(strcpy(declared, "CONTENT_LENGTH="), row->declared != NULL ? row->declared : "");
	params[0] = declared;
	setup_begin(&setup);
	setup.config.max_content_length = row->cap;
	setup_request(&setup, params);
	setup_body(&setup, sent, row->arrives, row->step, row->breaks);
	verdict = guard_payload(&setup.env, &setup.req.in, &setup.res.out);
	switch (row->answer) {
	case PASSED:
		assert_int_equal(verdict, GUARD_PASSED);
		assert_int_equal(setup.req.in.body.len, row->arrives);
		assert_memory_equal(setup.req.in.body.data, sent, row->arrives);
		assert_int_equal(setup.req.in.body.data[row->arrives], '\0');
		break;
	case TOO_LARGE:
		expect_refused(&setup, verdict, HTTP_ERROR_PAYLOAD_TOO_LARGE);
		expect_logged(&setup, "payload.refused", row->reason);
		break;
	case BAD:
		expect_refused(&setup, verdict, HTTP_ERROR_INVALID_REQUEST);
		expect_logged(
		    &setup, row->breaks ? "http.aborted" : "payload.refused", row->reason);
		break;
	}
	if (row->answer != PASSED)
		assert_int_equal(setup.req.in.body.len, 0);
	setup_end(&setup);
}

static ssize_t
must_not_be_read(void *context, char *room, size_t size)
{
	(void)context;
	(void)room;
	(void)size;
	fail_msg("the body was read");
	return -1;
}

static void
a_length_above_the_cap_is_refused_unread(void **state)
{
	static const char *const params[] = { "CONTENT_LENGTH=101", NULL };
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, params);
	setup.req.in.body_source.read = must_not_be_read;
	expect_refused(&setup, guard_payload(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_PAYLOAD_TOO_LARGE);
	setup_end(&setup);
}

static ssize_t
says_too_much(void *context, char *room, size_t size)
{
	(void)context;
	(void)room;
	return (ssize_t)size + 1;
}

static void
a_source_that_lies_is_not_believed(void **state)
{
	static const char *const params[] = { "CONTENT_LENGTH=10", NULL };
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, params);
	setup.req.in.body_source.read = says_too_much;
	expect_refused(&setup, guard_payload(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_INVALID_REQUEST);
	setup_end(&setup);
}

static void
without_a_source_there_is_no_body(void **state)
{
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, NULL);
	assert_int_equal(guard_payload(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_string_equal(setup.req.in.body.data, "");
	setup_end(&setup);
}

static void
no_memory_refuses(void **state)
{
	static const struct {
		const char *declared;
		size_t spare; /* bytes that the arena still has */
	} cases[] = {
		{ "CONTENT_LENGTH=5000", 100 },
		{ "CONTENT_LENGTH=", 100 },
		{ "CONTENT_LENGTH=", 4096 + 100 },
	};
	struct setup setup;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *const params[] = { cases[i].declared, NULL };

		setup_begin(&setup);
		setup.config.max_content_length = 16384;
		setup_request(&setup, params);
		setup_body(&setup, sent, 5000, 4096, false);
		setup.arena.ceiling = setup.arena.used + cases[i].spare;
		expect_refused(&setup, guard_payload(&setup.env, &setup.req.in, &setup.res.out),
		    HTTP_ERROR_SERVICE_UNAVAILABLE);
		expect_logged(&setup, "payload.refused", "memory");
		setup_end(&setup);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_above_the_cap_is_refused_unread),
		cmocka_unit_test(a_source_that_lies_is_not_believed),
		cmocka_unit_test(without_a_source_there_is_no_body),
		cmocka_unit_test(no_memory_refuses),
	};

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)('a' + i % 23);
	return RUN_ROWS(rows, check) + cmocka_run_group_tests(tests, NULL, NULL);
}

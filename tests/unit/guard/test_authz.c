/*
 * Guard 9: only an explicit permit passes; every decision is a line. The policy engine is
 * replaced at link time.
 */
#include <stdatomic.h>

#include "core/clock.h"
#include "setup.h"

#include "../core/rows.h"

struct postern_entity *__wrap_authz_resource_new(struct arena *arena, const struct authz *authz);
struct authz_answer __wrap_authz_ask(const struct authz *authz, const struct postern_route *route,
    const struct request *req, struct postern_entity *entity);

static struct authz_answer next_answer;
static struct postern_entity *next_entity, *asked_entity;
static enum postern_status next_load;
static int asked, loaded;

struct postern_entity *
__wrap_authz_resource_new(struct arena *arena, const struct authz *authz)
{
	(void)arena;
	(void)authz;
	return next_entity;
}

struct authz_answer
__wrap_authz_ask(const struct authz *authz, const struct postern_route *route,
    const struct request *req, struct postern_entity *entity)
{
	(void)authz;
	assert_ptr_equal(route, req->match->route);
	asked++;
	asked_entity = entity;
	return next_answer;
}

static enum postern_status
load(struct postern_request *req, struct postern_entity *resource)
{
	assert_non_null(req);
	assert_ptr_equal(resource, next_entity);
	loaded++;
	return next_load;
}

static const struct principal someone = { .type = SLICE("Patient"), .id = SLICE("subject-77") };
static const struct postern_route with_load = {
	.methods = POSTERN_GET, .action = "readNote", .load = load
};
static const struct postern_route without_load = { .methods = POSTERN_GET, .action = "readNote" };
static const struct postern_route public_route = { .methods = POSTERN_GET, .is_public = true };

static void
begin(struct setup *setup, const struct postern_route *route)
{
	setup_begin(setup);
	setup_request(setup, NULL);
	setup_route(setup, route, route);
	setup->req.in.principal = &someone;
	setup->env.authz = (const struct authz *)setup->limits; /* any: not looked at */
	next_entity = (struct postern_entity *)setup->limits;
	next_load = POSTERN_OK;
	next_answer = (struct authz_answer) {
		.verdict = AUTHZ_ALLOWED,
		.reasons = { SLICE("owner-reads"), SLICE("policy7") },
		.reason_count = 2,
		.resource_type = SLICE("demo::Note"),
	};
	asked = 0;
	loaded = 0;
}

static enum guard_verdict
run(struct setup *setup)
{
	return guard_authz(&setup->env, &setup->req.in, &setup->res.out);
}

static void
a_permit_passes_and_is_logged(void **state)
{
	struct setup setup;
	const char *log;

	(void)state;
	begin(&setup, &with_load);
	assert_int_equal(run(&setup), GUARD_PASSED);
	assert_int_equal(loaded, 1);
	assert_ptr_equal(asked_entity, next_entity);
	expect_logged(&setup, "authorization.allowed", "permit");
	log = setup_log(&setup);
	assert_non_null(strstr(log, "\"action\":\"readNote\""));
	assert_non_null(strstr(log, "\"resource_type\":\"demo::Note\""));
	assert_non_null(strstr(log, "\"policy\":\"owner-reads,policy7\""));
	assert_null(strstr(log, "principal_type")); /* a part of the token */
	assert_non_null(strstr(log, "\"actor\":\""));
	assert_non_null(strstr(log, "\"route\":\"/notes/{note_id}\""));
	assert_null(strstr(log, "subject-77"));
	setup_end(&setup);
}

static const struct deny_row {
	const char *name;
	size_t reason_count;
	bool by_error;
	const char *reason;
} deny_rows[] = {
	{ "no policy permits", 0, false, "no_permit" },
	{ "a policy forbids", 1, false, "forbid" },
	{ "a policy that forbids cannot be evaluated", 0, true, "forbid_error" },
};

static void
denial(void **state)
{
	const struct deny_row *row = *state;
	struct setup setup;

	begin(&setup, &without_load);
	next_answer.verdict = AUTHZ_DENIED;
	next_answer.reason_count = row->reason_count;
	next_answer.denied_by_error = row->by_error;
	expect_refused(&setup, run(&setup), HTTP_ERROR_FORBIDDEN);
	assert_null(asked_entity);
	expect_logged(&setup, "authorization.denied", row->reason);
	setup_end(&setup);
}

static const struct load_row {
	const char *name;
	enum postern_status status;
	int answer;
	bool is_failure;
} load_rows[] = {
	{ "not found", POSTERN_NOT_FOUND, 404, false },
	{ "failed", POSTERN_FAILED, 500, true },
	{ "invalid", POSTERN_INVALID_REQUEST, 400, false },
	{ "forbidden", POSTERN_FORBIDDEN, 403, false },
	{ "unavailable", POSTERN_UNAVAILABLE, 503, false },
	{ "a success that means nothing here", POSTERN_CREATED, 500, true },
	{ "another success that means nothing", POSTERN_NO_CONTENT, 500, true },
	{ "a status that is none", (enum postern_status)99, 500, true },
};

static void
loading(void **state)
{
	const struct load_row *row = *state;
	struct setup setup;

	begin(&setup, &with_load);
	next_load = row->status;
	assert_int_equal(run(&setup), GUARD_REFUSED);
	assert_true(setup.res.out.is_error);
	assert_int_equal(setup.res.out.status, row->answer);
	assert_int_equal(asked, 0);
	if (row->is_failure)
		expect_logged(&setup, "handler.failed", "load");
	else
		assert_string_equal(setup_log(&setup), "");
	setup_end(&setup);
}

static void
expect_unavailable(struct setup *setup, const char *reason)
{
	expect_refused(setup, run(setup), HTTP_ERROR_AUTHORIZATION_UNAVAILABLE);
	expect_logged(setup, "authorization.unavailable", reason);
}

static void
no_decision_is_unavailable(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &with_load);
	next_answer.verdict = AUTHZ_UNAVAILABLE;
	expect_unavailable(&setup, "evaluation");
	setup_end(&setup);
}

static void
no_policies_are_unavailable(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &with_load);
	setup.env.authz = NULL;
	expect_unavailable(&setup, "no_policies");
	assert_int_equal(loaded, 0);
	setup_end(&setup);
}

static void
no_memory_for_the_resource_is_unavailable(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &with_load);
	next_entity = NULL;
	expect_unavailable(&setup, "memory");
	assert_int_equal(loaded + asked, 0);
	setup_end(&setup);
}

static void
policies_expire(void **state)
{
	_Atomic(int64_t) expire_us = 0;
	struct setup setup;

	(void)state;
	begin(&setup, &with_load);
	setup.env.policies_expire_us = &expire_us;
	assert_int_equal(run(&setup), GUARD_PASSED);
	atomic_store(&expire_us, clock_mono_us() + 3600000000);
	assert_int_equal(run(&setup), GUARD_PASSED);
	loaded = 0;
	atomic_store(&expire_us, clock_mono_us() - 1);
	expect_unavailable(&setup, "policies_expired");
	assert_int_equal(loaded, 0);
	setup_end(&setup);
}

static void
policy_errors_are_logged_beside_the_decision(void **state)
{
	struct setup setup;
	const char *log;

	(void)state;
	begin(&setup, &without_load);
	next_answer.errors[0] = SLICE_OF("broken-one");
	next_answer.error_names[0] = "missing_attribute";
	next_answer.error_count = 1;
	assert_int_equal(run(&setup), GUARD_PASSED);
	log = setup_log(&setup);
	assert_non_null(strstr(log, "\"event_type\":\"authorization.policy_error\""));
	assert_non_null(strstr(log, "\"policy\":\"broken-one\""));
	assert_non_null(strstr(log, "\"error_name\":\"missing_attribute\""));
	assert_non_null(strstr(log, "\"event_type\":\"authorization.allowed\""));
	setup_end(&setup);
}

/* More than can be reported: the first few, and how many there were. */
static void
long_lists_are_cut_and_counted(void **state)
{
	static char name[1500];
	struct setup setup;
	const char *log;
	int lines = 0;

	(void)state;
	memset(name, 'n', sizeof(name));
	begin(&setup, &without_load);
	next_answer.reasons[0] = slice_make(name, sizeof(name));
	next_answer.reasons[1] = slice_make(name, sizeof(name));
	next_answer.reason_count = 40;
	next_answer.error_count = 41;
	assert_int_equal(run(&setup), GUARD_PASSED);
	log = setup_log(&setup);
	assert_non_null(strstr(log, "\"policy_count\":40"));
	assert_non_null(strstr(log, "\"policy_count\":41"));
	for (const char *at = log; (at = strstr(at, "authorization.policy_error")) != NULL; at++)
		lines++;
	assert_int_equal(lines, AUTHZ_MAX_REPORTED);
	assert_null(strstr(log, "n,n"));
	setup_end(&setup);
}

static void
a_public_route_asks_nobody(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &public_route);
	setup.req.in.principal = NULL;
	assert_int_equal(run(&setup), GUARD_PASSED);
	assert_int_equal(asked, 0);
	setup_end(&setup);
}

static void
what_cannot_happen_is_refused(void **state)
{
	static const struct postern_route neither = { .methods = POSTERN_GET };
	struct setup setup;

	(void)state;
	begin(&setup, &with_load);
	next_answer.verdict = (enum authz_verdict)9;
	assert_int_equal(run(&setup), GUARD_REFUSED);
	next_answer.verdict = AUTHZ_ALLOWED;
	setup.req.in.principal = NULL;
	assert_int_equal(run(&setup), GUARD_REFUSED);
	setup.req.in.principal = &someone;
	setup_route(&setup, &neither, &neither);
	assert_int_equal(run(&setup), GUARD_REFUSED);
	setup_route(&setup, NULL, &with_load);
	assert_int_equal(run(&setup), GUARD_REFUSED);
	setup.req.in.match = NULL;
	assert_int_equal(run(&setup), GUARD_REFUSED);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_permit_passes_and_is_logged),
		cmocka_unit_test(no_decision_is_unavailable),
		cmocka_unit_test(no_policies_are_unavailable),
		cmocka_unit_test(no_memory_for_the_resource_is_unavailable),
		cmocka_unit_test(policies_expire),
		cmocka_unit_test(policy_errors_are_logged_beside_the_decision),
		cmocka_unit_test(long_lists_are_cut_and_counted),
		cmocka_unit_test(a_public_route_asks_nobody),
		cmocka_unit_test(what_cannot_happen_is_refused),
	};

	return RUN_ROWS(deny_rows, denial) + RUN_ROWS(load_rows, loading) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

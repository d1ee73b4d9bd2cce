/*
 * Guard 7: every refusal of a token is one 401, its cause a word in the log. The verifier is
 * replaced at link time.
 */
#include "setup.h"

#include "../core/rows.h"

enum authn_result __wrap_authn_verify(struct authn *authn, struct slice authorization,
    unsigned count, int64_t now_us, struct arena *arena, const struct principal **ret_principal);
enum actor_result __wrap_authn_select_actor(const struct principal *principal, struct slice header,
    unsigned count, struct arena *arena, const struct principal **ret_principal,
    struct slice *ret_active);

static const struct principal someone = { .type = SLICE("Patient"), .id = SLICE("subject-77") };
static const struct principal narrowed = { .type = SLICE("Patient"), .id = SLICE("subject-77") };

static enum authn_result next_result;
static enum actor_result next_actor;
static const struct principal *next_principal, *next_narrowed;
static struct slice seen_token, seen_actor;
static unsigned seen_count, seen_actor_count;
static int64_t seen_now_us;
static int verified;

enum authn_result
__wrap_authn_verify(struct authn *authn, struct slice authorization, unsigned count, int64_t now_us,
    struct arena *arena, const struct principal **ret_principal)
{
	(void)authn;
	(void)arena;
	verified++;
	seen_token = authorization;
	seen_count = count;
	seen_now_us = now_us;
	if (next_result == AUTHN_OK)
		*ret_principal = next_principal;
	return next_result;
}

enum actor_result
__wrap_authn_select_actor(const struct principal *principal, struct slice header, unsigned count,
    struct arena *arena, const struct principal **ret_principal, struct slice *ret_active)
{
	(void)arena;
	assert_ptr_equal(principal, &someone);
	seen_actor = header;
	seen_actor_count = count;
	if (next_actor == ACTOR_OK) {
		*ret_principal = next_narrowed;
		*ret_active = SLICE_OF("operator");
	}
	return next_actor;
}

static const struct postern_route private_route = { .methods = POSTERN_GET, .action = "read" };
static const struct postern_route public_route = { .methods = POSTERN_GET, .is_public = true };

static void
begin(struct setup *setup, const struct postern_route *route)
{
	static const char *const params[] = { "HTTP_AUTHORIZATION=Bearer a.b.c",
		"HTTP_X_ACTIVE_ACTOR=operator", NULL };

	setup_begin(setup);
	setup_request(setup, params);
	setup_route(setup, route, route);
	setup->env.authn =
	    (struct authn *)setup->limits; /* any: the replaced verifier does not look */
	next_result = AUTHN_OK;
	next_actor = ACTOR_OK;
	next_principal = &someone;
	next_narrowed = &narrowed;
	verified = 0;
}

static const struct row {
	const char *name;
	enum authn_result result;
	int status;
} rows[] = {
	{ "nothing decided", AUTHN_REFUSED, 401 },
	{ "no token", AUTHN_NO_TOKEN, 401 },
	{ "a malformed one", AUTHN_MALFORMED, 401 },
	{ "a bad signature", AUTHN_BAD_SIGNATURE, 401 },
	{ "no key", AUTHN_NO_KEY, 401 },
	{ "an expired token", AUTHN_EXPIRED, 401 },
	{ "another audience", AUTHN_BAD_AUDIENCE, 401 },
	{ "a principal type that is no identifier", AUTHN_BAD_PRINCIPAL_TYPE, 403 },
};

static void
refusal(void **state)
{
	const struct row *row = *state;
	enum guard_verdict verdict;
	struct setup setup;

	begin(&setup, &private_route);
	next_result = row->result;
	verdict = guard_authn(&setup.env, &setup.req.in, &setup.res.out);
	assert_int_equal(verdict, GUARD_REFUSED);
	assert_int_equal(setup.res.out.status, row->status);
	assert_null(setup.req.in.principal);
	if (row->status == 401)
		assert_string_equal(setup_header(&setup, "WWW-Authenticate"), "Bearer");
	else
		assert_null(setup_header(&setup, "WWW-Authenticate"));
	expect_logged(&setup, "authentication.failed", authn_reason(row->result));
	assert_non_null(strstr(setup_log(&setup), "\"client\":\""));
	assert_null(strstr(setup_log(&setup), "192.0.2.1"));
	setup_end(&setup);
}

static void
a_token_becomes_a_principal(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &private_route);
	assert_int_equal(guard_authn(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_ptr_equal(setup.req.in.principal, &narrowed);
	assert_true(slice_is(setup.req.in.active_actor, "operator"));
	assert_true(slice_is(seen_token, "Bearer a.b.c"));
	assert_int_equal(seen_count, 1);
	assert_int_equal(seen_now_us, setup.req.in.wall_us);
	assert_true(slice_is(seen_actor, "operator"));
	assert_int_equal(seen_actor_count, 1);
	assert_non_null(strstr(setup_log(&setup), "authentication.succeeded"));
	assert_null(strstr(setup_log(&setup), "principal_type")); /* a part of the token */
	assert_null(strstr(setup_log(&setup), "subject-77"));
	setup_end(&setup);
}

static void
a_public_route_needs_no_token(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &public_route);
	setup.req.in.principal = &someone; /* left by whatever: must not survive */
	next_result = AUTHN_REFUSED;
	assert_int_equal(guard_authn(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_int_equal(verified, 0);
	assert_null(setup.req.in.principal);
	setup_end(&setup);
}

/* SECURITY-REQUIREMENTS 1.16. */
static void
without_a_key_nothing_passes(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &private_route);
	setup.env.authn = NULL;
	expect_refused(&setup, guard_authn(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_UNAUTHENTICATED);
	expect_logged(&setup, "authentication.failed", "key");
	assert_int_equal(verified, 0);
	setup_end(&setup);
}

static void
ok_without_a_principal_is_refused(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &private_route);
	next_principal = NULL;
	expect_refused(&setup, guard_authn(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_UNAUTHENTICATED);
	setup_end(&setup);
}

static const struct actor_row {
	const char *name;
	enum actor_result result;
	enum http_error error;
	const char *reason;
} actor_rows[] = {
	{ "an actor of somebody else", ACTOR_REFUSED, HTTP_ERROR_FORBIDDEN, "actor_refused" },
	{ "an actor that cannot be one", ACTOR_INVALID, HTTP_ERROR_INVALID_REQUEST,
	    "actor_invalid" },
};

static void
actor(void **state)
{
	const struct actor_row *row = *state;
	struct setup setup;

	begin(&setup, &private_route);
	next_actor = row->result;
	expect_refused(&setup, guard_authn(&setup.env, &setup.req.in, &setup.res.out), row->error);
	expect_logged(&setup, "authentication.failed", row->reason);
	assert_null(setup.req.in.principal);
	setup_end(&setup);
}

static void
what_cannot_happen_is_refused(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, &private_route);
	next_narrowed = NULL;
	assert_int_equal(guard_authn(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_route(&setup, NULL, &public_route);
	assert_int_equal(guard_authn(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup.req.in.match = NULL;
	assert_int_equal(guard_authn(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_becomes_a_principal),
		cmocka_unit_test(a_public_route_needs_no_token),
		cmocka_unit_test(without_a_key_nothing_passes),
		cmocka_unit_test(ok_without_a_principal_is_refused),
		cmocka_unit_test(what_cannot_happen_is_refused),
	};

	return RUN_ROWS(rows, refusal) + RUN_ROWS(actor_rows, actor) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a handler gets to see of a request, and what it does not. */
#include <postern/postern.h>

#include "authn/principal.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

#include "../core/rows.h"

static struct arena arena;

static const struct slice actors[] = { SLICE("a"), SLICE("b") };
static const struct claim claims[] = {
	{ .name = SLICE("clinic_id"), .kind = CLAIM_STRING, .as.string = SLICE("clinic-a") },
	{ .name = SLICE("level"), .kind = CLAIM_INTEGER, .as.integer = 3 },
	{ .name = SLICE("actors"), .kind = CLAIM_STRINGS, .as.strings = { actors, 2 } },
};
static const struct principal patient = {
	.type = SLICE("Patient"), .id = SLICE("p1"), .claims = claims, .claim_count = 3
};
static const struct router_match match = {
	.params = { { "note_id", SLICE("n1") }, { "part", SLICE("p") } }, .param_count = 2
};
static const struct header fields[] = {
	{ SLICE("X_NOTE"), SLICE("hello") },
	{ SLICE("X_TWICE"), SLICE("a") },
	{ SLICE("X_TWICE"), SLICE("b") },
	{ SLICE("AUTHORIZATION"), SLICE("Bearer x") },
	{ SLICE("PROXY_AUTHORIZATION"), SLICE("Basic x") },
	{ SLICE("COOKIE"), SLICE("a=b") },
	{ SLICE("X_FORWARDED_FOR"), SLICE("192.0.2.1") },
	{ SLICE("X_FORWARDED"), SLICE("for=192.0.2.1") },
	{ SLICE("X_FORWARDED_HOST"), SLICE("evil.example") },
	{ SLICE("X_FORWARDEN"), SLICE("is another field") },
	{ SLICE("X_REAL_IP"), SLICE("192.0.2.1") },
	{ SLICE("X_CLIENT_IP"), SLICE("192.0.2.1") },
	{ SLICE("TRUE_CLIENT_IP"), SLICE("192.0.2.1") },
	{ SLICE("FORWARDED"), SLICE("for=192.0.2.1") },
};

static struct postern_request
request(void)
{
	return (struct postern_request) { .in = { .arena = &arena,
					      .method = POSTERN_HEAD,
					      .query = SLICE("q=a+b&r=%zz"),
					      .content_type = SLICE("application/json"),
					      .headers = fields,
					      .header_count = COUNT_OF(fields),
					      .match = &match,
					      .principal = &patient } };
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1024, 8192);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void
method_path_and_query(void **state)
{
	struct postern_request req = request();

	(void)state;
	assert_int_equal(postern_method(&req), POSTERN_HEAD);
	assert_string_equal(postern_path_param(&req, "note_id"), "n1");
	assert_string_equal(postern_path_param(&req, "part"), "p");
	assert_null(postern_path_param(&req, "other"));
	assert_null(postern_path_param(&req, NULL));
	assert_string_equal(postern_query_param(&req, "q"), "a b");
	assert_null(postern_query_param(&req, "r"));
	assert_null(postern_query_param(&req, NULL));
	req.in.match = NULL;
	assert_null(postern_path_param(&req, "note_id"));
}

struct header_row {
	const char *name, *value;
};

static const struct header_row header_rows[] = {
	{ "X-Note", "hello" },
	{ "x-note", "hello" },
	{ "Content-Type", "application/json" },
	{ "X-Twice", NULL },
	{ "X-Absent", NULL },
	{ "Authorization", NULL },
	{ "PROXY-AUTHORIZATION", NULL },
	{ "cookie", NULL },
	{ "X-Forwarded-For", NULL },
	{ "X_Forwarded_For", NULL },
	{ "X-Forwarded", NULL },
	{ "x-forwarded-host", NULL },
	{ "X-Forwarden", "is another field" },
	{ "X-Real-IP", NULL },
	{ "X-Client-IP", NULL },
	{ "True-Client-IP", NULL },
	{ "Forwarded", NULL },
};

static void
header_is(void **state)
{
	const struct header_row *row = *state;
	struct postern_request req = request();
	const char *value = postern_header(&req, row->name);

	if (row->value == NULL)
		assert_null(value);
	else
		assert_string_equal(value, row->value);
}

static void
body_is_never_null(void **state)
{
	struct postern_request req = request();
	size_t len = 9;

	(void)state;
	assert_null(postern_header(&req, NULL));
	assert_string_equal(postern_body(&req, &len), "");
	assert_int_equal(len, 0);
	req.in.body = SLICE_OF("{}");
	assert_string_equal(postern_body(&req, &len), "{}");
	assert_int_equal(len, 2);
}

static void
principal_and_claims(void **state)
{
	struct postern_request req = request();

	(void)state;
	assert_string_equal(postern_principal_type(&req), "Patient");
	assert_string_equal(postern_principal_id(&req), "p1");
	assert_string_equal(postern_claim(&req, "clinic_id"), "clinic-a");
	assert_null(postern_claim(&req, "level"));
	assert_null(postern_claim(&req, "actors"));
	assert_null(postern_claim(&req, "absent"));
	assert_null(postern_claim(&req, NULL));
}

static void
a_public_route_has_no_principal(void **state)
{
	struct postern_request req = request();

	(void)state;
	req.in.principal = NULL;
	assert_null(postern_principal_type(&req));
	assert_null(postern_principal_id(&req));
	assert_null(postern_claim(&req, "clinic_id"));
}

static void
memory_is_zeroed_and_bounded(void **state)
{
	static const char zeros[64];
	struct postern_request req = request();

	(void)state;
	memset(arena_alloc(&arena, 512), 'x', 512);
	arena_reset(&arena);
	assert_memory_equal(postern_alloc(&req, sizeof(zeros)), zeros, sizeof(zeros));
	assert_string_equal(postern_strdup(&req, "text"), "text");
	assert_null(postern_strdup(&req, NULL));
	assert_null(postern_alloc(&req, 8192));
	assert_null(postern_alloc(&req, SIZE_MAX));
}

static void
what_is_kept_comes_back(void **state)
{
	struct postern_request req = request();
	int data;

	(void)state;
	assert_null(postern_kept(&req));
	postern_keep(&req, &data);
	assert_ptr_equal(postern_kept(&req), &data);
	req.in.worker_data = &req;
	assert_ptr_equal(postern_worker_data(&req), &req);
}

static void
health_says_ok(void **state)
{
	struct postern_request req = request();
	struct postern_response res;

	(void)state;
	response_init(&res.out, &arena);
	response_json_begin(&res.out);
	assert_int_equal(postern_health(&req, &res), POSTERN_OK);
	response_json_end(&res.out);
	assert_true(slice_is(buffer_content(&res.out.body), "{\"status\":\"ok\"}"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(method_path_and_query, set_up, tear_down),
		cmocka_unit_test_setup_teardown(body_is_never_null, set_up, tear_down),
		cmocka_unit_test_setup_teardown(principal_and_claims, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_public_route_has_no_principal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_is_zeroed_and_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_kept_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(health_says_ok, set_up, tear_down),
	};

	return RUN_ROWS(header_rows, header_is) + cmocka_run_group_tests(tests, NULL, NULL);
}

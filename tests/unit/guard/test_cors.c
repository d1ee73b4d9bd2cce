/* Guard 5: OPTIONS, and what a page of another origin gets to see. */
#include "guard/cors.h"
#include "setup.h"

#include "../core/rows.h"

static const char one[] = "https://app.example";
static const char two[] = "https://app.example http://localhost:5173";

static const struct row {
	const char *name, *origins; /* FRONTEND_URL */
	const char *params[4];
	const char *allowed; /* the origin that is told; NULL: none */
} rows[] = {
	{ "the origin", one, { "HTTP_ORIGIN=https://app.example" }, "https://app.example" },
	{ "the second of two", two, { "HTTP_ORIGIN=http://localhost:5173" },
	    "http://localhost:5173" },
	{ "no origin", one, { NULL }, NULL },
	{ "another origin", one, { "HTTP_ORIGIN=https://evil.example" }, NULL },
	{ "another scheme", one, { "HTTP_ORIGIN=http://app.example" }, NULL },
	{ "another port", one, { "HTTP_ORIGIN=https://app.example:8443" }, NULL },
	{ "a longer host", one, { "HTTP_ORIGIN=https://app.example.evil.example" }, NULL },
	{ "a host in capitals", one, { "HTTP_ORIGIN=https://APP.example" }, NULL },
	{ "a slash at the end", one, { "HTTP_ORIGIN=https://app.example/" }, NULL },
	{ "the null origin", one, { "HTTP_ORIGIN=null" }, NULL },
	{ "a star", one, { "HTTP_ORIGIN=*" }, NULL },
	{ "an empty origin", one, { "HTTP_ORIGIN=" }, NULL },
	{ "two origins in one field", one,
	    { "HTTP_ORIGIN=https://app.example https://app.example" }, NULL },
	{ "the origin twice", one,
	    { "HTTP_ORIGIN=https://app.example", "HTTP_ORIGIN=https://app.example" }, NULL },
	{ "no origins configured", NULL, { "HTTP_ORIGIN=https://app.example" }, NULL },
};

static void
fields(void **state)
{
	const struct row *row = *state;
	struct setup setup;
	const char *allowed;

	setup_begin(&setup);
	setup.config.frontend_origins = setup_list(&setup, row->origins);
	setup_request(&setup, row->params);
	guard_cors_fields(&setup.env, &setup.req.in, &setup.res.out);
	allowed = setup_header(&setup, "Access-Control-Allow-Origin");
	if (row->allowed == NULL) {
		assert_null(allowed);
		assert_null(setup_header(&setup, "Access-Control-Allow-Credentials"));
	} else {
		assert_string_equal(allowed, row->allowed);
		assert_string_equal(
		    setup_header(&setup, "Access-Control-Allow-Credentials"), "true");
	}
	if (row->origins == NULL)
		assert_null(setup_header(&setup, "Vary"));
	else
		assert_string_equal(setup_header(&setup, "Vary"), "Origin");
	setup_end(&setup);
}

static const struct preflight_row {
	const char *name;
	const char *params[4];
	bool is_preflight;
} preflight_rows[] = {
	{ "a preflight",
	    { "HTTP_ORIGIN=https://app.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET",
		"HTTP_ACCESS_CONTROL_REQUEST_HEADERS=x-evil" },
	    true },
	{ "OPTIONS without a method to ask for", { "HTTP_ORIGIN=https://app.example" }, false },
	{ "OPTIONS of no origin", { "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET" }, false },
	{ "a preflight of another origin",
	    { "HTTP_ORIGIN=https://evil.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET" },
	    false },
};

static void
options(void **state)
{
	const struct preflight_row *row = *state;
	struct setup setup;

	setup_begin(&setup);
	setup.config.frontend_origins = setup_list(&setup, one);
	setup_request(&setup, row->params);
	setup_route(&setup, NULL, NULL);
	setup.req.in.method = POSTERN_OPTIONS;
	assert_int_equal(guard_cors(&setup.env, &setup.req.in, &setup.res.out), GUARD_ANSWERED);
	assert_int_equal(setup.res.out.status, 200);
	assert_false(setup.res.out.has_body);
	assert_string_equal(setup_header(&setup, "Allow"), "GET, HEAD, OPTIONS");
	if (row->is_preflight) {
		assert_string_equal(
		    setup_header(&setup, "Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
		assert_string_equal(setup_header(&setup, "Access-Control-Allow-Headers"),
		    "Authorization, Content-Type, X-Active-Actor");
		assert_string_equal(setup_header(&setup, "Access-Control-Max-Age"), "86400");
	} else {
		assert_null(setup_header(&setup, "Access-Control-Allow-Methods"));
		assert_null(setup_header(&setup, "Access-Control-Allow-Headers"));
		assert_null(setup_header(&setup, "Access-Control-Max-Age"));
	}
	setup_end(&setup);
}

static void
other_methods_pass(void **state)
{
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, NULL);
	assert_int_equal(guard_cors(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_int_equal(setup.res.out.status, 0);
	setup_end(&setup);
}

static void
options_of_nothing_is_not_answered(void **state)
{
	struct setup setup;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, NULL);
	setup.req.in.method = POSTERN_OPTIONS;
	assert_int_equal(guard_cors(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_methods_pass),
		cmocka_unit_test(options_of_nothing_is_not_answered),
	};

	return RUN_ROWS(rows, fields) + RUN_ROWS(preflight_rows, options) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

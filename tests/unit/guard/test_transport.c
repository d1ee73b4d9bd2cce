/* Guard 2: hosts, HTTPS, and what a redirect may say. */
#include "setup.h"

#include "../core/rows.h"

enum answer { PASSED, REDIRECTED, BAD_HOST, FORBIDDEN };

static const struct postern_route ordinary = { .methods = POSTERN_GET };
static const struct postern_route health = { .methods = POSTERN_GET, .allows_plain_http = true };

static const struct row {
	const char *name;
	enum config_environment environment;
	const char *allowed; /* ALLOWED_HOSTS */
	const struct postern_route *route;
	const char *params[8];
	enum answer answer;
	const char *detail; /* Location, or the reason in the log */
} rows[] = {
	{ "https passes", ENVIRONMENT_PRODUCTION, NULL, &ordinary, { "HTTPS=on" }, PASSED, NULL },
	{ "https to a listed host passes", ENVIRONMENT_PRODUCTION, "x.example api.example",
	    &ordinary, { "HTTPS=on" }, PASSED, NULL },
	{ "a listed host with port and capitals", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "HTTPS=on", "HTTP_HOST=API.example:8443" }, PASSED, NULL },
	{ "https to a foreign host", ENVIRONMENT_PRODUCTION, "x.example", &ordinary, { "HTTPS=on" },
	    BAD_HOST, "host_foreign" },
	{ "a foreign host in development too", ENVIRONMENT_DEVELOPMENT, "x.example", &ordinary,
	    { NULL }, BAD_HOST, "host_foreign" },
	{ "a listed host as the start of a foreign one", ENVIRONMENT_PRODUCTION, "api.example",
	    &ordinary, { "HTTPS=on", "HTTP_HOST=api.example.evil.example" }, BAD_HOST,
	    "host_foreign" },
	{ "no host", ENVIRONMENT_PRODUCTION, NULL, &ordinary, { "HTTPS=on", "!HTTP_HOST=" },
	    BAD_HOST, "host_malformed" },
	{ "an empty host", ENVIRONMENT_TEST, NULL, &ordinary, { "HTTP_HOST=" }, BAD_HOST,
	    "host_malformed" },
	{ "a host with a path", ENVIRONMENT_TEST, NULL, &ordinary, { "HTTP_HOST=a/b" }, BAD_HOST,
	    "host_malformed" },
	{ "a malformed host of a health check", ENVIRONMENT_PRODUCTION, NULL, &health,
	    { "HTTP_HOST=a b" }, BAD_HOST, "host_malformed" },
	{ "a health check by address, plain", ENVIRONMENT_PRODUCTION, "api.example", &health,
	    { "HTTP_HOST=10.0.0.7:8080" }, PASSED, NULL },
	{ "development needs no https", ENVIRONMENT_DEVELOPMENT, NULL, &ordinary, { NULL }, PASSED,
	    NULL },
	{ "test needs no https", ENVIRONMENT_TEST, NULL, &ordinary, { "REQUEST_METHOD=DELETE" },
	    PASSED, NULL },
	{ "a plain GET of a listed host", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/notes/1" }, REDIRECTED, "https://api.example/notes/1" },
	{ "a plain HEAD in staging", ENVIRONMENT_STAGING, "api.example", &ordinary,
	    { "REQUEST_METHOD=HEAD" }, REDIRECTED, "https://api.example/" },
	{ "a plain GET of no route", ENVIRONMENT_PRODUCTION, "api.example", NULL,
	    { "REQUEST_URI=/nowhere" }, REDIRECTED, "https://api.example/nowhere" },
	{ "the list's host, not the client's spelling", ENVIRONMENT_PRODUCTION, "api.example",
	    &ordinary, { "HTTP_HOST=aPi.ExAmPlE:80" }, REDIRECTED, "https://api.example/" },
	{ "an IPv6 host gets its brackets back", ENVIRONMENT_PRODUCTION, "2001:db8::1", &ordinary,
	    { "HTTP_HOST=[2001:db8::1]:80" }, REDIRECTED, "https://[2001:db8::1]/" },
	{ "the query goes along", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=c&d=%2F?" }, REDIRECTED, "https://api.example/a?b=c&d=%2F?" },
	{ "an empty query stays one", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?" }, REDIRECTED, "https://api.example/a?" },
	{ "an escaped line break stays escaped", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=%0d%0aX:y" }, REDIRECTED, "https://api.example/a?b=%0d%0aX:y" },
	{ "bytes that are no URI are escaped", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=\"<|\xc3\xa9>" }, REDIRECTED,
	    "https://api.example/a?b=%22%3C%7C%C3%A9%3E" },
	{ "a bad escape in the query", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=%zz" }, FORBIDDEN, "plain_target" },
	{ "an escape cut short", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=%2" }, FORBIDDEN, "plain_target" },
	{ "a line break in the query", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_URI=/a?b=\r\nX: y" }, FORBIDDEN, "plain_target" },
	{ "a path that means two things", ENVIRONMENT_PRODUCTION, "api.example", NULL,
	    { "REQUEST_URI=/a/../b" }, FORBIDDEN, "plain_target" },
	{ "a question mark in a decoded path", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "!REQUEST_URI=", "SCRIPT_NAME=/x", "PATH_INFO=/a?b" }, REDIRECTED,
	    "https://api.example/a%3Fb" },
	{ "a plain GET without a host list", ENVIRONMENT_PRODUCTION, NULL, &ordinary, { NULL },
	    FORBIDDEN, "plain_without_host_list" },
	{ "a plain GET with a token", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "HTTP_AUTHORIZATION=Bearer a.b.c" }, FORBIDDEN, "plain_with_credentials" },
	{ "a plain GET with a cookie", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "HTTP_COOKIE=a=b" }, FORBIDDEN, "plain_with_credentials" },
	{ "a plain POST", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_METHOD=POST" }, FORBIDDEN, "plain_method" },
	{ "a plain OPTIONS", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_METHOD=OPTIONS" }, FORBIDDEN, "plain_method" },
	{ "a plain TRACE", ENVIRONMENT_PRODUCTION, "api.example", &ordinary,
	    { "REQUEST_METHOD=TRACE" }, FORBIDDEN, "plain_method" },
	{ "a raw forwarded proto is no https", ENVIRONMENT_PRODUCTION, NULL, &ordinary,
	    { "HTTP_X_FORWARDED_PROTO=https" }, FORBIDDEN, "plain_without_host_list" },
};

static void
begin(struct setup *setup, const struct row *row)
{
	setup_begin(setup);
	setup->config.environment = row->environment;
	setup->config.is_hardened =
	    row->environment == ENVIRONMENT_PRODUCTION || row->environment == ENVIRONMENT_STAGING;
	setup->config.allowed_hosts = setup_list(setup, row->allowed);
	setup_request(setup, row->params);
	if (row->route != NULL)
		setup_route(setup, row->route, row->route);
	/* What guard 1 says at zero hops. */
	setup->req.in.host = setup->req.in.known[HEADER_HOST].first;
	setup->req.in.is_https = setup->req.in.peer_is_https;
}

static void
check(void **state)
{
	const struct row *row = *state;
	enum guard_verdict verdict;
	struct setup setup;

	begin(&setup, row);
	verdict = guard_transport(&setup.env, &setup.req.in, &setup.res.out);
	switch (row->answer) {
	case PASSED:
		assert_int_equal(verdict, GUARD_PASSED);
		assert_int_equal(setup.res.out.status, 0);
		assert_string_equal(setup_log(&setup), "");
		break;
	case REDIRECTED:
		assert_int_equal(verdict, GUARD_ANSWERED);
		assert_int_equal(setup.res.out.status, 302);
		assert_false(setup.res.out.failed);
		assert_string_equal(setup_header(&setup, "Location"), row->detail);
		break;
	case BAD_HOST:
		expect_refused(&setup, verdict, HTTP_ERROR_INVALID_REQUEST);
		expect_logged(&setup, "transport.refused", row->detail);
		break;
	case FORBIDDEN:
		expect_refused(&setup, verdict, HTTP_ERROR_FORBIDDEN);
		expect_logged(&setup, "transport.refused", row->detail);
		assert_null(setup_header(&setup, "Location"));
		break;
	}
	setup_end(&setup);
}

static void
a_prefix_goes_before_the_path(void **state)
{
	const struct row row = { .allowed = "api.example", .params = { "REQUEST_URI=/a" } };
	struct setup setup;

	(void)state;
	begin(&setup, &row);
	setup.req.in.prefix = SLICE_OF("/v2");
	assert_int_equal(
	    guard_transport(&setup.env, &setup.req.in, &setup.res.out), GUARD_ANSWERED);
	assert_string_equal(setup_header(&setup, "Location"), "https://api.example/v2/a");
	setup_end(&setup);
}

/* Another method of a health check's template is what `any` is for. */
static void
plain_http_follows_the_template(void **state)
{
	const struct row row = { .params = { "REQUEST_METHOD=DELETE" } };
	struct setup setup;

	(void)state;
	begin(&setup, &row);
	setup_route(&setup, NULL, &health);
	assert_int_equal(guard_transport(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	setup_route(&setup, NULL, &ordinary);
	assert_int_equal(guard_transport(&setup.env, &setup.req.in, &setup.res.out), GUARD_REFUSED);
	setup_end(&setup);
}

static void
a_target_that_grows_too_long_is_refused(void **state)
{
	static char uri[4000 + sizeof("REQUEST_URI=/?")] = "REQUEST_URI=/?";
	const struct row row = { .allowed = "api.example", .params = { uri } };
	struct setup setup;

	(void)state;
	memset(uri + strlen("REQUEST_URI=/?"), '"', 4000);
	begin(&setup, &row);
	expect_refused(&setup, guard_transport(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_FORBIDDEN);
	setup_end(&setup);
}

static void
no_memory_refuses(void **state)
{
	const struct row row = { .allowed = "api.example", .params = { "HTTPS=on" } };
	struct setup setup;

	(void)state;
	begin(&setup, &row);
	setup.arena.ceiling = setup.arena.used;
	expect_refused(&setup, guard_transport(&setup.env, &setup.req.in, &setup.res.out),
	    HTTP_ERROR_SERVICE_UNAVAILABLE);
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_goes_before_the_path),
		cmocka_unit_test(plain_http_follows_the_template),
		cmocka_unit_test(a_target_that_grows_too_long_is_refused),
		cmocka_unit_test(no_memory_refuses),
	};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(tests, NULL, NULL);
}

/* The header fields of SECURITY-REQUIREMENTS §5, and when each is there. */
#include "setup.h"

#include <stdio.h>

#include "../core/rows.h"

static const struct postern_route public_route = { .is_public = true };
static const struct postern_route private_route = { .action = "read" };

static const struct row {
	const char *name;
	enum config_environment environment;
	bool is_https, has_match;
	const struct postern_route *route, *any;
	enum http_error error; /* HTTP_ERROR_COUNT: a success */
	bool hsts, no_store;
} rows[] = {
	{ "a public route", ENVIRONMENT_PRODUCTION, true, true, &public_route, &public_route,
	    HTTP_ERROR_COUNT, true, false },
	{ "a private route", ENVIRONMENT_PRODUCTION, true, true, &private_route, &private_route,
	    HTTP_ERROR_COUNT, true, true },
	{ "an error of a private route", ENVIRONMENT_PRODUCTION, true, true, &private_route,
	    &private_route, HTTP_ERROR_PAYLOAD_TOO_LARGE, true, true },
	{ "an error of a public route", ENVIRONMENT_PRODUCTION, true, true, &public_route,
	    &public_route, HTTP_ERROR_PAYLOAD_TOO_LARGE, true, false },
	{ "another method of a private template", ENVIRONMENT_PRODUCTION, true, true, NULL,
	    &private_route, HTTP_ERROR_METHOD_NOT_ALLOWED, true, true },
	{ "a template of which nothing is known", ENVIRONMENT_PRODUCTION, true, true, NULL, NULL,
	    HTTP_ERROR_METHOD_NOT_ALLOWED, true, true },
	{ "no template", ENVIRONMENT_PRODUCTION, true, false, NULL, NULL, HTTP_ERROR_NOT_FOUND,
	    true, false },
	{ "a refused token", ENVIRONMENT_PRODUCTION, true, false, NULL, NULL,
	    HTTP_ERROR_UNAUTHENTICATED, true, true },
	{ "plain http", ENVIRONMENT_PRODUCTION, false, false, NULL, NULL, HTTP_ERROR_FORBIDDEN,
	    false, false },
	{ "https in staging", ENVIRONMENT_STAGING, true, false, NULL, NULL, HTTP_ERROR_COUNT, false,
	    false },
	{ "https in development", ENVIRONMENT_DEVELOPMENT, true, false, NULL, NULL,
	    HTTP_ERROR_COUNT, false, false },
};

static void
expect(struct setup *setup, const char *name, const char *value)
{
	const char *found = setup_header(setup, name);

	if (value == NULL) {
		assert_null(found);
	} else {
		assert_non_null(found);
		assert_string_equal(found, value);
	}
}

static void
check(void **state)
{
	static const char *const absent[] = { "X-XSS-Protection", "X-Download-Options",
		"Feature-Policy", "Document-Policy", "Set-Cookie", "Server" };
	const struct row *row = *state;
	struct setup setup;

	setup_begin(&setup);
	setup.config.environment = row->environment;
	setup_request(&setup, NULL);
	setup.req.in.is_https = row->is_https;
	if (row->has_match)
		setup_route(&setup, row->route, row->any);
	if (row->error != HTTP_ERROR_COUNT)
		response_error(&setup.res.out, row->error);
	guard_security_headers(&setup.env, &setup.req.in, &setup.res.out);

	expect(&setup, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	expect(&setup, "Referrer-Policy", "strict-origin-when-cross-origin");
	expect(&setup, "X-Frame-Options", "SAMEORIGIN");
	expect(&setup, "X-Content-Type-Options", "nosniff");
	expect(&setup, "Permissions-Policy", "browsing-topics=()");
	expect(&setup, "Strict-Transport-Security",
	    row->hsts ? "max-age=31536000; includeSubDomains" : NULL);
	expect(&setup, "Cache-Control", row->no_store ? "no-store" : NULL);
	for (size_t i = 0; i < COUNT_OF(absent); i++)
		expect(&setup, absent[i], NULL);
	setup_end(&setup);
}

/* No guard adds anything to the constant answer for when memory is out, so it has them in itself. */
static void
the_last_resort_has_the_same_fields(void **state)
{
	struct setup setup;
	struct slice bytes;

	(void)state;
	setup_begin(&setup);
	setup_request(&setup, NULL);
	setup_route(&setup, &private_route, &private_route);
	guard_security_headers(&setup.env, &setup.req.in, &setup.res.out);
	assert_true(setup.res.out.lines.len > 0);
	setup.arena.ceiling = setup.arena.used;
	bytes = response_bytes(&setup.res.out, NULL);
	assert_non_null(
	    memmem(bytes.data, bytes.len, setup.res.out.lines.data, setup.res.out.lines.len));
	setup_end(&setup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_last_resort_has_the_same_fields) };

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(tests, NULL, NULL);
}

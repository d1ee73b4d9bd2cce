/*
 * The errors of the framework against their published schema, and the statuses that go with them.
 */
#include "http/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "../core/rows.h"

struct row {
	const char *name;
	enum http_error error;
	int status;
	const char *code, *line;
};

static const struct row rows[] = {
	{ "internal", HTTP_ERROR_INTERNAL, 500, "internal_server_error",
	    "500 Internal Server Error" },
	{ "invalid request", HTTP_ERROR_INVALID_REQUEST, 400, "invalid_request",
	    "400 Bad Request" },
	{ "no length", HTTP_ERROR_LENGTH_REQUIRED, 411, "invalid_request", "411 Length Required" },
	{ "long target", HTTP_ERROR_TARGET_TOO_LONG, 414, "invalid_request", "414 URI Too Long" },
	{ "media type", HTTP_ERROR_MEDIA_TYPE, 415, "invalid_request",
	    "415 Unsupported Media Type" },
	{ "large header", HTTP_ERROR_HEADERS_TOO_LARGE, 431, "invalid_request",
	    "431 Request Header Fields Too Large" },
	{ "no token", HTTP_ERROR_UNAUTHENTICATED, 401, "unauthenticated", "401 Unauthorized" },
	{ "denied", HTTP_ERROR_FORBIDDEN, 403, "forbidden", "403 Forbidden" },
	{ "unknown", HTTP_ERROR_NOT_FOUND, 404, "not_found", "404 Not Found" },
	{ "wrong method", HTTP_ERROR_METHOD_NOT_ALLOWED, 405, "method_not_allowed",
	    "405 Method Not Allowed" },
	{ "large body", HTTP_ERROR_PAYLOAD_TOO_LARGE, 413, "payload_too_large",
	    "413 Content Too Large" },
	{ "limited", HTTP_ERROR_RATE_LIMIT_EXCEEDED, 429, "rate_limit_exceeded",
	    "429 Too Many Requests" },
	{ "no decision", HTTP_ERROR_AUTHORIZATION_UNAVAILABLE, 503, "authorization_unavailable",
	    "503 Service Unavailable" },
	{ "busy", HTTP_ERROR_SERVICE_UNAVAILABLE, 503, "service_unavailable",
	    "503 Service Unavailable" },
	{ "a value that is no error", HTTP_ERROR_COUNT, 500, "internal_server_error",
	    "500 Internal Server Error" },
};

static void
error_has_its_status_code_and_body(void **state)
{
	const struct row *row = *state;
	char body[128];

	(void)snprintf(body, sizeof(body), "{\"error\":\"%s\"}", row->code);
	assert_int_equal(http_error_status(row->error), row->status);
	assert_string_equal(http_error_code(row->error), row->code);
	assert_string_equal(http_error_body(row->error), body);
	assert_string_equal(http_status_line(row->status), row->line);
}

struct status_row {
	const char *name;
	int status;
};

static const struct status_row status_rows[] = { { "200 OK", 200 }, { "201 Created", 201 },
	{ "204 No Content", 204 }, { "302 Found", 302 }, { "303 See Other", 303 },
	{ "304 Not Modified", 304 }, { "307 Temporary Redirect", 307 },
	{ "308 Permanent Redirect", 308 }, { "500 Internal Server Error", 299 },
	{ "500 Internal Server Error", -1 } };

static void
status_has_its_line(void **state)
{
	const struct status_row *row = *state;

	assert_string_equal(http_status_line(row->status), row->name);
}

/* The enum of schemas/error.json; the caller releases it with *ret_schema. */
static const json_t *
published_codes(json_t **ret_schema)
{
	const char *source = getenv("srcdir");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/schemas/error.json", source == NULL ? "." : source);
	*ret_schema = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(*ret_schema);
	return json_object_get(
	    json_object_get(json_object_get(*ret_schema, "properties"), "error"), "enum");
}

static bool
is_published(const json_t *codes, const char *code)
{
	for (size_t i = 0; i < json_array_size(codes); i++)
		if (strcmp(json_string_value(json_array_get(codes, i)), code) == 0)
			return true;
	return false;
}

static bool
is_used(const char *code)
{
	for (int error = 0; error < HTTP_ERROR_COUNT; error++)
		if (strcmp(http_error_code((enum http_error)error), code) == 0)
			return true;
	return false;
}

static void
schema_and_table_have_the_same_codes(void **state)
{
	json_t *schema;
	const json_t *codes = published_codes(&schema);

	(void)state;
	assert_int_equal(json_array_size(codes), 10);
	for (int error = 0; error < HTTP_ERROR_COUNT; error++)
		assert_true(is_published(codes, http_error_code((enum http_error)error)));
	for (size_t i = 0; i < json_array_size(codes); i++)
		assert_true(is_used(json_string_value(json_array_get(codes, i))));
	json_decref(schema);
}

static void
schema_allows_nothing_beside_the_code(void **state)
{
	json_t *schema;

	(void)state;
	(void)published_codes(&schema);
	assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
	assert_int_equal(json_object_size(json_object_get(schema, "properties")), 1);
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(schema, "required"), 0)), "error");
	json_decref(schema);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema_and_table_have_the_same_codes),
		cmocka_unit_test(schema_allows_nothing_beside_the_code),
	};
	int failures = RUN_ROWS(rows, error_has_its_status_code_and_body);

	failures += RUN_ROWS(status_rows, status_has_its_line);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

/* From a response to its bytes; and header fields, the framework's and a handler's. */
#include "http/response.h"

#include <stdio.h>

#include "../core/rows.h"
#include "http/request.h"

static struct arena arena;
static struct postern_response pub;
static struct response *const res = &pub.out;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1024, REQUEST_ARENA_SPARE);
	response_init(res, &arena);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* That the bytes of the response are exactly `expected`, `body_len` of them being body. */
static void
assert_bytes(const char *expected, size_t body_len)
{
	size_t len = 99;
	struct slice bytes = response_bytes(res, &len);

	assert_int_equal(bytes.len, strlen(expected));
	assert_memory_equal(bytes.data, expected, bytes.len);
	assert_int_equal(len, body_len);
}

static bool
bytes_hold(const char *text)
{
	struct slice bytes = response_bytes(res, NULL);

	return memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
}

static const char internal[] = "Status: 500 Internal Server Error\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: 33\r\n"
			       "\r\n"
			       "{\"error\":\"internal_server_error\"}";

static void
answer_ok(void)
{
	response_json_begin(res);
	postern_json_string(&pub, "a", "b");
	response_json_end(res);
	res->status = 200;
}

static void
a_success_has_its_body_and_length(void **state)
{
	(void)state;
	answer_ok();
	response_header(res, "Cache-Control", SLICE_OF("no-store"));
	assert_bytes("Status: 200 OK\r\n"
		     "Content-Type: application/json\r\n"
		     "Content-Length: 9\r\n"
		     "Cache-Control: no-store\r\n"
		     "\r\n"
		     "{\"a\":\"b\"}",
	    9);
}

static void
head_has_the_same_head_and_no_body(void **state)
{
	(void)state;
	answer_ok();
	res->is_head = true;
	assert_bytes("Status: 200 OK\r\n"
		     "Content-Type: application/json\r\n"
		     "Content-Length: 9\r\n"
		     "\r\n",
	    0);
}

static void
an_error_has_its_constant_body(void **state)
{
	(void)state;
	response_error(res, HTTP_ERROR_NOT_FOUND);
	assert_bytes("Status: 404 Not Found\r\n"
		     "Content-Type: application/json\r\n"
		     "Content-Length: 21\r\n"
		     "\r\n"
		     "{\"error\":\"not_found\"}",
	    21);
}

static void
an_error_replaces_what_was_begun(void **state)
{
	(void)state;
	response_header(res, "Allow", SLICE_OF("GET"));
	response_json_begin(res);
	postern_json_string(&pub, "secret", "x");
	postern_json_array_begin(&pub, "open");
	postern_set_header(&pub, "ETag", "\"1\"");
	response_error(res, HTTP_ERROR_METHOD_NOT_ALLOWED);
	assert_bytes("Status: 405 Method Not Allowed\r\n"
		     "Content-Type: application/json\r\n"
		     "Content-Length: 30\r\n"
		     "Allow: GET\r\n"
		     "\r\n"
		     "{\"error\":\"method_not_allowed\"}",
	    30);
}

static void
an_error_heals_a_failure(void **state)
{
	(void)state;
	postern_json_string(&pub, "outside", "of any object");
	assert_true(res->failed);
	response_error(res, HTTP_ERROR_FORBIDDEN);
	assert_true(bytes_hold("403 Forbidden"));
}

static void
an_error_may_be_followed_by_a_success(void **state)
{
	(void)state;
	response_error(res, HTTP_ERROR_FORBIDDEN);
	response_empty(res, 200);
	assert_false(res->is_error);
	assert_bytes("Status: 200 OK\r\nContent-Length: 0\r\n\r\n", 0);
}

static void
what_nobody_decided_is_500(void **state)
{
	(void)state;
	assert_bytes(internal, 33);
}

static void
what_failed_is_500(void **state)
{
	(void)state;
	answer_ok();
	response_header(res, "X-A", SLICE_OF("a\nb"));
	assert_bytes(internal, 33);
}

static void
what_was_left_open_is_500(void **state)
{
	(void)state;
	response_json_begin(res);
	res->status = 200;
	assert_bytes(internal, 33);
}

struct empty_row {
	const char *name;
	int status;
	const char *bytes;
};

static const struct empty_row empty_rows[] = {
	{ "no content has no length", 204, "Status: 204 No Content\r\n\r\n" },
	{ "nor has not modified", 304, "Status: 304 Not Modified\r\n\r\n" },
	{ "a redirect has one", 302, "Status: 302 Found\r\nContent-Length: 0\r\n\r\n" },
	{ "so has a preflight", 200, "Status: 200 OK\r\nContent-Length: 0\r\n\r\n" },
};

static void
empty_response_is(void **state)
{
	const struct empty_row *row = *state;

	set_up(state);
	answer_ok();
	response_empty(res, row->status);
	assert_bytes(row->bytes, 0);
	tear_down(state);
}

static void
without_memory_a_constant_500_leaves(void **state)
{
	struct slice bytes;
	size_t len;

	(void)state;
	answer_ok();
	arena.ceiling = arena.used;
	bytes = response_bytes(res, &len);
	assert_int_equal(len, 33);
	assert_int_equal(res->status, 500);
	assert_memory_equal(bytes.data, internal, strlen("Status: 500 "));
	assert_memory_equal(
	    bytes.data + bytes.len - 33, "{\"error\":\"internal_server_error\"}", 33);
	assert_non_null(memmem(bytes.data, bytes.len, "\r\nCache-Control: no-store\r\n", 27));
	assert_non_null(
	    memmem(bytes.data, bytes.len, "\r\nX-Content-Type-Options: nosniff\r\n", 35));
}

static void
the_last_resort_for_head_ends_with_its_head(void **state)
{
	struct slice bytes;
	size_t len;

	(void)state;
	answer_ok();
	res->is_head = true;
	arena.ceiling = arena.used;
	bytes = response_bytes(res, &len);
	assert_int_equal(len, 0);
	assert_memory_equal(bytes.data + bytes.len - 4, "\r\n\r\n", 4);
}

static void
the_largest_body_fits_a_request(void **state)
{
	static char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	response_json_begin(res);
	postern_json_array_begin(&pub, "a");
	for (size_t i = 0; i < RESPONSE_MAX_BODY / (sizeof(text) + 2) - 1; i++) {
		postern_json_string(&pub, NULL, text);
		assert_non_null(arena_alloc(&arena, 16)); /* no growing in place */
	}
	postern_json_array_end(&pub);
	response_json_end(res);
	res->status = 200;
	assert_true(bytes_hold("Status: 200 OK\r\n"));
	assert_true(res->body.len > RESPONSE_MAX_BODY - 3 * sizeof(text));
}

static void
a_larger_body_fails(void **state)
{
	static char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	response_json_begin(res);
	postern_json_array_begin(&pub, "a");
	for (size_t i = 0; i <= RESPONSE_MAX_BODY / sizeof(text); i++)
		postern_json_string(&pub, NULL, text);
	assert_true(res->failed);
	assert_bytes(internal, 33);
}

static void
an_equal_name_is_replaced(void **state)
{
	(void)state;
	answer_ok();
	response_header(res, "X-A", SLICE_OF("one"));
	response_header(res, "x-a", SLICE_OF("two"));
	assert_int_equal(res->header_count, 1);
	assert_true(slice_is(res->headers[0].value, "two"));
}

static void
too_many_fields_fail(void **state)
{
	static char names[RESPONSE_MAX_HEADERS + 1][8];

	(void)state;
	answer_ok();
	for (size_t i = 0; i <= RESPONSE_MAX_HEADERS; i++) {
		assert_false(res->failed);
		(void)snprintf(names[i], sizeof(names[i]), "X-%zu", i);
		response_header(res, names[i], SLICE_OF("v"));
	}
	assert_true(res->failed);
	assert_int_equal(res->header_count, RESPONSE_MAX_HEADERS);
}

/* They are there whatever else the response becomes, between the other fields and the body. */
static void
lines_stand_at_the_end_of_the_head(void **state)
{
	static const char end[] = "\r\nX-One: 1\r\nX-Two: 2\r\nX-Three: 3\r\n\r\n{";
	struct slice bytes;

	(void)state;
	answer_ok();
	response_header(res, "X-One", SLICE_OF("1"));
	res->lines = SLICE_OF("X-Two: 2\r\nX-Three: 3\r\n");
	response_error(res, HTTP_ERROR_NOT_FOUND);
	bytes = response_bytes(res, NULL);
	assert_non_null(memmem(bytes.data, bytes.len, end, sizeof(end) - 1));
}

static void
a_handler_leaves_room_for_the_framework(void **state)
{
	char name[8];

	(void)state;
	answer_ok();
	for (size_t i = 0; i < RESPONSE_MAX_SERVICE_HEADERS; i++) {
		(void)snprintf(name, sizeof(name), "X-%zu", i);
		postern_set_header(&pub, name, "v");
	}
	postern_set_header(&pub, "X-0", "again");
	assert_false(res->failed);
	postern_set_header(&pub, "X-More", "v");
	assert_true(res->failed);
	assert_int_equal(res->header_count, RESPONSE_MAX_SERVICE_HEADERS);
}

static void
vary_is_a_list_without_repetition(void **state)
{
	(void)state;
	response_vary(res, "Origin");
	response_vary(res, "origin");
	assert_true(slice_is(res->headers[0].value, "Origin"));
	response_vary(res, "Accept");
	response_vary(res, "Orig");
	response_vary(res, "Accept");
	assert_int_equal(res->header_count, 1);
	assert_true(slice_is(res->headers[0].value, "Origin, Accept, Orig"));
	arena.ceiling = arena.used;
	response_vary(res, "Cookie");
	assert_true(res->failed);
}

struct header_row {
	const char *name, *field, *value;
	bool accepted;
};

static const struct header_row header_rows[] = {
	{ "a field of its own", "ETag", "\"1\"", true },
	{ "Location", "Location", "/notes/1", true },
	{ "an empty value", "X-A", "", true },
	{ "a tab in the value", "X-A", "a\tb", true },
	{ "bytes beyond ASCII", "X-A", "\xc3\xa4", true },
	{ "a newline", "X-A", "a\nSet-Cookie: b", false },
	{ "a carriage return", "X-A", "a\rb", false },
	{ "a control byte", "X-A", "a\x01", false },
	{ "a DEL", "X-A", "a\x7f", false },
	{ "no value", "X-A", NULL, false },
	{ "no name", NULL, "a", false },
	{ "an empty name", "", "a", false },
	{ "a name with a space", "X A", "a", false },
	{ "a name with a colon", "X-A:", "a", false },
	{ "a name with a newline", "X-A\n", "a", false },
	{ "a name beyond ASCII", "X-\xc3\xa4", "a", false },
	{ "Status", "Status", "200 OK", false },
	{ "Content-Length", "content-length", "1", false },
	{ "Content-Type", "Content-Type", "text/html", false },
	{ "Content-Security-Policy", "Content-Security-Policy", "x", false },
	{ "Strict-Transport-Security", "STRICT-TRANSPORT-SECURITY", "x", false },
	{ "Referrer-Policy", "Referrer-Policy", "x", false },
	{ "X-Frame-Options", "X-Frame-Options", "x", false },
	{ "X-Content-Type-Options", "X-Content-Type-Options", "x", false },
	{ "Permissions-Policy", "Permissions-Policy", "x", false },
	{ "Cache-Control", "Cache-Control", "public", false },
	{ "Connection", "Connection", "x", false },
	{ "Transfer-Encoding", "Transfer-Encoding", "chunked", false },
	{ "Server", "Server", "x", false },
	{ "Date", "Date", "x", false },
	{ "Set-Cookie", "Set-Cookie", "a=b", false },
	{ "Allow", "Allow", "x", false },
	{ "Retry-After", "Retry-After", "x", false },
	{ "WWW-Authenticate", "WWW-Authenticate", "x", false },
	{ "Vary", "Vary", "*", false },
	{ "Access-Control-Allow-Origin", "Access-Control-Allow-Origin", "*", false },
	{ "X-Accel-Redirect", "X-Accel-Redirect", "/x", false },
	{ "X-Sendfile", "x-sendfile", "/x", false },
	{ "X-LIGHTTPD-send-file", "X-lighttpd-send-file", "/x", false },
	{ "Keep-Alive", "Keep-Alive", "x", false },
	{ "Upgrade", "Upgrade", "x", false },
	{ "Trailer", "Trailer", "x", false },
};

static void
handler_sets_field(void **state)
{
	const struct header_row *row = *state;

	set_up(state);
	answer_ok();
	postern_set_header(&pub, row->field, row->value);
	assert_int_equal(res->failed, !row->accepted);
	assert_int_equal(res->header_count, row->accepted);
	if (row->accepted) {
		assert_string_equal(res->headers[0].name.data, row->field);
		assert_true(slice_is(res->headers[0].value, row->value));
		postern_set_header(&pub, "Bad name", "x");
		postern_set_header(&pub, "X-B", "nothing after a failure");
		assert_int_equal(res->header_count, 1);
	}
	tear_down(state);
}

static void
values_are_bounded_and_hold_no_nul(void **state)
{
	static char value[RESPONSE_MAX_HEADER_VALUE + 1];

	(void)state;
	memset(value, 'x', sizeof(value));
	response_header(res, "X-A", slice_make(value, RESPONSE_MAX_HEADER_VALUE));
	assert_false(res->failed);
	response_header(res, "X-A", slice_make("a\0b", 3));
	assert_true(res->failed);
	res->failed = false;
	response_header(res, "X-A", slice_make(value, RESPONSE_MAX_HEADER_VALUE + 1));
	assert_true(res->failed);
}

static void
names_and_values_are_copied(void **state)
{
	char name[] = "X-A", value[] = "one";

	(void)state;
	answer_ok();
	postern_set_header(&pub, name, value);
	memset(name, '-', 3);
	memset(value, '-', 3);
	assert_true(bytes_hold("\r\nX-A: one\r\n"));
	arena.ceiling = arena.used;
	postern_set_header(&pub, "X-B", "v");
	assert_true(res->failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_success_has_its_body_and_length),
		TEST(head_has_the_same_head_and_no_body),
		TEST(an_error_has_its_constant_body),
		TEST(an_error_replaces_what_was_begun),
		TEST(an_error_heals_a_failure),
		TEST(an_error_may_be_followed_by_a_success),
		TEST(what_nobody_decided_is_500),
		TEST(what_failed_is_500),
		TEST(what_was_left_open_is_500),
		TEST(without_memory_a_constant_500_leaves),
		TEST(the_last_resort_for_head_ends_with_its_head),
		TEST(the_largest_body_fits_a_request),
		TEST(a_larger_body_fails),
		TEST(an_equal_name_is_replaced),
		TEST(too_many_fields_fail),
		TEST(lines_stand_at_the_end_of_the_head),
		TEST(a_handler_leaves_room_for_the_framework),
		TEST(vary_is_a_list_without_repetition),
		TEST(values_are_bounded_and_hold_no_nul),
		TEST(names_and_values_are_copied),
	};
	int failures = RUN_ROWS(empty_rows, empty_response_is);

	failures += RUN_ROWS(header_rows, handler_sets_field);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

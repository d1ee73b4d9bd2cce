/*
 * From parameters to a request, as nginx, lighttpd, Apache and their misconfigurations send them.
 */
#include "http/request.h"

#include "../core/rows.h"

enum { MAX_PARAMS = 8 };

static void
start(struct arena *arena, struct request *ret_req)
{
	arena_init(arena, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	*ret_req = (struct request) { .arena = arena };
}

/* Parses `params` (up to NULL or MAX_PARAMS), of which copies are made in the request's arena. */
static bool
parse(struct request *req, const char *const *params, enum http_error *reterr_error)
{
	char **copies = arena_calloc(req->arena, MAX_PARAMS + 1, sizeof(*copies));
	struct params split;

	for (size_t i = 0; i < MAX_PARAMS && params[i] != NULL; i++)
		copies[i] = arena_dup(req->arena, params[i], strlen(params[i]));
	assert_true(params_split(req->arena, copies, &split));
	return request_parse(req, &split, reterr_error);
}

struct path_row {
	const char *name;
	const char *params[MAX_PARAMS];
	enum uri_fault fault;
	const char *raw_path, *query; /* query NULL: none */
};

#define GET "REQUEST_METHOD=GET"

static const struct path_row path_rows[] = {
	{ "nginx sends the target", { GET, "REQUEST_URI=/a/b", "SCRIPT_NAME=/a/b" }, URI_OK, "/a/b",
	    NULL },
	{ "a query is cut off", { GET, "REQUEST_URI=/a?x=1?y", "QUERY_STRING=other" }, URI_OK, "/a",
	    "x=1?y" },
	{ "an empty query", { GET, "REQUEST_URI=/a?" }, URI_OK, "/a", "" },
	{ "the target stays encoded", { GET, "REQUEST_URI=/%61", "SCRIPT_NAME=/a" }, URI_OK, "/%61",
	    NULL },

	{ "a mount point is cut off",
	    { GET, "REQUEST_URI=/cgi-bin/app/a", "SCRIPT_NAME=/cgi-bin/app", "PATH_INFO=/a" },
	    URI_OK, "/a", NULL },
	{ "a mount point with a final slash",
	    { GET, "REQUEST_URI=/app/a", "SCRIPT_NAME=/app/", "PATH_INFO=a" }, URI_OK, "/a", NULL },
	{ "a mount point at the root", { GET, "REQUEST_URI=/a", "SCRIPT_NAME=/", "PATH_INFO=/a" },
	    URI_OK, "/a", NULL },
	{ "an empty mount point", { GET, "REQUEST_URI=/a", "SCRIPT_NAME=", "PATH_INFO=/a" }, URI_OK,
	    "/a", NULL },
	{ "without PATH_INFO nothing is mounted",
	    { GET, "REQUEST_URI=/app/a", "SCRIPT_NAME=/app", "PATH_INFO=" }, URI_OK, "/app/a",
	    NULL },
	{ "half a segment is no mount point",
	    { GET, "REQUEST_URI=/application", "SCRIPT_NAME=/app", "PATH_INFO=/x" }, URI_OK,
	    "/application", NULL },
	{ "a mount point that is not in the path",
	    { GET, "REQUEST_URI=/a/b", "SCRIPT_NAME=/c", "PATH_INFO=/b" }, URI_OK, "/a/b", NULL },
	{ "a mount point and its query",
	    { GET, "REQUEST_URI=/app/a?q", "SCRIPT_NAME=/app", "PATH_INFO=/a" }, URI_OK, "/a",
	    "q" },

	{ "without a target PATH_INFO is the path",
	    { GET, "SCRIPT_NAME=/app", "PATH_INFO=/a", "QUERY_STRING=q=1" }, URI_OK, "/a", "q=1" },
	{ "without both SCRIPT_NAME is", { GET, "SCRIPT_NAME=/a" }, URI_OK, "/a", NULL },
	{ "an empty target is none", { GET, "REQUEST_URI=", "PATH_INFO=/a" }, URI_OK, "/a", NULL },
	{ "what the front has decoded is not decoded again", { GET, "PATH_INFO=/%2e%2e" }, URI_OK,
	    "/%2e%2e", NULL },
	{ "no path at all", { GET }, URI_MALFORMED, "", NULL },

	{ "an absolute target", { GET, "REQUEST_URI=http://a.org/b?c", "HTTP_HOST=a.org" }, URI_OK,
	    "/b", "c" },
	{ "an absolute target of https, in capitals",
	    { GET, "REQUEST_URI=HTTPS://A.org/b", "HTTP_HOST=a.org" }, URI_OK, "/b", NULL },
	{ "an absolute target without path", { GET, "REQUEST_URI=http://a.org" }, URI_OK, "/",
	    NULL },
	{ "an absolute target of query alone", { GET, "REQUEST_URI=http://a.org?q" }, URI_OK, "/",
	    "q" },
	{ "an absolute target of another host",
	    { GET, "REQUEST_URI=http://b.org/b", "HTTP_HOST=a.org" }, URI_AMBIGUOUS, "", NULL },
	{ "an absolute target with user information", { GET, "REQUEST_URI=http://u@a.org/b" },
	    URI_MALFORMED, "", NULL },
	{ "an absolute target without host", { GET, "REQUEST_URI=http:///b" }, URI_MALFORMED, "",
	    NULL },
	{ "another scheme", { GET, "REQUEST_URI=ftp://a.org/b" }, URI_MALFORMED, "", NULL },
	{ "an asterisk", { "REQUEST_METHOD=OPTIONS", "REQUEST_URI=*" }, URI_MALFORMED, "", NULL },
	{ "an authority", { GET, "REQUEST_URI=a.org:443" }, URI_MALFORMED, "", NULL },
	{ "no slash", { GET, "REQUEST_URI=a/b" }, URI_MALFORMED, "", NULL },

	{ "a dot segment", { GET, "REQUEST_URI=/a/../b" }, URI_AMBIGUOUS, "/a/../b", NULL },
	{ "a mount point does not hide a dot segment",
	    { GET, "REQUEST_URI=/app/../b", "SCRIPT_NAME=/app", "PATH_INFO=/b" }, URI_AMBIGUOUS,
	    "/../b", NULL },
	{ "a fragment in the query", { GET, "REQUEST_URI=/a?b#c" }, URI_MALFORMED, "/a", "b#c" },
	{ "a space in the query", { GET, "REQUEST_URI=/a?b c" }, URI_MALFORMED, "/a", "b c" },
	{ "a control byte in a decoded path's query", { GET, "PATH_INFO=/a", "QUERY_STRING=\x01" },
	    URI_MALFORMED, "/a", "\x01" },
};

static void
path_is(void **state)
{
	const struct path_row *row = *state;
	enum http_error error;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_true(parse(&req, row->params, &error));
	assert_int_equal(req.path_fault, row->fault);
	assert_true(slice_is(req.raw_path, row->raw_path));
	assert_int_equal(req.query.data == NULL, row->query == NULL);
	assert_true(slice_is(req.query, row->query));
	arena_done(&arena);
}

struct refusal_row {
	const char *name;
	const char *params[MAX_PARAMS];
	bool parsed;
	enum http_error error;
};

static const struct refusal_row refusal_rows[] = {
	{ "one host", { GET, "HTTP_HOST=a" }, true, 0 },
	{ "two hosts", { GET, "HTTP_HOST=a", "HTTP_HOST=b" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "the same host twice", { GET, "HTTP_HOST=a", "HTTP_HOST=a" }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "two authorizations are for authn to refuse",
	    { GET, "HTTP_AUTHORIZATION=Bearer a", "HTTP_AUTHORIZATION=Bearer b" }, true, 0 },
	{ "two lengths", { GET, "CONTENT_LENGTH=1", "CONTENT_LENGTH=1" }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "an empty length and another", { GET, "CONTENT_LENGTH=", "CONTENT_LENGTH=1" }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "a length with a sign", { GET, "CONTENT_LENGTH=+1" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "a negative length", { GET, "CONTENT_LENGTH=-1" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "a length with a space", { GET, "CONTENT_LENGTH=1 " }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "a length in hex", { GET, "CONTENT_LENGTH=0x1" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "a list of lengths", { GET, "CONTENT_LENGTH=1, 1" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "a length of eleven digits", { GET, "CONTENT_LENGTH=00000000001" }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "no method", { "REQUEST_URI=/" }, false, HTTP_ERROR_INVALID_REQUEST },
	{ "an empty method", { "REQUEST_METHOD=", "REQUEST_URI=/" }, false,
	    HTTP_ERROR_INVALID_REQUEST },
	{ "parameters without equals sign are passed over", { GET, "HTTP_HOST", "" }, true, 0 },
};

static void
request_is_refused(void **state)
{
	const struct refusal_row *row = *state;
	enum http_error error = 0;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_int_equal(parse(&req, row->params, &error), row->parsed);
	assert_int_equal(error, row->error);
	arena_done(&arena);
}

struct value_row {
	const char *name, *param;
	int64_t expected;
};

static const struct value_row length_rows[] = {
	{ "not declared", "X=", -1 },
	{ "declared empty", "CONTENT_LENGTH=", -1 },
	{ "zero", "CONTENT_LENGTH=0", 0 },
	{ "leading zeros", "CONTENT_LENGTH=0000000012", 12 },
	{ "ten nines", "CONTENT_LENGTH=9999999999", 9999999999 },
};

static void
length_is(void **state)
{
	const struct value_row *row = *state;
	const char *params[MAX_PARAMS] = { GET, "REQUEST_URI=/", row->param };
	enum http_error error;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	assert_int_equal(req.content_length, row->expected);
	arena_done(&arena);
}

static const struct value_row https_rows[] = {
	{ "nothing said", "X=", false },
	{ "on", "HTTPS=on", true },
	{ "ON", "HTTPS=ON", true },
	{ "1", "HTTPS=1", true },
	{ "off", "HTTPS=off", false },
	{ "empty", "HTTPS=", false },
	{ "0", "HTTPS=0", false },
	{ "a scheme", "REQUEST_SCHEME=https", true },
	{ "the other scheme", "REQUEST_SCHEME=http", false },
	{ "a client's header field does not count", "HTTP_HTTPS=on", false },
	{ "nor another", "HTTP_REQUEST_SCHEME=https", false },
};

static void
peer_is_https(void **state)
{
	const struct value_row *row = *state;
	const char *params[MAX_PARAMS] = { GET, "REQUEST_URI=/", row->param };
	enum http_error error;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	assert_int_equal(req.peer_is_https, row->expected);
	arena_done(&arena);
}

static const struct value_row method_rows[] = {
	{ "GET", "REQUEST_METHOD=GET", POSTERN_GET },
	{ "HEAD", "REQUEST_METHOD=HEAD", POSTERN_HEAD },
	{ "POST", "REQUEST_METHOD=POST", POSTERN_POST },
	{ "PUT", "REQUEST_METHOD=PUT", POSTERN_PUT },
	{ "PATCH", "REQUEST_METHOD=PATCH", POSTERN_PATCH },
	{ "DELETE", "REQUEST_METHOD=DELETE", POSTERN_DELETE },
	{ "OPTIONS", "REQUEST_METHOD=OPTIONS", POSTERN_OPTIONS },
	{ "OTHER", "REQUEST_METHOD=TRACE", 0 },
	{ "OTHER", "REQUEST_METHOD=get", 0 },
	{ "OTHER", "REQUEST_METHOD=G", 0 },
	{ "OTHER", "REQUEST_METHOD=PXT", 0 },
	{ "OTHER", "REQUEST_METHOD=LINK", 0 },
	{ "OTHER", "REQUEST_METHOD=DELETE ", 0 },
	{ "OTHER", "REQUEST_METHOD=CONNECT", 0 },
	{ "OTHER", "REQUEST_METHOD=REPORT", 0 },
	{ "OTHER", "REQUEST_METHOD=PROPFIND", 0 },
};

static void
method_is(void **state)
{
	const struct value_row *row = *state;
	const char *params[MAX_PARAMS] = { row->param, "REQUEST_URI=/",
		"HTTP_X_HTTP_METHOD_OVERRIDE=DELETE" };
	enum http_error error;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	assert_int_equal(req.method, row->expected);
	assert_string_equal(request_method_name(req.method), row->name);
	arena_done(&arena);
}

static const struct value_row known_rows[] = {
	{ "host", "HTTP_HOST=v", HEADER_HOST },
	{ "authorization", "HTTP_AUTHORIZATION=v", HEADER_AUTHORIZATION },
	{ "origin", "HTTP_ORIGIN=v", HEADER_ORIGIN },
	{ "forwarded for", "HTTP_X_FORWARDED_FOR=v", HEADER_X_FORWARDED_FOR },
	{ "forwarded proto", "HTTP_X_FORWARDED_PROTO=v", HEADER_X_FORWARDED_PROTO },
	{ "forwarded host", "HTTP_X_FORWARDED_HOST=v", HEADER_X_FORWARDED_HOST },
	{ "forwarded prefix", "HTTP_X_FORWARDED_PREFIX=v", HEADER_X_FORWARDED_PREFIX },
	{ "active actor", "HTTP_X_ACTIVE_ACTOR=v", HEADER_X_ACTIVE_ACTOR },
	{ "traceparent", "HTTP_TRACEPARENT=v", HEADER_TRACEPARENT },
	{ "cookie", "HTTP_COOKIE=v", HEADER_COOKIE },
	{ "requested method", "HTTP_ACCESS_CONTROL_REQUEST_METHOD=v",
	    HEADER_ACCESS_CONTROL_REQUEST_METHOD },
	{ "requested headers", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS=v",
	    HEADER_ACCESS_CONTROL_REQUEST_HEADERS },
	{ "lengths of known names, but others: 4", "HTTP_FROM=v", HEADER_ID_COUNT },
	{ "6", "HTTP_ACCEPT=v", HEADER_ID_COUNT },
	{ "11", "HTTP_TRACEPARENX=v", HEADER_ID_COUNT },
	{ "13", "HTTP_AUTHORIZATIOX=v", HEADER_ID_COUNT },
	{ "14", "HTTP_X_ACTIVE_ACTOX=v", HEADER_ID_COUNT },
	{ "15", "HTTP_X_FORWARDED_FOX=v", HEADER_ID_COUNT },
	{ "16", "HTTP_X_FORWARDED_PORT=v", HEADER_ID_COUNT },
	{ "17", "HTTP_X_FORWARDED_PROTX=v", HEADER_ID_COUNT },
	{ "18", "HTTP_X_FORWARDED_PREFIY=v", HEADER_ID_COUNT },
	{ "29", "HTTP_ACCESS_CONTROL_REQUEST_METHOX=v", HEADER_ID_COUNT },
	{ "30", "HTTP_ACCESS_CONTROL_REQUEST_HEADERX=v", HEADER_ID_COUNT },
	{ "lower case is no CGI spelling", "HTTP_host=v", HEADER_ID_COUNT },
};

static void
field_is_known(void **state)
{
	const struct value_row *row = *state;
	const char *params[MAX_PARAMS] = { GET, "REQUEST_URI=/", row->param };
	enum http_error error;
	struct request req;
	struct arena arena;

	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	for (int id = 0; id < HEADER_ID_COUNT; id++) {
		assert_int_equal(req.known[id].count, id == row->expected);
		assert_true(slice_is(req.known[id].first, id == row->expected ? "v" : NULL));
	}
	assert_int_equal(req.header_count, 1);
	arena_done(&arena);
}

static void
fields_are_found_by_their_usual_names(void **state)
{
	static const char *const params[MAX_PARAMS] = { GET, "REQUEST_URI=/",
		"CONTENT_TYPE=text/plain", "HTTP_X_TRACE=one", "HTTP_X_TRACE=two", "HTTP_=nameless",
		"SERVER_NAME=ignored" };
	enum http_error error;
	struct request req;
	struct arena arena;
	unsigned count;

	(void)state;
	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	assert_true(slice_is(request_header(&req, "x-Trace", &count), "one"));
	assert_int_equal(count, 2);
	assert_null(request_header(&req, "X-Trac", &count).data);
	assert_int_equal(count, 0);
	assert_null(request_header(&req, "X-Tracy", NULL).data);
	assert_null(request_header(&req, "", NULL).data);
	assert_true(slice_is(request_header(&req, "content-type", &count), "text/plain"));
	assert_int_equal(count, 1);
	assert_int_equal(req.header_count, 2);
	req.content_type = SLICE_OF("");
	assert_null(request_header(&req, "Content-Type", &count).data);
	assert_int_equal(count, 0);
	arena_done(&arena);
}

static void
repeated_fields_make_one_list(void **state)
{
	static const char *const params[MAX_PARAMS] = { GET, "HTTP_X_FORWARDED_FOR=a, b",
		"HTTP_X_OTHER=x", "HTTP_X_FORWARDED_FOR=", "HTTP_X_FORWARDED_FOR=c",
		"HTTP_HOST=h" };
	enum http_error error;
	struct request req;
	struct arena arena;
	struct slice list;

	(void)state;
	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	list = request_header_list(&req, HEADER_X_FORWARDED_FOR);
	assert_string_equal(list.data, "a, b, , c");
	assert_int_equal(list.len, strlen("a, b, , c"));
	assert_string_equal(request_header_list(&req, HEADER_HOST).data, "h");
	assert_null(request_header_list(&req, HEADER_COOKIE).data);
	arena.ceiling = arena.used;
	assert_null(request_header_list(&req, HEADER_X_FORWARDED_FOR).data);
	arena_done(&arena);
}

static void
the_last_of_a_repeated_variable_counts(void **state)
{
	static const char *const params[MAX_PARAMS] = { GET, "REQUEST_URI=/app/a",
		"REMOTE_ADDR=::1", "SCRIPT_NAME=/app/a", "SCRIPT_NAME=/app", "PATH_INFO=/a" };
	enum http_error error;
	struct request req;
	struct arena arena;

	(void)state;
	start(&arena, &req);
	assert_true(parse(&req, params, &error));
	assert_true(slice_is(req.raw_path, "/a"));
	assert_true(slice_is(req.peer, "::1"));
	arena_done(&arena);
}

static bool
parse_many(struct request *req, char *param, size_t count, enum http_error *reterr_error)
{
	static char method[] = "REQUEST_METHOD=GET", uri[] = "REQUEST_URI=/";
	char **params = calloc(count + 3, sizeof(*params));
	struct params split;
	struct arena arena;
	bool parsed;

	assert_non_null(params);
	params[0] = method;
	params[1] = uri;
	for (size_t i = 0; i < count; i++)
		params[i + 2] = param;
	arena_init(&arena, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	assert_true(params_split(&arena, params, &split));
	parsed = request_parse(req, &split, reterr_error);
	arena_done(&arena);
	free(params);
	return parsed;
}

static void
the_number_of_parameters_is_limited(void **state)
{
	static char field[] = "HTTP_X_A=b", other[] = "LESSOPEN=| cat";
	enum http_error error;
	struct request req;
	struct arena arena;

	(void)state;
	start(&arena, &req);
	assert_true(parse_many(&req, field, REQUEST_MAX_PARAMS - 2, &error));
	arena_done(&arena);
	start(&arena, &req);
	assert_false(parse_many(&req, field, REQUEST_MAX_PARAMS - 1, &error));
	assert_int_equal(error, HTTP_ERROR_HEADERS_TOO_LARGE);
	arena_done(&arena);
	start(&arena, &req);
	assert_true(parse_many(&req, other, 2 * REQUEST_MAX_PARAMS, &error));
	assert_int_equal(req.header_count, 0);
	arena_done(&arena);
}

static void
the_size_of_parameters_is_limited(void **state)
{
	enum { BEFORE = sizeof("REQUEST_METHODGETREQUEST_URI/HTTP_A") - 1 };
	static char field[REQUEST_MAX_PARAM_BYTES + 2] = "HTTP_A=";
	enum http_error error;
	struct request req;
	struct arena arena;

	(void)state;
	memset(field + 7, 'x', REQUEST_MAX_PARAM_BYTES - BEFORE);
	start(&arena, &req);
	assert_true(parse_many(&req, field, 1, &error));
	arena_done(&arena);
	field[7 + REQUEST_MAX_PARAM_BYTES - BEFORE] = 'x';
	start(&arena, &req);
	assert_false(parse_many(&req, field, 1, &error));
	assert_int_equal(error, HTTP_ERROR_HEADERS_TOO_LARGE);
	arena_done(&arena);
}

static void
a_long_path_is_a_fault_and_no_refusal(void **state)
{
	static char uri[URI_MAX_PATH + 32] = "REQUEST_URI=/";
	enum http_error error;
	struct request req;
	struct arena arena;

	(void)state;
	memset(uri + 13, 'a', URI_MAX_PATH);
	start(&arena, &req);
	assert_true(parse_many(&req, uri, 1, &error));
	assert_int_equal(req.path_fault, URI_TOO_LONG);
	arena_done(&arena);
}

static void
no_memory_is_an_internal_error(void **state)
{
	static char field[] = "HTTP_X_A=b";
	struct request req;
	enum http_error error;
	struct arena arena;

	(void)state;
	arena_init(&arena, 16, 16);
	req = (struct request) { .arena = &arena };
	assert_false(parse_many(&req, field, 1, &error));
	assert_int_equal(error, HTTP_ERROR_INTERNAL);
	arena_done(&arena);
}

static void
a_refused_request_keeps_its_method(void **state)
{
	static const char *const params[MAX_PARAMS] = { "REQUEST_METHOD=HEAD", "HTTP_HOST=a",
		"HTTP_HOST=b", "REQUEST_URI=/" };
	enum http_error error;
	struct request req;
	struct arena arena;

	(void)state;
	start(&arena, &req);
	assert_false(parse(&req, params, &error));
	assert_int_equal(req.method, POSTERN_HEAD);
	arena_done(&arena);
}

static void
a_request_costs_one_allocation(void **state)
{
	static const char *const params[MAX_PARAMS] = { GET, "REQUEST_URI=/a/b?c",
		"HTTP_HOST=a.org", "HTTP_X_FORWARDED_FOR=192.0.2.1" };
	enum http_error error;
	struct request req;
	struct arena arena, other;
	struct params split;
	char *copies[MAX_PARAMS] = { NULL };

	(void)state;
	for (size_t i = 0; params[i] != NULL; i++)
		copies[i] = strdup(params[i]);
	arena_init(&other, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	assert_true(params_split(&other, copies, &split));
	start(&arena, &req);
	assert_true(request_parse(&req, &split, &error));
	assert_int_equal(arena.used, split.count * sizeof(struct header));
	arena_done(&arena);
	arena_done(&other);
	for (size_t i = 0; params[i] != NULL; i++)
		free(copies[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_found_by_their_usual_names),
		cmocka_unit_test(repeated_fields_make_one_list),
		cmocka_unit_test(the_last_of_a_repeated_variable_counts),
		cmocka_unit_test(the_number_of_parameters_is_limited),
		cmocka_unit_test(the_size_of_parameters_is_limited),
		cmocka_unit_test(a_long_path_is_a_fault_and_no_refusal),
		cmocka_unit_test(no_memory_is_an_internal_error),
		cmocka_unit_test(a_refused_request_keeps_its_method),
		cmocka_unit_test(a_request_costs_one_allocation),
	};
	int failures = RUN_ROWS(path_rows, path_is);

	failures += RUN_ROWS(refusal_rows, request_is_refused);
	failures += RUN_ROWS(length_rows, length_is);
	failures += RUN_ROWS(https_rows, peer_is_https);
	failures += RUN_ROWS(method_rows, method_is);
	failures += RUN_ROWS(known_rows, field_is_known);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

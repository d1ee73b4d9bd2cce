/* Requests against a contract: parameters, media types, bodies. */
#include "document.h"

#include "../core/rows.h"

enum { GET = POSTERN_GET, PUT = POSTERN_PUT, HEAD = POSTERN_HEAD };

/* A request of /notes/{note_id} (or of /health) as the guards before the contract leave it. */
struct call {
	unsigned method;
	const char *note_id, *query, *content_type, *body;
	struct header headers[2];
	size_t header_count;
};

static enum contract_verdict
check(struct document *document, const struct call *call)
{
	struct router_match match = { .route_index = call->note_id == NULL ? 0
						     : call->method == PUT ? 2
									   : 1 };
	struct request req = {
		.arena = &document->arena,
		.method = call->method,
		.query = slice_from(call->query),
		.content_type = slice_from(call->content_type),
		.body = slice_from(call->body != NULL ? call->body : ""),
		.headers = call->headers,
		.header_count = call->header_count,
		.match = &match,
	};

	match.route = &document_routes[match.route_index];
	if (call->note_id != NULL) {
		match.params[0].name = "note_id";
		match.params[0].value = slice_from(call->note_id);
		match.param_count = 1;
	}
	return contract_check(document->contract, &req);
}

static void
load(struct document *document, const char *text)
{
	document_load(document, text);
	if (document->contract == NULL)
		fail_msg("%s", document->faults.texts[0]);
}

static const struct parameter_row {
	const char *name;
	struct call call;
	enum contract_verdict verdict;
} parameter_rows[] = {
	{ "a path parameter", { .method = GET, .note_id = "n1" }, CONTRACT_KEPT },
	{ "HEAD is held to GET", { .method = HEAD, .note_id = "n1" }, CONTRACT_KEPT },
	{ "HEAD is held to GET in full", { .method = HEAD, .note_id = "n@1" }, CONTRACT_REFUSED },
	{ "a path parameter at its length", { .method = GET, .note_id = "12345678" },
	    CONTRACT_KEPT },
	{ "a path parameter too long", { .method = GET, .note_id = "123456789" },
	    CONTRACT_REFUSED },
	{ "a path parameter outside its pattern", { .method = GET, .note_id = "n@1" },
	    CONTRACT_REFUSED },
	{ "an empty path parameter", { .method = GET, .note_id = "" }, CONTRACT_REFUSED },
	{ "a method without operation", { .method = POSTERN_PATCH, .note_id = "n1" },
	    CONTRACT_REFUSED },
	{ "a body where none is declared is ignored",
	    { .method = GET, .note_id = "n1", .body = "<x>" }, CONTRACT_KEPT },
	{ "no query", { .method = GET }, CONTRACT_REFUSED },
	{ "a required query parameter", { .method = GET, .query = "q=yes" }, CONTRACT_KEPT },
	{ "a query parameter outside its list", { .method = GET, .query = "q=maybe" },
	    CONTRACT_REFUSED },
	{ "a required query parameter twice", { .method = GET, .query = "q=yes&q=yes" },
	    CONTRACT_REFUSED },
	{ "an optional query parameter", { .method = GET, .query = "q=no&p=%C3%A9%C3%A9" },
	    CONTRACT_KEPT },
	{ "an optional query parameter twice", { .method = GET, .query = "q=no&p=a&p=a" },
	    CONTRACT_REFUSED },
	{ "an optional query parameter twice, once in disguise",
	    { .method = GET, .query = "q=no&p=a&%70=b" }, CONTRACT_REFUSED },
	{ "an optional query parameter with a bad escape", { .method = GET, .query = "q=no&p=%4" },
	    CONTRACT_REFUSED },
	{ "an optional query parameter with a NUL", { .method = GET, .query = "q=no&p=%00" },
	    CONTRACT_REFUSED },
	{ "an unknown query parameter twice", { .method = GET, .query = "q=no&x=%4&x=1" },
	    CONTRACT_KEPT },
	{ "an optional query parameter too long in characters",
	    { .method = GET, .query = "q=no&p=%C3%A9%C3%A9%C3%A9" }, CONTRACT_REFUSED },
	{ "a header parameter",
	    { .method = GET,
		.query = "q=yes",
		.headers = { { SLICE("X_A"), SLICE("a") } },
		.header_count = 1 },
	    CONTRACT_KEPT },
	{ "a header parameter too long",
	    { .method = GET,
		.query = "q=yes",
		.headers = { { SLICE("X_A"), SLICE("aa") } },
		.header_count = 1 },
	    CONTRACT_REFUSED },
	{ "a header parameter twice",
	    { .method = GET,
		.query = "q=yes",
		.headers = { { SLICE("X_A"), SLICE("a") }, { SLICE("X_A"), SLICE("a") } },
		.header_count = 2 },
	    CONTRACT_REFUSED },
};

static void
parameters(void **state)
{
	static const char text[] = PATHS(
	    "\"/health\":{\"get\":{\"responses\":{},\"parameters\":["
	    "{\"name\":\"q\",\"in\":\"query\",\"required\":true,\"schema\":{\"type\":\"string\","
	    "\"enum\":[\"yes\",\"no\"]}},"
	    "{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"type\":\"string\",\"maxLength\":2}},"
	    "{\"name\":\"X-A\",\"in\":\"header\",\"schema\":{\"type\":\"string\",\"maxLength\":1}}]"
	    "}}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]")));
	const struct parameter_row *row = *state;
	struct document document;

	load(&document, text);
	assert_int_equal(check(&document, &row->call), row->verdict);
	document_done(&document);
}

static const struct media_row {
	const char *name, *content_type, *body;
	enum contract_verdict verdict;
} media_rows[] = {
	{ "JSON", "application/json", "{}", CONTRACT_KEPT },
	{ "JSON in capitals", "Application/JSON", "{}", CONTRACT_KEPT },
	{ "JSON in UTF-8", "application/json; charset=utf-8", "{}", CONTRACT_KEPT },
	{ "JSON in UTF-8, quoted", "application/json;charset=\"UTF-8\"", "{}", CONTRACT_KEPT },
	{ "JSON in another encoding", "application/json; charset=latin1", "{}",
	    CONTRACT_MEDIA_TYPE },
	{ "JSON with another parameter", "application/json; a=b", "{}", CONTRACT_MEDIA_TYPE },
	{ "text", "text/plain", "{}", CONTRACT_MEDIA_TYPE },
	{ "a longer type", "application/json-patch+json", "{}", CONTRACT_MEDIA_TYPE },
	{ "no type", NULL, "{}", CONTRACT_MEDIA_TYPE },
	{ "no body", "application/json", NULL, CONTRACT_REFUSED },
};

static void
media(void **state)
{
	const struct media_row *row = *state;
	const struct call call = {
		.method = PUT,
		.note_id = "n1",
		.content_type = row->content_type,
		.body = row->body,
	};
	struct document document;

	load(&document, PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT(BODY("{}")))));
	assert_int_equal(check(&document, &call), row->verdict);
	document_done(&document);
}

static void
an_optional_body_may_be_absent(void **state)
{
	const struct call call = { .method = PUT, .note_id = "n1" };
	struct document document;

	(void)state;
	load(&document,
	    PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT(
		"\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{}}}}"))));
	assert_int_equal(check(&document, &call), CONTRACT_KEPT);
	document_done(&document);
}

static void
without_a_route_nothing_is_kept(void **state)
{
	struct router_match match = { .route = NULL };
	struct request req = { .method = GET };
	struct document document;

	(void)state;
	load(&document, PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))));
	assert_int_equal(contract_check(document.contract, &req), CONTRACT_REFUSED);
	req.match = &match;
	assert_int_equal(contract_check(document.contract, &req), CONTRACT_REFUSED);
	match.route = &document_routes[0];
	match.route_index = POSTERN_COUNT(document_routes);
	assert_int_equal(contract_check(document.contract, &req), CONTRACT_REFUSED);
	/* A required path parameter that the match does not have. */
	match.route_index = 1;
	assert_int_equal(contract_check(document.contract, &req), CONTRACT_REFUSED);
	document_done(&document);
}

#define DEEP_31 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define SHUT_31 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static const struct body_row {
	const char *name, *schema, *body;
	bool kept;
} body_rows[] = {
	{ "anything", "{}", "[1,\"a\",null]", true },
	{ "no JSON", "{}", "{", false },
	{ "something behind the JSON", "{}", "{} {}", false },
	{ "a member twice", "{}", "{\"a\":1,\"a\":1}", false },
	{ "a member twice, deep inside", "{}", "[[{\"a\":1,\"a\":1}]]", false },
	{ "32 levels", "{}", DEEP_31 "[]" SHUT_31, true },
	{ "33 levels", "{}", DEEP_31 "[[]]" SHUT_31, false },
	{ "no UTF-8", "{}", "\"\xff\"", false },
	{ "an escaped NUL", "{}", "\"\\u0000\"", false },
	{ "an integer of 64 bits", "{}", "9223372036854775807", true },
	{ "one of more", "{}", "9223372036854775808", false },
	{ "a number beyond all", "{}", "1e999", false },
	{ "NaN", "{}", "NaN", false },
	{ "a string", "{\"type\":\"string\"}", "\"a\"", true },
	{ "an array is no string", "{\"type\":\"string\"}", "[]", false },
	{ "an object is no string", "{\"type\":\"string\"}", "{}", false },
	{ "a number is no string", "{\"type\":\"string\"}", "1", false },
	{ "true is no string", "{\"type\":\"string\"}", "true", false },
	{ "null is no string", "{\"type\":\"string\"}", "null", false },
	{ "null where it may be", "{\"type\":[\"string\",\"null\"]}", "null", true },
	{ "a string is no array", "{\"type\":\"array\"}", "\"a\"", false },
	{ "a boolean", "{\"type\":\"boolean\"}", "false", true },
	{ "an integer", "{\"type\":\"integer\"}", "-3", true },
	{ "1.0 is an integer", "{\"type\":\"integer\"}", "1.0", true },
	{ "1e300 is an integer", "{\"type\":\"integer\"}", "-1e300", true },
	{ "-1.5 is none", "{\"type\":\"integer\"}", "-1.5", false },
	{ "1.5 is none", "{\"type\":\"integer\"}", "1.5", false },
	{ "1.5 is a number", "{\"type\":\"number\"}", "1.5", true },
	{ "an integer is a number", "{\"type\":\"number\"}", "1", true },
	{ "at the minimum", "{\"minimum\":3}", "3", true },
	{ "below the minimum", "{\"minimum\":3}", "2", false },
	{ "just below the minimum", "{\"minimum\":3}", "2.999", false },
	{ "at the maximum", "{\"maximum\":3.5}", "3.5", true },
	{ "above the maximum", "{\"maximum\":3.5}", "4", false },
	{ "bounds do not speak about strings", "{\"maximum\":3}", "\"9\"", true },
	{ "bounds of 64 bits are exact", "{\"maximum\":9223372036854775806}", "9223372036854775807",
	    false },
	{ "a whole bound that a double cannot hold", "{\"maximum\":9007199254740993}",
	    "9007199254740992.0", true },
	{ "an integer just above a real bound", "{\"maximum\":9007199254740992.0}",
	    "9007199254740993", false },
	{ "an integer just below a real bound", "{\"minimum\":-1.5}", "-2", false },
	{ "an integer just above it", "{\"minimum\":-1.5}", "-1", true },
	{ "a real beyond all integers", "{\"maximum\":9223372036854775807}",
	    "9223372036854775808.0", false },
	{ "a real below all integers", "{\"minimum\":-9223372036854775808}", "-1e19", false },
	{ "an integer under a real bound beyond all", "{\"maximum\":1e300}", "9223372036854775807",
	    true },
	{ "an integer over a real bound below all", "{\"minimum\":-1e300}", "-5", true },
	{ "int32", "{\"format\":\"int32\"}", "2147483647", true },
	{ "above int32", "{\"format\":\"int32\"}", "2147483648", false },
	{ "below int32", "{\"format\":\"int32\"}", "-2147483649", false },
	{ "int32 and a narrower maximum", "{\"maximum\":5,\"format\":\"int32\"}", "6", false },
	{ "int64", "{\"format\":\"int64\"}", "2147483648", true },
	{ "one of a list", "{\"enum\":[\"a\",2,null,true]}", "\"a\"", true },
	{ "a number of a list", "{\"enum\":[\"a\",2,null,true]}", "2.0", true },
	{ "null of a list", "{\"enum\":[\"a\",2,null,true]}", "null", true },
	{ "true of a list", "{\"enum\":[\"a\",2,null,true]}", "true", true },
	{ "false is another", "{\"enum\":[\"a\",2,null,true]}", "false", false },
	{ "a string that is not in the list", "{\"enum\":[\"a\",2,null,true]}", "\"2\"", false },
	{ "an array is in no list", "{\"enum\":[\"a\",2,null,true]}", "[]", false },
	{ "an object is in no list", "{\"enum\":[\"a\",2,null,true]}", "{}", false },
	{ "half a number of a list", "{\"enum\":[0.5]}", "0.5", true },
	{ "a constant", "{\"const\":\"a\"}", "\"a\"", true },
	{ "another constant", "{\"const\":\"a\"}", "\"b\"", false },
	{ "characters, not bytes, make a length", "{\"maxLength\":2}",
	    "\"\xc3\xa9\xf0\x9f\x98\x80\"", true },
	{ "too short", "{\"minLength\":2}", "\"a\"", false },
	{ "too long", "{\"maxLength\":2}", "\"abc\"", false },
	{ "a pattern", "{\"pattern\":\"^\\\\d{2}-\\\\d$\"}", "\"12-3\"", true },
	{ "outside the pattern", "{\"pattern\":\"^\\\\d{2}-\\\\d$\"}", "\"12-\"", false },
	{ "as few items as may be", "{\"minItems\":1}", "[1]", true },
	{ "too few items", "{\"minItems\":1}", "[]", false },
	{ "too many items", "{\"maxItems\":1}", "[1,2]", false },
	{ "items of their schema", "{\"items\":{\"type\":\"integer\"}}", "[1,2]", true },
	{ "one item that is not", "{\"items\":{\"type\":\"integer\"}}", "[1,\"2\"]", false },
	{ "properties", "{\"properties\":{\"b\":{\"type\":\"integer\"},\"a\":{},\"c\":{}}}",
	    "{\"b\":1,\"a\":[]}", true },
	{ "a property outside its schema",
	    "{\"properties\":{\"b\":{\"type\":\"integer\"},\"a\":{},\"c\":{}}}", "{\"b\":\"1\"}",
	    false },
	{ "a member beside the properties", "{\"properties\":{\"a\":{}}}", "{\"z\":1}", true },
	{ "a member that is one too many",
	    "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"z\":1}",
	    false },
	{ "a member that may be there", "{\"properties\":{\"a\":{}},\"additionalProperties\":true}",
	    "{\"z\":1}", true },
	{ "a member of the schema of the others",
	    "{\"additionalProperties\":{\"type\":\"string\"}}", "{\"z\":\"1\"}", true },
	{ "a member outside of it", "{\"additionalProperties\":{\"type\":\"string\"}}", "{\"z\":1}",
	    false },
	{ "a required member", "{\"required\":[\"a\"]}", "{\"a\":null}", true },
	{ "a required member that is missing", "{\"required\":[\"a\",\"b\"]}", "{\"a\":null}",
	    false },
	{ "required speaks about objects alone", "{\"required\":[\"a\"]}", "1", true },
	{ "an object in an object",
	    "{\"properties\":{\"a\":{\"type\":\"object\",\"required\":[\"b\"]}}}", "{\"a\":{}}",
	    false },
};

static void
body(void **state)
{
	const struct body_row *row = *state;
	const struct call call = {
		.method = PUT,
		.note_id = "n1",
		.content_type = "application/json",
		.body = row->body,
	};
	struct document document;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" HEALTH
	    ",\"/notes/{note_id}\":{" NOTE_GET ",\"put\":{\"parameters\":[" NOTE_ID
	    "],\"responses\":{},\"requestBody\":{\"required\":true,"
	    "\"content\":{\"application/json\":{\"schema\":%s}}}}}}}",
	    row->schema);
	load(&document, text);
	assert_int_equal(check(&document, &call), row->kept ? CONTRACT_KEPT : CONTRACT_REFUSED);
	document_done(&document);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_optional_body_may_be_absent),
		cmocka_unit_test(without_a_route_nothing_is_kept),
	};

	return RUN_ROWS(parameter_rows, parameters) + RUN_ROWS(media_rows, media) +
	       RUN_ROWS(body_rows, body) + cmocka_run_group_tests(tests, NULL, NULL);
}

/* The contract's text: what is one, what is none, and that it equals the routes. */
#include "document.h"

#include "../core/rows.h"

static const char components[] =
    "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" HEALTH
    ",\"/notes/{note_id}\":{\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}],"
    "\"get\":{\"responses\":{}},\"put\":{\"responses\":{},"
    "\"requestBody\":{\"$ref\":\"#/components/requestBodies/a~1b~0c\",\"description\":\"d\"}}}},"
    "\"components\":{\"parameters\":{\"id\":" NOTE_ID "},"
    "\"requestBodies\":{\"a/b~c\":{\"content\":{\"application/json\":"
    "{\"schema\":{\"$ref\":\"#/components/schemas/note\"}}}}},"
    "\"schemas\":{\"note\":{\"type\":\"object\",\"properties\":"
    "{\"x\":{\"$ref\":\"#/components/schemas/x\"},\"y\":{\"$ref\":\"#/components/schemas/x\"}}},"
    "\"x\":{\"type\":\"string\"}}}}";

static const struct good_row {
	const char *name, *text;
} good_rows[] = {
	{ "all routes, no bodies", PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))) },
	{ "HEAD and OPTIONS may be there",
	    PATHS("\"/"
		  "health\":{\"get\":{\"responses\":{}},\"head\":{\"responses\":{}},\"options\":{}}"
		  "," NOTE(NOTE_GET "," NOTE_PUT("\"security\":[]"))) },
	{ "extensions and annotations",
	    "{\"openapi\":\"3.1.1\",\"info\":{},\"x-a\":1,\"servers\":[],\"tags\":[],\"paths\":"
	    "{" HEALTH
	    "," NOTE("\"summary\":\"s\",\"x-b\":{}," NOTE_GET "," NOTE_PUT("\"x-c\":[]")) "}}" },
	{ "references into components", components },
	{ "query and header parameters",
	    PATHS("\"/health\":{\"get\":{\"responses\":{},\"parameters\":["
		  "{\"name\":\"q\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},"
		  "{\"name\":\"X-A\",\"in\":\"header\",\"schema\":{\"type\":\"string\",\"title\":"
		  "\"t\"}},"
		  "{\"name\":\"authorization\",\"in\":\"header\",\"schema\":{\"type\":\"string\"}}]"
		  "}}," NOTE(NOTE_GET "," NOTE_PUT("\"description\":\"d\""))) },
	{ "an operation's parameter replaces the path's",
	    PATHS(HEALTH
		"," NOTE("\"parameters\":[" NOTE_ID "]," NOTE_GET "," NOTE_PUT("\"tags\":[]"))) },
};

static void
good(void **state)
{
	const struct good_row *row = *state;
	struct document document;

	document_load(&document, row->text);
	if (document.contract == NULL)
		fail_msg("%s", document.faults.texts[0]);
	assert_int_equal(document.faults.count, 0);
	document_done(&document);
}

#define WITH_PARAMETER(parameter)                                                 \
	PATHS("\"/health\":{\"get\":{\"responses\":{},\"parameters\":[" parameter \
	      "]}}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]")))
#define WITH_REQUEST_BODY(body) \
	PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT("\"requestBody\":" body)))
#define WITH_SCHEMA(schema) PATHS(HEALTH "," NOTE(NOTE_GET "," NOTE_PUT(BODY(schema))))
#define WITH_COMPONENTS(schema, components)                     \
	"{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" HEALTH \
	"," NOTE(NOTE_GET "," NOTE_PUT(BODY(schema))) "},\"components\":" components "}"

static const struct bad_row {
	const char *name, *text, *fault; /* a piece of the first fault */
} bad_rows[] = {
	{ "nothing", "", "text: line 1" },
	{ "no JSON", "{", "text: line 1" },
	{ "no object", "[]", "no JSON object" },
	{ "a member twice", "{\"openapi\":\"3.1.0\",\"openapi\":\"3.1.0\"}", "duplicate" },
	{ "another version", "{\"openapi\":\"3.0.3\",\"info\":{},\"paths\":{}}", "version 3.1" },
	{ "no version", "{\"info\":{},\"paths\":{}}", "version 3.1" },
	{ "no info", "{\"openapi\":\"3.1.0\",\"paths\":{}}", "\"info\"" },
	{ "no paths", "{\"openapi\":\"3.1.0\",\"info\":{}}", "\"paths\"" },
	{ "an unknown member", "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{},\"webhooks\":{}}",
	    "\"webhooks\"" },
	{ "no paths at all", PATHS(""), "/health: the service's GET is not in the contract" },
	{ "a route that is missing", PATHS(HEALTH "," NOTE(NOTE_GET)),
	    "/notes/{note_id}: the service's PUT is not in the contract" },
	{ "a path too many",
	    PATHS(HEALTH ",\"/admin\":{}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "/admin: the service has no such path" },
	{ "a method too many",
	    PATHS("\"/health\":{\"get\":{\"responses\":{}},\"delete\":{\"responses\":{}}}," NOTE(
		NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "DELETE /health: the service has no such route" },
	{ "HEAD of a route that has none",
	    PATHS(HEALTH ",\"/nowhere\":{\"head\":{}}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "/nowhere: the service has no such path" },
	{ "a method that nobody can serve",
	    PATHS("\"/health\":{\"get\":{\"responses\":{}},\"trace\":{}}," NOTE(
		NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "\"trace\" is not known here" },
	{ "a path that is no object",
	    PATHS("\"/health\":1," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "/health: a path must be an object" },
	{ "an operation that is no object",
	    PATHS("\"/health\":{\"get\":1}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "GET /health: the operation must be an object" },
	{ "an operation without responses",
	    PATHS("\"/health\":{\"get\":{}}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "\"responses\"" },
	{ "an operation with callbacks",
	    PATHS("\"/health\":{\"get\":{\"responses\":{},\"callbacks\":{}}}," NOTE(
		NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "\"callbacks\" is not known here" },
	{ "parameters that are no array",
	    PATHS("\"/health\":{\"parameters\":{},\"get\":{\"responses\":{}}}," NOTE(
		NOTE_GET "," NOTE_PUT("\"tags\":[]"))),
	    "\"parameters\" must be an array" },
	{ "a path parameter that the contract lacks",
	    PATHS(HEALTH "," NOTE("\"get\":{\"responses\":{}}," NOTE_PUT("\"tags\":[]"))),
	    "{note_id} has no parameter" },
	{ "a path parameter that the path lacks", WITH_PARAMETER(NOTE_ID),
	    "the path has no {note_id}" },
	{ "a parameter twice",
	    WITH_PARAMETER("{\"name\":\"a\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},"
			   "{\"name\":\"a\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}"),
	    "given twice" },
	{ "a parameter that is no object", WITH_PARAMETER("1"), "must be an object" },
	{ "a parameter without name", WITH_PARAMETER("{\"in\":\"query\"}"), "no name" },
	{ "a parameter with an empty name", WITH_PARAMETER("{\"name\":\"\",\"in\":\"query\"}"),
	    "no name" },
	{ "a parameter nowhere", WITH_PARAMETER("{\"name\":\"a\"}"), "\"in\"" },
	{ "a cookie", WITH_PARAMETER("{\"name\":\"a\",\"in\":\"cookie\",\"schema\":{}}"),
	    "\"in\"" },
	{ "a parameter without schema", WITH_PARAMETER("{\"name\":\"a\",\"in\":\"query\"}"),
	    "must be an object" },
	{ "a number as parameter",
	    WITH_PARAMETER("{\"name\":\"a\",\"in\":\"query\",\"schema\":{\"type\":\"integer\"}}"),
	    "must have the type string" },
	{ "a style",
	    WITH_PARAMETER("{\"name\":\"a\",\"in\":\"query\",\"style\":\"form\","
			   "\"schema\":{\"type\":\"string\"}}"),
	    "\"style\" is not known here" },
	{ "required that is no flag",
	    WITH_PARAMETER("{\"name\":\"a\",\"in\":\"query\",\"required\":1,"
			   "\"schema\":{\"type\":\"string\"}}"),
	    "must be true or false" },
	{ "an optional path parameter",
	    PATHS(HEALTH "," NOTE("\"parameters\":[{\"name\":\"note_id\",\"in\":\"path\","
				  "\"schema\":{\"type\":\"string\"}}],\"get\":{\"responses\":{}},"
				  "\"put\":{\"responses\":{}}")),
	    "\"required\": true" },
	{ "a body that is no object", WITH_REQUEST_BODY("1"), "must be an object" },
	{ "a body without content", WITH_REQUEST_BODY("{}"), "application/json" },
	{ "a body of another type", WITH_REQUEST_BODY("{\"content\":{\"text/plain\":{}}}"),
	    "application/json" },
	{ "a body of two types",
	    WITH_REQUEST_BODY(
		"{\"content\":{\"application/json\":{\"schema\":{}},\"text/plain\":{}}}"),
	    "application/json" },
	{ "a body without schema", WITH_REQUEST_BODY("{\"content\":{\"application/json\":{}}}"),
	    "must be an object" },
	{ "an encoding",
	    WITH_REQUEST_BODY(
		"{\"content\":{\"application/json\":{\"schema\":{},\"encoding\":{}}}}"),
	    "\"encoding\" is not known here" },
	{ "a keyword that is not known", WITH_SCHEMA("{\"oneOf\":[]}"), "\"oneOf\" is not known" },
	{ "a misspelt keyword", WITH_SCHEMA("{\"maxlength\":1}"), "\"maxlength\" is not known" },
	{ "an unknown keyword inside",
	    WITH_SCHEMA("{\"items\":{\"properties\":{\"a\":{\"not\":{}}}}}"),
	    "\"not\" is not known" },
	{ "a type that is none", WITH_SCHEMA("{\"type\":\"text\"}"), "names no type" },
	{ "a type that is no text", WITH_SCHEMA("{\"type\":1}"), "names no type" },
	{ "no types", WITH_SCHEMA("{\"type\":[]}"), "is empty" },
	{ "an enum of nothing", WITH_SCHEMA("{\"enum\":[]}"), "1 to 256" },
	{ "an enum that is no array", WITH_SCHEMA("{\"enum\":\"a\"}"), "1 to 256" },
	{ "an enum of objects", WITH_SCHEMA("{\"enum\":[{}]}"), "strings, numbers" },
	{ "a const that is an array", WITH_SCHEMA("{\"const\":[]}"), "strings, numbers" },
	{ "enum and const", WITH_SCHEMA("{\"const\":1,\"enum\":[1]}"), "const" },
	{ "const and enum", WITH_SCHEMA("{\"enum\":[1],\"const\":1}"), "const" },
	{ "a negative length", WITH_SCHEMA("{\"minLength\":-1}"), "at least 0" },
	{ "a length that is a text", WITH_SCHEMA("{\"maxLength\":\"8\"}"), "at least 0" },
	{ "half an item", WITH_SCHEMA("{\"minItems\":0.5}"), "at least 0" },
	{ "no number of items", WITH_SCHEMA("{\"maxItems\":null}"), "at least 0" },
	{ "a pattern with a group", WITH_SCHEMA("{\"pattern\":\"^(a)$\"}"), "a group" },
	{ "a pattern that is no text", WITH_SCHEMA("{\"pattern\":1}"), "no string" },
	{ "a minimum that is a text", WITH_SCHEMA("{\"minimum\":\"1\"}"), "must be numbers" },
	{ "a maximum that is a text", WITH_SCHEMA("{\"maximum\":\"1\"}"), "must be numbers" },
	{ "a format that nobody checks", WITH_SCHEMA("{\"format\":\"date-time\"}"), "\"format\"" },
	{ "a format that is no text", WITH_SCHEMA("{\"format\":1}"), "\"format\"" },
	{ "items that are no schema", WITH_SCHEMA("{\"items\":[]}"), "must be an object" },
	{ "properties that are none", WITH_SCHEMA("{\"properties\":[]}"), "\"properties\"" },
	{ "a property that is none", WITH_SCHEMA("{\"properties\":{\"a\":1}}"),
	    "must be an object" },
	{ "required that is no list", WITH_SCHEMA("{\"required\":\"a\"}"), "\"required\"" },
	{ "required of numbers", WITH_SCHEMA("{\"required\":[1]}"), "no name" },
	{ "additionalProperties of nothing", WITH_SCHEMA("{\"additionalProperties\":1}"),
	    "must be an object" },
	{ "a reference to nowhere", WITH_SCHEMA("{\"$ref\":\"#/components/schemas/a\"}"),
	    "leads nowhere" },
	{ "a reference to another file", WITH_SCHEMA("{\"$ref\":\"other.json\"}"),
	    "leads nowhere" },
	{ "a reference to another place", WITH_SCHEMA("{\"$ref\":\"#/info\"}"), "leads nowhere" },
	{ "a reference that is no text", WITH_SCHEMA("{\"$ref\":1}"), "leads nowhere" },
	{ "an escape in a reference", WITH_SCHEMA("{\"$ref\":\"#/components/%61\"}"),
	    "leads nowhere" },
	{ "a bad tilde in a reference", WITH_SCHEMA("{\"$ref\":\"#/components/~2\"}"),
	    "leads nowhere" },
	{ "a keyword beside a reference",
	    WITH_COMPONENTS("{\"$ref\":\"#/components/a\",\"maxLength\":1}", "{\"a\":{}}"),
	    "\"maxLength\" is not known here" },
	{ "a schema that contains itself",
	    WITH_COMPONENTS("{\"$ref\":\"#/components/a\"}",
		"{\"a\":{\"properties\":{\"next\":{\"$ref\":\"#/components/a\"}}}}"),
	    "contains itself" },
	{ "two schemas that contain each other",
	    WITH_COMPONENTS("{\"$ref\":\"#/components/a\"}",
		"{\"a\":{\"items\":{\"$ref\":\"#/components/b\"}},"
		"\"b\":{\"items\":{\"$ref\":\"#/components/a\"}}}"),
	    "contains itself" },
	{ "references in a ring",
	    WITH_COMPONENTS("{\"$ref\":\"#/components/a\"}",
		"{\"a\":{\"$ref\":\"#/components/b\"},\"b\":{\"$ref\":\"#/components/a\"}}"),
	    "more than 8 times" },
};

static void
bad(void **state)
{
	const struct bad_row *row = *state;
	struct document document;

	document_load(&document, row->text);
	assert_null(document.contract);
	assert_true(document.faults.count > 0);
	if (strstr(document.faults.texts[0], row->fault) == NULL)
		fail_msg("%s", document.faults.texts[0]);
	assert_true(strncmp(document.faults.texts[0], "contract: ", 10) == 0);
	document_done(&document);
}

static void
all_faults_are_reported_at_once(void **state)
{
	struct document document;

	(void)state;
	document_load(&document, "{\"openapi\":\"2\",\"paths\":{\"/a\":{},\"/b\":{}}}");
	assert_null(document.contract);
	/* version, info, /a, /b, and the three routes. */
	assert_int_equal(document.faults.count, 7);
	document_done(&document);
}

/* Thirty schemas, each with two references to the next, would be a thousand million. */
static void
schemas_cannot_multiply(void **state)
{
	char text[8192];
	struct buffer buffer;
	struct document document;
	bool is_found = false;

	(void)state;
	buffer_init_fixed(&buffer, text, sizeof(text));
	buffer_text(&buffer,
	    "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" HEALTH "," NOTE(NOTE_GET
		"," NOTE_PUT(BODY("{\"$ref\":\"#/components/s0\"}"))) "},\"components\":{");
	for (int i = 0; i < 30; i++)
		buffer_printf(&buffer,
		    "\"s%d\":{\"items\":{\"$ref\":\"#/components/s%d\"},"
		    "\"additionalProperties\":{\"$ref\":\"#/components/s%d\"}},",
		    i, i + 1, i + 1);
	buffer_text(&buffer, "\"s30\":{}}}");
	buffer_byte(&buffer, '\0');
	assert_false(buffer_failed(&buffer));
	document_load(&document, text);
	assert_null(document.contract);
	for (size_t i = 0; i < document.faults.count && i < CONFIG_MAX_FAULTS; i++)
		is_found |= strstr(document.faults.texts[i], "more than 4096 schemas") != NULL;
	assert_true(is_found);
	document_done(&document);
}

static void
nesting_is_limited(void **state)
{
	char text[8192];
	struct buffer buffer;
	struct document document;

	(void)state;
	buffer_init_fixed(&buffer, text, sizeof(text));
	buffer_text(&buffer,
	    "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" HEALTH
	    ",\"/notes/{note_id}\":{" NOTE_GET ",\"put\":{\"parameters\":[" NOTE_ID
	    "],\"responses\":{},\"requestBody\":{\"content\":{\"application/json\":{\"schema\":");
	for (int i = 0; i < 32; i++)
		buffer_text(&buffer, "{\"items\":");
	buffer_text(&buffer, "{}");
	for (int i = 0; i < 32; i++)
		buffer_byte(&buffer, '}');
	buffer_text(&buffer, "}}}}}}}");
	buffer_byte(&buffer, '\0');
	document_load(&document, text);
	assert_null(document.contract);
	assert_non_null(strstr(document.faults.texts[0], "nest deeper than 32"));
	document_done(&document);
}

static void
a_text_that_is_too_deep_or_large_is_not_parsed(void **state)
{
	static char text[1024 * 1024 + 2];
	struct document document;

	(void)state;
	memset(text, '[', 100);
	document_load(&document, text);
	assert_null(document.contract);
	assert_non_null(strstr(document.faults.texts[0], "larger or deeper"));
	document_done(&document);
	memset(text, ' ', sizeof(text) - 1);
	document_load(&document, text);
	assert_null(document.contract);
	assert_non_null(strstr(document.faults.texts[0], "larger or deeper"));
	document_done(&document);
}

static void
parameters_are_limited(void **state)
{
	char text[8192];
	struct buffer buffer;
	struct document document;

	(void)state;
	buffer_init_fixed(&buffer, text, sizeof(text));
	buffer_text(&buffer, "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{\"/health\":{\"get\":"
			     "{\"responses\":{},\"parameters\":[");
	for (int i = 0; i < 33; i++)
		buffer_printf(&buffer,
		    "%s{\"name\":\"q%d\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}",
		    i == 0 ? "" : ",", i);
	buffer_text(&buffer, "]}}," NOTE(NOTE_GET "," NOTE_PUT("\"tags\":[]")) "}}");
	buffer_byte(&buffer, '\0');
	document_load(&document, text);
	assert_null(document.contract);
	assert_non_null(strstr(document.faults.texts[0], "more than 32 parameters"));
	document_done(&document);
}

static void
a_service_without_contract_accepts_all(void **state)
{
	struct request req = { .method = POSTERN_GET };
	struct document document;

	(void)state;
	document_load(&document, NULL);
	assert_non_null(document.contract);
	assert_int_equal(contract_check(document.contract, &req), CONTRACT_KEPT);
	document_done(&document);
}

/* At every ceiling there is a contract, or a fault that says why not. */
static void
memory_may_end_anywhere(void **state)
{
	struct document document;
	size_t enough = 0;

	(void)state;
	for (size_t ceiling = 0; enough == 0; ceiling += 64) {
		memset(&document, 0, sizeof(document));
		arena_init(&document.arena, 32768, ceiling);
		document.service.routes = document_routes;
		document.service.route_count = POSTERN_COUNT(document_routes);
		document.service.contract = components;
		document.contract =
		    contract_new(&document.arena, &document.service, &document.faults);
		if (document.contract != NULL)
			enough = ceiling;
		else
			assert_true(document.faults.count > 0);
		document_done(&document);
	}
	assert_true(enough > 512);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_faults_are_reported_at_once),
		cmocka_unit_test(schemas_cannot_multiply),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(a_text_that_is_too_deep_or_large_is_not_parsed),
		cmocka_unit_test(parameters_are_limited),
		cmocka_unit_test(a_service_without_contract_accepts_all),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return RUN_ROWS(good_rows, good) + RUN_ROWS(bad_rows, bad) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

/* What handlers can say in JSON, and every way of saying it wrong. A row is a small program. */
#include "http/response.h"

#include <stdio.h>

#include "../core/rows.h"

enum verb { END, TEXT, NUMBER, YES, NO, NIL, OBJECT, OBJECT_END, ARRAY, ARRAY_END };

struct step {
	enum verb verb;
	const char *name, *text;
	int64_t number;
};

struct row {
	const char *name;
	struct step steps[8];
	const char *json; /* NULL: the response fails */
};

static const struct row rows[] = {
	{ "nothing", { { .verb = END } }, "{}" },
	{ "a string", { { TEXT, "a", "b", 0 } }, "{\"a\":\"b\"}" },
	{ "no string is null", { { TEXT, "a", NULL, 0 } }, "{\"a\":null}" },
	{ "an empty name and value", { { TEXT, "", "", 0 } }, "{\"\":\"\"}" },
	{ "a string with quotes", { { TEXT, "\"", "\\\"", 0 } }, "{\"\\\"\":\"\\\\\\\"\"}" },
	{ "UTF-8", { { TEXT, "\xc3\xa4", "\xf0\x9f\x98\x80", 0 } },
	    "{\"\xc3\xa4\":\"\xf0\x9f\x98\x80\"}" },
	{ "the smallest integer", { { NUMBER, "a", NULL, INT64_MIN } },
	    "{\"a\":-9223372036854775808}" },
	{ "the largest", { { NUMBER, "a", NULL, INT64_MAX } }, "{\"a\":9223372036854775807}" },
	{ "booleans and null",
	    { { YES, "a", NULL, 0 }, { NO, "b", NULL, 0 }, { NIL, "c", NULL, 0 } },
	    "{\"a\":true,\"b\":false,\"c\":null}" },
	{ "an empty object and array",
	    { { OBJECT, "a", NULL, 0 }, { OBJECT_END, NULL, NULL, 0 }, { ARRAY, "b", NULL, 0 },
		{ ARRAY_END, NULL, NULL, 0 } },
	    "{\"a\":{},\"b\":[]}" },
	{ "members behind a nested value",
	    { { ARRAY, "a", NULL, 0 }, { NUMBER, NULL, NULL, 1 }, { NUMBER, NULL, NULL, 2 },
		{ ARRAY_END, NULL, NULL, 0 }, { NUMBER, "b", NULL, 3 } },
	    "{\"a\":[1,2],\"b\":3}" },
	{ "objects in an array",
	    { { ARRAY, "a", NULL, 0 }, { OBJECT, NULL, NULL, 0 }, { NIL, "b", NULL, 0 },
		{ OBJECT_END, NULL, NULL, 0 }, { ARRAY_END, NULL, NULL, 0 } },
	    "{\"a\":[{\"b\":null}]}" },
	{ "a name again in another object",
	    { { NIL, "a", NULL, 0 }, { OBJECT, "b", NULL, 0 }, { NIL, "a", NULL, 0 },
		{ NIL, "b", NULL, 0 }, { OBJECT_END, NULL, NULL, 0 }, { OBJECT, "c", NULL, 0 },
		{ NIL, "a", NULL, 0 }, { OBJECT_END, NULL, NULL, 0 } },
	    "{\"a\":null,\"b\":{\"a\":null,\"b\":null},\"c\":{\"a\":null}}" },
	{ "a name again in each element",
	    { { ARRAY, "a", NULL, 0 }, { OBJECT, NULL, NULL, 0 }, { NIL, "a", NULL, 0 },
		{ OBJECT_END, NULL, NULL, 0 }, { OBJECT, NULL, NULL, 0 }, { NIL, "a", NULL, 0 },
		{ OBJECT_END, NULL, NULL, 0 }, { ARRAY_END, NULL, NULL, 0 } },
	    "{\"a\":[{\"a\":null},{\"a\":null}]}" },
	{ "names that differ in case, length or accent",
	    { { NIL, "a", NULL, 0 }, { NIL, "A", NULL, 0 }, { NIL, "aa", NULL, 0 },
		{ NIL, "", NULL, 0 }, { NIL, "a\xcc\x81", NULL, 0 }, { NIL, "\xc3\xa1", NULL, 0 } },
	    "{\"a\":null,\"A\":null,\"aa\":null,\"\":null,\"a\xcc\x81\":null,"
	    "\"\xc3\xa1\":null}" },
	{ "a name like a value", { { TEXT, "a", "b", 0 }, { TEXT, "b", "a", 0 } },
	    "{\"a\":\"b\",\"b\":\"a\"}" },

	{ "a name twice", { { NIL, "a", NULL, 0 }, { NIL, "a", NULL, 0 } }, NULL },
	{ "a name twice, not in a row",
	    { { NIL, "a", NULL, 0 }, { NIL, "b", NULL, 0 }, { NUMBER, "a", NULL, 1 } }, NULL },
	{ "an empty name twice", { { NIL, "", NULL, 0 }, { NIL, "", NULL, 0 } }, NULL },
	{ "a name that needs escapes twice", { { NIL, "\"\n", NULL, 0 }, { NIL, "\"\n", NULL, 0 } },
	    NULL },
	{ "a name twice, once of an object",
	    { { OBJECT, "a", NULL, 0 }, { NIL, "b", NULL, 0 }, { OBJECT_END, NULL, NULL, 0 },
		{ NIL, "a", NULL, 0 } },
	    NULL },
	{ "a name twice, around an array",
	    { { NIL, "a", NULL, 0 }, { ARRAY, "b", NULL, 0 }, { NIL, NULL, NULL, 0 },
		{ ARRAY_END, NULL, NULL, 0 }, { ARRAY, "a", NULL, 0 },
		{ ARRAY_END, NULL, NULL, 0 } },
	    NULL },
	{ "a name twice in an inner object",
	    { { OBJECT, "a", NULL, 0 }, { NIL, "b", NULL, 0 }, { NIL, "b", NULL, 0 },
		{ OBJECT_END, NULL, NULL, 0 } },
	    NULL },
	{ "no name in an object", { { TEXT, NULL, "b", 0 } }, NULL },
	{ "a name in an array",
	    { { ARRAY, "a", NULL, 0 }, { NIL, "b", NULL, 0 }, { ARRAY_END, NULL, NULL, 0 } },
	    NULL },
	{ "an object without name", { { OBJECT, NULL, NULL, 0 } }, NULL },
	{ "an object left open", { { OBJECT, "a", NULL, 0 } }, NULL },
	{ "an array left open", { { ARRAY, "a", NULL, 0 } }, NULL },
	{ "an end without begin", { { OBJECT_END, NULL, NULL, 0 } }, NULL },
	{ "the other end", { { ARRAY, "a", NULL, 0 }, { OBJECT_END, NULL, NULL, 0 } }, NULL },
	{ "the other end of an object", { { OBJECT, "a", NULL, 0 }, { ARRAY_END, NULL, NULL, 0 } },
	    NULL },
	{ "a value that is no UTF-8", { { TEXT, "a", "\xff", 0 } }, NULL },
	{ "a value with an overlong form", { { TEXT, "a", "\xc0\x80", 0 } }, NULL },
	{ "a name that is no UTF-8", { { NUMBER, "\xff", NULL, 1 } }, NULL },
	{ "a good call does not undo a bad one",
	    { { TEXT, "a", "\xff", 0 }, { NIL, "b", NULL, 0 } }, NULL },
};

static void
take_step(struct postern_response *res, const struct step *step)
{
	switch (step->verb) {
	case END:
		break;
	case TEXT:
		postern_json_string(res, step->name, step->text);
		break;
	case NUMBER:
		postern_json_integer(res, step->name, step->number);
		break;
	case YES:
	case NO:
		postern_json_boolean(res, step->name, step->verb == YES);
		break;
	case NIL:
		postern_json_null(res, step->name);
		break;
	case OBJECT:
		postern_json_object_begin(res, step->name);
		break;
	case OBJECT_END:
		postern_json_object_end(res);
		break;
	case ARRAY:
		postern_json_array_begin(res, step->name);
		break;
	case ARRAY_END:
		postern_json_array_end(res);
		break;
	}
}

static void
handler_says(void **state)
{
	const struct row *row = *state;
	struct postern_response res;
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	response_init(&res.out, &arena);
	response_json_begin(&res.out);
	for (size_t i = 0; i < COUNT_OF(row->steps); i++)
		take_step(&res, &row->steps[i]);
	response_json_end(&res.out);
	assert_int_equal(res.out.failed, row->json == NULL);
	assert_int_equal(res.out.has_body, row->json != NULL);
	if (row->json != NULL)
		assert_true(slice_is(buffer_content(&res.out.body), row->json));
	arena_done(&arena);
}

static void
begin(struct postern_response *res, struct arena *arena, size_t ceiling)
{
	arena_init(arena, 1024, ceiling);
	response_init(&res->out, arena);
	response_json_begin(&res->out);
}

static void
nesting_is_limited(void **state)
{
	struct postern_response res;
	struct arena arena;

	(void)state;
	begin(&res, &arena, 65536);
	postern_json_array_begin(&res, "a");
	for (size_t depth = 3; depth <= RESPONSE_MAX_DEPTH; depth++)
		postern_json_array_begin(&res, NULL);
	assert_false(res.out.failed);
	assert_int_equal(res.out.depth, RESPONSE_MAX_DEPTH);
	postern_json_array_begin(&res, NULL);
	assert_true(res.out.failed);
	assert_int_equal(res.out.depth, RESPONSE_MAX_DEPTH);
	arena_done(&arena);
}

/* Names that ended with their object make room again. */
static void
names_are_limited(void **state)
{
	struct postern_response res;
	struct arena arena;
	char name[16];

	(void)state;
	begin(&res, &arena, 1024 * 1024);
	for (int object = 0; object < 2; object++) {
		postern_json_object_begin(&res, object == 0 ? "first" : "second");
		for (int i = 0; i < RESPONSE_MAX_NAMES - 2; i++) {
			snprintf(name, sizeof(name), "n%d", i);
			postern_json_null(&res, name);
		}
		postern_json_object_end(&res);
	}
	assert_false(res.out.failed);
	postern_json_object_begin(&res, "third");
	for (int i = 0; i < RESPONSE_MAX_NAMES - 3; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		postern_json_null(&res, name);
	}
	assert_false(res.out.failed);
	postern_json_null(&res, "one more");
	assert_true(res.out.failed);
	arena_done(&arena);
}

/* An error begins anew, and so does what is said after it. */
static void
names_are_forgotten_with_the_body(void **state)
{
	struct postern_response res;
	struct arena arena;

	(void)state;
	begin(&res, &arena, 65536);
	postern_json_null(&res, "a");
	response_error(&res.out, HTTP_ERROR_INTERNAL);
	response_empty(&res.out, 200);
	response_json_begin(&res.out);
	postern_json_null(&res, "a");
	response_json_end(&res.out);
	assert_false(res.out.failed);
	arena_done(&arena);
}

static void
a_failed_response_is_left_alone(void **state)
{
	struct postern_response res;
	struct arena arena;
	size_t len;

	(void)state;
	begin(&res, &arena, 65536);
	postern_json_null(&res, NULL);
	len = res.out.body.len;
	postern_json_object_begin(&res, "a");
	postern_json_object_end(&res);
	postern_json_integer(&res, "a", 1);
	response_json_begin(&res.out);
	response_json_end(&res.out);
	assert_int_equal(res.out.body.len, len);
	assert_int_equal(res.out.depth, 1);
	assert_true(res.out.failed);
	arena_done(&arena);
}

static void
the_outermost_object_is_the_frameworks(void **state)
{
	struct postern_response res;
	struct arena arena;

	(void)state;
	arena_init(&arena, 1024, 65536);
	response_init(&res.out, &arena);
	postern_json_null(&res, "before the begin");
	assert_true(res.out.failed);
	arena_done(&arena);
	begin(&res, &arena, 65536);
	response_json_begin(&res.out);
	assert_true(res.out.failed);
	arena_done(&arena);
	begin(&res, &arena, 65536);
	response_json_end(&res.out);
	assert_false(res.out.failed);
	postern_json_null(&res, "behind the end");
	assert_true(res.out.failed);
	arena_done(&arena);
	begin(&res, &arena, 65536);
	response_json_end(&res.out);
	response_json_begin(&res.out);
	assert_true(res.out.failed);
	arena_done(&arena);
}

static void
no_memory_fails_the_response(void **state)
{
	struct postern_response res;
	struct arena arena;
	char long_text[600];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	begin(&res, &arena, 600);
	postern_json_string(&res, "a", long_text);
	assert_true(res.out.failed);
	arena_done(&arena);
	begin(&res, &arena, 16);
	assert_true(res.out.failed);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(names_are_limited),
		cmocka_unit_test(names_are_forgotten_with_the_body),
		cmocka_unit_test(a_failed_response_is_left_alone),
		cmocka_unit_test(the_outermost_object_is_the_frameworks),
		cmocka_unit_test(no_memory_fails_the_response),
	};
	int failures = RUN_ROWS(rows, handler_says);

	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Strict JSON: what two readers could understand differently is refused (SECURITY-REQUIREMENTS
 * 1.4).
 */
#include "authn/json.h"

#include "../core/rows.h"

struct row {
	const char *name;
	struct slice text;
	bool is_accepted;
};

#define NEST_31 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define CLOSE_31 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static const struct row rows[] = {
	{ "an empty object", SLICE("{}"), true },
	{ "white space around", SLICE(" \n{\"a\" : 1}\t\r\n"), true },
	{ "a nested object", SLICE("{\"a\":{\"b\":[1,2.5,true,null,\"x\"]}}"), true },
	{ "a string with brackets is not deep",
	    SLICE("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"), true },
	{ "a string with an escaped quote and brackets",
	    SLICE("{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"), true },
	{ "32 levels", SLICE("{\"a\":" NEST_31 CLOSE_31 "}"), true },
	{ "many shallow arrays",
	    SLICE("{\"a\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
		  "[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}"),
	    true },
	{ "the largest integer", SLICE("{\"a\":9223372036854775807}"), true },
	{ "the smallest integer", SLICE("{\"a\":-9223372036854775808}"), true },
	{ "an escaped surrogate pair", SLICE("{\"a\":\"\\ud83d\\ude00\"}"), true },
	{ "one name in two objects is no duplicate", SLICE("{\"a\":{\"x\":1},\"b\":{\"x\":1}}"),
	    true },
	{ "deep_nesting: 33 levels", SLICE("{\"a\":" NEST_31 "[" CLOSE_31 "]}"), false },
	{ "deep_nesting: never closed", SLICE("{\"a\":" NEST_31 NEST_31), false },
	{ "nothing", SLICE(""), false },
	{ "white space alone", SLICE(" \n"), false },
	{ "an array", SLICE("[]"), false },
	{ "a string", SLICE("\"a\""), false },
	{ "a number", SLICE("1"), false },
	{ "null", SLICE("null"), false },
	{ "an object cut short", SLICE("{\"a\":1"), false },
	{ "two objects", SLICE("{}{}"), false },
	{ "text behind the object", SLICE("{} x"), false },
	{ "text before the object", SLICE("x {}"), false },
	{ "nul_after_json", SLICE("{}\0"), false },
	{ "nul_after_json with more behind", SLICE("{}\0{\"a\":1}"), false },
	{ "a NUL before it", SLICE("\0{}"), false },
	{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), false },
	{ "duplicate_member at the top", SLICE("{\"a\":1,\"a\":1}"), false },
	{ "duplicate_member below", SLICE("{\"b\":[{\"a\":1,\"a\":2}]}"), false },
	{ "duplicate_member by an escape", SLICE("{\"a\":1,\"\\u0061\":2}"), false },
	{ "nul_in_string", SLICE("{\"a\":\"x\\u0000y\"}"), false },
	{ "nul_in_string as a raw byte", SLICE("{\"a\":\"x\0y\"}"), false },
	{ "nul_in_name", SLICE("{\"a\\u0000\":1}"), false },
	{ "nan", SLICE("{\"a\":NaN}"), false },
	{ "infinity", SLICE("{\"a\":Infinity}"), false },
	{ "minus infinity", SLICE("{\"a\":-Infinity}"), false },
	{ "a real beyond double", SLICE("{\"a\":1e999}"), false },
	{ "an integer beyond 64 bits", SLICE("{\"a\":9223372036854775808}"), false },
	{ "an integer below 64 bits", SLICE("{\"a\":-9223372036854775809}"), false },
	{ "a leading zero", SLICE("{\"a\":01}"), false },
	{ "a leading plus", SLICE("{\"a\":+1}"), false },
	{ "a hexadecimal number", SLICE("{\"a\":0x10}"), false },
	{ "a trailing comma", SLICE("{\"a\":1,}"), false },
	{ "a comment", SLICE("{/**/\"a\":1}"), false },
	{ "single quotes", SLICE("{'a':1}"), false },
	{ "an overlong UTF-8 sequence", SLICE("{\"a\":\"\xc0\xaf\"}"), false },
	{ "a lone continuation byte", SLICE("{\"a\":\"\x80\"}"), false },
	{ "a surrogate in UTF-8", SLICE("{\"a\":\"\xed\xa0\x80\"}"), false },
	{ "a lone escaped surrogate", SLICE("{\"a\":\"\\ud800\"}"), false },
	{ "a raw newline in a string", SLICE("{\"a\":\"x\ny\"}"), false },
};

static void
parse(void **state)
{
	const struct row *row = *state;
	char *copy =
	    malloc(row->text.len + 1); /* exactly sized, so that the sanitizer sees the end */
	json_t *object;

	assert_non_null(copy);
	memcpy(copy, row->text.data, row->text.len);
	copy = realloc(copy, row->text.len == 0 ? 1 : row->text.len);
	object = strict_json_object(slice_make(copy, row->text.len));
	assert_int_equal(object != NULL, row->is_accepted);
	json_decref(object);
	free(copy);
}

static void
string_bytes(void **state)
{
	json_t *object = strict_json_object(SLICE_OF("{\"a\":\"gr\\u00fcn\"}"));

	(void)state;
	assert_true(slice_is(strict_json_string(json_object_get(object, "a")), "gr\xc3\xbcn"));
	json_decref(object);
}

int
main(void)
{
	static const struct CMUnitTest others[] = { cmocka_unit_test(string_bytes) };

	return RUN_ROWS(rows, parse) + cmocka_run_group_tests(others, NULL, NULL);
}

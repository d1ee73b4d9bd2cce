/*
 * Strict JSON: what two readers could understand differently is refused (SECURITY-REQUIREMENTS
 * 1.4).
 */
#include "authn/json.h"

#include <stdio.h>

#include "../core/rows.h"

enum { ARENA_CEILING = 1 << 22 };

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
	{ "minus zero", SLICE("{\"a\":-0}"), true },
	{ "a real minus zero", SLICE("{\"a\":-0.0e-0}"), true },
	{ "a real next to nothing", SLICE("{\"a\":1e-400}"), true }, /* it is 0 */
	{ "the largest real", SLICE("{\"a\":1.7976931348623157E+308}"), true },
	{ "an integer beyond 64 bits, written as a real", SLICE("{\"a\":9223372036854775808.0}"),
	    true },
	{ "U+FFFF and U+10FFFF", SLICE("{\"a\":\"\xef\xbf\xbf\xf4\x8f\xbf\xbf\"}"), true },
	{ "a mark of byte order in a string", SLICE("{\"a\":\"\xef\xbb\xbf\"}"), true },
	{ "DEL and C1 raw", SLICE("{\"a\":\"\x7f\xc2\x80\"}"), true },
	{ "all escapes", SLICE("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"}"), true },
	{ "a backslash before u0000", SLICE("{\"a\":\"\\\\u0000\"}"), true },
	{ "an empty name", SLICE("{\"\":1}"), true },
	{ "names that differ in case", SLICE("{\"a\":1,\"A\":2}"), true },
	{ "names that begin alike", SLICE("{\"a\":1,\"ab\":2,\"abc\":3}"), true },
	{ "names of one length", SLICE("{\"exp\":1,\"exq\":2,\"axp\":3,\"eap\":3}"), true },
	{ "thirty names",
	    SLICE(
		"{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
		"\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,"
		"\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,\"t\":0}"),
	    true },
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
	{ "a NUL behind a number", SLICE("{\"a\":1\0}"), false },
	{ "a NUL behind a word", SLICE("{\"a\":true\0}"), false },
	{ "a NUL behind a string", SLICE("{\"a\":\"\"\0}"), false },
	{ "a NUL behind a comma", SLICE("{\"a\":1,\0\"b\":1}"), false },
	{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), false },
	{ "duplicate_member at the top", SLICE("{\"a\":1,\"a\":1}"), false },
	{ "duplicate_member below", SLICE("{\"b\":[{\"a\":1,\"a\":2}]}"), false },
	{ "duplicate_member by an escape", SLICE("{\"a\":1,\"\\u0061\":2}"), false },
	{ "duplicate_member by a longer escape",
	    SLICE("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\uDE00\":1}"), false },
	{ "duplicate_member: the empty name", SLICE("{\"\":1,\"\":1}"), false },
	{ "duplicate_member among thirty",
	    SLICE(
		"{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
		"\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,"
		"\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,\"f\":0}"),
	    false },
	{ "nul_in_string", SLICE("{\"a\":\"x\\u0000y\"}"), false },
	{ "nul_in_string as a raw byte", SLICE("{\"a\":\"x\0y\"}"), false },
	{ "nul_in_name", SLICE("{\"a\\u0000\":1}"), false },
	{ "nul_in_name deep below", SLICE("{\"a\":[{\"b\":{\"c\":[[{\"d\\u0000\":1}]]}}]}"),
	    false },
	{ "nul_in_string deep below", SLICE("{\"a\":[{\"b\":[[\"\\u0000\"]]}]}"), false },
	{ "nul_in_string behind other escapes", SLICE("{\"a\":\"\\\\\\n\\u0000\"}"), false },
	{ "nan", SLICE("{\"a\":NaN}"), false },
	{ "infinity", SLICE("{\"a\":Infinity}"), false },
	{ "minus infinity", SLICE("{\"a\":-Infinity}"), false },
	{ "a real beyond double", SLICE("{\"a\":1e999}"), false },
	{ "1E400", SLICE("{\"a\":1E400}"), false },
	{ "-1E400", SLICE("{\"a\":[-1E400]}"), false },
	{ "the least real that is none", SLICE("{\"a\":1.7976931348623159e308}"), false },
	{ "an integer beyond 64 bits", SLICE("{\"a\":9223372036854775808}"), false },
	{ "an integer below 64 bits", SLICE("{\"a\":-9223372036854775809}"), false },
	{ "an integer beyond 64 bits, deep below",
	    SLICE("{\"a\":[[{\"b\":18446744073709551616}]]}"), false },
	{ "an integer beyond double",
	    SLICE("{\"a\":1"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000}"),
	    false },
	{ "minus alone", SLICE("{\"a\":-}"), false },
	{ "minus and a leading zero", SLICE("{\"a\":-01}"), false },
	{ "no digit before the point", SLICE("{\"a\":.5}"), false },
	{ "no digit behind the point", SLICE("{\"a\":5.}"), false },
	{ "no digit of the exponent", SLICE("{\"a\":5e+}"), false },
	{ "a comma for a point", SLICE("{\"a\":1,5}"), false },
	{ "a leading zero", SLICE("{\"a\":01}"), false },
	{ "a leading plus", SLICE("{\"a\":+1}"), false },
	{ "a hexadecimal number", SLICE("{\"a\":0x10}"), false },
	{ "a trailing comma", SLICE("{\"a\":1,}"), false },
	{ "a trailing comma in an array", SLICE("{\"a\":[1,]}"), false },
	{ "two commas", SLICE("{\"a\":1,,\"b\":1}"), false },
	{ "no comma", SLICE("{\"a\":1 \"b\":1}"), false },
	{ "no colon", SLICE("{\"a\" 1}"), false },
	{ "no value", SLICE("{\"a\":}"), false },
	{ "a name without quotes", SLICE("{a:1}"), false },
	{ "a name that is a number", SLICE("{1:1}"), false },
	{ "brackets crossed", SLICE("{\"a\":[1}]"), false },
	{ "a word in capitals", SLICE("{\"a\":True}"), false },
	{ "a word that goes on", SLICE("{\"a\":nullx}"), false },
	{ "form feed is no white space", SLICE("{\f}"), false },
	{ "a no-break space", SLICE("{}\xc2\xa0"), false },
	{ "a comment", SLICE("{/**/\"a\":1}"), false },
	{ "single quotes", SLICE("{'a':1}"), false },
	{ "an overlong UTF-8 sequence", SLICE("{\"a\":\"\xc0\xaf\"}"), false },
	{ "an overlong NUL", SLICE("{\"a\":\"\xc0\x80\"}"), false },
	{ "an overlong sequence of three", SLICE("{\"a\":\"\xe0\x80\xaf\"}"), false },
	{ "an overlong UTF-8 sequence in a name", SLICE("{\"\xc0\xaf\":1}"), false },
	{ "above U+10FFFF", SLICE("{\"a\":\"\xf4\x90\x80\x80\"}"), false },
	{ "half a character", SLICE("{\"a\":\"\xc3\"}"), false },
	{ "Latin-1", SLICE("{\"a\":\"gr\xfcn\"}"), false },
	{ "UTF-16", SLICE("{\0\"\0a\0\"\0:\0001\0}\0"), false },
	{ "a lone continuation byte", SLICE("{\"a\":\"\x80\"}"), false },
	{ "a surrogate in UTF-8", SLICE("{\"a\":\"\xed\xa0\x80\"}"), false },
	{ "a lone escaped surrogate", SLICE("{\"a\":\"\\ud800\"}"), false },
	{ "a lone low surrogate", SLICE("{\"a\":\"\\udc00\"}"), false },
	{ "two high surrogates", SLICE("{\"a\":\"\\ud800\\ud800\"}"), false },
	{ "a high surrogate before another escape", SLICE("{\"a\":\"\\ud800\\n\"}"), false },
	{ "surrogates the wrong way round", SLICE("{\"a\":\"\\udc00\\ud800\"}"), false },
	{ "a lone surrogate in a name", SLICE("{\"\\ud800\":1}"), false },
	{ "an escape of three digits", SLICE("{\"a\":\"\\u123\"}"), false },
	{ "an escape of no digits", SLICE("{\"a\":\"\\uxyzw\"}"), false },
	{ "an unknown escape", SLICE("{\"a\":\"\\x41\"}"), false },
	{ "an escaped newline", SLICE("{\"a\":\"\\\n\"}"), false },
	{ "a string that does not end", SLICE("{\"a\":\"x}"), false },
	{ "a string that ends in a backslash", SLICE("{\"a\":\"x\\"), false },
	{ "a name that does not end", SLICE("{\"a"), false },
	{ "a raw tab in a string", SLICE("{\"a\":\"x\ty\"}"), false },
	{ "a raw newline in a string", SLICE("{\"a\":\"x\ny\"}"), false },
};

static void
parse(void **state)
{
	const struct row *row = *state;
	const struct json_value *object;
	struct arena arena;
	char *copy =
	    malloc(row->text.len + 1); /* exactly sized, so that the sanitizer sees the end */

	assert_non_null(copy);
	memcpy(copy, row->text.data, row->text.len);
	copy = realloc(copy, row->text.len == 0 ? 1 : row->text.len);
	arena_init(&arena, 1024, ARENA_CEILING);
	object = strict_json_object(slice_make(copy, row->text.len), &arena);
	assert_int_equal(object != NULL, row->is_accepted);
	assert_int_equal(arena.used > 0, row->is_accepted); /* nothing is left of a refused one */
	arena_done(&arena);
	free(copy);
}

static void
values_are_what_was_written(void **state)
{
	const struct json_value *object;
	struct arena arena;

	(void)state;
	arena_init(&arena, 1024, ARENA_CEILING);
	object = strict_json_object(
	    SLICE_OF("{\"a\":\"gr\\u00fcn\",\"b\":-0,\"c\":17e8,\"d\":1e-400}"), &arena);
	assert_non_null(object);
	assert_true(json_is(json_find(object, "a"), "gr\xc3\xbcn"));
	assert_int_equal(json_find(object, "b")->kind, JSON_KIND_INTEGER);
	assert_int_equal(json_find(object, "b")->as.integer, 0);
	assert_true(json_find(object, "c")->as.number == 1.7e9);
	assert_true(json_find(object, "d")->as.number == 0);
	arena_done(&arena);
}

/* {"a":[0,0,...]} */
static bool
has_room_for(unsigned elements, size_t ceiling)
{
	char *text = malloc(2 * (size_t)elements + 16);
	struct arena arena;
	size_t len;
	bool is_read;

	assert_non_null(text);
	len = (size_t)sprintf(text, "{\"a\":[0");
	for (unsigned i = 1; i < elements; i++)
		len += (size_t)sprintf(text + len, ",0");
	len += (size_t)sprintf(text + len, "]}");
	arena_init(&arena, 1024, ceiling);
	is_read = strict_json_object(slice_make(text, len), &arena) != NULL;
	assert_int_equal(arena.used > 0, is_read);
	arena_done(&arena);
	free(text);
	return is_read;
}

static void
elements_end_at_their_limit(void **state)
{
	(void)state;
	assert_true(has_room_for(STRICT_JSON_MAX_ELEMENTS, ARENA_CEILING));
	assert_false(has_room_for(STRICT_JSON_MAX_ELEMENTS + 1, ARENA_CEILING));
}

static void
a_full_arena_refuses(void **state)
{
	(void)state;
	assert_true(has_room_for(1000, 256 * 1024));
	assert_false(has_room_for(1000, 64 * 1024));
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(values_are_what_was_written),
		cmocka_unit_test(elements_end_at_their_limit),
		cmocka_unit_test(a_full_arena_refuses),
	};

	return RUN_ROWS(rows, parse) + cmocka_run_group_tests(others, NULL, NULL);
}

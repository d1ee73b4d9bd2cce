/*
 * The JSON reader: what is taken and as what, what is refused, where and with which words, bounds,
 * memory. What is refused is read from memory of exactly its size, so that the sanitizer sees the
 * end.
 */
#include "core/json_read.h"

#include <locale.h>
#include <stdio.h>

#include "core/buffer.h"
#include "rows.h"

enum { ARENA_BLOCK = 4096, ARENA_CEILING = 16 * 1024 * 1024, MAX_ELEMENTS = 40 };

static const struct json_rules plain = { .max_depth = 8, .max_elements = MAX_ELEMENTS };
static const struct json_rules strict = {
	.max_depth = 8,
	.max_elements = MAX_ELEMENTS,
	.refuses_nul = true,
	.whole_is_integer = true,
};

static void
write_value(struct buffer *out, const struct json_value *value)
{
	switch (value->kind) {
	case JSON_KIND_NULL:
		buffer_text(out, "null");
		break;
	case JSON_KIND_BOOL:
		buffer_text(out, value->as.boolean ? "true" : "false");
		break;
	case JSON_KIND_INTEGER:
		buffer_i64(out, value->as.integer);
		break;
	case JSON_KIND_NUMBER:
		buffer_printf(out, "%.17g", value->as.number);
		break;
	case JSON_KIND_STRING:
		buffer_json_string(out, value->as.string);
		break;
	case JSON_KIND_ARRAY:
		buffer_byte(out, '[');
		for (uint32_t i = 0; i < value->count; i++) {
			buffer_text(out, i == 0 ? "" : ",");
			write_value(out, &value->as.elements[i]);
		}
		buffer_byte(out, ']');
		break;
	case JSON_KIND_OBJECT:
		buffer_byte(out, '{');
		for (uint32_t i = 0; i < value->count; i++) {
			buffer_text(out, i == 0 ? "" : ",");
			buffer_json_string(out, value->as.members[i].name);
			buffer_byte(out, ':');
			write_value(out, &value->as.members[i].value);
		}
		buffer_byte(out, '}');
		break;
	}
}

static void
assert_written(const struct json_value *value, const char *expected)
{
	char room[4096];
	struct buffer out;

	buffer_init_fixed(&out, room, sizeof(room));
	write_value(&out, value);
	buffer_byte(&out, '\0');
	assert_false(buffer_failed(&out));
	assert_string_equal(room, expected);
}

static const struct json_value *
read_with(struct arena *arena, const struct json_rules *rules, struct slice text)
{
	const struct json_value *root = NULL;
	struct json_fault fault;

	if (!json_read(arena, text, rules, &fault, &root))
		fail_msg("%zu: %s", fault.offset, fault.message);
	return root;
}

/* `written` NULL: written as it was read. */
struct taken {
	const char *name;
	struct slice text;
	const char *written;
};

static void
check_taken_by(const struct taken *row, const struct json_rules *rules)
{
	struct arena arena;

	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	assert_written(read_with(&arena, rules, row->text),
	    row->written != NULL ? row->written : row->text.data);
	arena_done(&arena);
}

static void
check_taken(void **state)
{
	check_taken_by(*state, &plain);
}

static const struct taken taken[] = {
	{ "null", SLICE("null"), NULL },
	{ "true and false", SLICE("[true,false]"), NULL },
	{ "white space everywhere", SLICE(" \t\r\n[ 1 , { \"a\" : 2 } ]\n"), "[1,{\"a\":2}]" },
	{ "empty containers", SLICE("[[],{},[{}]]"), NULL },
	{ "empty containers with space within", SLICE("[[ ],{\n}]"), "[[],{}]" },
	{ "members keep their order", SLICE("{\"b\":1,\"a\":2,\"\":3}"), NULL },
	{ "names may be the same in different objects", SLICE("[{\"a\":{\"a\":1}},{\"a\":2}]"),
	    NULL },
	{ "zero", SLICE("0"), NULL },
	{ "the largest integer", SLICE("9223372036854775807"), NULL },
	{ "the least integer", SLICE("-9223372036854775808"), NULL },
	{ "one above the largest", SLICE("9223372036854775808"), "9.2233720368547758e+18" },
	{ "one below the least", SLICE("-9223372036854775809"), "-9.2233720368547758e+18" },
	{ "an integer of many digits", SLICE("100000000000000000000000000000000"),
	    "1.0000000000000001e+32" },
	{ "minus zero is no integer", SLICE("-0"), "-0" },
	{ "fractions and exponents are no integers", SLICE("[1.0,1e2,1E+2,-1e-2,0.5,0e0]"),
	    "[1,100,100,-0.01,0.5,0]" },
	{ "all escapes", SLICE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\""),
	    "\"\\\"\\\\/\\b\\f\\n\\r\\tA\xc3\xa9\"" },
	{ "hex digits of either case", SLICE("\"\\u00E9\\u00e9\""), "\"\xc3\xa9\xc3\xa9\"" },
	{ "U+0000 as an escape", SLICE("{\"\\u0000\":\"a\\u0000b\"}"), NULL },
	{ "a pair of surrogates", SLICE("\"\\ud83d\\uDE00\""), "\"\xf0\x9f\x98\x80\"" },
	{ "the last code point", SLICE("\"\\udbff\\udfff\""), "\"\xf4\x8f\xbf\xbf\"" },
	{ "U+FFFF and U+FEFF within a string", SLICE("\"\\uffff\xef\xbb\xbf\""),
	    "\"\xef\xbf\xbf\xef\xbb\xbf\"" },
	{ "U+2028 raw and DEL raw", SLICE("\"\xe2\x80\xa8\x7f\""), "\"\\u2028\\u007f\"" },
	{ "names are unescaped", SLICE("{\"\\u0061\":1,\"b\":2}"), "{\"a\":1,\"b\":2}" },
	{ "depth 8 of 8", SLICE("[[[[[[[[1]]]]]]]]"), NULL },
	{ "thirteen members", /* more than are compared each with each */
	    SLICE("{\"m\":1,\"l\":1,\"k\":1,\"j\":1,\"i\":1,\"h\":1,\"g\":1,\"f\":1,\"e\":1,"
		  "\"d\":1,\"c\":1,\"b\":1,\"a\":1}"),
	    NULL },
};

static void
check_taken_strictly(void **state)
{
	check_taken_by(*state, &strict);
}

static const struct taken taken_strictly[] = {
	{ "minus zero is zero", SLICE("[-0,0]"), "[0,0]" },
	{ "a real minus zero is one", SLICE("[-0.0,-0e5]"), "[-0,-0]" },
	{ "the largest integers", SLICE("[9223372036854775807,-9223372036854775808]"), NULL },
	{ "as a real one may be larger", SLICE("[9223372036854775808.0,1e19]"),
	    "[9.2233720368547758e+18,1e+19]" },
	{ "an escaped backslash before u0000", SLICE("\"\\\\u0000\""), NULL },
	{ "U+0001", SLICE("\"\\u0001\""), NULL },
};

struct refused {
	const char *name;
	struct slice text;
	size_t offset;
	const char *message; /* part of it */
	const char *hint;    /* part of it; NULL: whatever it is */
};

static void
check_refused_by(const struct refused *row, const struct json_rules *rules)
{
	const struct json_value *root = NULL;
	struct json_fault fault;
	struct arena arena;
	char *copy = malloc(row->text.len == 0 ? 1 : row->text.len);

	assert_non_null(copy);
	memcpy(copy, row->text.data, row->text.len);
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	assert_false(json_read(&arena, slice_make(copy, row->text.len), rules, &fault, &root));
	if (strstr(fault.message, row->message) == NULL)
		fail_msg("%s", fault.message);
	assert_int_equal(fault.offset, row->offset);
	assert_int_equal(fault.is_limit,
	    strstr(row->message, "nested") != NULL || strstr(row->message, "more than") != NULL);
	if (row->hint != NULL && (fault.hint == NULL || strstr(fault.hint, row->hint) == NULL))
		fail_msg("%s", fault.hint == NULL ? "no hint" : fault.hint);
	assert_false(json_read(&arena, slice_make(copy, row->text.len), rules, NULL, &root));
	assert_null(root);
	arena_done(&arena);
	free(copy);
}

static void
check_refused(void **state)
{
	check_refused_by(*state, &plain);
}

static const struct refused refused[] = {
	{ "nothing", SLICE(""), 0, "expected a JSON value, found the end", NULL },
	{ "white space alone", SLICE(" \n "), 3, "expected a JSON value, found the end", NULL },
	{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), 0, "expected a JSON value", NULL },
	{ "two values", SLICE("{} {}"), 3, "expected the end", NULL },
	{ "a raw U+0000 behind the value", SLICE("1\0"), 1, "expected the end", NULL },
	{ "a no-break space",
	    SLICE("\xc2\xa0"
		  "1"),
	    0, "expected a JSON value", NULL },
	{ "form feed is no white space", SLICE("\f1"), 0, "expected a JSON value", NULL },
	{ "a word of another language", SLICE("True"), 0, "expected a JSON value", NULL },
	{ "a longer word", SLICE("trueish"), 4, "expected the end", NULL },
	{ "NaN", SLICE("[NaN]"), 1, "expected a JSON value", NULL },
	{ "single quotes", SLICE("['a']"), 1, "expected a JSON value", NULL },
	{ "a comment", SLICE("[ // x\n]"), 2, "expected a JSON value", NULL },
	{ "a comma behind the last element", SLICE("[1,]"), 3, "expected a JSON value", NULL },
	{ "a comma behind the last member", SLICE("{\"a\":1,}"), 7, "expected a name", NULL },
	{ "a comma alone", SLICE("[,]"), 1, "expected a JSON value", NULL },
	{ "no comma", SLICE("[1 2]"), 3, "expected ',' or ']'", NULL },
	{ "no comma between members", SLICE("{\"a\":1 \"b\":2}"), 7, "expected ',' or '}'", NULL },
	{ "no colon", SLICE("{\"a\" 1}"), 5, "expected ':'", NULL },
	{ "no value", SLICE("{\"a\":}"), 5, "expected a JSON value", NULL },
	{ "a name without quotes", SLICE("{a:1}"), 1, "expected a name", NULL },
	{ "a number as a name", SLICE("{1:1}"), 1, "expected a name", NULL },
	{ "an array that does not end", SLICE("[1"), 2, "found the end", NULL },
	{ "an object that does not end", SLICE("{\"a\":1"), 6, "found the end", NULL },
	{ "the wrong bracket", SLICE("[1}"), 2, "expected ',' or ']'", NULL },
	{ "a bracket too many", SLICE("[]]"), 2, "expected the end", NULL },
	{ "a closing bracket alone", SLICE("]"), 0, "expected a JSON value", NULL },
	{ "a name twice", SLICE("{\"a\":1,\n \"b\":2, \"a\":3}"), 16, "\"a\" stands", NULL },
	{ "a name twice, once escaped", SLICE("{\"a\":1,\"\\u0061\":2}"), 7, "\"a\" stands", NULL },
	{ "a name twice, deep inside", SLICE("[{\"x\":[{\"\":1,\"\":1}]}]"), 13, "twice", NULL },
	{ "a name twice among many",
	    SLICE("{\"m\":1,\"l\":1,\"k\":1,\"j\":1,\"i\":1,\"h\":1,\"g\":1,\"f\":1,\"e\":1,\n"
		  "\"d\":1,\"c\":1,\"b\":1,\"m\":1,\"a\":1}"),
	    74, "\"m\" stands", NULL },
	{ "a leading zero", SLICE("01"), 0, "cannot begin with 0", NULL },
	{ "a leading zero behind minus", SLICE("[-01]"), 1, "cannot begin with 0", NULL },
	{ "minus alone", SLICE("-"), 1, "expected a digit", NULL },
	{ "plus", SLICE("+1"), 0, "expected a JSON value", NULL },
	{ "a point at the start", SLICE(".5"), 0, "expected a JSON value", NULL },
	{ "a point at the end", SLICE("[1.]"), 3, "behind the point", NULL },
	{ "an exponent without digits", SLICE("1e"), 2, "of the exponent", NULL },
	{ "an exponent with a sign alone", SLICE("1e+"), 3, "of the exponent", NULL },
	{ "hex", SLICE("0x10"), 1, "expected the end", NULL },
	{ "a string that does not end", SLICE("[\"abc"), 1, "does not end", NULL },
	{ "a string that ends in a backslash", SLICE("\"abc\\"), 0, "does not end", NULL },
	{ "a string whose end is escaped", SLICE("\"abc\\\""), 0, "does not end", NULL },
	{ "a raw line feed", SLICE("\"a\nb\""), 2, "control character", NULL },
	{ "a raw tab", SLICE("\"a\tb\""), 2, "control character", NULL },
	{ "a raw U+0000", SLICE("\"a\0b\""), 2, "control character", NULL },
	{ "a raw line feed behind a backslash", SLICE("\"a\\\nb\""), 2, "no such escape", NULL },
	{ "an escape of another language", SLICE("\"\\x41\""), 1, "no such escape", NULL },
	{ "U in capitals", SLICE("\"\\U0041\""), 1, "no such escape", NULL },
	{ "three hex digits", SLICE("\"\\u004\""), 6, "four hex digits", NULL },
	{ "no hex digit", SLICE("\"\\u00g0\""), 5, "four hex digits", NULL },
	{ "a sign among hex digits", SLICE("\"\\u+041\""), 3, "four hex digits", NULL },
	{ "a high surrogate alone", SLICE("\"\\ud83d\""), 1, "surrogate", NULL },
	{ "a high surrogate before a letter", SLICE("\"\\ud83dx\""), 1, "surrogate", NULL },
	{ "a high surrogate before another escape", SLICE("\"\\ud83d\\n\""), 1, "surrogate", NULL },
	{ "two high surrogates", SLICE("\"\\ud83d\\ud83d\""), 1, "surrogate", NULL },
	{ "a low surrogate alone", SLICE("\"x\\ude00\""), 2, "surrogate", NULL },
	{ "a surrogate in a name", SLICE("{\"\\udfff\":1}"), 2, "surrogate", NULL },
	{ "depth 9 of 8", SLICE("[[[[[[[[[1]]]]]]]]]"), 8, "nested more than 8 deep", NULL },
	{ "depth 9 of 8, empty", SLICE("[[[[[[[{\"a\":{}}]]]]]]]"), 12, "nested more than 8",
	    NULL },
	{ "a number beyond double", SLICE("[1e309]"), 1, "too large for JSON", NULL },
	{ "a number below double", SLICE("-1e309"), 0, "too large for JSON", NULL },
	{ "a long name twice is cut in the message",
	    SLICE("{\"0123456789012345678901234567890123456789012345678901234567890123x\":1,"
		  "\"0123456789012345678901234567890123456789012345678901234567890123x\":1}"),
	    71,
	    "the name \"0123456789012345678901234567890123456789012345678901234567890123\" "
	    "stands in this object twice",
	    NULL },
	{ "hint: a byte order mark", SLICE("\xef\xbb\xbf{}"), 0, "expected", "byte order mark" },
	{ "hint: single quotes", SLICE("{'a':1}"), 1, "expected a name", "double quotes" },
	{ "hint: a comment", SLICE("[1 // one\n]"), 3, "expected ','", "no comments" },
	{ "hint: a comment of a shell", SLICE("# one\n1"), 0, "expected", "no comments" },
	{ "hint: True", SLICE("True"), 0, "expected", "true, false and null" },
	{ "hint: False", SLICE("[False]"), 1, "expected", "true, false and null" },
	{ "hint: None", SLICE("[None]"), 1, "expected", "true, false and null" },
	{ "hint: a raw line feed", SLICE("\"a\nb\""), 2, "control", "\\n or \\u0000" },
	{ "hint: an escape", SLICE("\"\\'\""), 1, "no such escape", "\\uXXXX" },
	{ "hint: an open string", SLICE("[\"a]"), 1, "does not end", "close it" },
};

static void
check_refused_strictly(void **state)
{
	check_refused_by(*state, &strict);
}

static const struct refused refused_strictly[] = {
	{ "U+0000", SLICE("[\"a\\u0000\"]"), 3, "may hold U+0000", NULL },
	{ "U+0000 behind other escapes", SLICE("\"\\\\\\n\\u0000\""), 5, "may hold U+0000", NULL },
	{ "U+0000 in a name", SLICE("{\"\\u0000\":1}"), 2, "may hold U+0000", NULL },
	{ "one above the largest integer", SLICE("[9223372036854775808]"), 1, "64 bits", NULL },
	{ "one below the least integer", SLICE("[-9223372036854775809]"), 1, "64 bits", NULL },
	{ "an integer of many digits", SLICE("100000000000000000000000000000000"), 0, "64 bits",
	    NULL },
	{ "a real beyond double", SLICE("1E400"), 0, "too large for JSON", NULL },
};

/* Numbers with fraction or exponent against what the compiler makes of them. */
struct real {
	const char *name;
	struct slice text;
	double value;
};

static void
check_real(void **state)
{
	const struct real *row = *state;
	const struct json_value *root;
	struct arena arena;

	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	root = read_with(&arena, &strict, row->text);
	assert_int_equal(root->kind, JSON_KIND_NUMBER);
	assert_memory_equal(&root->as.number, &row->value, sizeof(row->value));
	arena_done(&arena);
}

#define ZEROS_50 "00000000000000000000000000000000000000000000000000"
#define ZEROS_200 ZEROS_50 ZEROS_50 ZEROS_50 ZEROS_50
#define ZEROS_800 ZEROS_200 ZEROS_200 ZEROS_200 ZEROS_200

static const struct real reals[] = {
	{ "a time", SLICE("1700000000.25"), 1700000000.25 },
	{ "a time of seventeen digits", SLICE("1700000000.1234567"), 1700000000.1234567 },
	{ "a tenth", SLICE("0.1"), 0.1 },
	{ "minus a third", SLICE("-0.3333333333333333"), -0.3333333333333333 },
	{ "an exponent", SLICE("12.5E+3"), 12500 },
	{ "a negative exponent", SLICE("125e-3"), 0.125 },
	{ "an exponent with zeros in front", SLICE("1e" ZEROS_50 "2"), 100 },
	{ "minus zero", SLICE("-0.0"), -0.0 },
	{ "the largest", SLICE("1.7976931348623157e308"), 1.7976931348623157e308 },
	{ "the least normal", SLICE("2.2250738585072014e-308"), 2.2250738585072014e-308 },
	{ "the least of all", SLICE("5e-324"), 5e-324 },
	{ "less than the least", SLICE("1e-400"), 0 },
	{ "an exponent of many digits", SLICE("1e-99999999999999999999999"), 0 },
	{ "zero with an exponent of many digits", SLICE("0e99999999999999999999999"), 0 },
	{ "half way, to the even one", SLICE("9007199254740993.0"), 9007199254740992.0 },
	{ "half way and a little, after 800 digits", SLICE("9007199254740993." ZEROS_800 "1"),
	    9007199254740994.0 },
	{ "half way, and 800 zeros", SLICE("9007199254740993." ZEROS_800), 9007199254740992.0 },
	{ "800 digits before the point", SLICE("1" ZEROS_800 "1.5e-801"), 1 },
	{ "800 zeros behind the point", SLICE("0." ZEROS_800 "15e801"), 1.5 },
};

static void
a_locale_with_a_comma_changes_nothing(void **state)
{
	static struct real row = { "", SLICE("-12.25e1"), -122.5 };
	void *read = &row;

	(void)state;
	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
		skip();
	check_real(&read);
	assert_non_null(setlocale(LC_NUMERIC, "C"));
}

static void
values_know_where_they_stand(void **state)
{
	const struct json_value *root, *a, *b;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	root = read_with(&arena, &plain, SLICE_OF(" {\"a\": [ 10, \"x\" ],\n \"b\": -5 } "));
	assert_int_equal(root->offset, 1);
	assert_int_equal(root->end, 30);
	assert_int_equal(root->count, 2);
	a = json_find(root, "a");
	b = json_find(root, "b");
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(root->as.members[1].name_offset, 21);
	assert_int_equal(a->offset, 7);
	assert_int_equal(a->end, 18);
	assert_int_equal(a->as.elements[0].offset, 9);
	assert_int_equal(a->as.elements[0].end, 11);
	assert_int_equal(b->offset, 26);
	assert_int_equal(b->end, 28);
	assert_int_equal(b->as.integer, -5);
	arena_done(&arena);
}

static void
values_are_found_and_compared(void **state)
{
	const struct json_value *root, *a;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	root = read_with(&arena, &plain, SLICE_OF("{\"a\":[\"x\",1],\"ab\":2,\"\":3}"));
	a = json_find(root, "a");
	assert_int_equal(json_find(root, "ab")->as.integer, 2);
	assert_int_equal(json_find(root, "")->as.integer, 3);
	assert_int_equal(json_find_name(root, SLICE_OF("ab"))->as.integer, 2);
	assert_null(json_find(root, "b"));
	assert_null(json_find(a, "a"));
	assert_true(json_is(&a->as.elements[0], "x"));
	assert_false(json_is(&a->as.elements[0], "xy"));
	assert_false(json_is(&a->as.elements[1], "1"));
	arena_done(&arena);
}

static void
a_string_without_escapes_stays_in_the_text(void **state)
{
	static const char text[] = "[\"plain\",\"esc\\u0061ped\"]";
	const struct json_value *root;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	root = read_with(&arena, &plain, slice_from(text));
	assert_ptr_equal(root->as.elements[0].as.string.data, text + 2);
	assert_true(json_is(&root->as.elements[1], "escaped"));
	assert_true(root->as.elements[1].as.string.data < text ||
		    root->as.elements[1].as.string.data > text + sizeof(text));
	arena_done(&arena);
}

/* Strings of every length with every kind of byte at every place, at the very end of memory. */
static void
strings_are_scanned_to_their_end(void **state)
{
	static const char *const specials[] = { "", "\\\"", "\\\\", "\x7f", "\xc3\xa9", "\x20" };
	static const char *const meanings[] = { "", "\"", "\\", "\x7f", "\xc3\xa9", "\x20" };

	(void)state;
	for (int len = 0; len < 26; len++)
		for (int at = 0; at <= len; at++)
			for (size_t i = 0; i < COUNT_OF(specials); i++) {
				static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
				char text[64], meaning[64], *copy;
				const struct json_value *root;
				struct arena arena;
				size_t text_len = (size_t)snprintf(text, sizeof(text),
				    "\"%.*s%s%.*s\"", at, letters, specials[i], len - at, letters);

				(void)snprintf(meaning, sizeof(meaning), "%.*s%s%.*s", at, letters,
				    meanings[i], len - at, letters);
				copy = malloc(text_len);
				assert_non_null(copy);
				memcpy(copy, text, text_len);
				arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
				root = read_with(&arena, &plain, slice_make(copy, text_len));
				assert_true(json_is(root, meaning));
				assert_false(json_read(
				    &arena, slice_make(copy, text_len - 1), &plain, NULL, &root));
				arena_done(&arena);
				free(copy);
			}
}

/* {"n0":0,"n1":0, ...}, but the member `second` has the name of the member `first`. */
static struct slice
with_twins(char *room, unsigned count, unsigned first, unsigned second, size_t *ret_offset)
{
	size_t len = 0;

	for (unsigned i = 0; i < count; i++) {
		len += (size_t)sprintf(room + len, i == 0 ? "{" : ",");
		if (i == second)
			*ret_offset = len;
		len += (size_t)sprintf(room + len, "\"n%u\":0", i == second ? first : i);
	}
	len += (size_t)sprintf(room + len, "}");
	return slice_make(room, len);
}

static void
a_name_is_found_twice_wherever_it_stands(void **state)
{
	(void)state;
	for (unsigned count = 2; count <= MAX_ELEMENTS; count++)
		for (unsigned second = 1; second <= count; second++)
			for (unsigned first = 0; first < second; first++) {
				const struct json_value *root = NULL;
				struct json_fault fault;
				struct arena arena;
				char room[1024], name[32];
				size_t offset = 0;
				struct slice text = with_twins(room, count, first, second, &offset);

				arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
				assert_int_equal(json_read(&arena, text, &plain, &fault, &root),
				    second == count);
				if (second < count) {
					(void)snprintf(name, sizeof(name), "\"n%u\" stands", first);
					assert_int_equal(fault.offset, offset);
					assert_non_null(strstr(fault.message, name));
				}
				arena_done(&arena);
			}
}

static void
the_number_of_elements_ends_at_its_limit(void **state)
{
	static const struct {
		const char *open, *each, *close;
	} kinds[] = { { "[", "0", "]" }, { "{", "\"%u\":0", "}" }, { "[[],", "{}", "]" } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		for (unsigned count = MAX_ELEMENTS; count <= MAX_ELEMENTS + 1; count++) {
			const struct json_value *root = NULL;
			struct json_fault fault;
			struct arena arena;
			char text[1024];
			unsigned begun = i == 2;
			size_t len = (size_t)sprintf(text, "%s", kinds[i].open);

			for (unsigned n = begun; n < count; n++) {
				len += (size_t)sprintf(text + len, "%s", n == begun ? "" : ",");
				if (i == 1)
					len += (size_t)sprintf(text + len, "\"%u\":0", n);
				else
					len += (size_t)sprintf(text + len, "%s", kinds[i].each);
			}
			len += (size_t)sprintf(text + len, "%s", kinds[i].close);
			arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
			if (json_read(&arena, slice_make(text, len), &plain, &fault, &root)) {
				assert_int_equal(root->count, MAX_ELEMENTS);
			} else {
				assert_int_equal(count, MAX_ELEMENTS + 1);
				assert_string_equal(fault.message, "more than 40 elements");
				assert_true(fault.is_limit);
			}
			assert_int_equal(root != NULL, count == MAX_ELEMENTS);
			arena_done(&arena);
		}
}

static void
depth_does_not_use_the_stack(void **state)
{
	enum { DEPTH = 100000 };
	struct json_rules rules = { .max_depth = DEPTH, .max_elements = 1 };
	const struct json_value *root;
	struct arena arena;
	char *text = malloc(2 * DEPTH);

	(void)state;
	assert_non_null(text);
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	for (root = read_with(&arena, &rules, slice_make(text, 2 * DEPTH)); root->count > 0;)
		root = root->as.elements;
	assert_int_equal(root->offset, DEPTH - 1);
	assert_int_equal(root->end, DEPTH + 1);
	rules.max_depth = DEPTH - 1;
	assert_false(json_read(&arena, slice_make(text, 2 * DEPTH), &rules, NULL, &root));
	arena_done(&arena);
	free(text);
}

static void
a_text_above_4_gib_is_not_looked_at(void **state)
{
	const struct json_value *root = NULL;
	struct json_fault fault;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	assert_false(
	    json_read(&arena, slice_make("1", (size_t)UINT32_MAX + 1), &plain, &fault, &root));
	assert_true(fault.is_limit);
	arena_done(&arena);
}

static void
a_slice_of_nothing_is_no_value(void **state)
{
	const struct json_value *root = NULL;
	struct json_fault fault;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BLOCK, ARENA_CEILING);
	assert_false(json_read(&arena, slice_make(NULL, 0), &plain, &fault, &root));
	assert_string_equal(fault.message, "expected a JSON value, found the end of the text");
	arena_done(&arena);
}

/* More values wait than there are first places for, in arrays within arrays. */
static void
memory_may_end_anywhere(void **state)
{
	static const struct slice text = SLICE(
	    "{\"a\\n\":[1,2,{\"b\":\"\\u0041\"}],\"c\":{},\"m\":1,\"l\":1,\"k\":1,\"j\":1,\"i\":1,"
	    "\"h\":1,\"g\":1,\"f\":1,\"e\":1,\"d\":1,\"0\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,"
	    "15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,[1,2,3,4,5,6,7,8,9,10,11,12,13,"
	    "14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]]}");
	const struct json_value *root = NULL;
	size_t failures = 0;

	(void)state;
	for (size_t ceiling = 16; root == NULL; ceiling += 16) {
		struct json_fault fault;
		struct arena arena;

		arena_init(&arena, 512, ceiling);
		if (!json_read(&arena, text, &plain, &fault, &root)) {
			assert_string_equal(fault.message, "out of memory");
			assert_true(fault.is_limit);
			failures++;
		} else {
			assert_int_equal(json_find(root, "0")->as.elements[30].count, 30);
		}
		arena_done(&arena);
	}
	assert_true(failures > 10);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_locale_with_a_comma_changes_nothing),
		cmocka_unit_test(values_know_where_they_stand),
		cmocka_unit_test(values_are_found_and_compared),
		cmocka_unit_test(a_string_without_escapes_stays_in_the_text),
		cmocka_unit_test(strings_are_scanned_to_their_end),
		cmocka_unit_test(a_name_is_found_twice_wherever_it_stands),
		cmocka_unit_test(the_number_of_elements_ends_at_its_limit),
		cmocka_unit_test(depth_does_not_use_the_stack),
		cmocka_unit_test(a_text_above_4_gib_is_not_looked_at),
		cmocka_unit_test(a_slice_of_nothing_is_no_value),
		cmocka_unit_test(memory_may_end_anywhere),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += RUN_ROWS(taken, check_taken);
	failures += RUN_ROWS(taken_strictly, check_taken_strictly);
	failures += RUN_ROWS(refused, check_refused);
	failures += RUN_ROWS(refused_strictly, check_refused_strictly);
	failures += RUN_ROWS(reals, check_real);
	return failures;
}

/* The JSON reader: what is taken and as what, what is refused and where, bounds, memory. */
#include "cedar/json.h"

#include "cedar/text_write.h"
#include "core/buffer.h"
#include "core/utf8.h"
#include "world.h"

static void
write_value(struct buffer *out, const struct cedar_json *value)
{
	switch (value->kind) {
	case CEDAR_JSON_NULL:
		buffer_text(out, "null");
		break;
	case CEDAR_JSON_BOOL:
		buffer_text(out, value->as.boolean ? "true" : "false");
		break;
	case CEDAR_JSON_INTEGER:
		buffer_i64(out, value->as.integer);
		break;
	case CEDAR_JSON_NUMBER:
		buffer_text(out, "number");
		break;
	case CEDAR_JSON_STRING:
		buffer_json_string(out, value->as.string);
		break;
	case CEDAR_JSON_ARRAY:
		buffer_byte(out, '[');
		for (uint32_t i = 0; i < value->count; i++) {
			buffer_text(out, i == 0 ? "" : ",");
			write_value(out, &value->as.elements[i]);
		}
		buffer_byte(out, ']');
		break;
	case CEDAR_JSON_OBJECT:
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

/* `written` NULL: written as it was read. */
struct taken {
	const char *name;
	struct slice text;
	const char *written;
};

static void
check_taken(void **state)
{
	const struct taken *row = *state;
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct buffer out;
	struct arena arena;

	arena_init(&arena, 4096, 1024 * 1024);
	buffer_init(&out, &arena, 64, 4096);
	if (!cedar_json_read(&arena, "x.json", row->text, 8, &complaints, &document))
		fail_msg("%s", cedar_complaint_text(&arena, &complaints.items[0]));
	assert_int_equal(complaints.count, 0);
	write_value(&out, document.root);
	buffer_byte(&out, '\0');
	assert_false(buffer_failed(&out));
	if (row->written != NULL)
		assert_string_equal(out.data, row->written);
	else
		assert_true(slice_equal(slice_from(out.data), row->text));
	arena_done(&arena);
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
	{ "one above the largest", SLICE("9223372036854775808"), "number" },
	{ "one below the least", SLICE("-9223372036854775809"), "number" },
	{ "an integer of many digits", SLICE("100000000000000000000000000000000"), "number" },
	{ "minus zero is no integer", SLICE("-0"), "number" },
	{ "fractions and exponents are no integers", SLICE("[1.0,1e2,1E+2,-1e-2,0.5,0e0]"),
	    "[number,number,number,number,number,number]" },
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

struct refused {
	const char *name;
	struct slice text;
	unsigned line, column;
	const char *message; /* part of it */
};

static void
check_refused(void **state)
{
	const struct refused *row = *state;
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct arena arena;

	arena_init(&arena, 4096, 1024 * 1024);
	assert_false(cedar_json_read(&arena, "x.json", row->text, 8, &complaints, &document));
	assert_int_equal(complaints.count, 1);
	if (strstr(complaints.items[0].message, row->message) == NULL)
		fail_msg("%s", complaints.items[0].message);
	assert_int_equal(complaints.items[0].line, row->line);
	assert_int_equal(complaints.items[0].column, row->column);
	assert_int_equal(complaints.items[0].is_limit, strstr(row->message, "nested") != NULL);
	assert_non_null(cedar_complaint_text(&arena, &complaints.items[0]));
	arena_done(&arena);
}

static const struct refused refused[] = {
	{ "nothing", SLICE(""), 1, 1, "expected a JSON value, found the end" },
	{ "white space alone", SLICE(" \n "), 2, 2, "expected a JSON value, found the end" },
	{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), 1, 1, "expected a JSON value" },
	{ "two values", SLICE("{} {}"), 1, 4, "expected the end" },
	{ "a raw U+0000 behind the value", SLICE("1\0"), 1, 2, "expected the end" },
	{ "a no-break space",
	    SLICE("\xc2\xa0"
		  "1"),
	    1, 1, "expected a JSON value" },
	{ "form feed is no white space", SLICE("\f1"), 1, 1, "expected a JSON value" },
	{ "a word of another language", SLICE("True"), 1, 1, "expected a JSON value" },
	{ "a longer word", SLICE("trueish"), 1, 5, "expected the end" },
	{ "NaN", SLICE("[NaN]"), 1, 2, "expected a JSON value" },
	{ "single quotes", SLICE("['a']"), 1, 2, "expected a JSON value" },
	{ "a comment", SLICE("[ // x\n]"), 1, 3, "expected a JSON value" },
	{ "a comma behind the last element", SLICE("[1,]"), 1, 4, "expected a JSON value" },
	{ "a comma behind the last member", SLICE("{\"a\":1,}"), 1, 8, "expected a name" },
	{ "a comma alone", SLICE("[,]"), 1, 2, "expected a JSON value" },
	{ "no comma", SLICE("[1 2]"), 1, 4, "expected ',' or ']'" },
	{ "no comma between members", SLICE("{\"a\":1 \"b\":2}"), 1, 8, "expected ',' or '}'" },
	{ "no colon", SLICE("{\"a\" 1}"), 1, 6, "expected ':'" },
	{ "no value", SLICE("{\"a\":}"), 1, 6, "expected a JSON value" },
	{ "a name without quotes", SLICE("{a:1}"), 1, 2, "expected a name" },
	{ "a number as a name", SLICE("{1:1}"), 1, 2, "expected a name" },
	{ "an array that does not end", SLICE("[1"), 1, 3, "found the end" },
	{ "an object that does not end", SLICE("{\"a\":1"), 1, 7, "found the end" },
	{ "the wrong bracket", SLICE("[1}"), 1, 3, "expected ',' or ']'" },
	{ "a bracket too many", SLICE("[]]"), 1, 3, "expected the end" },
	{ "a closing bracket alone", SLICE("]"), 1, 1, "expected a JSON value" },
	{ "a name twice", SLICE("{\"a\":1,\n \"b\":2, \"a\":3}"), 2, 9, "\"a\" stands" },
	{ "a name twice, once escaped", SLICE("{\"a\":1,\"\\u0061\":2}"), 1, 8, "\"a\" stands" },
	{ "a name twice, deep inside", SLICE("[{\"x\":[{\"\":1,\"\":1}]}]"), 1, 14, "twice" },
	{ "a name twice among many",
	    SLICE("{\"m\":1,\"l\":1,\"k\":1,\"j\":1,\"i\":1,\"h\":1,\"g\":1,\"f\":1,\"e\":1,\n"
		  "\"d\":1,\"c\":1,\"b\":1,\"m\":1,\"a\":1}"),
	    2, 19, "\"m\" stands" },
	{ "a leading zero", SLICE("01"), 1, 1, "cannot begin with 0" },
	{ "a leading zero behind minus", SLICE("[-01]"), 1, 2, "cannot begin with 0" },
	{ "minus alone", SLICE("-"), 1, 2, "expected a digit" },
	{ "plus", SLICE("+1"), 1, 1, "expected a JSON value" },
	{ "a point at the start", SLICE(".5"), 1, 1, "expected a JSON value" },
	{ "a point at the end", SLICE("[1.]"), 1, 4, "behind the point" },
	{ "an exponent without digits", SLICE("1e"), 1, 3, "of the exponent" },
	{ "an exponent with a sign alone", SLICE("1e+"), 1, 4, "of the exponent" },
	{ "hex", SLICE("0x10"), 1, 2, "expected the end" },
	{ "a string that does not end", SLICE("[\"abc"), 1, 2, "does not end" },
	{ "a string that ends in a backslash", SLICE("\"abc\\"), 1, 1, "does not end" },
	{ "a string whose end is escaped", SLICE("\"abc\\\""), 1, 1, "does not end" },
	{ "a raw line feed", SLICE("\"a\nb\""), 1, 3, "control character" },
	{ "a raw tab", SLICE("\"a\tb\""), 1, 3, "control character" },
	{ "a raw U+0000", SLICE("\"a\0b\""), 1, 3, "control character" },
	{ "a raw line feed behind a backslash", SLICE("\"a\\\nb\""), 1, 3, "no such escape" },
	{ "an escape of another language", SLICE("\"\\x41\""), 1, 2, "no such escape" },
	{ "U in capitals", SLICE("\"\\U0041\""), 1, 2, "no such escape" },
	{ "three hex digits", SLICE("\"\\u004\""), 1, 7, "four hex digits" },
	{ "no hex digit", SLICE("\"\\u00g0\""), 1, 6, "four hex digits" },
	{ "a sign among hex digits", SLICE("\"\\u+041\""), 1, 4, "four hex digits" },
	{ "a high surrogate alone", SLICE("\"\\ud83d\""), 1, 2, "surrogate" },
	{ "a high surrogate before a letter", SLICE("\"\\ud83dx\""), 1, 2, "surrogate" },
	{ "a high surrogate before another escape", SLICE("\"\\ud83d\\n\""), 1, 2, "surrogate" },
	{ "two high surrogates", SLICE("\"\\ud83d\\ud83d\""), 1, 2, "surrogate" },
	{ "a low surrogate alone", SLICE("\"x\\ude00\""), 1, 3, "surrogate" },
	{ "a surrogate in a name", SLICE("{\"\\udfff\":1}"), 1, 3, "surrogate" },
	{ "a surrogate in UTF-8", SLICE("\"\xed\xa0\x80\""), 1, 2, "not UTF-8" },
	{ "an overlong byte", SLICE("\"\xc0\x80\""), 1, 2, "not UTF-8" },
	{ "half a character at the end", SLICE("\"\xc3"), 1, 2, "not UTF-8" },
	{ "depth 9 of 8", SLICE("[[[[[[[[[1]]]]]]]]]"), 1, 9, "nested more than 8 deep" },
	{ "depth 9 of 8, empty", SLICE("[[[[[[[{\"a\":{}}]]]]]]]"), 1, 13, "nested more than 8" },
};

static struct cedar_json_document
read_text(struct arena *arena, const char *text)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document;

	if (!cedar_json_read(
		arena, "x.json", slice_from(text), CEDAR_MAX_JSON_DEPTH, &complaints, &document))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return document;
}

static void
values_know_where_they_stand(void **state)
{
	struct cedar_json_document document;
	const struct cedar_json *a, *b;
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	document = read_text(&arena, " {\"a\": [ 10, \"x\" ],\n \"b\": -5 } ");
	assert_int_equal(document.root->offset, 1);
	assert_int_equal(document.root->end, 30);
	assert_int_equal(document.root->count, 2);
	a = cedar_json_find(document.root, "a");
	b = cedar_json_find(document.root, "b");
	assert_non_null(a);
	assert_non_null(b);
	assert_null(cedar_json_find(document.root, "c"));
	assert_null(cedar_json_find(a, "a"));
	assert_int_equal(document.root->as.members[1].name_offset, 21);
	assert_int_equal(a->offset, 7);
	assert_int_equal(a->end, 18);
	assert_int_equal(a->as.elements[0].offset, 9);
	assert_int_equal(a->as.elements[0].end, 11);
	assert_true(cedar_json_is(&a->as.elements[1], "x"));
	assert_false(cedar_json_is(&a->as.elements[1], "xy"));
	assert_false(cedar_json_is(&a->as.elements[0], "x"));
	assert_int_equal(b->as.integer, -5);
	arena_done(&arena);
}

static void
whoever_is_unhappy_complains_with_a_place(void **state)
{
	struct cedar_json_document document;
	struct cedar_complaints complaints = { .count = 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	document = read_text(&arena, "{\n  \"a\": [1.5]\n}");
	document.source.complaints = &complaints;
	assert_false(cedar_json_expected(
	    &document, cedar_json_find(document.root, "a")->as.elements, "an integer"));
	assert_string_equal(cedar_complaint_text(&arena, &complaints.items[0]),
	    "x.json:2:9: expected an integer, found a number that is no 64-bit integer\n"
	    "    \"a\": [1.5]\n"
	    "          ^");
	arena_done(&arena);
}

/* `before`, then `count` times `each` with its number in it, then `after`. */
static struct slice
repeated(
    struct arena *arena, const char *before, const char *each, unsigned count, const char *after)
{
	struct buffer text;

	buffer_init(&text, arena, 4096, CEDAR_MAX_TEXT + 64);
	buffer_text(&text, before);
	for (unsigned i = 0; i < count; i++) {
		const char *number = strchr(each, '#');

		buffer_append(&text, ",", i > 0);
		buffer_append(&text, each, (size_t)(number - each));
		buffer_u64(&text, i);
		buffer_text(&text, number + 1);
	}
	buffer_text(&text, after);
	assert_false(buffer_failed(&text));
	return buffer_content(&text);
}

static void
the_number_of_elements_ends_at_its_limit(void **state)
{
	static const struct {
		const char *before, *each, *after;
	} kinds[] = { { "[", "#", "]" }, { "{", "\"name#\":1", "}" } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct cedar_complaints complaints;
		struct cedar_json_document document;
		struct arena arena;

		arena_init(&arena, 64 * 1024, 256 * 1024 * 1024);
		assert_true(cedar_json_read(&arena, "x",
		    repeated(&arena, kinds[i].before, kinds[i].each, CEDAR_MAX_SET, kinds[i].after),
		    1, &complaints, &document));
		assert_int_equal(document.root->count, CEDAR_MAX_SET);
		assert_false(cedar_json_read(&arena, "x",
		    repeated(
			&arena, kinds[i].before, kinds[i].each, CEDAR_MAX_SET + 1, kinds[i].after),
		    1, &complaints, &document));
		assert_string_equal(complaints.items[0].message, "more than 65536 elements");
		assert_true(complaints.items[0].is_limit);
		arena_done(&arena);
	}
}

static void
the_text_ends_at_its_limit(void **state)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct arena arena;
	char *text;

	(void)state;
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	text = arena_alloc(&arena, CEDAR_MAX_TEXT + 1);
	assert_non_null(text);
	memset(text, ' ', CEDAR_MAX_TEXT + 1);
	text[0] = '1';
	assert_true(cedar_json_read(
	    &arena, "x", slice_make(text, CEDAR_MAX_TEXT), 1, &complaints, &document));
	assert_false(cedar_json_read(
	    &arena, "x", slice_make(text, CEDAR_MAX_TEXT + 1), 1, &complaints, &document));
	assert_non_null(strstr(complaints.items[0].message, "the text is larger than"));
	arena_done(&arena);
}

static void
depth_does_not_use_the_stack(void **state)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct arena arena;
	char *text;

	(void)state;
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	text = arena_alloc(&arena, 200000);
	assert_non_null(text);
	memset(text, '[', 100000);
	memset(text + 100000, ']', 100000);
	assert_true(
	    cedar_json_read(&arena, "x", slice_make(text, 200000), 100000, &complaints, &document));
	assert_false(
	    cedar_json_read(&arena, "x", slice_make(text, 200000), 99999, &complaints, &document));
	arena_done(&arena);
}

/* All characters from `first` on, 4096 of them, surrogates left out. */
static struct slice
characters(struct arena *arena, uint32_t first)
{
	char *room = arena_alloc(arena, 4096 * 4);
	size_t len = 0;

	assert_non_null(room);
	for (uint32_t code = first; code < first + 4096; code++)
		if (code < 0xd800 || code > 0xdfff)
			len += utf8_encode(code, room + len);
	return slice_make(room, len);
}

static void
every_character_survives_both_formats(void **state)
{
	(void)state;
	for (uint32_t first = 0; first < 0x110000; first += 4096) {
		struct cedar_complaints complaints;
		struct cedar_json_document document;
		const struct node *node;
		struct buffer json, text;
		struct slice string;
		struct arena arena;

		arena_init(&arena, 64 * 1024, 1024 * 1024);
		buffer_init(&json, &arena, 256, 256 * 1024);
		buffer_init(&text, &arena, 256, 256 * 1024);
		string = characters(&arena, first);
		assert_true(buffer_json_string(&json, string));
		assert_true(
		    cedar_json_read(&arena, "x", buffer_content(&json), 1, &complaints, &document));
		assert_true(slice_equal(document.root->as.string, string));
		cedar_text_write_string(&text, string);
		node = expression_parse(&arena, "x", buffer_content(&text), &complaints);
		assert_non_null(node);
		assert_true(slice_equal(node->constant->as.string, string));
		arena_done(&arena);
	}
}

static void
memory_may_end_anywhere(void **state)
{
	const struct slice text = SLICE("{\"a\\n\":[1,2,{\"b\":\"\\u0041\"}],\"c\":{},\"m\":1,"
					"\"l\":1,\"k\":1,\"j\":1,\"i\":1,\"h\":1,\"g\":1,\"f\":1,"
					"\"e\":1,\"d\":1,\"0\":1,\"1\":1}");
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	size_t failures = 0;
	bool is_read = false;

	(void)state;
	for (size_t ceiling = 16; !is_read; ceiling += 16) {
		struct arena arena;

		arena_init(&arena, 512, ceiling);
		is_read = cedar_json_read(&arena, "x", text, 8, &complaints, &document);
		if (!is_read) {
			assert_int_equal(complaints.count, 1);
			assert_string_equal(complaints.items[0].message, "out of memory");
			failures++;
		}
		arena_done(&arena);
	}
	assert_true(failures > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_know_where_they_stand),
		cmocka_unit_test(whoever_is_unhappy_complains_with_a_place),
		cmocka_unit_test(the_number_of_elements_ends_at_its_limit),
		cmocka_unit_test(the_text_ends_at_its_limit),
		cmocka_unit_test(depth_does_not_use_the_stack),
		cmocka_unit_test(every_character_survives_both_formats),
		cmocka_unit_test(memory_may_end_anywhere),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += RUN_ROWS(taken, check_taken);
	failures += RUN_ROWS(refused, check_refused);
	return failures;
}

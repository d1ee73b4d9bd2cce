/* What the JSON reader refuses, as complaints with a place; the engine's bounds, memory. */
#include "cedar/json.h"

#include "cedar/text_write.h"
#include "core/buffer.h"
#include "core/utf8.h"
#include "world.h"

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
	{ "columns count characters", SLICE("[\"\xc3\xa9\xf0\x9f\x98\x80\" 1]"), 1, 7,
	    "',' or ']'" },
	{ "a name twice", SLICE("{\"a\":1,\n \"b\":2, \"a\":3}"), 2, 9, "\"a\" stands" },
	{ "a raw line feed", SLICE("\"a\nb\""), 1, 3, "control character" },
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
what_cedar_has_no_use_for_is_read(void **state)
{
	struct cedar_json_document document;
	const struct json_value *elements;
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	document = read_text(&arena, "[-0,1.5,9223372036854775808,\"\\u0000\"]");
	elements = document.root->as.elements;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(elements[i].kind, JSON_KIND_NUMBER);
	assert_true(slice_equal(elements[3].as.string, SLICE_OF("\0")));
	arena_done(&arena);
}

static void
a_complaint_has_the_hint_of_the_reader(void **state)
{
	struct cedar_json_document document;
	struct cedar_complaints complaints;
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	assert_false(cedar_json_read(
	    &arena, "x.json", SLICE_OF("{\n  'a': 1\n}"), 8, &complaints, &document));
	assert_string_equal(cedar_complaint_text(&arena, &complaints.items[0]),
	    "x.json:2:3: expected a name in double quotes\n"
	    "    'a': 1\n"
	    "    ^ JSON strings are in double quotes");
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
	    &document, json_find(document.root, "a")->as.elements, "an integer"));
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
		cmocka_unit_test(what_cedar_has_no_use_for_is_read),
		cmocka_unit_test(a_complaint_has_the_hint_of_the_reader),
		cmocka_unit_test(whoever_is_unhappy_complains_with_a_place),
		cmocka_unit_test(the_number_of_elements_ends_at_its_limit),
		cmocka_unit_test(the_text_ends_at_its_limit),
		cmocka_unit_test(every_character_survives_both_formats),
		cmocka_unit_test(memory_may_end_anywhere),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += RUN_ROWS(refused, check_refused);
	return failures;
}

/* Buffers: growth up to the ceiling, failures that stick, numbers, and JSON strings. */
#include "core/buffer.h"

#include "rows.h"

struct json_row {
	const char *name;
	struct slice text;
	const char *json;
};

static const struct json_row json_rows[] = {
	{ "empty", SLICE(""), "\"\"" },
	{ "plain", SLICE("plain text"), "\"plain text\"" },
	{ "quote and backslash", SLICE("a\"b\\c"), "\"a\\\"b\\\\c\"" },
	{ "slash stays", SLICE("</script>"), "\"</script>\"" },
	{ "short escapes", SLICE("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
	{ "NUL", SLICE("a\0b"), "\"a\\u0000b\"" },
	{ "other control characters", SLICE("\x01\x1f\x1b[31m"), "\"\\u0001\\u001f\\u001b[31m\"" },
	{ "delete", SLICE("\x7f"), "\"\\u007f\"" },
	{ "letters of other scripts stay", SLICE("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "line and paragraph separator", SLICE("\xe2\x80\xa8\xe2\x80\xa9"), "\"\\u2028\\u2029\"" },
	{ "their neighbours stay", SLICE("\xe2\x80\xa7\xe2\x80\xaa"),
	    "\"\xe2\x80\xa7\xe2\x80\xaa\"" },
	{ "bytes that are no UTF-8", SLICE("a\xff\xc0z"), "\"a\xef\xbf\xbd\xef\xbf\xbdz\"" },
	{ "a sequence cut at the end", SLICE("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void
json_string(void **state)
{
	const struct json_row *row = *state;
	char room[128];
	struct buffer buffer;

	buffer_init_fixed(&buffer, room, sizeof(room));
	assert_true(buffer_json_string(&buffer, row->text));
	assert_true(slice_is(buffer_content(&buffer), row->json));
}

/*
 * Bytes are looked at by eights and what is left of them: any byte at any place of any length is
 * spelled as it is alone.
 */
static void
json_any_byte_at_any_place(void **state)
{
	enum { LONGEST = 25 };
	char alone_room[16], room[64], expected[64], text[LONGEST];

	(void)state;
	for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
		struct buffer alone;
		const char one = (char)byte;

		buffer_init_fixed(&alone, alone_room, sizeof(alone_room));
		assert_true(buffer_json_string(&alone, slice_make(&one, 1)));
		for (size_t len = 1; len <= LONGEST; len++)
			for (size_t at = 0; at < len; at++) {
				struct buffer buffer, wanted;

				memset(text, 'a', len);
				text[at] = one;
				buffer_init_fixed(&buffer, room, sizeof(room));
				assert_true(buffer_json_string(&buffer, slice_make(text, len)));
				buffer_init_fixed(&wanted, expected, sizeof(expected));
				buffer_byte(&wanted, '"');
				buffer_append(&wanted, text, at);
				buffer_append(&wanted, alone.data + 1, alone.len - 2);
				buffer_append(&wanted, text + at + 1, len - at - 1);
				buffer_byte(&wanted, '"');
				assert_true(
				    slice_equal(buffer_content(&buffer), buffer_content(&wanted)));
			}
	}
}

/* With every size that is too small the failure is seen, and nothing is written behind the end. */
static void
json_string_cut(void **state)
{
	const struct json_row *row = *state;

	for (size_t size = 0; size < strlen(row->json); size++) {
		char room[128];
		struct buffer buffer;

		memset(room, '#', sizeof(room));
		buffer_init_fixed(&buffer, room, size);
		assert_false(buffer_json_string(&buffer, row->text));
		assert_true(buffer_failed(&buffer));
		assert_true(buffer.len <= size);
		assert_int_equal(room[size], '#');
	}
}

struct number_row {
	const char *name;
	int64_t value;
	const char *text;
};

static const struct number_row number_rows[] = {
	{ "zero", 0, "0" },
	{ "one digit", 7, "7" },
	{ "ten", 10, "10" },
	{ "negative", -120, "-120" },
	{ "the largest", INT64_MAX, "9223372036854775807" },
	{ "the smallest", INT64_MIN, "-9223372036854775808" },
};

static void
number(void **state)
{
	const struct number_row *row = *state;
	char room[32];
	struct buffer buffer;

	buffer_init_fixed(&buffer, room, sizeof(room));
	assert_true(buffer_i64(&buffer, row->value));
	assert_true(slice_is(buffer_content(&buffer), row->text));
}

static void
all_kinds_of_writes_follow_each_other(void **state)
{
	char room[64];
	struct buffer buffer;

	(void)state;
	buffer_init_fixed(&buffer, room, sizeof(room));
	buffer_text(&buffer, "a");
	buffer_slice(&buffer, SLICE_OF("bc"));
	buffer_byte(&buffer, ' ');
	buffer_u64(&buffer, UINT64_MAX);
	buffer_append(&buffer, NULL, 0);
	buffer_hex(&buffer, "\x00\xff\x1a", 3);
	buffer_printf(&buffer, "<%d>", 5);
	assert_false(buffer_failed(&buffer));
	assert_true(slice_is(buffer_content(&buffer), "abc 1844674407370955161500ff1a<5>"));
}

static void
a_failure_sticks_until_reset(void **state)
{
	char room[4];
	struct buffer buffer;

	(void)state;
	buffer_init_fixed(&buffer, room, sizeof(room));
	assert_true(buffer_text(&buffer, "abc"));
	assert_false(buffer_text(&buffer, "de"));
	assert_false(buffer_text(&buffer, "d"));
	assert_false(buffer_append(&buffer, NULL, 0));
	assert_false(buffer_hex(&buffer, NULL, 0));
	assert_false(buffer_hex(&buffer, "x", 1));
	assert_false(buffer_printf(&buffer, "d"));
	assert_false(buffer_i64(&buffer, -1));
	assert_int_equal(buffer.len, 3);
	buffer_reset(&buffer);
	assert_false(buffer_failed(&buffer));
	assert_true(buffer_text(&buffer, "abcd"));
}

static void
growth_ends_at_the_ceiling(void **state)
{
	struct arena arena;
	struct buffer buffer;

	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	buffer_init(&buffer, &arena, 10, 1000);
	assert_null(buffer.data);
	for (int i = 0; i < 1000; i++) {
		assert_true(buffer_byte(&buffer, (char)('a' + i % 26)));
		assert_true(buffer.size <= 1000);
	}
	assert_false(buffer_byte(&buffer, 'x'));
	assert_int_equal(buffer.len, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buffer.data[i], 'a' + i % 26);
	arena_done(&arena);
}

static void
growth_is_in_place_or_moves_the_content(void **state)
{
	struct arena arena;
	struct buffer buffer;
	char *data;

	(void)state;
	arena_init(&arena, 4096, 1 << 20);
	buffer_init(&buffer, &arena, 16, 100000);
	assert_true(buffer_text(&buffer, "0123456789abcdef"));
	data = buffer.data;
	assert_true(buffer_byte(&buffer, 'g'));
	assert_ptr_equal(buffer.data, data);
	assert_non_null(arena_alloc(&arena, 1));
	assert_true(buffer_printf(&buffer, "%0100d", 0));
	assert_ptr_not_equal(buffer.data, data);
	assert_memory_equal(buffer.data, "0123456789abcdefg000", 20);
	assert_true(buffer_printf(&buffer, "%050000d", 0));
	assert_int_equal(buffer.len, 17 + 100 + 50000);
	arena_done(&arena);
}

static void
an_arena_that_is_full_is_a_failure(void **state)
{
	struct arena arena;
	struct buffer buffer;

	(void)state;
	arena_init(&arena, 4096, 64);
	buffer_init(&buffer, &arena, 32, 1000);
	assert_true(buffer_text(&buffer, "0123456789"));
	assert_non_null(arena_alloc(&arena, 32));
	assert_false(buffer_printf(&buffer, "%030d", 0));
	assert_int_equal(buffer.len, 10);
	arena_done(&arena);
}

static void
first_size_above_the_ceiling_is_the_ceiling(void **state)
{
	struct arena arena;
	struct buffer buffer;

	(void)state;
	arena_init(&arena, 4096, 4096);
	buffer_init(&buffer, &arena, 500, 8);
	assert_true(buffer_text(&buffer, "12345678"));
	assert_false(buffer_text(&buffer, "9"));
	buffer_init(&buffer, &arena, 0, 8);
	assert_true(buffer_text(&buffer, "1"));
	assert_true(buffer_text(&buffer, "2345678"));
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_any_byte_at_any_place),
		cmocka_unit_test(all_kinds_of_writes_follow_each_other),
		cmocka_unit_test(a_failure_sticks_until_reset),
		cmocka_unit_test(growth_ends_at_the_ceiling),
		cmocka_unit_test(growth_is_in_place_or_moves_the_content),
		cmocka_unit_test(an_arena_that_is_full_is_a_failure),
		cmocka_unit_test(first_size_above_the_ceiling_is_the_ceiling),
	};
	int failures = RUN_ROWS(json_rows, json_string);

	failures += RUN_ROWS(json_rows, json_string_cut);
	failures += RUN_ROWS(number_rows, number);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

/* Slices: comparing, cutting, trimming, and numbers in decimal digits. */
#include "core/slice.h"

#include "rows.h"

struct number_row {
	const char *name, *text;
	uint64_t max, value;
	bool ok;
};

static const struct number_row number_rows[] = {
	{ "zero", "0", 10, 0, true },
	{ "the maximum", "300", 300, 300, true },
	{ "one above the maximum", "301", 300, 0, false },
	{ "ten times the maximum", "3000", 300, 0, false },
	{ "leading zeros", "007", 10, 7, true },
	{ "the largest of all", "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
	{ "one more than the largest", "18446744073709551616", UINT64_MAX, 0, false },
	{ "a digit more than the largest", "184467440737095516150", UINT64_MAX, 0, false },
	{ "nothing", "", 10, 0, false },
	{ "a plus sign", "+1", 10, 0, false },
	{ "a minus sign", "-1", 10, 0, false },
	{ "a space before", " 1", 10, 0, false },
	{ "a space behind", "1 ", 10, 0, false },
	{ "hexadecimal", "0x1", 10, 0, false },
	{ "a colon, next to the nine", "1:", 100, 0, false },
	{ "a slash, next to the zero", "1/", 100, 0, false },
	{ "only zero allowed", "1", 0, 0, false },
};

static void
number(void **state)
{
	const struct number_row *row = *state;
	uint64_t value = 99;

	assert_int_equal(slice_to_u64(slice_from(row->text), row->max, &value), row->ok);
	assert_int_equal(value, row->ok ? row->value : 99);
}

struct trim_row {
	const char *name, *text, *trimmed;
};

static const struct trim_row trim_rows[] = {
	{ "nothing to trim", "a b", "a b" },
	{ "spaces and tabs at both ends", " \t a \t", "a" },
	{ "only blanks", " \t ", "" },
	{ "empty", "", "" },
	{ "a newline stays", "\na\n", "\na\n" },
};

static void
trim(void **state)
{
	const struct trim_row *row = *state;

	assert_true(slice_is(slice_trim(slice_from(row->text)), row->trimmed));
}

struct cut_row {
	const char *name, *text;
	const char *parts[4];
};

static const struct cut_row cut_rows[] = {
	{ "one part", "a", { "a" } },
	{ "two parts", "a,b", { "a", "b" } },
	{ "an empty part in the middle", "a,,b", { "a", "", "b" } },
	{ "a separator at the end leaves an empty part", "a,", { "a", "" } },
	{ "a separator alone is two empty parts", ",", { "", "" } },
	{ "empty text is one empty part", "", { "" } },
	{ "no text is no part", NULL, { NULL } },
};

static void
cut(void **state)
{
	const struct cut_row *row = *state;
	struct slice rest = slice_from(row->text);
	size_t i = 0;

	while (rest.data != NULL) {
		struct slice part = slice_cut(&rest, ',');

		assert_non_null(row->parts[i]);
		assert_true(slice_is(part, row->parts[i++]));
	}
	assert_null(row->parts[i]);
}

static void
a_literal_is_a_slice(void **state)
{
	static const struct slice fixed = SLICE("a\0b");

	(void)state;
	assert_int_equal(fixed.len, 3);
	assert_true(slice_equal(fixed, SLICE_OF("a\0b")));
	assert_int_equal(slice_from(NULL).len, 0);
}

static void
skip_and_first_stay_inside(void **state)
{
	struct slice s = SLICE_OF("abc");

	(void)state;
	assert_true(slice_is(slice_skip(s, 1), "bc"));
	assert_int_equal(slice_skip(s, 4).len, 0);
	assert_null(slice_skip(slice_make(NULL, 0), 4).data);
	assert_true(slice_is(slice_first(s, 2), "ab"));
	assert_true(slice_is(slice_first(s, 9), "abc"));
}

static void
equality_minds_length_and_case(void **state)
{
	struct slice none = { NULL, 0 };

	(void)state;
	assert_true(slice_equal(none, SLICE_OF("")));
	assert_false(slice_equal(SLICE_OF("ab"), SLICE_OF("abc")));
	assert_false(slice_equal(SLICE_OF("ab"), SLICE_OF("aB")));
	assert_true(slice_equal_nocase(SLICE_OF("Ab"), SLICE_OF("aB")));
	assert_false(slice_equal_nocase(SLICE_OF("["), SLICE_OF("{")));
	assert_true(slice_starts(SLICE_OF("abc"), SLICE_OF("ab")));
	assert_true(slice_starts(none, SLICE_OF("")));
	assert_false(slice_starts(SLICE_OF("a"), SLICE_OF("ab")));
}

static void
order_is_by_bytes_and_then_by_length(void **state)
{
	(void)state;
	assert_true(slice_compare(SLICE_OF("a"), SLICE_OF("b")) < 0);
	assert_true(slice_compare(SLICE_OF("a"), SLICE_OF("ab")) < 0);
	assert_true(slice_compare(SLICE_OF("\xff"), SLICE_OF("a")) > 0);
	assert_true(slice_compare(slice_make(NULL, 0), SLICE_OF("")) == 0);
}

static void
find_gives_the_length_when_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(slice_find(SLICE_OF("a.b.c"), '.'), 1);
	assert_int_equal(slice_find(SLICE_OF("abc"), '.'), 3);
	assert_int_equal(slice_find(slice_make(NULL, 0), '.'), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_is_a_slice),
		cmocka_unit_test(skip_and_first_stay_inside),
		cmocka_unit_test(equality_minds_length_and_case),
		cmocka_unit_test(order_is_by_bytes_and_then_by_length),
		cmocka_unit_test(find_gives_the_length_when_there_is_none),
	};
	int failures = RUN_ROWS(number_rows, number);

	failures += RUN_ROWS(trim_rows, trim);
	failures += RUN_ROWS(cut_rows, cut);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

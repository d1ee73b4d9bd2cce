/*
 * X-Forwarded-* lists. Werkzeug 3.1.8 answers every row alike but for those that say
 * "stricter": it skips empty values.
 */
#include "guard/forwarded.h"

#include "../core/rows.h"

static const struct row {
	const char *name, *list;
	unsigned hops;
	const char *value; /* NULL: the field says nothing */
} rows[] = {
	{ "the only value at one hop", "a", 1, "a" },
	{ "the last of two at one hop", "a, b", 1, "b" },
	{ "the first of two at two hops", "a, b", 2, "a" },
	{ "two hops and one value", "a", 2, NULL },
	{ "no hop at all", "a", 0, NULL },
	{ "stricter: more hops than any setting allows", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r", 17,
	    NULL },
	{ "sixteen hops of eighteen values", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r", 16, "c" },
	{ "blanks around a value", " \t a \t ", 1, "a" },
	{ "an empty list", "", 1, NULL },
	{ "only blanks", "  ", 1, NULL },
	{ "a comma at the end adds nothing", "a,", 1, "a" },
	{ "stricter: a comma and a blank at the end add an empty value", "a, ", 1, NULL },
	{ "stricter: an empty value is not skipped", "a,,b", 2, NULL },
	{ "nor does it count", "a,,b", 3, NULL },
	{ "left of the trusted values it does not matter", "a,,b,c", 2, "b" },
	{ "a comma at the start adds an empty value", ",a", 2, NULL },
	{ "quotes around a value go", "\"a\"", 1, "a" },
	{ "a comma inside quotes does not separate", "x, \"a,b\"", 1, "a,b" },
	{ "so that a quoted pair is one value", "\"a,b\"", 2, NULL },
	{ "one pair of quotes goes, not two", "\"\"a\"\"", 1, "\"a\"" },
	{ "blanks inside quotes stay", "\" a \"", 1, " a " },
	{ "empty quotes are an empty value", "\"\"", 1, NULL },
	{ "a lone quote", "\"", 1, NULL },
	{ "an open quote that swallows the commas behind it", "\"a, b, c", 1, NULL },
	{ "an open quote at the end spoils all", "a, b, \"c", 2, NULL },
	{ "a quote in the middle opens too", "a\"b, c", 1, NULL },
	{ "a quote in the middle stays", "a\"b\", c", 2, "a\"b\"" },
	{ "a backslash inside quotes takes the quote", "\"a\\\"b\"", 1, "a\"b" },
	{ "and the comma behind it stays inside", "\"a\\\",b\"", 1, "a\",b" },
	{ "a backslash takes a backslash", "\"a\\\\\"", 1, "a\\" },
	{ "outside quotes a backslash is a byte", "a\\,b", 2, "a\\" },
	{ "a backslash at an open end", "\"a\\", 1, NULL },
	{ "a quote that a backslash keeps from closing", "\"a\\\"", 1, NULL },
};

static void
find(void **state)
{
	const struct row *row = *state;
	struct slice value = { NULL, 0 };
	enum forwarded result;
	struct arena arena;

	arena_init(&arena, 256, 1024);
	result = forwarded_find(&arena, slice_from(row->list), row->hops, &value);
	assert_int_equal(result, row->value == NULL ? FORWARDED_NONE : FORWARDED_VALUE);
	if (row->value != NULL)
		assert_memory_equal(value.data, row->value, strlen(row->value));
	assert_int_equal(value.len, row->value == NULL ? 0 : strlen(row->value));
	arena_done(&arena);
}

static void
no_memory_for_an_escape_is_told(void **state)
{
	struct slice value = { NULL, 0 };
	struct arena arena;

	(void)state;
	arena_init(&arena, 256, 0);
	assert_int_equal(
	    forwarded_find(&arena, SLICE_OF("\"a\\b\""), 1, &value), FORWARDED_NO_MEMORY);
	assert_int_equal(forwarded_find(&arena, SLICE_OF("\"ab\""), 1, &value), FORWARDED_VALUE);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_for_an_escape_is_told),
	};

	return RUN_ROWS(rows, find) + cmocka_run_group_tests(tests, NULL, NULL);
}

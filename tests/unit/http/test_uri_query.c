/* One parameter of a query string: decoded once, or nothing. */
#include "http/uri.h"

#include "../core/rows.h"

struct row {
	const char *name, *query, *wanted, *value; /* value NULL: nothing */
};

static const struct row rows[] = {
	{ "the only one", "a=1", "a", "1" },
	{ "the second", "a=1&b=2", "b", "2" },
	{ "a plus sign is a space", "a=x+y", "a", "x y" },
	{ "an escape is decoded", "a=%41%c3%a4", "a", "A\xc3\xa4" },
	{ "an escape is decoded once", "a=%2541", "a", "%41" },
	{ "an encoded separator is text", "a=1%262&b=3", "a", "1&2" },
	{ "an encoded plus sign", "a=1%2B2", "a", "1+2" },
	{ "a value with an equals sign", "a=b=c", "a", "b=c" },
	{ "an empty value", "a=", "a", "" },
	{ "a name without equals sign", "a&b", "a", "" },
	{ "empty pairs are passed over", "&&a=1&", "a", "1" },
	{ "an encoded name", "%61=1", "a", "1" },
	{ "a name with a space", "a+b=1", "a b", "1" },
	{ "an ill-formed name is another", "%zz=1&a=2", "a", "2" },
	{ "control characters are for the handler", "a=%0a", "a", "\n" },

	{ "absent", "a=1", "b", NULL },
	{ "a prefix is another name", "ab=1", "a", NULL },
	{ "a longer name too", "a=1", "ab", NULL },
	{ "names mind case", "A=1", "a", NULL },
	{ "twice", "a=1&a=1", "a", NULL },
	{ "twice, once in disguise", "a=1&%61=2", "a", NULL },
	{ "an escape cut short", "a=%4", "a", NULL },
	{ "an escape that is no hex", "a=%xy", "a", NULL },
	{ "a NUL", "a=1%002", "a", NULL },
	{ "no UTF-8", "a=%ff", "a", NULL },
	{ "an empty query", "", "a", NULL },
	{ "no query", NULL, "a", NULL },
};

static void
parameter_is(void **state)
{
	const struct row *row = *state;
	struct slice value;
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	value = uri_query_find(&arena, slice_from(row->query), slice_from(row->wanted));
	if (row->value == NULL) {
		assert_null(value.data);
	} else {
		assert_non_null(value.data);
		assert_string_equal(value.data, row->value);
		assert_int_equal(value.len, strlen(row->value));
	}
	arena_done(&arena);
}

static void
no_memory_is_no_value(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_null(
	    uri_query_find(&arena, SLICE_OF("a=longer-than-the-arena-has-room"), SLICE_OF("a"))
		.data);
	arena_done(&arena);
}

/* Whatever its value is worth. */
static void
a_name_is_there_or_not(void **state)
{
	static const struct {
		const char *query, *name;
		bool is_there;
	} names[] = {
		{ "a=1", "a", true },
		{ "b&a", "a", true },
		{ "a=%4", "a", true },
		{ "x=1&%61=1&a=2", "a", true },
		{ "ab=1&=a", "a", false },
		{ "b=a", "a", false },
		{ "%6=1", "a", false },
		{ "", "a", false },
		{ NULL, "a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_int_equal(
		    uri_query_has(slice_from(names[i].query), slice_from(names[i].name)),
		    names[i].is_there);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_is_no_value),
		cmocka_unit_test(a_name_is_there_or_not),
	};
	int failures = RUN_ROWS(rows, parameter_is);

	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

/* The look at a JSON text before it is parsed: at most 3 levels and 6 values here. */
#include "openapi/scan.h"

#include "../core/rows.h"

static const struct row {
	const char *name, *json;
	bool ok;
} rows[] = {
	{ "a scalar", "1", true },
	{ "nothing", "", true },
	{ "as deep as allowed", "[[[]]]", true },
	{ "one level more", "[[[[]]]]", false },
	{ "mixed brackets count alike", "[{\"\":[{", false },
	{ "as many values as allowed", "[1,2,3,4,5]", true },
	{ "one value more", "[1,2,3,4,5,6]", false },
	{ "members and their values count", "{\"a\":1,\"b\":2}", true },
	{ "and are limited", "{\"a\":1,\"b\":2,\"c\":3}", false },
	{ "brackets in a string do not count", "\"[[[[[[[[,,,,,,,,::::::\"", true },
	{ "an escaped quote does not end a string", "\"\\\"[[[[[[[[\"", true },
	{ "an escaped backslash does not keep it open", "\"\\\\\",[[[[", false },
	{ "a string without end", "\"[[[[[[", true },
	{ "a backslash at the very end", "\"\\", true },
	{ "closing more than was opened opens no room", "]]]][[[[", false },
};

static void
bounded(void **state)
{
	static const struct scan_limits limits = { .depth = 3, .values = 6 };
	const struct row *row = *state;

	assert_int_equal(scan_is_bounded(slice_from(row->json), &limits), row->ok);
}

static void
a_nul_byte_is_refused(void **state)
{
	static const struct scan_limits limits = { .depth = 3, .values = 6 };

	(void)state;
	assert_false(scan_is_bounded(slice_make("{}\0", 3), &limits));
	assert_false(scan_is_bounded(slice_make("\"\0\"", 3), &limits));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nul_byte_is_refused),
	};

	return RUN_ROWS(rows, bounded) + cmocka_run_group_tests(tests, NULL, NULL);
}

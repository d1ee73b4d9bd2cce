/* The grammar of limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/compiler.h"
#include "limits/limits.h"

static const struct row {
	const char *name, *text;
	uint32_t amount, window_s; /* 0: refused */
} rows[] = {
	{ "per minute", "60 per minute", 60, 60 },
	{ "per second", "1 per second", 1, 1 },
	{ "per hour", "5 per hour", 5, 3600 },
	{ "per day", "1 per day", 1, 86400 },
	{ "a slash", "60/minute", 60, 60 },
	{ "a slash with blanks", "60 / minute", 60, 60 },
	{ "a multiple", "10 per 5 minutes", 10, 300 },
	{ "a multiple after a slash", "10/5 minutes", 10, 300 },
	{ "plural without a multiple", "10 per minutes", 10, 60 },
	{ "any case", "10 PER Minute", 10, 60 },
	{ "blanks around", " \t60 per minute ", 60, 60 },
	{ "tabs between", "60\tper\tminute", 60, 60 },
	{ "the largest amount", "1000000 per second", 1000000, 1 },
	{ "the longest window in days", "1 per 31 days", 1, 2678400 },
	{ "the longest window in seconds", "1 per 2678400 seconds", 1, 2678400 },
	{ "leading zeros", "007 per 02 hours", 7, 7200 },

	{ "nothing", "", 0, 0 },
	{ "blanks alone", "  ", 0, 0 },
	{ "no amount", "per minute", 0, 0 },
	{ "amount alone", "60", 0, 0 },
	{ "no unit", "60 per", 0, 0 },
	{ "no unit after a blank", "60 per ", 0, 0 },
	{ "no unit after a multiple", "60 per 5", 0, 0 },
	{ "amount 0", "0 per minute", 0, 0 },
	{ "multiple 0", "1 per 0 minutes", 0, 0 },
	{ "one above the largest amount", "1000001 per minute", 0, 0 },
	{ "one above the longest window", "1 per 2678401 seconds", 0, 0 },
	{ "32 days", "1 per 32 days", 0, 0 },
	{ "an amount above 64 bits", "99999999999999999999 per minute", 0, 0 },
	{ "a multiple that would overflow", "1 per 18446744073709551615 days", 0, 0 },
	{ "a sign", "+60 per minute", 0, 0 },
	{ "a negative amount", "-1 per minute", 0, 0 },
	{ "a fraction", "1.5 per minute", 0, 0 },
	{ "hexadecimal", "0x10 per minute", 0, 0 },
	{ "words run together", "60perminute", 0, 0 },
	{ "per without a blank behind", "60 perminute", 0, 0 },
	{ "per without a blank before", "60per minute", 0, 0 },
	{ "a multiple run together with its unit", "10 per 5minutes", 0, 0 },
	{ "two limits", "10/minute;100/hour", 0, 0 },
	{ "two limits by comma", "10/minute, 100/hour", 0, 0 },
	{ "an unknown unit", "1 per fortnight", 0, 0 },
	{ "months, which have no length", "1 per month", 0, 0 },
	{ "a unit cut short", "1 per min", 0, 0 },
	{ "a unit with more behind it", "1 per minutess", 0, 0 },
	{ "words behind", "1 per minute please", 0, 0 },
	{ "a line end inside", "1 per\nminute", 0, 0 },
	{ "two slashes", "1//minute", 0, 0 },
	{ "a slash and per", "1/per minute", 0, 0 },
	{ "a text longer than any limit",
	    "1                                                                per minute", 0, 0 },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct limit limit = { 7, 7 };
	bool parsed = limit_parse(slice_from(row->text), &limit);

	assert_int_equal(parsed, row->amount != 0);
	assert_int_equal(limit.amount, parsed ? row->amount : 7); /* left alone on failure */
	assert_int_equal(limit.window_s, parsed ? row->window_s : 7);
}

static void
check_bytes_after_nul(void **state)
{
	struct limit limit;

	(void)state;
	assert_false(limit_parse(SLICE_OF("60 per minute\0 per hour"), &limit));
	assert_false(limit_parse((struct slice) { NULL, 0 }, &limit));
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows) + 1];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	tests[COUNT_OF(rows)] = (struct CMUnitTest)cmocka_unit_test(check_bytes_after_nul);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* traceparent: what is taken over and what is replaced by fresh ids (W3C Trace Context §3.2). */
#include "log/trace.h"

#include "../core/rows.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

struct row {
	const char *name, *header;
	bool is_taken;
};

static const struct row rows[] = {
	{ "version 00", "00-" TRACE "-" SPAN "-01", true },
	{ "not sampled", "00-" TRACE "-" SPAN "-00", true },
	{ "unknown flags", "00-" TRACE "-" SPAN "-ff", true },
	{ "another version", "01-" TRACE "-" SPAN "-01", false },
	{ "the version that is none", "ff-" TRACE "-" SPAN "-01", false },
	{ "text behind it", "00-" TRACE "-" SPAN "-01-x", false },
	{ "a space behind it", "00-" TRACE "-" SPAN "-01 ", false },
	{ "too short", "00-" TRACE "-" SPAN "-0", false },
	{ "empty", "", false },
	{ "capitals", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", false },
	{ "a trace id of zeros", "00-00000000000000000000000000000000-" SPAN "-01", false },
	{ "a span id of zeros", "00-" TRACE "-0000000000000000-01", false },
	{ "a letter that is no digit in the trace id",
	    "00-4bf92f3577b34da6a3ce929d0e0e473g-" SPAN "-01", false },
	{ "a quote in the span id", "00-" TRACE "-00f067aa0ba902b\"-01", false },
	{ "flags that are no digits", "00-" TRACE "-" SPAN "-0x", false },
	{ "another separator", "00_" TRACE "-" SPAN "-01", false },
	{ "another second separator", "00-" TRACE "_" SPAN "-01", false },
	{ "another third separator", "00-" TRACE "-" SPAN "_01", false },
};

static void
parent(void **state)
{
	const struct row *row = *state;
	struct slice id = { NULL, 0 };

	assert_int_equal(trace_parent_parse(slice_from(row->header), &id), row->is_taken);
	assert_true(slice_is(id, row->is_taken ? TRACE : ""));
}

static void
ids_differ_and_are_hex(void **state)
{
	struct trace_random random;
	char last[33] = "", id[33];

	(void)state;
	trace_random_seed(&random);
	for (int i = 0; i < 1000; i++) {
		trace_random_id(&random, 32, id);
		assert_int_equal(strlen(id), 32);
		assert_int_equal(strspn(id, "0123456789abcdef"), 32);
		assert_string_not_equal(id, last);
		memcpy(last, id, sizeof(last));
	}
}

static void
an_id_is_never_all_zero(void **state)
{
	struct trace_random zero = { { 0, 0, 0, 0 } };
	char id[17];

	(void)state;
	trace_random_id(&zero, 16, id);
	assert_string_equal(id, "0000000000000001");
}

/* xoshiro256** from the state 1, 2, 3, 4: the first outputs are 11520, 0 and 1509978240. */
static void
the_generator_is_the_published_one(void **state)
{
	struct trace_random random = { { 1, 2, 3, 4 } };
	char id[17];

	(void)state;
	trace_random_id(&random, 16, id);
	assert_string_equal(id, "0000000000002d00");
	trace_random_id(&random, 16, id);
	trace_random_id(&random, 16, id);
	assert_string_equal(id, "000000005a007080");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_differ_and_are_hex),
		cmocka_unit_test(an_id_is_never_all_zero),
		cmocka_unit_test(the_generator_is_the_published_one),
	};

	return RUN_ROWS(rows, parent) + cmocka_run_group_tests(tests, NULL, NULL);
}

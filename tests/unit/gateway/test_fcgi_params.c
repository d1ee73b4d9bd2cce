/* Name-value pairs: lengths, limits, and pieces of every size. */
#include "gateway/fcgi_params.h"

#include <stdlib.h>

#include "front.h"

struct row {
	const char *name;
	struct slice bytes;
	enum fcgi_params_verdict verdict;
	bool at_end;
	int64_t content_length;
};

#define LENGTH "CONTENT_LENGTH"

static const struct row rows[] = {
	{ "nothing", SLICE(""), FCGI_PARAMS_GOOD, true, -1 },
	{ "one pair", SLICE("\1\1AB"), FCGI_PARAMS_GOOD, true, -1 },
	{ "an empty value", SLICE("\1\0A"), FCGI_PARAMS_GOOD, true, -1 },
	{ "two pairs", SLICE("\1\1AB\2\3XYabc"), FCGI_PARAMS_GOOD, true, -1 },
	{ "a short length in four bytes", SLICE("\x80\0\0\1\x80\0\0\2A=="), FCGI_PARAMS_GOOD, true,
	    -1 },
	{ "a value cut short", SLICE("\1\2AB"), FCGI_PARAMS_GOOD, false, -1 },
	{ "a length cut short", SLICE("\1\1AB\x80\0"), FCGI_PARAMS_GOOD, false, -1 },
	{ "an empty name", SLICE("\0\1B"), FCGI_PARAMS_BAD, false, -1 },
	{ "an empty pair", SLICE("\0\0"), FCGI_PARAMS_BAD, false, -1 },
	{ "'=' in a name", SLICE("\3\1A=BC"), FCGI_PARAMS_BAD, false, -1 },
	{ "'=' in a value is fine", SLICE("\1\3AB=C"), FCGI_PARAMS_GOOD, true, -1 },
	{ "NUL in a name", SLICE("\3\1A\0BC"), FCGI_PARAMS_BAD, false, -1 },
	{ "NUL in a value", SLICE("\1\3AB\0C"), FCGI_PARAMS_BAD, false, -1 },
	{ "a name of 2^31-1 bytes", SLICE("\xff\xff\xff\xff\1"), FCGI_PARAMS_TOO_LARGE, false, -1 },
	{ "a value of 2^31-1 bytes", SLICE("\1\xff\xff\xff\xff"), FCGI_PARAMS_TOO_LARGE, false,
	    -1 },
	{ "both of 2^31-1 bytes", SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"), FCGI_PARAMS_TOO_LARGE,
	    false, -1 },
	{ "65 536 bytes fit", SLICE("\1\x80\0\xff\xff"), FCGI_PARAMS_GOOD, false, -1 },
	{ "65 537 do not", SLICE("\1\x80\1\0\0"), FCGI_PARAMS_TOO_LARGE, false, -1 },
	{ "the length of the body", SLICE("\x0e\3" LENGTH "123"), FCGI_PARAMS_GOOD, true, 123 },
	{ "ten digits of it", SLICE("\x0e\x0a" LENGTH "9999999999"), FCGI_PARAMS_GOOD, true,
	    9999999999 },
	{ "leading zeros of it", SLICE("\x0e\3" LENGTH "007"), FCGI_PARAMS_GOOD, true, 7 },
	{ "eleven digits are none", SLICE("\x0e\x0b" LENGTH "00000000001"), FCGI_PARAMS_GOOD, true,
	    -1 },
	{ "an empty one is none", SLICE("\x0e\0" LENGTH), FCGI_PARAMS_GOOD, true, -1 },
	{ "a signed one is none", SLICE("\x0e\2" LENGTH "-1"), FCGI_PARAMS_GOOD, true, -1 },
	{ "a list is none", SLICE("\x0e\4" LENGTH "1, 1"), FCGI_PARAMS_GOOD, true, -1 },
	{ "a letter in it", SLICE("\x0e\3" LENGTH "1x2"), FCGI_PARAMS_GOOD, true, -1 },
	{ "two of them are none", SLICE("\x0e\1" LENGTH "1\x0e\1" LENGTH "1"), FCGI_PARAMS_GOOD,
	    true, -1 },
	{ "an empty one and one", SLICE("\x0e\0" LENGTH "\x0e\1" LENGTH "1"), FCGI_PARAMS_GOOD,
	    true, -1 },
	{ "a name of the same size", SLICE("\x0e\1CONTENT_LENGTX1"), FCGI_PARAMS_GOOD, true, -1 },
	{ "a name with the same end", SLICE("\x0e\1XONTENT_LENGTH1"), FCGI_PARAMS_GOOD, true, -1 },
};

static void
assert_row(
    const struct row *row, const struct fcgi_params *params, enum fcgi_params_verdict verdict)
{
	assert_int_equal(verdict, row->verdict);
	if (verdict != FCGI_PARAMS_GOOD)
		return;
	assert_int_equal(fcgi_params_at_end(params), row->at_end);
	assert_int_equal(params->content_length, row->content_length);
}

/* Cut in two at every place, and byte by byte, the answer is that of the whole. */
static void
check_row(void **state)
{
	const struct row *row = *state;

	for (size_t cut = 0; cut <= row->bytes.len; cut++) {
		struct fcgi_params params;
		enum fcgi_params_verdict verdict;

		fcgi_params_init(&params);
		verdict = fcgi_params_feed(&params, slice_first(row->bytes, cut));
		if (verdict == FCGI_PARAMS_GOOD)
			verdict = fcgi_params_feed(&params, slice_skip(row->bytes, cut));
		assert_row(row, &params, verdict);
	}
}

static void
check_row_by_bytes(void **state)
{
	const struct row *row = *state;
	enum fcgi_params_verdict verdict = FCGI_PARAMS_GOOD;
	struct fcgi_params params;

	fcgi_params_init(&params);
	for (size_t i = 0; i < row->bytes.len && verdict == FCGI_PARAMS_GOOD; i++)
		verdict = fcgi_params_feed(&params, slice_make(row->bytes.data + i, 1));
	assert_row(row, &params, verdict);
}

static void
counts_pairs(void **state)
{
	struct fcgi_params params;

	(void)state;
	fcgi_params_init(&params);
	for (size_t i = 0; i < FCGI_PARAMS_MAX_COUNT; i++)
		assert_int_equal(fcgi_params_feed(&params, SLICE_OF("\1\1AB")), FCGI_PARAMS_GOOD);
	assert_int_equal(params.count, 256);
	assert_int_equal(params.bytes, 512);
	assert_int_equal(fcgi_params_feed(&params, SLICE_OF("\1\1AB")), FCGI_PARAMS_TOO_LARGE);
}

static void
adds_bytes_up(void **state)
{
	static char value[FCGI_PARAMS_MAX_BYTES];
	struct fcgi_params params;

	(void)state;
	memset(value, 'v', sizeof(value));
	fcgi_params_init(&params);
	assert_int_equal(fcgi_params_feed(&params, SLICE_OF("\1\x80\0\xff\xfe"
							    "A")),
	    FCGI_PARAMS_GOOD);
	assert_int_equal(fcgi_params_feed(&params, slice_make(value, 65534)), FCGI_PARAMS_GOOD);
	assert_true(fcgi_params_at_end(&params));
	assert_int_equal(fcgi_params_feed(&params, SLICE_OF("\1\0A")), FCGI_PARAMS_GOOD);
	assert_int_equal(params.bytes, FCGI_PARAMS_MAX_BYTES);
	assert_int_equal(fcgi_params_feed(&params, SLICE_OF("\1\0A")), FCGI_PARAMS_TOO_LARGE);
}

/*
 * The bytes of a long length are in network order: a slip here once reversed them in another
 * server.
 */
static void
decodes_lengths(void **state)
{
	size_t length = 0;

	(void)state;
	assert_int_equal(fcgi_length_decode(SLICE_OF(""), &length), 0);
	assert_int_equal(fcgi_length_decode(SLICE_OF("\x7f"), &length), 1);
	assert_int_equal(length, 127);
	assert_int_equal(fcgi_length_decode(SLICE_OF("\x80\x01\x02"), &length), 0);
	assert_int_equal(fcgi_length_decode(SLICE_OF("\x81\x02\x03\x04"), &length), 4);
	assert_int_equal(length, 0x01020304);
	assert_int_equal(fcgi_length_decode(SLICE_OF("\xff\xff\xff\xff"), &length), 4);
	assert_int_equal(length, 0x7fffffff);
}

int
main(void)
{
	static struct CMUnitTest tests[2 * COUNT_OF(rows) + 3] = {
		cmocka_unit_test(counts_pairs),
		cmocka_unit_test(adds_bytes_up),
		cmocka_unit_test(decodes_lengths),
	};
	static char names[COUNT_OF(rows)][80];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		void *row = (void *)(uintptr_t)&rows[i];

		snprintf(names[i], sizeof(names[i]), "byte by byte: %s", rows[i].name);
		tests[3 + 2 * i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL, row };
		tests[4 + 2 * i] =
		    (struct CMUnitTest) { names[i], check_row_by_bytes, NULL, NULL, row };
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

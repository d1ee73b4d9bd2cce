/* UTF-8: the edges of RFC 3629 §4, and every code point there and back. */
#include "core/utf8.h"

#include "rows.h"

struct row {
	const char *name, *bytes;
	size_t len; /* of the first sequence; 0: ill-formed */
	uint32_t code;
};

static const struct row rows[] = {
	{ "ASCII", "a", 1, 'a' },
	{ "the last of one byte", "\x7f", 1, 0x7f },
	{ "the first of two bytes", "\xc2\x80", 2, 0x80 },
	{ "the last of two bytes", "\xdf\xbf", 2, 0x7ff },
	{ "the first of three bytes", "\xe0\xa0\x80", 3, 0x800 },
	{ "the last before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
	{ "the first behind the surrogates", "\xee\x80\x80", 3, 0xe000 },
	{ "the last of three bytes", "\xef\xbf\xbf", 3, 0xffff },
	{ "the first of four bytes", "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "the last code point", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "a continuation alone", "\x80", 0, 0 },
	{ "overlong NUL", "\xc0\x80", 0, 0 },
	{ "overlong slash", "\xc0\xaf", 0, 0 },
	{ "overlong in two bytes", "\xc1\xbf", 0, 0 },
	{ "overlong in three bytes", "\xe0\x9f\xbf", 0, 0 },
	{ "overlong in four bytes", "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "the first surrogate", "\xed\xa0\x80", 0, 0 },
	{ "the last surrogate", "\xed\xbf\xbf", 0, 0 },
	{ "one above the last code point", "\xf4\x90\x80\x80", 0, 0 },
	{ "a first byte of none", "\xf5\x80\x80\x80", 0, 0 },
	{ "a byte that never occurs", "\xff", 0, 0 },
	{ "cut after the first byte", "\xc3", 0, 0 },
	{ "cut before the last byte", "\xe2\x82", 0, 0 },
	{ "a letter in the middle", "\xe2z\x82", 0, 0 },
	{ "a letter at the end", "\xf0\x9f\x98z", 0, 0 },
	{ "only the first counts", "\xc3\xa9z", 2, 0xe9 },
};

static void
decode(void **state)
{
	const struct row *row = *state;
	uint32_t code = 99;

	assert_int_equal(utf8_decode(slice_from(row->bytes), &code), row->len);
	assert_int_equal(code, row->len == 0 ? 99 : row->code);
	assert_int_equal(utf8_is_valid(slice_from(row->bytes)), row->len > 0);
}

static void
every_code_point_there_and_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		uint32_t again = UINT32_MAX;
		char bytes[4];
		size_t len;

		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		len = utf8_encode(code, bytes);
		assert_int_equal(utf8_decode(slice_make(bytes, len), &again), len);
		assert_int_equal(again, code);
	}
}

static void
a_bad_byte_is_found_at_every_place(void **state)
{
	char text[40];

	(void)state;
	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'a', sizeof(text));
		assert_true(utf8_is_valid(slice_make(text, sizeof(text))));
		text[at] = (char)0x80;
		assert_false(utf8_is_valid(slice_make(text, sizeof(text))));
	}
}

static void
the_empty_slice_is_valid(void **state)
{
	uint32_t code;

	(void)state;
	assert_true(utf8_is_valid(slice_make(NULL, 0)));
	assert_int_equal(utf8_decode(slice_make(NULL, 0), &code), 0);
	assert_true(utf8_is_valid(slice_make("\0", 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_there_and_back),
		cmocka_unit_test(a_bad_byte_is_found_at_every_place),
		cmocka_unit_test(the_empty_slice_is_valid),
	};

	return RUN_ROWS(rows, decode) + cmocka_run_group_tests(tests, NULL, NULL);
}

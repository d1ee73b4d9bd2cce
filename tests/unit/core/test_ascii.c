/* Every byte, against <ctype.h> in the "C" locale. */
#include "core/ascii.h"

#include <ctype.h>

#include "core/hex.h"

#include "rows.h"

static void
classes_are_those_of_ascii(void **state UNUSED)
{
	for (int byte = 0; byte <= UINT8_MAX; byte++) {
		assert_int_equal(ascii_is_digit((char)byte), isdigit(byte) != 0);
		assert_int_equal(ascii_is_alpha((char)byte), isalpha(byte) != 0);
		assert_int_equal(ascii_is_alnum((char)byte), isalnum(byte) != 0);
	}
}

static void
hex_digits_have_their_value(void **state UNUSED)
{
	for (int byte = 0; byte <= UINT8_MAX; byte++) {
		const char text[2] = { (char)byte, '\0' };

		assert_int_equal(
		    hex_value((char)byte), isxdigit(byte) ? (int)strtol(text, NULL, 16) : -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_those_of_ascii),
		cmocka_unit_test(hex_digits_have_their_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Addresses from text: the edges, and inet_pton(3) as a second opinion on all that chance comes up with. */
#include "core/address.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "rows.h"

static const struct row {
	const char *name, *text;
	bool is_v4, is_v6, is_mapped;
} rows[] = {
	{ "the lowest", "0.0.0.0", true, false, false },
	{ "the highest", "255.255.255.255", true, false, false },
	{ "a usual one", "192.0.2.17", true, false, false },
	{ "an octet too large", "192.0.2.256", false, false, false },
	{ "an octet that would wrap around", "192.0.2.4294967297", false, false, false },
	{ "a leading zero", "192.0.2.01", false, false, false },
	{ "two zeros", "192.0.00.1", false, false, false },
	{ "three octets", "192.0.2", false, false, false },
	{ "five octets", "192.0.2.1.1", false, false, false },
	{ "an empty octet", "192..2.1", false, false, false },
	{ "a dot at the end", "192.0.2.1.", false, false, false },
	{ "a dot at the start", ".192.0.2.1", false, false, false },
	{ "a space behind", "192.0.2.1 ", false, false, false },
	{ "a space before", " 192.0.2.1", false, false, false },
	{ "hexadecimal", "0xc0.0.2.1", false, false, false },
	{ "a sign", "+1.0.2.1", false, false, false },
	{ "a number alone", "3221225985", false, false, false },
	{ "a port", "192.0.2.1:80", false, false, false },
	{ "nothing", "", false, false, false },
	{ "IPv6", "2001:db8::17", false, true, false },
	{ "any IPv6", "::", false, true, false },
	{ "one that carries IPv4", "::ffff:192.0.2.1", false, true, true },
	{ "it in hexadecimal", "::ffff:c000:201", false, true, true },
	{ "another prefix", "::fffe:192.0.2.1", false, true, false },
	{ "brackets", "[::1]", false, false, false },
	{ "a zone", "fe80::1%eth0", false, false, false },
	{ "two gaps", "1::2::3", false, false, false },
	{ "the longest text", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", false, true, false },
	{ "a longer one", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555", false, false, false },
};

static void
parse(void **state)
{
	const struct row *row = *state;
	unsigned char bytes[ADDRESS_V6_LEN], expected[ADDRESS_V6_LEN];

	assert_int_equal(address_v4_parse(slice_from(row->text), bytes), row->is_v4);
	assert_int_equal(inet_pton(AF_INET, row->text, expected), row->is_v4);
	if (row->is_v4)
		assert_memory_equal(bytes, expected, ADDRESS_V4_LEN);
	assert_int_equal(address_v6_parse(slice_from(row->text), bytes), row->is_v6);
	assert_int_equal(inet_pton(AF_INET6, row->text, expected), row->is_v6);
	if (row->is_v6) {
		assert_memory_equal(bytes, expected, ADDRESS_V6_LEN);
		assert_int_equal(address_is_mapped(bytes), row->is_mapped);
	}
}

/* inet_pton would stop there. */
static void
a_nul_is_no_end(void **state)
{
	unsigned char bytes[ADDRESS_V6_LEN];

	(void)state;
	assert_false(address_v4_parse(SLICE_OF("192.0.2.1\0"), bytes));
	assert_false(address_v4_parse(SLICE_OF("192.0.2.1\0.5"), bytes));
	assert_false(address_v6_parse(SLICE_OF("::1\0"), bytes));
	assert_true(address_v4_parse(slice_first(SLICE_OF("192.0.2.17"), 9), bytes));
	assert_int_equal(bytes[3], 1);
}

static void
same_as_inet_pton(void **state)
{
	static const char alphabet[] = "0123459.....";
	unsigned good = 0;

	(void)state;
	srandom(4);
	for (int round = 0; round < 300000; round++) {
		unsigned char bytes[ADDRESS_V4_LEN], expected[ADDRESS_V4_LEN];
		char text[17];
		size_t len = 7 + (size_t)random() % 9;

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
		text[len] = '\0';
		if (inet_pton(AF_INET, text, expected) == 1) {
			good++;
			assert_true(address_v4_parse(slice_from(text), bytes));
			assert_memory_equal(bytes, expected, sizeof(bytes));
		} else {
			assert_false(address_v4_parse(slice_from(text), bytes));
		}
	}
	assert_in_range(good, 100, 299000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(same_as_inet_pton),
	};

	return RUN_ROWS(rows, parse) + cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * SipHash-2-4: vectors of the reference implementation, for key 00 01 ... 0f and input 00 01 02
 * ...
 */
#include "core/siphash.h"

#include "rows.h"

struct row {
	const char *name;
	size_t len;
	uint64_t hash;
};

static const struct row rows[] = {
	{ "nothing", 0, UINT64_C(0x726fdb47dd0e0e31) },
	{ "one byte", 1, UINT64_C(0x74f839c593dc67fd) },
	{ "seven bytes", 7, UINT64_C(0xab0200f58b01d137) },
	{ "eight bytes", 8, UINT64_C(0x93f5f5799a932462) },
	{ "fifteen bytes, as in the paper", 15, UINT64_C(0xa129ca6149be45e5) },
	{ "sixty-three bytes", 63, UINT64_C(0x958a324ceb064572) },
};

static void
vector(void **state)
{
	const struct row *row = *state;
	struct siphash_key key = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };
	unsigned char input[64];

	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (unsigned char)i;
	assert_true(siphash(&key, input, row->len) == row->hash);
}

static void
the_key_matters(void **state)
{
	struct siphash_key a = { 1, 2 }, b = { 1, 3 }, c = { 2, 2 };

	(void)state;
	assert_true(siphash(&a, "x", 1) != siphash(&b, "x", 1));
	assert_true(siphash(&a, "x", 1) != siphash(&c, "x", 1));
	assert_true(siphash(&a, NULL, 0) != siphash(&a, "\0", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_key_matters) };

	return RUN_ROWS(rows, vector) + cmocka_run_group_tests(tests, NULL, NULL);
}

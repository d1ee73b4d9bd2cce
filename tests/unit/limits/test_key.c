/* Which clients share a budget, and what of them is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/compiler.h"
#include "limits/key.h"

static const struct row {
	const char *name, *client, *other;
	bool is_same;
} rows[] = {
	{ "an address is itself", "192.0.2.1", "192.0.2.1", true },
	{ "neighbours in IPv4 differ", "192.0.2.1", "192.0.2.2", false },
	{ "spellings of one IPv6 address", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", true },
	{ "one /64 is one client", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
	{ "two /64 are two clients", "2001:db8:1:2::1", "2001:db8:1:3::1", false },
	{ "an IPv4-mapped address is the IPv4 client", "::ffff:192.0.2.1", "192.0.2.1", true },
	{ "two IPv4-mapped addresses differ", "::ffff:192.0.2.1", "::ffff:192.0.2.2", false },
	{ "IPv4 and IPv6 of the same leading bytes differ", "32.1.13.184", "2001:db8::1", false },
	{ "what is no address is one client", "", "unknown", true },
	{ "a host name is no address", "localhost", "example.org", true },
	{ "an address with a port is no address", "192.0.2.1:80", "", true },
	{ "an address with leading zeros is no address", "192.0.2.01", "", true },
	{ "an over-long text is no address",
	    "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000", "", true },
	{ "no address is not 0.0.0.0", "0.0.0.0", "", false },
	{ "no address is not ::", "::", "", false },
};

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct siphash_key secret = { 1, 2 };
	struct limit_key a;
	struct limit_key b;

	limit_key_make(&a, 3, slice_from(row->client));
	limit_key_make(&b, 3, slice_from(row->other));
	assert_int_equal(memcmp(a.client, b.client, sizeof(a.client)) == 0, row->is_same);
	assert_int_equal(limit_key_hash(&a, &secret) == limit_key_hash(&b, &secret), row->is_same);
}

static void
check_route_and_secret(void **state)
{
	struct limit_key a;
	struct limit_key b;

	(void)state;
	limit_key_make(&a, 1, SLICE_OF("192.0.2.1"));
	limit_key_make(&b, 2, SLICE_OF("192.0.2.1"));
	assert_true(limit_key_hash(&a, &(struct siphash_key) { 1, 2 }) !=
		    limit_key_hash(&b, &(struct siphash_key) { 1, 2 }));
	assert_true(limit_key_hash(&a, &(struct siphash_key) { 1, 2 }) !=
		    limit_key_hash(&a, &(struct siphash_key) { 1, 3 }));
}

static void
check_nul_inside(void **state)
{
	struct limit_key a;
	struct limit_key b;

	(void)state;
	limit_key_make(&a, 1, SLICE_OF("192.0.2.1\0"));
	limit_key_make(&b, 1, SLICE_OF(""));
	assert_memory_equal(a.client, b.client, sizeof(a.client));
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows) + 2];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { rows[i].name, check_row, NULL, NULL,
			(void *)(uintptr_t)&rows[i] };
	tests[COUNT_OF(rows)] = (struct CMUnitTest)cmocka_unit_test(check_route_and_secret);
	tests[COUNT_OF(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(check_nul_inside);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

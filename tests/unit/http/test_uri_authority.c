/* Authorities and addresses, in the spellings of clients, proxies and attackers. */
#include "http/uri.h"

#include <sys/socket.h>

#include "../core/rows.h"

#define LABEL_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
#define NAME_250 LABEL_50 LABEL_50 LABEL_50 LABEL_50 LABEL_50

struct row {
	const char *name, *authority, *host; /* host NULL: no authority */
};

static const struct row rows[] = {
	{ "a name", "example.org", "example.org" },
	{ "a name and a port", "example.org:8443", "example.org" },
	{ "upper case becomes lower", "EXAMPLE.Org", "example.org" },
	{ "one label", "localhost", "localhost" },
	{ "an underscore, as containers have it", "doc_store:80", "doc_store" },
	{ "a final dot stays", "example.org.", "example.org." },
	{ "digits and hyphens", "a-1.2-b", "a-1.2-b" },
	{ "an IPv4 address", "192.0.2.1:80", "192.0.2.1" },
	{ "an IPv6 address", "[2001:DB8::1]", "2001:db8::1" },
	{ "an IPv6 address and a port", "[::1]:443", "::1" },
	{ "an IPv6 address that holds an IPv4 one", "[::ffff:192.0.2.1]", "::ffff:192.0.2.1" },
	{ "the largest port", "a:65535", "a" },
	{ "a name of 253 bytes", NAME_250 "aaa", NAME_250 "aaa" },

	{ "nothing", "", NULL },
	{ "a port alone", ":80", NULL },
	{ "an empty port", "example.org:", NULL },
	{ "a port too large", "example.org:65536", NULL },
	{ "a port of six digits", "example.org:000080", NULL },
	{ "a port with a sign", "example.org:+80", NULL },
	{ "two ports", "example.org:80:80", NULL },
	{ "user information", "user@example.org", NULL },
	{ "a path", "example.org/a", NULL },
	{ "a space", "example.org ", NULL },
	{ "a list", "a.org,b.org", NULL },
	{ "an escape", "ex%61mple.org", NULL },
	{ "a newline", "example.org\n", NULL },
	{ "a name beyond ASCII", "ex\xc3\xa4mple.org", NULL },
	{ "an empty label", "example..org", NULL },
	{ "a dot at the start", ".example.org", NULL },
	{ "a lone dot", ".", NULL },
	{ "two final dots", "example.org..", NULL },
	{ "a name of 254 bytes", NAME_250 "aaaa", NULL },
	{ "an IPv6 address without brackets", "::1", NULL },
	{ "a bracket left open", "[::1", NULL },
	{ "brackets around nothing", "[]", NULL },
	{ "brackets around a name", "[example.org]", NULL },
	{ "brackets around an IPv4 address", "[192.0.2.1]", NULL },
	{ "text behind the brackets", "[::1]a", NULL },
	{ "an IPv6 zone", "[fe80::1%25eth0]", NULL },
	{ "an address of the future", "[v1.a]", NULL },
};

static void
authority_names_host(void **state)
{
	const struct row *row = *state;
	struct slice authority = slice_from(row->authority), host;
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	assert_int_equal(uri_is_authority(authority), row->host != NULL);
	host = uri_authority_host(&arena, authority);
	if (row->host == NULL)
		assert_null(host.data);
	else
		assert_string_equal(host.data, row->host);
	arena_done(&arena);
}

struct address_row {
	const char *name, *text;
	int family;
	unsigned char first, last;
};

static const struct address_row address_rows[] = {
	{ "IPv4", "192.0.2.1", AF_INET, 192, 1 },
	{ "IPv4 and a port", "192.0.2.1:80", AF_INET, 192, 1 },
	{ "IPv6", "2001:db8::7", AF_INET6, 0x20, 7 },
	{ "IPv6 in brackets", "[2001:db8::7]", AF_INET6, 0x20, 7 },
	{ "IPv6 and a port", "[2001:db8::7]:80", AF_INET6, 0x20, 7 },
	{ "loopback", "::1", AF_INET6, 0, 1 },
	{ "IPv4 inside IPv6", "::ffff:192.0.2.1", AF_INET6, 0, 1 },
	{ "nothing", "", 0, 0, 0 },
	{ "a name", "localhost", 0, 0, 0 },
	{ "a socket's path", "unix:", 0, 0, 0 },
	{ "three numbers", "192.0.2", 0, 0, 0 },
	{ "a number too large", "192.0.2.256", 0, 0, 0 },
	{ "a number with a leading zero", "192.0.2.01", 0, 0, 0 },
	{ "an empty port", "192.0.2.1:", 0, 0, 0 },
	{ "a port too large", "192.0.2.1:65536", 0, 0, 0 },
	{ "IPv4 in brackets", "[192.0.2.1]", 0, 0, 0 },
	{ "a zone", "fe80::1%eth0", 0, 0, 0 },
	{ "a space before", " 192.0.2.1", 0, 0, 0 },
	{ "a list", "192.0.2.1, 192.0.2.2", 0, 0, 0 },
	{ "a bracket left open", "[::1", 0, 0, 0 },
	{ "longer than any address", "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", 0, 0, 0 },
};

static void
address_is(void **state)
{
	const struct address_row *row = *state;
	struct uri_address address = { .family = -1 };
	bool found = uri_address_parse(slice_from(row->text), &address);

	assert_int_equal(found, row->family != 0);
	assert_int_equal(address.family, found ? row->family : -1);
	if (!found)
		return;
	assert_int_equal(address.bytes[0], row->first);
	assert_int_equal(address.bytes[row->family == AF_INET ? 3 : 15], row->last);
}

struct network_row {
	const char *name, *address, *network;
	bool inside;
};

static const struct network_row network_rows[] = {
	{ "inside", "10.1.2.3", "10.0.0.0/8", true },
	{ "outside", "11.1.2.3", "10.0.0.0/8", false },
	{ "inside by bits", "192.168.15.255", "192.168.0.0/20", true },
	{ "outside by one bit", "192.168.16.0", "192.168.0.0/20", false },
	{ "the address itself", "10.0.0.1", "10.0.0.1", true },
	{ "another address", "10.0.0.2", "10.0.0.1", false },
	{ "all 32 bits", "10.0.0.1", "10.0.0.1/32", true },
	{ "no bits: everything", "203.0.113.9", "0.0.0.0/0", true },
	{ "host bits in the network do not count", "10.9.9.9", "10.1.2.3/8", true },
	{ "IPv6 inside", "fd12::1", "fd00::/8", true },
	{ "IPv6 outside", "fe12::1", "fd00::/8", false },
	{ "all 128 bits", "fd00::2", "fd00::1/128", false },
	{ "families do not mix", "10.0.0.1", "::/0", false },
	{ "nor the other way", "fd00::1", "0.0.0.0/0", false },
	{ "a mapped address counts as IPv4", "::ffff:10.0.0.1", "10.0.0.0/8", true },
	{ "and lies in no IPv6 network", "::ffff:10.0.0.1", "::/0", false },
	{ "a mapped network means IPv4", "10.0.0.1", "::ffff:10.0.0.0/104", true },
	{ "and has its own bits", "11.0.0.1", "::ffff:10.0.0.0/104", false },
	{ "too many bits", "10.0.0.1", "10.0.0.1/33", false },
	{ "too many bits of IPv6", "::1", "::1/129", false },
	{ "bits with a sign", "10.0.0.1", "10.0.0.1/+8", false },
	{ "a slash and nothing", "10.0.0.1", "10.0.0.1/", false },
	{ "a network that is none", "10.0.0.1", "ten/8", false },
	{ "a port in the network", "10.0.0.1", "10.0.0.1:80", false },
	{ "nothing", "10.0.0.1", "", false },
};

static void
address_lies_in(void **state)
{
	const struct network_row *row = *state;
	struct uri_address address;

	assert_true(uri_address_parse(slice_from(row->address), &address));
	assert_int_equal(uri_address_in(&address, slice_from(row->network)), row->inside);
}

static void
a_nul_ends_no_address(void **state)
{
	struct uri_address address;

	(void)state;
	assert_false(uri_address_parse(slice_make("10.0.0.1\0", 9), &address));
	assert_false(uri_is_authority(slice_make("a.org\0", 6)));
	assert_false(uri_is_authority(slice_make(NULL, 0)));
}

static void
no_memory_is_no_host(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 16, 16);
	assert_null(uri_authority_host(&arena, SLICE_OF("a-name-longer-than-that.org")).data);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nul_ends_no_address),
		cmocka_unit_test(no_memory_is_no_host),
	};
	int failures = RUN_ROWS(rows, authority_names_host);

	failures += RUN_ROWS(address_rows, address_is);
	failures += RUN_ROWS(network_rows, address_lies_in);
	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

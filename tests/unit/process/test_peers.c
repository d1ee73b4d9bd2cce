/* Who may connect to a TCP socket. */
#include "../core/rows.h"
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "process/peers.h"

static const struct row {
	const char *name, *allowed, *peer;
	bool is_allowed;
} rows[] = {
	{ "this machine, when nobody is named", NULL, "127.0.0.1", true },
	{ "all of its network", NULL, "127.8.9.10", true },
	{ "this machine by IPv6", NULL, "::1", true },
	{ "this machine by IPv4 in IPv6", NULL, "::ffff:127.0.0.1", true },
	{ "a neighbour, when nobody is named", NULL, "10.0.0.1", false },
	{ "an IPv6 neighbour, when nobody is named", NULL, "fd00::1", false },
	{ "one of a network", "10.0.0.0/8", "10.255.255.255", true },
	{ "one beside it", "10.0.0.0/8", "11.0.0.0", false },
	{ "the same in IPv6", "10.0.0.0/8", "::ffff:10.1.2.3", true },
	{ "this machine, when others are named", "10.0.0.0/8", "127.0.0.1", false },
	{ "a lone address", "192.0.2.7", "192.0.2.7", true },
	{ "its neighbour", "192.0.2.7", "192.0.2.6", false },
	{ "one of an IPv6 network", "fd00::/8", "fdff::1", true },
	{ "one beside it in IPv6", "fd00::/8", "fe00::1", false },
	{ "IPv4 for an IPv6 network", "::/0", "10.0.0.1", false },
	{ "everybody", "0.0.0.0/0", "203.0.113.9", true },
	{ "a mapped network", "::ffff:10.0.0.0/104", "10.1.2.3", true },
};

static void
fill(struct sockaddr_storage *ret_address, const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	memset(ret_address, 0, sizeof(*ret_address));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(ret_address, &v4, sizeof(v4));
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
		memcpy(ret_address, &v6, sizeof(v6));
	}
}

static struct peers
peers_of(const char *allowed)
{
	const struct slice item = slice_from(allowed);
	const struct config_list list = { &item, allowed != NULL };
	struct peers peers;

	peers_init(&peers, &list);
	return peers;
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct peers peers = peers_of(row->allowed);
	struct sockaddr_storage address;

	fill(&address, row->peer);
	assert_int_equal(peers_allow(&peers, (struct sockaddr *)&address), row->is_allowed);
}

static void
several(void **state UNUSED)
{
	const struct slice items[] = { SLICE("10.0.0.0/8"), SLICE("fd00::/8"), SLICE("::1") };
	const struct config_list list = { items, COUNT_OF(items) };
	struct sockaddr_storage address;
	struct peers peers;

	peers_init(&peers, &list);
	fill(&address, "fd12::1");
	assert_true(peers_allow(&peers, (struct sockaddr *)&address));
	fill(&address, "::1");
	assert_true(peers_allow(&peers, (struct sockaddr *)&address));
	fill(&address, "127.0.0.1");
	assert_false(peers_allow(&peers, (struct sockaddr *)&address));
}

/* What has no address is not let in by accident: who asks for addresses has a socket of TCP. */
static void
no_address(void **state UNUSED)
{
	const struct peers everybody = peers_of("0.0.0.0/0");
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };

	assert_false(peers_allow(&everybody, (struct sockaddr *)&address));
	address.ss_family = AF_UNIX;
	assert_false(peers_allow(&everybody, (struct sockaddr *)&address));
}

static void
events_are_few(void **state UNUSED)
{
	struct peers peers = peers_of(NULL);
	int i;

	assert_int_equal(peers_refused(&peers, 5), 1);
	for (i = 0; i < 999; i++)
		assert_int_equal(peers_refused(&peers, 4 + PEERS_TELL_US), 0);
	assert_int_equal(peers_refused(&peers, 5 + PEERS_TELL_US), 1000);
	assert_int_equal(peers_refused(&peers, 6 + PEERS_TELL_US), 0);
}

static void
where_a_socket_is_reached_from(void **state UNUSED)
{
	struct sockaddr_storage address;

	fill(&address, "127.0.0.1");
	assert_true(peers_is_local((struct sockaddr *)&address));
	fill(&address, "::1");
	assert_true(peers_is_local((struct sockaddr *)&address));
	fill(&address, "0.0.0.0");
	assert_false(peers_is_local((struct sockaddr *)&address));
	fill(&address, "::");
	assert_false(peers_is_local((struct sockaddr *)&address));
	fill(&address, "10.0.0.1");
	assert_false(peers_is_local((struct sockaddr *)&address));
	address.ss_family = AF_UNIX;
	assert_true(peers_is_local((struct sockaddr *)&address));
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(several),
		cmocka_unit_test(no_address),
		cmocka_unit_test(events_are_few),
		cmocka_unit_test(where_a_socket_is_reached_from),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}

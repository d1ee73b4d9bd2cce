/* Networks that connections may come from. See peers.h. */
#include "process/peers.h"

#include <netinet/in.h>
#include <string.h>

static const char *const loopback[] = { "127.0.0.0/8", "::1/128" };

static void
add(struct peers *peers, struct slice network)
{
	if (peers->count < COUNT_OF(peers->allowed) &&
	    uri_network_parse(network, &peers->allowed[peers->count]))
		peers->count++;
}

void
peers_init(struct peers *ret_peers, const struct config_list *allowed)
{
	size_t i;

	*ret_peers = (struct peers) { .count = 0 };
	for (i = 0; i < allowed->count; i++)
		add(ret_peers, allowed->items[i]);
	for (i = 0; allowed->count == 0 && i < COUNT_OF(loopback); i++)
		add(ret_peers, slice_from(loopback[i]));
}

static struct uri_address
address_of(const struct sockaddr *address)
{
	struct uri_address found = { .family = address->sa_family };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		memcpy(found.bytes, &v4.sin_addr, sizeof(v4.sin_addr));
	} else if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		memcpy(found.bytes, &v6.sin6_addr, sizeof(v6.sin6_addr));
	} else {
		found.family = 0;
	}
	return found;
}

bool
peers_allow(const struct peers *peers, const struct sockaddr *address)
{
	const struct uri_address peer = address_of(address);
	size_t i;

	for (i = 0; peer.family != 0 && i < peers->count; i++)
		if (uri_network_has(&peers->allowed[i], &peer))
			return true;
	return false;
}

uint64_t
peers_refused(struct peers *peers, int64_t now_us)
{
	uint64_t count = ++peers->untold;

	if (peers->tell_us != 0 && now_us < peers->tell_us)
		return 0;
	peers->tell_us = now_us + PEERS_TELL_US;
	peers->untold = 0;
	return count;
}

bool
peers_is_local(const struct sockaddr *own)
{
	const struct config_list nothing = { NULL, 0 };
	struct peers local;

	if (own->sa_family != AF_INET && own->sa_family != AF_INET6)
		return true;
	peers_init(&local, &nothing);
	return peers_allow(&local, own);
}

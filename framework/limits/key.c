/*
 * Who is counted: a client's address is read once into its binary form, so that every spelling of
 * it shares one budget. Invariant: all bytes of a limit_key's `client` are set, so keys may be
 * compared and hashed bytewise.
 */
#include "limits/key.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum {
	FAMILY_UNKNOWN = 0,
	FAMILY_IPV4 = 4,
	FAMILY_IPV6 = 6,
	IPV4_LEN = 4,
	IPV6_PREFIX_LEN = 8, /* bytes of a /64: one subscriber's network (RFC 6177) */
};

static void
set_client(struct limit_key *key, unsigned char family, const void *address, size_t len)
{
	key->client[0] = family;
	memcpy(key->client + 1, address, len);
}

void
limit_key_make(struct limit_key *ret_key, uint32_t route, struct slice client)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;
	struct in6_addr v6;

	memset(ret_key, 0,
	    sizeof(*ret_key)); /* FAMILY_UNKNOWN: one client for all that is no address */
	ret_key->route = route;
	if (client.len == 0 || client.len >= sizeof(text) ||
	    memchr(client.data, '\0', client.len) != NULL)
		return;
	memcpy(text, client.data, client.len);
	text[client.len] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1) {
		set_client(ret_key, FAMILY_IPV4, &v4, IPV4_LEN);
	} else if (inet_pton(AF_INET6, text, &v6) == 1) {
		/* ::ffff:a.b.c.d is an IPv4 client; by its /64 all of them would be one. */
		if (IN6_IS_ADDR_V4MAPPED(&v6))
			set_client(ret_key, FAMILY_IPV4, v6.s6_addr + 12, IPV4_LEN);
		else
			set_client(ret_key, FAMILY_IPV6, v6.s6_addr, IPV6_PREFIX_LEN);
	}
}

uint64_t
limit_key_hash(const struct limit_key *key, const struct siphash_key *secret)
{
	unsigned char bytes[sizeof(key->route) + sizeof(key->client)];
	uint64_t hash;

	/*
	 * Spelled out byte by byte: struct limit_key has padding, and the database outlives the
	 * machine.
	 */
	for (size_t i = 0; i < sizeof(key->route); i++)
		bytes[i] = (unsigned char)(key->route >> (8 * i));
	memcpy(bytes + sizeof(key->route), key->client, sizeof(key->client));
	hash = siphash(secret, bytes, sizeof(bytes));
	return hash == 0 ? 1 : hash;
}

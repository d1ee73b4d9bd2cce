/*
 * Who is counted: a client's address is read once into its binary form, so that every spelling of
 * it shares one budget. Invariant: all bytes of a limit_key's `client` are set, so keys may be
 * compared and hashed bytewise.
 */
#include "limits/key.h"

#include "core/address.h"

enum {
	FAMILY_UNKNOWN = 0,
	FAMILY_IPV4 = 4,
	FAMILY_IPV6 = 6,
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
	unsigned char bytes[ADDRESS_V6_LEN];

	memset(ret_key, 0,
	    sizeof(*ret_key)); /* FAMILY_UNKNOWN: one client for all that is no address */
	ret_key->route = route;
	if (address_v4_parse(client, bytes)) {
		set_client(ret_key, FAMILY_IPV4, bytes, ADDRESS_V4_LEN);
	} else if (address_v6_parse(client, bytes)) {
		/* ::ffff:a.b.c.d is an IPv4 client; by its /64 all of them would be one. */
		if (address_is_mapped(bytes))
			set_client(ret_key, FAMILY_IPV4, bytes + ADDRESS_MAPPED_AT, ADDRESS_V4_LEN);
		else
			set_client(ret_key, FAMILY_IPV6, bytes, IPV6_PREFIX_LEN);
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

/*
 * Authorities (RFC 3986 §3.2) and IP addresses, as front servers and proxies spell them. Stricter
 * than the grammar: a host name has only the characters of names that exist, a port is a number.
 */
#include "http/uri.h"

#include <ctype.h>
#include <sys/socket.h>

#include "core/address.h"
#include "core/ascii.h"

enum {
	MAX_HOST = 253, /* RFC 1035 §2.3.4, as text */
	MAX_PORT = 65535,
	MAX_PORT_DIGITS = 5,
	V4_BITS = 32,
	V6_BITS = 128,
	MAPPED_BITS = 8 * ADDRESS_MAPPED_AT,
};

static bool
is_port(struct slice text)
{
	uint64_t port;

	return text.len <= MAX_PORT_DIGITS && slice_to_u64(text, MAX_PORT, &port);
}

/*
 * Cuts "host:port" or "[host]:port" apart; the brackets go, and so does the port once it is
 * checked.
 */
static bool
split_port(struct slice text, struct slice *ret_host, bool *ret_is_literal)
{
	bool is_literal = text.len > 0 && text.data[0] == '[';
	size_t end = slice_find(text, is_literal ? ']' : ':');
	struct slice host = slice_first(text, end), rest;

	if (is_literal) {
		if (end == text.len)
			return false;
		host = slice_skip(host, 1);
		end++;
	}
	rest = slice_skip(text, end);
	if (rest.len > 0 && (rest.data[0] != ':' || !is_port(slice_skip(rest, 1))))
		return false;
	*ret_host = host;
	*ret_is_literal = is_literal;
	return true;
}

static bool
is_name_byte(char byte)
{
	return ascii_is_alnum(byte) || byte == '-' || byte == '_';
}

/* Labels of a name, none empty; one dot may end it. */
static bool
is_name(struct slice host)
{
	bool after_dot = true;

	if (host.len == 0 || host.len > MAX_HOST)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (host.data[i] == '.' ? after_dot : !is_name_byte(host.data[i]))
			return false;
		after_dot = host.data[i] == '.';
	}
	return true;
}

static bool
authority_split(struct slice authority, struct slice *ret_host)
{
	unsigned char bytes[ADDRESS_V6_LEN];
	struct slice host;
	bool is_literal;

	if (!split_port(authority, &host, &is_literal))
		return false;
	if (is_literal ? !address_v6_parse(host, bytes) : !is_name(host))
		return false;
	*ret_host = host;
	return true;
}

bool
uri_is_authority(struct slice authority)
{
	struct slice host;

	return authority_split(authority, &host);
}

struct slice
uri_authority_host(struct arena *arena, struct slice authority)
{
	struct slice host;
	char *text;

	if (!authority_split(authority, &host))
		return slice_make(NULL, 0);
	text = arena_dup(arena, host.data, host.len);
	if (text == NULL)
		return slice_make(NULL, 0);
	for (size_t i = 0; i < host.len; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	return slice_make(text, host.len);
}

/* An address and nothing beside it. */
static bool
bare_address_parse(struct slice text, struct uri_address *ret_address)
{
	struct uri_address address = { 0 };

	if (address_v4_parse(text, address.bytes))
		address.family = AF_INET;
	else if (address_v6_parse(text, address.bytes))
		address.family = AF_INET6;
	else
		return false;
	*ret_address = address;
	return true;
}

bool
uri_address_parse(struct slice text, struct uri_address *ret_address)
{
	struct uri_address address;
	struct slice host;
	bool is_literal;

	if (bare_address_parse(text, ret_address))
		return true;
	if (!split_port(text, &host, &is_literal) || !bare_address_parse(host, &address))
		return false;
	if (is_literal != (address.family == AF_INET6))
		return false;
	*ret_address = address;
	return true;
}

/*
 * An IPv4-mapped IPv6 address becomes the IPv4 address that it means, so that one rule catches
 * both.
 */
static bool
unmap(struct uri_address *address)
{
	if (address->family != AF_INET6 || !address_is_mapped(address->bytes))
		return false;
	memmove(address->bytes, address->bytes + ADDRESS_MAPPED_AT, ADDRESS_V4_LEN);
	address->family = AF_INET;
	return true;
}

static bool
same_bits(const unsigned char *a, const unsigned char *b, size_t bits)
{
	size_t whole = bits / 8, rest = bits % 8;
	unsigned mask = (0xff00u >> rest) & 0xffu;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((unsigned)(a[whole] ^ b[whole]) & mask) == 0;
}

/* "address" or "address/bits". */
bool
uri_network_parse(struct slice cidr, struct uri_network *ret_network)
{
	size_t slash = slice_find(cidr, '/');
	struct uri_address network;
	uint64_t bits;

	if (!bare_address_parse(slice_first(cidr, slash), &network))
		return false;
	bits = network.family == AF_INET ? V4_BITS : V6_BITS;
	if (slash < cidr.len && !slice_to_u64(slice_skip(cidr, slash + 1), bits, &bits))
		return false;
	if (network.family == AF_INET6 && bits >= MAPPED_BITS && unmap(&network))
		bits -= MAPPED_BITS;
	*ret_network = (struct uri_network) { network, (size_t)bits };
	return true;
}

bool
uri_network_has(const struct uri_network *network, const struct uri_address *address)
{
	struct uri_address candidate = *address;

	unmap(&candidate);
	return candidate.family == network->base.family &&
	       same_bits(candidate.bytes, network->base.bytes, network->bits);
}

bool
uri_address_in(const struct uri_address *address, struct slice cidr)
{
	struct uri_network network;

	return uri_network_parse(cidr, &network) && uri_network_has(&network, address);
}

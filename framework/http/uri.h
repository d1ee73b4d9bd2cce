/*
 * Paths, authorities and query strings: pure functions from bytes to values (RFC 3986, RFC 9110
 * §7.2).
 */
#ifndef POSTERN_HTTP_URI_H
#define POSTERN_HTTP_URI_H

#include <stdbool.h>

#include "core/address.h"
#include "core/arena.h"
#include "core/slice.h"

enum { URI_MAX_PATH = 4096, URI_MAX_SEGMENTS = 32, URI_MAX_PARAM = 128 };

enum uri_fault {
	URI_OK = 0,
	/* No leading slash, bad escape, control byte, NUL, ill-formed UTF-8, fragment. */
	URI_MALFORMED,
	/*
	 * Dot segment, backslash, encoded slash or backslash: two programs would read it in two
	 * ways.
	 */
	URI_AMBIGUOUS,
	URI_TOO_LONG,
	URI_NO_MEMORY
};

/*
 * The decoded segments of a path; "/a/b" has two, "/" one that is empty, "/a/" two, the last
 * empty.
 */
struct uri_path {
	size_t count;
	struct slice segments[URI_MAX_SEGMENTS];
};

/*
 * Splits at the slashes that are there before decoding, then decodes each segment exactly once. A
 * segment is NUL- terminated in `arena`, or a piece of `raw` itself when it has no escape. "." and
 * "..", spelled in any way, are refused. After a fault the path has no segments.
 */
enum uri_fault uri_path_parse(struct arena *arena, struct slice raw, struct uri_path *ret_path);
/*
 * The same for a path that the front server has decoded already (PATH_INFO): "%" is text and
 * nothing is decoded twice. Every segment is a piece of `decoded`.
 */
enum uri_fault uri_path_split(struct slice decoded, struct uri_path *ret_path);

/*
 * host[:port] as RFC 3986 §3.2.2 allows it in Host: registered name, IPv4 or [IPv6]; no userinfo.
 */
bool uri_is_authority(struct slice authority);
/*
 * The host part in lower case, without port and brackets, into `arena`; data NULL when it is no
 * authority or memory is out. A final dot stays: to an allow-list "example.org." is another name.
 */
struct slice uri_authority_host(struct arena *arena, struct slice authority);

/*
 * An IP address, an optional port or brackets removed; family AF_INET or AF_INET6, bytes in
 * network order.
 */
struct uri_address {
	int family; /* 0: none */
	unsigned char bytes[ADDRESS_V6_LEN];
};
bool uri_address_parse(struct slice text, struct uri_address *ret_address);
/*
 * Whether the address lies in a CIDR text ("10.0.0.0/8", "fd00::/8", a lone address); an
 * IPv4-mapped IPv6 address counts as IPv4.
 */
bool uri_address_in(const struct uri_address *address, struct slice cidr);
/* The same in two steps, where one network is asked for often. */
struct uri_network {
	struct uri_address base;
	size_t bits;
};
bool uri_network_parse(struct slice cidr, struct uri_network *ret_network);
bool uri_network_has(const struct uri_network *network, const struct uri_address *address);

/*
 * The value of `name` in an application/x-www-form-urlencoded query, decoded once into `arena`,
 * NUL- terminated. data NULL: absent, twice, ill-formed or no memory.
 */
struct slice uri_query_find(struct arena *arena, struct slice query, struct slice name);
/* Whether the query has the name at all, with whatever value. */
bool uri_query_has(struct slice query, struct slice name);

#endif

/*
 * IP addresses as text: an address alone, without port, brackets or zone. What inet_pton(3) takes,
 * of a slice: it need not end with a NUL, and may not have one inside.
 */
#ifndef POSTERN_CORE_ADDRESS_H
#define POSTERN_CORE_ADDRESS_H

#include <stdbool.h>

#include "core/slice.h"

/* Bytes, in network order. */
enum { ADDRESS_V4_LEN = 4, ADDRESS_V6_LEN = 16, ADDRESS_MAPPED_AT = 12 };

/*
 * Four decimal numbers without leading zeros. `ret_bytes` may have been written to when it is false.
 * Every request has one or two of these, so they are read here, at a third of inet_pton's time.
 */
bool address_v4_parse(struct slice text, unsigned char ret_bytes[ADDRESS_V4_LEN]);
/* RFC 4291 §2.2. */
bool address_v6_parse(struct slice text, unsigned char ret_bytes[ADDRESS_V6_LEN]);
/* Whether it carries an IPv4 address, in its last four bytes (RFC 4291 §2.5.5.2). */
bool address_is_mapped(const unsigned char bytes[ADDRESS_V6_LEN]);

#endif

#include "core/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "core/ascii.h"

/* 0 to 255 at `at`; returns what follows it, NULL: there is no such number. */
static const char *
read_octet(const char *at, const char *end, unsigned char *ret_octet)
{
	const char *start = at;
	unsigned value = 0;

	for (; at < end && ascii_is_digit(*at); at++) {
		if (at > start && value == 0)
			return NULL;
		value = value * 10 + (unsigned)(*at - '0');
		if (value > UINT8_MAX)
			return NULL;
	}
	*ret_octet = (unsigned char)value;
	return at > start ? at : NULL;
}

bool
address_v4_parse(struct slice text, unsigned char ret_bytes[ADDRESS_V4_LEN])
{
	const char *at = text.data, *end;

	if (text.len == 0)
		return false;
	end = at + text.len;
	for (size_t i = 0; i < ADDRESS_V4_LEN; i++) {
		if (i > 0 && (at == end || *at++ != '.'))
			return false;
		if ((at = read_octet(at, end, &ret_bytes[i])) == NULL)
			return false;
	}
	return at == end;
}

bool
address_v6_parse(struct slice text, unsigned char ret_bytes[ADDRESS_V6_LEN])
{
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) || slice_find(text, '\0') < text.len)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET6, copy, ret_bytes) == 1;
}

bool
address_is_mapped(const unsigned char bytes[ADDRESS_V6_LEN])
{
	static const unsigned char prefix[ADDRESS_MAPPED_AT] = { [10] = 0xff, [11] = 0xff };

	return memcmp(bytes, prefix, sizeof(prefix)) == 0;
}

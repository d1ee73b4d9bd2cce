/*
 * ipaddr: an IPv4 or IPv6 address with or without the length of a prefix ("10.0.0.1",
 * "10.0.0.0/8", "::1", "fe80::/10"). An IPv6 address with a dotted quad in it is none here.
 */
#include "cedar/extension.h"

#include <stdio.h>

#include "core/hex.h"

enum { MAX_TEXT = 43, GROUPS = 8, V4_BITS = 32, V6_BITS = 128 };

/* A number without leading zeros, of at most three digits. */
static bool
read_number(struct slice text, unsigned max, uint8_t *ret_number)
{
	uint64_t number;

	if (text.len > 3 || (text.len > 1 && text.data[0] == '0') ||
	    !slice_to_u64(text, max, &number))
		return false;
	*ret_number = (uint8_t)number;
	return true;
}

/* Four octets with points between them. */
static bool
read_v4(struct slice text, uint8_t address[16])
{
	for (int i = 0; i < 4; i++) {
		bool is_last = i == 3;
		struct slice octet = is_last ? text : slice_first(text, slice_find(text, '.'));

		if ((!is_last && octet.len == text.len) || !read_number(octet, 255, &address[i]))
			return false;
		text = slice_skip(text, octet.len + 1);
	}
	return true;
}

/* One to four hex digits. */
static bool
read_group(struct slice text, uint8_t ret_bytes[2])
{
	unsigned group = 0;

	if (text.len == 0 || text.len > 4)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int value = hex_value(text.data[i]);

		if (value < 0)
			return false;
		group = group * 16 + (unsigned)value;
	}
	ret_bytes[0] = (uint8_t)(group >> 8);
	ret_bytes[1] = (uint8_t)group;
	return true;
}

/* Groups with colons between them, none of an empty text; false: a wrong one, or above `max`. */
static bool
read_groups(struct slice text, unsigned max, uint8_t address[16], unsigned *ret_count)
{
	unsigned count = 0;

	if (text.len == 0)
		text.data = NULL;
	while (text.data != NULL)
		if (count == max || !read_group(slice_cut(&text, ':'), &address[2 * count++]))
			return false;
	*ret_count = count;
	return true;
}

/* Eight groups, or fewer with "::" in the place of at least one. */
static bool
read_v6(struct slice text, uint8_t address[16])
{
	const char *gap = memmem(text.data, text.len, "::", 2);
	uint8_t tail[16] = { 0 };
	unsigned head_count, tail_count;
	size_t head_len;

	if (gap == NULL)
		return read_groups(text, GROUPS, address, &head_count) && head_count == GROUPS;
	head_len = (size_t)(gap - text.data);
	if (!read_groups(slice_first(text, head_len), GROUPS - 1, address, &head_count) ||
	    !read_groups(
		slice_skip(text, head_len + 2), GROUPS - 1 - head_count, tail, &tail_count))
		return false;
	memcpy(&address[16 - 2 * tail_count], tail, (size_t)2 * tail_count);
	return true;
}

bool
ipaddr_parse(struct slice text, struct cedar_ip *ret_ip)
{
	size_t address_len = slice_find(text, '/');
	struct slice address = slice_first(text, address_len);
	struct cedar_ip ip = { .is_v6 = slice_find(address, ':') < address.len };

	if (text.len > MAX_TEXT ||
	    !(ip.is_v6 ? read_v6(address, ip.address) : read_v4(address, ip.address)))
		return false;
	ip.prefix = ip.is_v6 ? V6_BITS : V4_BITS;
	if (address_len < text.len &&
	    !read_number(slice_skip(text, address_len + 1), ip.prefix, &ip.prefix))
		return false;
	*ret_ip = ip;
	return true;
}

bool
ipaddr_is_loopback(const struct cedar_ip *ip)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (ip->is_v6)
		return memcmp(ip->address, loopback, 16) == 0 && ip->prefix == V6_BITS;
	return ip->address[0] == 127 && ip->prefix >= 8;
}

bool
ipaddr_is_multicast(const struct cedar_ip *ip)
{
	if (ip->is_v6)
		return ip->address[0] == 0xff && ip->prefix >= 8;
	return ip->address[0] >> 4 == 0xe && ip->prefix >= 4;
}

bool
ipaddr_is_in_range(const struct cedar_ip *ip, const struct cedar_ip *range)
{
	size_t whole = range->prefix / 8;
	unsigned rest = range->prefix % 8;

	if (ip->is_v6 != range->is_v6 || ip->prefix < range->prefix ||
	    memcmp(ip->address, range->address, whole) != 0)
		return false;
	return rest == 0 || (ip->address[whole] ^ range->address[whole]) >> (8 - rest) == 0;
}

/* Bytes written to `room` of the eight groups, the first longest run of two zeros or more as "::". */
static size_t
v6_text(const uint8_t address[16], char room[EXTENSION_MAX_TEXT])
{
	int gap = GROUPS, gap_len = 1, len = 0;

	for (int i = 0, run = 0; i < GROUPS; i++) {
		run = address[2 * i] == 0 && address[2 * i + 1] == 0 ? run + 1 : 0;
		if (run > gap_len) {
			gap_len = run;
			gap = i + 1 - run;
		}
	}
	for (int i = 0; i < GROUPS; i++) {
		if (i == gap) {
			len += snprintf(room + len, 3, "::");
			i += gap_len - 1;
			continue;
		}
		len += snprintf(room + len, 6, "%s%x", i == 0 || i == gap + gap_len ? "" : ":",
		    (unsigned)(address[2 * i] << 8 | address[2 * i + 1]));
	}
	return (size_t)len;
}

/* With the prefix also where it is the longest: nobody has to know the default. */
size_t
ipaddr_text(const struct cedar_ip *ip, char room[EXTENSION_MAX_TEXT])
{
	const uint8_t *address = ip->address;
	size_t len = ip->is_v6 ? v6_text(address, room)
			       : (size_t)snprintf(room, EXTENSION_MAX_TEXT, "%u.%u.%u.%u",
				     address[0], address[1], address[2], address[3]);

	return len + (size_t)snprintf(room + len, EXTENSION_MAX_TEXT - len, "/%u", ip->prefix);
}

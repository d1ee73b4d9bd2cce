/*
 * UTF-8 by the table of RFC 3629 §4: the first byte says how many follow, and the range of the
 * second one excludes overlong forms, surrogates and code points above U+10FFFF.
 */
#include "core/utf8.h"

#include "core/swar.h"

/* Length of the run of ASCII at the start, eight bytes at a time. */
static size_t
ascii_run(struct slice s)
{
	size_t i = 0;

	while (s.len - i >= SWAR_BYTES && (swar_load(s.data + i) & SWAR_ALL(0x80)) == 0)
		i += SWAR_BYTES;
	while (i < s.len && (unsigned char)s.data[i] < 0x80)
		i++;
	return i;
}

bool
utf8_is_valid(struct slice s)
{
	while (s.len > 0) {
		uint32_t code;
		size_t run = ascii_run(s);

		if (run == 0)
			run = utf8_decode(s, &code);
		if (run == 0)
			return false;
		s = slice_skip(s, run);
	}
	return true;
}

/*
 * Bytes of the sequence that `first` begins and what the second byte may be; 0 when it begins
 * none.
 */
static size_t
sequence_of(unsigned char first, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*ret_high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t
utf8_decode(struct slice s, uint32_t *ret_code)
{
	unsigned char first, low, high;
	size_t len;
	uint32_t code;

	if (s.len == 0)
		return 0;
	first = (unsigned char)s.data[0];
	len = sequence_of(first, &low, &high);
	if (len == 0 || len > s.len)
		return 0;
	code = len == 1 ? first : first & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		unsigned char byte = (unsigned char)s.data[i];

		if (byte < low || byte > high)
			return 0;
		low = 0x80;
		high = 0xbf;
		code = code << 6 | (byte & 0x3fu);
	}
	*ret_code = code;
	return len;
}

size_t
utf8_encode(uint32_t code, char ret_bytes[4])
{
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--) {
		ret_bytes[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	ret_bytes[0] = (char)(marks[len] | code);
	return len;
}

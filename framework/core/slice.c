/*
 * The slice functions that are too long for the header. They only look: no memory is allocated
 * here and no byte is changed.
 */
#include "core/slice.h"

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.data[0])) {
		s.data++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

struct slice
slice_cut(struct slice *rest, char separator)
{
	size_t at = slice_find(*rest, separator);
	struct slice part = slice_first(*rest, at);

	if (at == rest->len)
		*rest = (struct slice) { NULL, 0 };
	else
		*rest = slice_skip(*rest, at + 1);
	return part;
}

bool
slice_to_u64(struct slice s, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.data[i] - '0';

		/* Asked in this order neither the product nor the sum can wrap. */
		if (digit > 9 || value > max / 10 || digit > max - value * 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

/*
 * UTF-8: a sequence that decodes is a scalar value and encodes to the same bytes, and the fast
 * check of a whole text agrees with decoding it piece by piece.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	bool is_valid = true;

	for (struct slice rest = text; rest.len > 0 && is_valid;) {
		uint32_t code = 0;
		size_t len = utf8_decode(rest, &code);
		char bytes[4];

		is_valid = len > 0;
		if (len > rest.len || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			abort();
		if (len > 0 && !slice_equal(slice_make(bytes, utf8_encode(code, bytes)),
				   slice_first(rest, len)))
			abort();
		rest = slice_skip(rest, len);
	}
	if (utf8_is_valid(text) != is_valid)
		abort();
	return 0;
}

/*
 * X-Forwarded-* lists. The first byte is the number of hops. Whatever the list, what is found
 * is not empty, is not longer than the list, and is the value at one hop once all that follows
 * its piece is cut off.
 */
#include <stdint.h>
#include <stdlib.h>

#include "guard/forwarded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice list, value = { NULL, 0 }, longer = { NULL, 0 };
	struct arena arena;
	unsigned hops;
	char *text;

	if (size < 1)
		return 0;
	hops = data[0] % (FORWARDED_MAX_HOPS + 2);
	arena_init(&arena, 4096, 4 * size + 8192);
	list = slice_make((const char *)data + 1, size - 1);
	if (forwarded_find(&arena, list, hops, &value) == FORWARDED_VALUE) {
		if (value.len == 0 || value.len > list.len || hops == 0 ||
		    hops > FORWARDED_MAX_HOPS)
			abort();
		/*
		 * One more proxy that adds a value moves it one hop to the left, whatever the
		 * client wrote.
		 */
		text = arena_alloc(&arena, list.len + 9);
		if (text == NULL)
			abort();
		memcpy(text, list.data, list.len);
		memcpy(text + list.len, ", 9.9.9.9", 9);
		if (hops < FORWARDED_MAX_HOPS && list.data[list.len - 1] != ',' &&
		    (forwarded_find(&arena, slice_make(text, list.len + 9), hops + 1, &longer) !=
			    FORWARDED_VALUE ||
			!slice_equal(value, longer)))
			abort();
	}
	arena_done(&arena);
	return 0;
}

/*
 * JSON strings: whatever goes in, what comes out is one JSON string in UTF-8 of printable
 * characters on one line, that a foreign parser reads; and text that was UTF-8 comes back as it
 * was.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/buffer.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_output(struct slice json, struct slice text)
{
	json_t *value = json_loadb(
	    json.data, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

	if (value == NULL || !json_is_string(value))
		abort();
	if (utf8_is_valid(text) &&
	    !slice_equal(text, slice_make(json_string_value(value), json_string_length(value))))
		abort();
	for (size_t i = 0; i < json.len; i++) {
		if ((unsigned char)json.data[i] < 0x20 || json.data[i] == 0x7f)
			abort();
	}
	json_decref(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct arena arena;
	struct buffer buffer;

	arena_init(&arena, 4096, 16 * size + 4096);
	buffer_init(&buffer, &arena, 16, 6 * size + 2);
	if (!buffer_json_string(&buffer, text))
		abort();
	check_output(buffer_content(&buffer), text);
	arena_done(&arena);
	return 0;
}

/*
 * Paths: whatever a client sends, a path that is accepted has segments that mean one thing: UTF-8
 * without separators, control characters or dot segments. Decoding adds nothing and happens once.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/utf8.h"
#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_segment(struct slice segment)
{
	if (!utf8_is_valid(segment) || slice_is(segment, ".") || slice_is(segment, ".."))
		abort();
	for (size_t i = 0; i < segment.len; i++) {
		unsigned char byte = (unsigned char)segment.data[i];

		if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\')
			abort();
	}
}

static void
check_path(enum uri_fault fault, const struct uri_path *path, struct slice raw)
{
	size_t len = 0;

	if ((fault == URI_OK) != (path->count > 0) || path->count > URI_MAX_SEGMENTS)
		abort();
	for (size_t i = 0; i < path->count; i++) {
		check_segment(path->segments[i]);
		len += 1 + path->segments[i].len;
	}
	if (len > raw.len)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice raw = { (const char *)data, size };
	struct uri_path path;
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	check_path(uri_path_parse(&arena, raw, &path), &path, raw);
	check_path(uri_path_split(raw, &path), &path, raw);
	arena_done(&arena);
	return 0;
}
